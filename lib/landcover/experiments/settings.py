"""Settings of one experiment: those that go together, and those that a user changes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from landcover import yaml_source
from landcover.architectures import MODELS, PUBLISHED
from landcover.errors import SpecError, nearest
from landcover.experiments.experiment import PIXELS, Experiment
from landcover.yaml_source import YamlSource, check

SIZED = ("residual", "vision-transformer")  # whose width and depth an experiment chooses


def with_settings(
    workflow: Path, experiment: Experiment, settings: Mapping[str, Any]
) -> Experiment:
    """Returns an experiment with changed settings. Raises SpecError for a wrong one."""
    values = experiment.as_dict()
    name = values.pop("name")
    values |= settings
    source = YamlSource(Path(f"{name} with changed settings"), {}, {})
    check(values, yaml_source.validator(workflow / "schemas" / "experiments.schema.yaml"), source)
    check_consistent(values, source, ())
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


def check_consistent(values: Mapping[str, Any], source: YamlSource, keys: tuple[str, ...]) -> None:
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
