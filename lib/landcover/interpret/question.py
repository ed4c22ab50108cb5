"""What to look at in which network, and the authors' own choices."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from landcover import artifacts
from landcover.data.catalog import dataset
from landcover.errors import SpecError
from landcover.experiments import PIXELS, Table
from landcover.results import layout

LONGEST = 80  # letters of a folder's name
# A folder's name has these choices, in this order, if they are not the authors' own.
NAMED = (
    "layers", "units", "files", "top", "engine", "max_images", "run", "epoch", "weights",
    "pretrained", "dataset", "image_size", "normalise",
)  # fmt: skip
SINGULAR = {"files": "image"}  # as the flag is called


@dataclass(frozen=True)
class Question:
    """A network, and how to look into it; "", 0 or () stands for the authors' choice."""

    experiment: str = ""  # of the table; or:
    run: Path | None = None  # a run's folder; or:
    model: str = ""  # a published network, or the model of `weights`
    seed: int = 0  # of the experiment
    epoch: str = ""  # of the run's weights: "best" or "last"
    weights: Path | None = None  # a state dict from elsewhere
    pretrained: str = ""  # of a published network: "imagenet" or "random"
    methods: tuple[str, ...] = ()  # (): those of the paper that have a layer to look at
    layers: tuple[str, ...] = ()  # by name or path; (): all
    units: tuple[int, ...] = ()  # units whose top images are drawn
    files: tuple[str, ...] = ()  # images to draw maps of; (): the first of each class
    top: int = 10  # images of a unit
    engine: str = "sklearn"  # of t-SNE
    dataset: str = ""  # its test images are shown
    max_images: int | None = None  # 0: all
    image_size: int = 0  # pixels
    normalise: str = ""

    @property
    def contradiction(self) -> str:
        """Returns the sentence about options that do not go together; "" if all do."""
        named = [self.experiment, self.run, None if self.run else self.model]
        if sum(map(bool, named)) != 1:
            return "Say one of EXPERIMENT, --run DIR and --model NAME."
        of_model = (self.weights, self.pretrained, self.image_size, self.normalise)
        if (self.experiment or self.run) and any(of_model):
            return "--weights, --pretrained, --image-size and --normalise go with --model alone."
        return ""

    @property
    def is_of_run(self) -> bool:
        return bool(self.experiment or self.run)

    @property
    def preset(self) -> str:
        """Returns the preset with the images of a run; "" if there is no finished run."""
        if self.run is None or not (self.run / layout.RUN).exists():
            return ""
        images = artifacts.read_json(self.run / layout.RUN).get("data", {})
        usual = "demo" if images.get("fidelity") == "synthetic" else "paper"
        return layout.preset_of(self.run) or usual

    def settled(self, table: Table) -> "Question":
        """Returns the question with the authors' choices in all fields that are not set."""
        usual = self._of_run(table) if self.is_of_run else self._of_model(table)
        left_open = {field: value for field, value in usual.items() if not getattr(self, field)}
        if self.max_images is None:  # 0 asks for all
            left_open["max_images"] = table.preset.max_interpret_images
        return replace(self, **left_open)

    def folder(self, name: str, table: Table) -> str:
        """Returns the network's name, followed by the choices that are not the authors' own."""
        defaults: dict[str, Any] = {f.name: f.default for f in fields(self) if f.name in NAMED}
        subject = {"run": self.run, "weights": self.weights, "dataset": self.dataset}
        usual = replace(self, **defaults | subject).settled(table)
        usual = replace(usual, dataset=replace(self, dataset="").settled(table).dataset)
        changed = {
            field: getattr(self, field)
            for field in NAMED
            if getattr(self, field) != getattr(usual, field)
        }
        if self.run and self.run.resolve() != _first_run(name, table).resolve():
            changed["run"] = self.run.resolve().name
        if self.weights and name in {*table, *table.networks}:
            changed["weights"] = self.weights.name
        return _joined(name, [(field, changed[field]) for field in NAMED if field in changed])

    def _of_run(self, table: Table) -> dict[str, Any]:
        results = layout.usual(table.preset.name)
        run = self.run or layout.run(results, table[self.experiment].experiment.name, self.seed)
        spec = artifacts.read_json(run / layout.SPEC)
        if self.model not in ("", spec["model"]):
            raise SpecError(f"{run} has a {spec['model']}, not a {self.model}; leave out --model")
        return {
            "run": run,
            "epoch": "last" if spec.get("selection_split") == "test" else "best",
            "dataset": str(spec["dataset"]),
            "image_size": int(spec["image_size"]),
        }

    def _of_model(self, table: Table) -> dict[str, Any]:
        name = self.dataset or "cifar10"
        pixels = PIXELS.get(name, 0)  # photographs have no size of their own
        size = self.image_size or pixels
        if self.weights is None:
            normalise, pretrained = "half", table.preset.pretrained or "imagenet"
        else:
            normalise, pretrained = dataset(name, pixels or size).normalise, ""
        return {
            "dataset": name,
            "image_size": size,
            "normalise": normalise,
            "pretrained": pretrained,
        }


def _first_run(name: str, table: Table) -> Path:
    return layout.run(layout.usual(table.preset.name), name, table.preset.seeds[0])


def _joined(name: str, changed: Sequence[tuple[str, Any]]) -> str:
    """Returns words that any file system allows; a long name ends with a hash."""
    if not changed:
        return name
    words = [name]
    for field, value in changed:
        values = value if isinstance(value, tuple) else (value,)
        words += [SINGULAR.get(field, field), *map(str, values)]
    folder = re.sub(r"[^A-Za-z0-9.]+", "-", "-".join(words))
    if len(folder) <= LONGEST:
        return folder
    return f"{folder[:LONGEST]}-{hashlib.sha256(folder.encode()).hexdigest()[:8]}"
