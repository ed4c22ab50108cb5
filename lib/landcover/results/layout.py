"""The places of all files below a results folder; no other module spells such a path.

A folder of results belongs to one preset. The file that a stage writes last shows that the other
files beside it are complete.
"""

import re
from collections.abc import Iterable
from pathlib import Path

HOME = Path("results")  # commands in the project's folder write here
REFERENCE = HOME / "reference"  # the committed run

# in data/{images}
MANIFEST = "manifest.json"  # written last
PIXELS, LABELS, INDEX = "images.npy", "labels.npy", "index.csv"
# in explore/{images}
AUDIT = "audit.json"  # written last
NEIGHBOURS = "neighbours.csv"
# in profile/{model}
PROFILE = "profile.json"  # written last
LAYERS, TABLE_1, WARM_TIMES = "layers.csv", "table1.csv", "warm_times.csv"
# in runs/{experiment}/seed{seed}
SPEC, HISTORY = "spec.json", "history.csv"
RUN = "run.json"  # written last by training
METRICS = "metrics.json"  # written last by evaluation
PER_CLASS, CONFUSION, PREDICTIONS = "per_class.csv", "confusion.csv", "predictions.csv"
CALIBRATION, LOGITS = "calibration.csv", "logits.safetensors"
CHECKPOINT = Path("state", "checkpoint.safetensors")  # of an interrupted run
# what a stage leaves there, but weights and logits; its last file shows that all are there
OF_TRAINING = (SPEC, HISTORY, RUN)
OF_EVALUATION = (PREDICTIONS, PER_CLASS, CONFUSION, CALIBRATION, METRICS)
# in a distilled folder of results
DISTILLED = "distilled.json"  # written last
# in combine
COMBINATIONS, COMBINED_CLASSES = "combinations.csv", "combined_classes.csv"
# in missed/{experiment}
MISSED = "missed.csv"
# in interpret/{look}/{method}, combine and missed/{experiment}
SUMMARY = "summary.json"  # written last
# in report
PAGE, LESSONS, CLAIMS, CRATE = "index.html", "lessons.md", "claims.csv", "ro-crate-metadata.json"
FIGURES, TABLES, SOURCE = "figures", "tables", "source"

PREPARED = f"*/data/*/{PIXELS}"  # the images of every preset, below HOME


def packed(name: str) -> str:
    """Returns the name of a file that `distill` compressed."""
    return f"{name}.xz"


def usual(preset: str) -> Path:
    """Returns the results of a preset, for commands that run in the project's folder."""
    return HOME / preset


def data(results: Path, images: str) -> Path:
    """Returns the folder of a prepared data set; its name is `cifar10` or `terrassa-224`."""
    return results / "data" / images


def explore(results: Path, images: str) -> Path:
    return results / "explore" / images


def backbones(results: Path) -> Path:
    """Returns the folder with a file for each network whose weights are in torch's cache."""
    return results / "weights"


def profile(results: Path, model: str) -> Path:
    return results / "profile" / model


def run(results: Path, experiment: str, seed: int | str) -> Path:
    return results / "runs" / experiment / f"seed{seed}"


def preset_of(run: Path) -> str:
    """Returns the preset of a run's folder in its usual place; "" if it lies elsewhere."""
    results = results_of(run)
    return results.name if results and is_usual(results) else ""


def results_of(run: Path) -> Path | None:
    """Returns the folder of results that a run's folder lies in; None if it lies elsewhere."""
    folders = run.resolve().parents
    return folders[2] if len(folders) > 2 and folders[1].name == "runs" else None


def is_usual(results: Path) -> bool:
    """Tells whether a folder of results lies in the usual place of a preset's."""
    folder = results.resolve()
    return folder.parent.name == HOME.name and folder.name != REFERENCE.name


def weights(run: Path, kind: str) -> Path:
    """Returns the weights of a run; `kind` is "best" or "last"."""
    return run / f"{kind}.safetensors"


def interpret(results: Path, look: str) -> Path:
    """Returns the folder of a look into a network; it has a folder for each method."""
    return results / "interpret" / look


def look(experiment: str, seed: int, first: int) -> str:
    """Returns the name of the look into a run; that of the first seed has the experiment's name."""
    return experiment if seed == first else f"{experiment}-run-seed{seed}"


def looked_into(look: str) -> tuple[str, str]:
    """Returns the network of a look, and the seed that its name has; "" for the first one."""
    found = re.fullmatch(r"(.+)-run-seed(\d+)", look)
    return (found[1], found[2]) if found else (look, "")


def combine(results: Path) -> Path:
    return results / "combine"


def missed(results: Path, experiment: str) -> Path:
    return results / "missed" / experiment


def report(results: Path) -> Path:
    return results / "report"


def log(results: Path, stage: str) -> Path:
    return results / "logs" / stage


def benchmark(results: Path, stage: str) -> Path:
    return results / "benchmarks" / stage


def fetched(results: Path) -> list[str]:
    """Returns the names of prepared images."""
    return sorted(file.parent.name for file in results.glob(f"data/*/{MANIFEST}"))


def explored(results: Path) -> list[str]:
    """Returns the names of the prepared images that `explore` looked at."""
    return sorted(file.parent.name for file in results.glob(f"explore/*/{AUDIT}"))


def profiled(results: Path) -> list[str]:
    """Returns the names of the profiled models."""
    return sorted(file.parent.name for file in results.glob(f"profile/*/{PROFILE}"))


def interpreted(results: Path) -> list[tuple[str, str]]:
    """Returns the looks into networks, and their methods."""
    files = results.glob(f"interpret/*/*/{SUMMARY}")
    return sorted((file.parts[-3], file.parts[-2]) for file in files)


def with_misses(results: Path) -> list[str]:
    """Returns the experiments whose missed test images were looked for."""
    return sorted(file.parent.name for file in results.glob(f"missed/*/{SUMMARY}"))


def evaluated(results: Path, runs: Iterable[tuple[str, int]]) -> tuple[Path, ...]:
    """Returns the folders of those runs, named by experiment and seed, that were evaluated."""
    folders = (run(results, experiment, seed) for experiment, seed in runs)
    return tuple(folder for folder in folders if (folder / METRICS).exists())


def finished(results: Path) -> list[tuple[str, int]]:
    """Returns the experiments and seeds that were trained to their end."""
    names = [file.parts[-3:-1] for file in results.glob(f"runs/*/seed*/{RUN}")]
    seeds = [(experiment, folder.removeprefix("seed")) for experiment, folder in names]
    return sorted((experiment, int(seed)) for experiment, seed in seeds if seed.isdecimal())
