"""The results of `evaluate` for the best and the last weights of a run, by weights and split."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.errors import ArtifactError
from landcover.results import layout, packed
from landcover.results.code_record import code_record
from landcover.results.image_record import ImageRecord, image_records
from landcover.results.numbers import finite, require_finite, square
from landcover.results.written import written_by

CONFUSION = ("weights", "split", "true", "predicted", "count")
PER_CLASS = ("weights", "split", "class", "precision", "recall", "f1", "support")
SCORES = ("n", "loss", "accuracy", "macro_precision", "macro_recall", "macro_f1")
CALIBRATION_ERRORS = ("ece", "ece_calibrated")  # the second, if a temperature was fitted
PREDICTIONS = ("weights", "split", "file", "true", "predicted")
BINS = ("weights", "split", "low", "high", "n", "confidence", "accuracy", "temperature")
WEIGHTS = ("best", "last")
VIEWED = "test-8-views"  # split of test images, each as the mean over its views
AUGMENTED = "train-augmented"  # split of training images as they are augmented


@dataclass(frozen=True)
class Evaluation:
    folder: Path  # of the run
    scores: Mapping[tuple[str, str], Mapping[str, float]]  # accuracies as fractions
    confusions: Mapping[tuple[str, str], pd.DataFrame]  # counts; rows are true classes
    per_class: Mapping[tuple[str, str], pd.DataFrame]  # class, precision, recall, f1, support
    temperatures: Mapping[str, float]  # by weights; the mean over views has its own
    image_records: tuple[ImageRecord, ...]
    provenance: Mapping[str, Any]

    def right(self, weights: str, split: str) -> "pd.Series[bool]":
        """Returns, by file, whether an image was classified correctly."""
        _, table = packed.read_csv(self.folder / layout.PREDICTIONS, PREDICTIONS, PREDICTIONS)
        own = table[(table["weights"] == weights) & (table["split"] == split)].set_index("file")
        return own["true"] == own["predicted"]

    def calibration(self, weights: str, split: str) -> pd.DataFrame:
        """Returns the bins of a reliability diagram, for every temperature."""
        file, table = packed.read_csv(self.folder / layout.CALIBRATION, BINS)
        require_finite(file, table, ("low", "high", "n", "temperature"))
        for column in ("confidence", "accuracy"):  # missing in an empty bin
            table[column] = pd.to_numeric(table[column], errors="coerce")
        return table[(table["weights"] == weights) & (table["split"] == split)]


def read(folder: Path, experiment: str, seed: int, epochs: tuple[int, int]) -> Evaluation | None:
    """Returns the evaluation of a run; None if it was not evaluated.

    `epochs` are the epochs of its best and its last weights. Raises ArtifactError if a file is
    broken or belongs to other weights.
    """
    file = folder / layout.METRICS
    if not file.exists():
        return None
    measured = artifacts.read_json(file)
    texts = ("true", "predicted")
    counts_file, counted = packed.read_csv(folder / layout.CONFUSION, CONFUSION, texts)
    classes_file, classes = packed.read_csv(folder / layout.PER_CLASS, PER_CLASS, ("class",))
    require_finite(classes_file, classes, PER_CLASS[3:])
    with written_by("lc-cli evaluate", file, "evaluate the run again"):
        about = [measured[key] for key in ("experiment", "seed")]
        about += [measured[weights]["epoch"] for weights in WEIGHTS]
        scores = {
            (weights, split): {
                name: finite(found[name])
                for name in (*SCORES, *CALIBRATION_ERRORS)
                if name in SCORES or name in found
            }
            for weights in WEIGHTS
            for split, found in measured[weights].items()
            if split != "epoch"
        }
        temperatures = {str(k): finite(t) for k, t in measured.get("temperature", {}).items()}
        seen, provenance = image_records(measured), code_record(measured)
    with written_by("lc-cli evaluate", counts_file, "evaluate the run again"):
        confusions = {key: square(table) for key, table in _parts(counted).items()}
    if about != [experiment, seed, *epochs] or any(
        found["n"] != confusions[key].to_numpy().sum() for key, found in scores.items()
    ):
        raise ArtifactError(f"{file} is of other weights than those beside it; evaluate them again")
    parts = _parts(classes)
    return Evaluation(folder, scores, confusions, parts, temperatures, seen, provenance)


def _parts(table: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    groups = table.groupby(["weights", "split"])
    return {(str(weights), str(split)): rows for (weights, split), rows in groups}
