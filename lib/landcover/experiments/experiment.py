"""One experiment: all that determines a training run, except its seed and its images."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_type_hints

from landcover.errors import SpecError

OFF = "off"  # the word for a setting at its default
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


KINDS: Mapping[str, type] = get_type_hints(Experiment)
DEFAULTS = {f.name: f.default for f in fields(Experiment) if f.default is not MISSING}


def from_dict(values: Mapping[str, Any]) -> Experiment:
    """Returns the experiment of a run's spec: the inverse of `Experiment.as_dict`.

    Raises SpecError for a setting that is unknown, missing or of another kind.
    """
    if unknown := sorted(set(values) - set(KINDS)):
        raise SpecError(
            f"'{values.get('name')}' has the unknown settings {unknown}; "
            "another version of landcover wrote it, so make it again with this one"
        )
    for key, value in values.items():
        kinds = (int, float) if KINDS[key] is float else KINDS[key]
        if not isinstance(value, kinds):
            raise SpecError(f"a spec has {value!r} as its {key}; make it again")
    try:
        return Experiment(**values)
    except TypeError as error:
        raise SpecError(f"a spec lacks settings ({error}); make it again") from error


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


def prepared_name(dataset: str, image_size: int) -> str:
    """Returns the name of a folder of images: `cifar10`, or `terrassa-224` for photographs."""
    return dataset if dataset in PIXELS else f"{dataset}-{image_size}"
