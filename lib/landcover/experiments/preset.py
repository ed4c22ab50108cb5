"""A preset, and what the user changes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landcover import gpus, sources, yaml_source
from landcover.errors import SpecError, nearest
from landcover.yaml_source import YamlSource, check


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
    changed = YamlSource(Path(f"preset {name} with changed settings"), {}, {})
    check(values, validator, changed, "preset")
    lists: dict[str, Any] = {k: tuple(values[k]) for k in ("seeds", "interpret") if k in values}
    return Preset(name=name, **values | lists)


def check_config(config: Mapping[str, Any], workflow: Path, variables: Mapping[str, str]) -> None:
    """Raises SpecError for a wrong key or value after Snakemake's `--config`.

    `variables` are the environment variables that set a key in its place.
    """
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
    told = variables.get("data", "--config, data")
    if not Path(images).exists():
        raise SpecError(f"{told}: {images} does not exist; name a folder or an archive")
    if sources.is_empty(Path(images)):
        raise SpecError(f"{told}: {images} is empty; {sources.FILL_IT}")


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
