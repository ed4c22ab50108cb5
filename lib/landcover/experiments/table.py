"""The table of experiments under a preset, as the Snakefile, the commands and the report ask it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from landcover import sources
from landcover.errors import SpecError, nearest
from landcover.experiments.experiment import PIXELS, Experiment, prepared_name
from landcover.experiments.preset import Preset
from landcover.results import layout


@dataclass(frozen=True)
class Entry:
    experiment: Experiment
    group: str  # "task1", "task2", ...: decides its table and figure of the report
    authors: str  # its key in reference/curves.csv; "" if the authors have none
    seeds: int = 0  # how many, if the preset allows more for some experiments; 0: as for all
    interpret: str = ""  # the weights that are looked into: "best", "last"; "": none

    @property
    def task(self) -> int:
        return int(self.group.removeprefix("task")[0])

    @property
    def is_variant(self) -> bool:
        """Tells whether the paper lacks it: it varies an experiment or tests an open question."""
        return self.group.endswith("-variants") or "-open" in self.group


@dataclass(frozen=True)
class Table:
    preset: Preset
    entries: Mapping[str, Entry]
    networks: Mapping[str, str] = field(default_factory=dict)  # published ones: their data set
    combined: tuple[str, ...] = ()  # an experiment whose seeds are combined, then its experts

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __getitem__(self, name: str) -> Entry:
        if name not in self.entries:
            near = nearest(name, self, "lc-cli experiments")
            raise SpecError(f"no experiment '{name}' in workflow/experiments.yaml; {near}")
        return self.entries[name]

    @property
    def wanted(self) -> list[str]:
        """Returns the experiments that the preset runs."""
        left_out = self.left_out
        return [name for name in self if name not in left_out]

    @property
    def looked_into(self) -> list[str]:
        """Returns the experiments, and the published networks, that the preset looks into."""
        only = self.preset.interpret
        asked = [name for name in self.wanted if self[name].interpret]
        return [*(name for name in asked if not only or name in only), *self.networks]

    def look(self, name: str, seed: int) -> str:
        """Returns the name of the look into a run."""
        return layout.look(name, seed, self.seeds(name)[0])

    @property
    def looks(self) -> dict[str, tuple[str, int]]:
        """Returns the experiment and the seed of each look into a run, by the look's name."""
        return {
            self.look(name, seed): (name, seed)
            for name in self.looked_into
            if name in self.entries
            for seed in self.seeds(name)
        }

    @property
    def not_looked_into(self) -> list[str]:
        """Returns the experiments that the table looks into, but not the preset."""
        looked_into = self.looked_into
        return [n for n in self.wanted if self[n].interpret and n not in looked_into]

    @cached_property  # every reader of results asks for it, experiment by experiment
    def left_out(self) -> tuple[str, ...]:
        """Returns the variants that the preset leaves out, unless an experiment starts from one.

        Those that are the same as another experiment under the preset, and those of each group
        after the first ones.
        """
        most = self.preset.max_variants
        same = self._same
        variants: dict[str, list[str]] = {}
        for name, entry in self.entries.items():
            if entry.is_variant and name not in same:
                variants.setdefault(entry.group, []).append(name)
        needed = {entry.experiment.init_from for entry in self.entries.values()}
        extra = [name for names in variants.values() for name in names[most:] if most]
        return tuple(name for name in self if name in {*same, *extra} - needed)

    @property
    def _same(self) -> set[str]:
        """Returns the variants that differ from an earlier experiment in nothing but the name."""
        known: set[Experiment] = set()
        found = set()
        for name, entry in self.entries.items():
            nameless = replace(entry.experiment, name="")
            if entry.is_variant and nameless in known:
                found.add(name)
            known.add(nameless)
        return found

    def seeds(self, name: str) -> tuple[int, ...]:
        """Returns the seeds of an experiment: its own number, from 0, if the preset allows it."""
        own = self[name].seeds if self.preset.more_seeds else 0
        return tuple(range(own)) if own else self.preset.seeds

    def images(self) -> dict[str, tuple[str, int]]:
        """Returns data set and pixels of all images that experiments train on, by prepared name."""
        experiments = [entry.experiment for entry in self.entries.values()]
        return {
            prepared_name(dataset, experiment.image_size): (dataset, experiment.image_size)
            for experiment in experiments
            for dataset in (experiment.dataset, experiment.also_train_on)
            if dataset
        }

    def image_sizes(self, dataset: str) -> list[int]:
        """Returns the sizes, in pixels, in which the experiments need the images of a data set."""
        return sorted(size for name, size in self.images().values() if name == dataset)

    def largest(self, dataset: str) -> str:
        """Returns the prepared name of a data set in its largest size; "" if it is not needed."""
        sizes = self.image_sizes(dataset)
        return prepared_name(dataset, sizes[-1]) if sizes else ""

    def combined_runs(
        self, among: Collection[str]
    ) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
        """Returns all seeds of the combined experiment, and the first seed of each expert.

        Experiments that are not `among` these have none.
        """
        network, experts = self.combined[:1], self.combined[1:]
        runs = [(name, seed) for name in network if name in among for seed in self.seeds(name)]
        return runs, [(name, self.seeds(name)[0]) for name in experts if name in among]

    def backbone(self, name: str) -> str:
        """Returns the network whose ImageNet weights an experiment starts from; "" if none."""
        experiment = self[name].experiment
        return experiment.model if experiment.pretrained == "imagenet" else ""

    def backbones(self) -> set[str]:
        """Returns the networks whose ImageNet weights are needed."""
        published = set() if self.preset.pretrained else set(self.networks)
        return published | {*map(self.backbone, self.wanted)} - {""}

    def obtainable(self, results: Path, source: str | Path | None) -> list[str]:
        """Returns the experiments whose images can be had.

        Such images are synthetic, published, in `source`, or prepared in `results`; photographs are
        not published. Experiments that the preset leaves out do not count.
        """
        have = {
            name
            for name, (dataset, _) in self.images().items()
            if self.preset.data == "synthetic"
            or dataset in PIXELS
            or (source is not None and sources.named(dataset, Path(source)))
            or (layout.data(results, name) / layout.MANIFEST).exists()
        }
        return [name for name in self.wanted if have.issuperset(self[name].experiment.images)]

    def models(self) -> list[str]:
        return sorted({entry.experiment.model for entry in self.entries.values()})

    def trigger(self, name: str) -> dict[str, Any]:
        """Returns the settings that must not change, so that an experiment's runs stay valid."""
        return self[name].experiment.as_dict() | {
            "data": self.preset.data,
            "images_per_class": dict(self.preset.images_per_class),
        }
