"""Makes frozen `Experiment`s from the table of experiments and a preset.

The Snakefile, the commands and the tests all load them here. An entry names a `base` and states
only the differences from it. A field with its default value means "off", and `as_dict` leaves it
out. Defaults never change their meaning, so a new field does not change the experiments that do not
use it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from landcover import artifacts, gpus, sources, yaml_source
from landcover.architectures import MODELS, PUBLISHED
from landcover.errors import SpecError, nearest
from landcover.results import layout
from landcover.yaml_source import YamlSource, check, is_integer

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
BESIDE = ("base", "group", "authors", "seeds", "interpret")  # keys that are no settings
SECTIONS = ("bases", "experiments", "networks", "combined")  # of the table
OFF = "off"  # the word for a setting at its default
CURVES = Path("reference", "curves.csv")  # of the authors, in the workflow's folder
SIZED = ("residual", "vision-transformer")  # whose width and depth an experiment chooses
LONGEST_LINEAGE = 30  # levels of bases and experiments; the table has five
# All other data sets are photographs, of any size.
PIXELS = {"cifar10": 32, "eurosat": 64, "eurosat-official": 64, "eurosat-spatial": 64}


@dataclass(frozen=True)
class Experiment:
    """Everything that determines a training run, except its seed and its images."""

    name: str
    dataset: str
    model: str
    image_size: int  # pixels
    batch_size: int
    epochs: int
    learning_rate: float
    normalise: str  # "half": mean and std 0.5; "imagenet": its statistics; "none"
    batch_norm: bool = False
    dropout: float = 0.0
    pretrained: str = ""  # source of the backbone's weights: "imagenet", "random"
    init_from: str = ""  # an experiment; this one starts with its last weights of the same seed
    freeze: str = ""  # "backbone": only the head trains; "first-5-convolutions"
    freeze_statistics: bool = False  # whether frozen batch norms keep their statistics, too
    weight_decay: float = 0.0  # with Adam, it is L2 that is coupled with the gradient
    augment: str = "none"
    concat_original: bool = False  # an epoch has originals and augmented copies
    equal_steps: bool = False  # an epoch is a random half of originals and copies
    balance: bool = False  # an epoch draws equally from all classes, with replacement
    train_splits: str = "train"  # "train+val": also the validation images, if there are any
    also_train_on: str = ""  # a second data set, whose classes are added to the first's
    also_normalise: str = ""  # how images of the second are normalised; "": as those of the first
    label_hash_seed: int = 0  # hash seed of Python's sets, for seed 0; 0: sorted classes
    train_loss: str = "mean"  # over batches; "ema": 0.1 new + 0.9 old, restarted every epoch
    clean_train_loss: bool = False  # also measures the loss of unaugmented images
    score_augmented: bool = False  # evaluation also scores augmented training images
    selection_split: str = "val"  # evaluated after every epoch; chooses the best weights
    patience: int = 0  # epochs without a better accuracy before training stops; 0: never
    plateau_factor: float = 0.0  # of ReduceLROnPlateau; 0: no scheduler
    plateau_patience: int = 0
    plateau_min_lr: float = 0.0
    max_train_images: int = 0  # 0: all
    max_eval_images: int = 0
    precision: str = "fp32"
    width: int = 0  # of a residual network (channels) or a transformer (units of a patch)
    depth: int = 0  # residual network: blocks of a stage; transformer: blocks
    optimizer: str = "adam"  # "adamw": its weight decay is not coupled with the gradient
    one_cycle: float = 0.0  # share of all steps with a rising rate; then it falls to 0; 0: off
    label_smoothing: float = 0.0
    average_decay: float = 0.0  # of a running average of the weights, which is stored; 0: off
    small_share: float = 0.0  # share of the epochs, at the start, with images of `small_image_size`
    small_image_size: int = 0  # pixels
    only_classes: str = ""  # "River+Highway": only their images are used; "": all classes
    against_rest: str = ""  # a class against all others; "": all classes
    symmetric_views: bool = False  # evaluation also averages over the eight symmetric views

    def as_dict(self) -> dict[str, Any]:
        """Returns the experiment JSON-ready, without fields at their default."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {f.name: values[f.name] for f in fields(self) if values[f.name] != f.default}

    @property
    def images(self) -> tuple[str, ...]:
        """Returns the prepared names of its data sets; it is evaluated on the first."""
        datasets = filter(None, (self.dataset, self.also_train_on))
        return tuple(prepared_name(dataset, self.image_size) for dataset in datasets)

    @property
    def trains_on(self) -> tuple[str, ...]:
        return tuple(self.train_splits.split("+"))


@dataclass(frozen=True)
class Difference:
    """A setting with different values in two specs; "off" stands for the default."""

    key: str
    ours: Any
    theirs: Any


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Returns the differences of two specs; a setting that one lacks has its default.

    Both are made by `Experiment.as_dict`, and may have more keys, such as a seed.
    """
    return tuple(
        Difference(key, _shown(key, _said(ours, key)), _shown(key, _said(theirs, key)))
        for key in {**theirs, **ours}
        if _said(ours, key) != _said(theirs, key)
    )


def _said(spec: Mapping[str, Any], key: str) -> Any:
    return spec.get(key, DEFAULTS.get(key))


def _shown(key: str, value: Any) -> Any:
    is_off = value is None or (key in DEFAULTS and not value)
    return OFF if is_off else value


DEFAULTS = {f.name: f.default for f in fields(Experiment) if f.default is not MISSING}


def prepared_name(dataset: str, image_size: int) -> str:
    """Returns the name of a folder of images: `cifar10`, or `terrassa-224` for photographs."""
    return dataset if dataset in PIXELS else f"{dataset}-{image_size}"


@dataclass(frozen=True)
class Preset:
    """What a preset changes in every experiment, and where its images come from."""

    name: str
    data: str  # "real" or "synthetic"
    seeds: tuple[int, ...]
    precision: str
    max_epochs: int = 0  # 0: as the experiment says
    max_image_size: int = 0  # pixels, of photographs
    max_batch_size: int = 0
    max_train_images: int = 0
    max_eval_images: int = 0
    pretrained: str = ""  # replaces "imagenet" in experiments that ask for it
    max_pretrained_epochs: int = 0  # this and the next two are for experiments with a backbone
    max_pretrained_images: int = 0  # training images
    max_pretrained_eval_images: int = 0
    max_interpret_images: int = 0  # of a test split; 0: all
    interpret: tuple[str, ...] = ()  # of the experiments that are looked into, only these; (): all
    max_variants: int = 0  # of each group of variants, only the first ones; 0: all
    images_per_class: Mapping[str, int] = field(default_factory=dict)  # of synthetic data, by split
    more_seeds: bool = False  # whether an experiment's own number of seeds counts


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

    @property
    def not_looked_into(self) -> list[str]:
        """Returns the experiments that the table looks into, but not the preset."""
        looked_into = self.looked_into
        return [n for n in self.wanted if self[n].interpret and n not in looked_into]

    @property
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


def load(
    workflow: Path,
    preset: str = "demo",
    settings: Mapping[str, Any] | None = None,
    images: object = None,
) -> Table:
    """Reads `workflow/experiments.yaml` under a preset; `settings` replace keys of the preset.

    `images` is the place of real images, if the user names one. Raises SpecError with file, line
    and nearest right name.
    """
    source = YamlSource.read(workflow / "experiments.yaml")
    chosen = load_preset(workflow, preset, settings or {})
    for section, content in source.content.items():
        if section not in SECTIONS:
            reason = f"unknown key; {nearest(section, SECTIONS)}"
            if isinstance(content, dict) and not {"base", "group"}.isdisjoint(content):
                reason = "this entry stands at the left edge; indent it by two spaces"
            raise SpecError(f"{source.at(section)}: {reason}")
    if chosen.data == "synthetic" and images is not None:
        raise SpecError(
            f"the preset {chosen.name} draws its own images and reads none from {images}; "
            "choose the preset quick or paper"
        )
    entries = _entries(source, workflow, chosen)
    _check_authors(source, workflow, entries)
    combined = _combined(source, entries)
    table = Table(chosen, entries, source.section("networks"), combined)
    _check_networks(source, table)
    _check_looked_into(workflow, table)
    return table


def _combined(source: YamlSource, entries: Mapping[str, Entry]) -> tuple[str, ...]:
    names = source.content.get("combined", [])
    if not isinstance(names, list):
        raise SpecError(f"{source.at('combined')} must hold a list of experiments")
    for name in names:
        if name not in [*entries]:
            raise SpecError(
                f"{source.at('combined')}: no experiment '{name}'; {nearest(str(name), entries)}"
            )
    return tuple(names)


def _check_networks(source: YamlSource, table: Table) -> None:
    """Raises SpecError for a network that is not published, or images that no experiment has."""
    images = [*table.images()]
    for network, name in table.networks.items():
        place = source.at("networks", network)
        if network not in PUBLISHED:
            raise SpecError(
                f"{place}: no published network '{network}'; {nearest(network, PUBLISHED)}"
            )
        if name not in images:
            raise SpecError(
                f"{place}: no experiment trains on '{name}'; {nearest(str(name), images)}"
            )


def _check_authors(source: YamlSource, workflow: Path, entries: Mapping[str, Entry]) -> None:
    """Raises SpecError for an experiment of the authors of which they logged nothing."""
    named = {name: entry.authors for name, entry in entries.items() if entry.authors}
    known = artifacts.read_texts(workflow / CURVES, ("experiment",))[0] if named else []
    for name, authors in named.items():
        if authors not in known:
            raise SpecError(
                f"{source.at('experiments', name, 'authors')}: {CURVES} has no '{authors}'; "
                f"{nearest(authors, {*known})}"
            )


def _check_looked_into(workflow: Path, table: Table) -> None:
    """Raises SpecError if the preset looks into an unknown experiment."""
    for name in table.preset.interpret:
        if name not in table.entries:
            preset = YamlSource.read(workflow / "presets" / f"{table.preset.name}.yaml")
            raise SpecError(
                f"{preset.at('interpret')}: no experiment '{name}'; {nearest(name, table)}"
            )


def uncapped(workflow: Path) -> dict[str, Experiment]:
    """Returns every experiment of the table, without the changes of a preset."""
    source = YamlSource.read(workflow / "experiments.yaml")
    preset = Preset(name="", data="real", seeds=(0,), precision="fp32")
    entries = _entries(source, workflow, preset)
    return {name: entry.experiment for name, entry in entries.items()}


def _entries(source: YamlSource, workflow: Path, preset: Preset) -> dict[str, Entry]:
    validator = yaml_source.validator(workflow / "schemas" / "experiments.schema.yaml")
    names = source.section("experiments")
    entries = {name: _entry(source, validator, name, preset) for name in names}
    for name in entries:
        _check_ancestors(source, entries, name)
    return entries


def check_config(config: Mapping[str, Any], workflow: Path) -> None:
    """Raises SpecError for a wrong key or value after Snakemake's `--config`."""
    source = YamlSource(Path("--config"), {}, {})
    check(config, yaml_source.validator(workflow / "schemas" / "config.schema.yaml"), source)
    if str(seeds := config.get("seeds")).isdecimal():
        raise SpecError(
            f"--config, seeds: {seeds} is no list; write seeds=[{seeds}] for seed {seeds}, or "
            "seeds=[0,1,2] for three seeds"
        )
    if "device" in config:
        gpus.check(config["device"])
    if (images := config.get("data")) is None:
        return
    if not Path(images).exists():
        raise SpecError(f"--config, data: {images} does not exist; name a folder or an archive")
    if sources.is_empty(Path(images)):
        raise SpecError(f"--config, data: {images} is empty; {sources.FILL_IT}")


def load_preset(workflow: Path, name: str, settings: Mapping[str, Any]) -> Preset:
    folder = workflow / "presets"
    known = [path.stem for path in folder.glob("*.yaml")]
    if name not in known:
        raise SpecError(f"no preset '{name}' in {folder}; {nearest(name, known)}")
    source = YamlSource.read(folder / f"{name}.yaml")
    chosen = _coerced(settings)
    values = source.content | chosen
    if "seeds" in chosen:  # the user's seeds are for every experiment
        values["more_seeds"] = False
    validator = yaml_source.validator(workflow / "schemas" / "preset.schema.yaml")
    check(source.content, validator, source)
    check(values, validator, YamlSource(Path(f"{name} with changed settings"), {}, {}), "preset")
    lists: dict[str, Any] = {k: tuple(values[k]) for k in ("seeds", "interpret") if k in values}
    return Preset(name=name, **values | lists)


def with_settings(
    workflow: Path, experiment: Experiment, settings: Mapping[str, Any]
) -> Experiment:
    """Returns an experiment with changed settings. Raises SpecError for a wrong one."""
    values = experiment.as_dict()
    name = values.pop("name")
    values |= settings
    source = YamlSource(Path(f"{name} with changed settings"), {}, {})
    check(values, yaml_source.validator(workflow / "schemas" / "experiments.schema.yaml"), source)
    _check_consistent(values, source, ())
    return Experiment(name=name, **values)


def parsed(assignments: Sequence[str]) -> dict[str, Any]:
    """Parses `["epochs=3", "augment=none"]`; the values have the types that YAML gives them."""
    values = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise SpecError(f"'{assignment}' sets nothing; write KEY=VALUE, for example epochs=3")
        values[key] = yaml_source.value(value, f"'{assignment}'")
    return values


def from_dict(values: Mapping[str, Any]) -> Experiment:
    """Returns the experiment of a run's spec: the inverse of `Experiment.as_dict`."""
    known = {f.name for f in fields(Experiment)}
    if unknown := sorted(set(values) - known):
        raise SpecError(
            f"'{values.get('name')}' has the unknown settings {unknown}; "
            "another version of landcover wrote it, so make it again with this one"
        )
    try:
        return Experiment(**values)
    except TypeError as error:
        raise SpecError(f"a spec lacks settings ({error}); make it again") from error


def _entry(source: YamlSource, validator: Any, name: str, preset: Preset) -> Entry:
    if not NAME.fullmatch(name):
        raise SpecError(
            f"{source.at('experiments', name)}: a name has letters, digits, '.', '_' and '-' only"
        )
    values = _merged(source, name)
    beside = {key: str(values.pop(key, "")) for key in ("group", "authors")}
    interpret, seeds = values.pop("interpret", ""), values.pop("seeds", None)
    if interpret not in ("", "best", "last"):
        raise SpecError(
            f"{source.at('experiments', name, 'interpret')}: there are no '{interpret}' weights to "
            "look into; say best or last"
        )
    if seeds is not None and (not is_integer(seeds) or seeds < 1):
        raise SpecError(
            f"{source.at('experiments', name, 'seeds')}: {seeds!r} is no number of seeds, such as 5"
        )
    if not beside["group"].startswith(tuple(f"task{n}" for n in range(1, 6))):
        raise SpecError(
            f"{source.at('experiments', name)}: group must start with task1 ... task5, "
            f"not '{beside['group']}'"
        )
    check(values, validator, source, "experiments", name)
    _check_consistent(values, source, ("experiments", name))
    return Entry(
        Experiment(name=name, **_capped(values, preset)),
        **beside,
        seeds=seeds or 0,
        interpret=interpret,
    )


def _check_consistent(values: Mapping[str, Any], source: YamlSource, keys: tuple[str, ...]) -> None:
    """Raises SpecError for a setting that does not go with the others."""
    model = values["model"]
    if model not in MODELS:
        raise SpecError(
            f"{source.at(*keys, 'model')}: there is no '{model}'; {nearest(model, MODELS)}"
        )
    is_augmented = values.get("augment", "none") != "none"
    reasons = {
        "concat_original": not is_augmented
        and "there is nothing to add to the originals; say how to augment",
        "score_augmented": not is_augmented and "no image is augmented; say how to augment",
        "small_share": not values.get("small_image_size") and "small_image_size is missing",
        "small_image_size": not values.get("small_share") and "small_share is missing",
        "pretrained": model not in PUBLISHED
        and f"{model} has no published weights; drop it, or choose {', '.join(PUBLISHED)}",
        "width": model not in SIZED and f"{model} has no width to choose; set it to 0",
        "depth": model not in SIZED and f"{model} has no depth to choose; set it to 0",
        "average_decay": values.get("freeze") == "backbone"
        and "a network with a frozen backbone cannot be averaged; drop one of the two",
        "only_classes": values.get("against_rest")
        and "give only_classes or against_rest, not both",
    }
    for key, reason in reasons.items():
        if values.get(key) and reason:
            raise SpecError(f"{source.at(*keys, key)}: {reason}")
    _check_image_size(values, source, keys)


def _check_image_size(values: Mapping[str, Any], source: YamlSource, keys: tuple[str, ...]) -> None:
    for key in ("dataset", "also_train_on"):
        pixels = PIXELS.get(values.get(key, ""), values["image_size"])
        if pixels != values["image_size"]:
            raise SpecError(
                f"{source.at(*keys)}: the images of {values[key]} have {pixels} "
                f"pixels, so image_size cannot be {values['image_size']}"
            )


def _check_ancestors(source: YamlSource, entries: Mapping[str, Entry], name: str) -> None:
    """Raises SpecError if an experiment starts from an unknown one or, in the end, from itself."""
    lineage = [name]
    while ancestor := entries[lineage[-1]].experiment.init_from:
        place = source.at("experiments", lineage[-1], "init_from")
        if ancestor not in entries:
            raise SpecError(f"{place}: no experiment '{ancestor}'; {nearest(ancestor, entries)}")
        if ancestor in lineage:
            raise SpecError(f"{place}: '{ancestor}' would start from itself; break the circle")
        if len(lineage) > LONGEST_LINEAGE:
            raise SpecError(f"{place}: more than {LONGEST_LINEAGE} start from one another; cut it")
        lineage.append(ancestor)


def _merged(source: YamlSource, name: str, children: tuple[str, ...] = ()) -> dict[str, Any]:
    """Returns an entry with all settings of its bases; the keys in BESIDE are not inherited."""
    sections = {s: source.section(s) for s in ("experiments", "bases")}
    section = next((s for s, entries in sections.items() if name in [*entries]), None)
    if section is None:
        known = [*sections["bases"], *sections["experiments"]]
        raise SpecError(
            f"{source.at('experiments', children[-1])}: no base '{name}'; "
            f"{nearest(str(name), known)}"
        )
    if name in children:
        raise SpecError(
            f"{source.at(section, name)}: its bases lead back to itself; break the circle"
        )
    if len(children) > LONGEST_LINEAGE:
        raise SpecError(
            f"{source.at(section, name)}: it stands below {LONGEST_LINEAGE} others; let some of "
            "them say themselves what they inherit"
        )
    own = sections[section][name]
    if not isinstance(own, dict):
        raise SpecError(f"{source.at(section, name)} must hold a mapping of keys to values")
    for key in own:
        _check_known(key, source.at(section, name, key))
    if "base" not in own:
        return dict(own)
    inherited = _merged(source, own["base"], (*children, name))
    return {k: v for k, v in inherited.items() if k not in BESIDE} | {
        k: v for k, v in own.items() if k != "base"
    }


def _check_known(key: str, place: str) -> None:
    known = [f.name for f in fields(Experiment) if f.name != "name"]
    if key not in known and key not in BESIDE:
        raise SpecError(f"{place}: unknown key '{key}'; {nearest(key, [*known, *BESIDE])}")


def _capped(values: dict[str, Any], preset: Preset) -> dict[str, Any]:
    capped = values | {"precision": values.get("precision", preset.precision)}
    if preset.max_image_size and values["dataset"] not in PIXELS:
        capped["image_size"] = min(values["image_size"], preset.max_image_size)
    epochs, images, held_out = preset.max_epochs, preset.max_train_images, preset.max_eval_images
    if values.get("pretrained"):
        capped["pretrained"] = preset.pretrained or values["pretrained"]
        epochs = preset.max_pretrained_epochs or epochs
        images = preset.max_pretrained_images or images
        held_out = preset.max_pretrained_eval_images or held_out
    for key, cap in (
        ("epochs", epochs),
        ("batch_size", preset.max_batch_size),
        ("max_train_images", images),
        ("max_eval_images", held_out),
    ):
        if cap:
            capped[key] = min(values.get(key) or cap, cap)
    return capped


def _coerced(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Returns settings with `seeds` as numbers; Snakemake's --config gives them as texts."""
    given = {key: value for key, value in settings.items() if value is not None}
    if "seeds" in given:
        seeds = given["seeds"]
        parts = (
            str(seeds).strip("[]() ").split(",") if not isinstance(seeds, list | tuple) else seeds
        )
        try:
            given["seeds"] = [int(str(part)) for part in parts]
        except ValueError as error:
            raise SpecError(
                f"seeds must be whole numbers such as [0,1,2], not '{seeds}'"
            ) from error
    return given
