"""Values of our runs. Accuracies and scores are in percent."""

from functools import partial

import pandas as pd

from landcover.claims.evidence import Evidence, Lookup, cell
from landcover.claims.expression import MissingError
from landcover.claims.lookups import confusions
from landcover.claims.lookups.confusions import Measure
from landcover.results.evaluations import AUGMENTED, VIEWED


def _parameters(seen: Evidence, experiment: str, key: str) -> int:
    return seen.counted(experiment, f"parameters {key}").parameters[key]


def _outputs(seen: Evidence, experiment: str) -> int:
    """Returns the number of classes of its images."""
    return len(seen.run(experiment, "classes").classes)


def _train_images(seen: Evidence, experiment: str) -> int:
    """Returns the number of images of an epoch: twice as many if originals and copies train."""
    run = seen.run(experiment, "train_images")
    return run.train_images * (2 if run.experiment.concat_original else 1)


def _first(seen: Evidence, experiment: str) -> float:
    return 100 * seen.run(experiment, "eval_accuracy").first_accuracy


def _best(seen: Evidence, experiment: str) -> float:
    return 100 * seen.run(experiment, "best_accuracy").best_accuracy


def _last(seen: Evidence, experiment: str) -> float:
    return 100 * seen.run(experiment, "last_accuracy").last_accuracy


def _curve(seen: Evidence, experiment: str, column: str) -> list[float]:
    scale = 100 if column == "eval_accuracy" else 1
    history = seen.run(experiment, column).history
    if column not in history:
        raise MissingError(f"{experiment}, seed {seen.seed}, has no {column} in its history")
    return [scale * float(value) for value in history[column]]


def _seconds(seen: Evidence, experiment: str) -> float:
    return seen.timed(experiment).undisturbed_seconds


def _test(seen: Evidence, experiment: str, weights: str, score: str) -> float:
    return _score(seen, experiment, weights, "test", score)


def _viewed(seen: Evidence, experiment: str, weights: str, score: str) -> float:
    """Returns a score of the mean over eight views of each test image."""
    return _score(seen, experiment, weights, VIEWED, score)


def _train(seen: Evidence, experiment: str, weights: str, score: str) -> float:
    """Returns a score of augmented training images, as in the authors' own reports."""
    return _score(seen, experiment, weights, AUGMENTED, score)


def _score(seen: Evidence, experiment: str, weights: str, split: str, score: str) -> float:
    scores = seen.evaluation(experiment, f"{weights} {split} {score}").scores
    if (weights, split) not in scores:
        raise MissingError(f"{experiment}, seed {seen.seed}, has no scores of {split} images")
    if score not in scores[weights, split]:
        raise MissingError(f"{experiment}, seed {seen.seed}, has no {score} of {split} images")
    value = scores[weights, split][score]
    return value if score in ("loss", "n") else 100 * value


def _of_class(seen: Evidence, experiment: str, name: str, score: str) -> float:
    table = _classes(seen, experiment, score).set_index("class")
    return cell(table, name, score) * (1 if score == "support" else 100)


def _of_classes(seen: Evidence, experiment: str, score: str) -> list[float]:
    scale = 1 if score == "support" else 100
    return [float(value) * scale for value in _classes(seen, experiment, score)[score]]


def _classes(seen: Evidence, experiment: str, score: str) -> pd.DataFrame:
    return seen.evaluation(experiment, f"classes {score}").per_class["best", "test"]


def _confused(measure: Measure, seen: Evidence, experiment: str, one: str, other: str) -> float:
    return measure(seen.evaluation(experiment, "confusions").confusions["best", "test"], one, other)


LOOKUPS = {
    "parameters": Lookup(("experiment", "count"), _parameters, of_runs=True),
    "outputs": Lookup(("experiment",), _outputs, of_runs=True),
    "train_images": Lookup(("experiment",), _train_images, of_runs=True),
    "first": Lookup(("experiment",), _first, of_runs=True),
    "best": Lookup(("experiment",), _best, of_runs=True),
    "last": Lookup(("experiment",), _last, of_runs=True),
    "curve": Lookup(("experiment", "column"), _curve, of_runs=True),
    "seconds": Lookup(("experiment",), _seconds, of_runs=True),
    "test": Lookup(("experiment", "weights", "score"), _test, of_runs=True),
    "viewed": Lookup(("experiment", "weights", "score"), _viewed, of_runs=True),
    "train": Lookup(("experiment", "weights", "score"), _train, of_runs=True),
    "of_class": Lookup(("experiment", "class", "class score"), _of_class, of_runs=True),
    "of_classes": Lookup(("experiment", "class score"), _of_classes, of_runs=True),
    **{
        name: Lookup(("experiment", "class", "class"), partial(_confused, measure), of_runs=True)
        for name, measure in confusions.MEASURES.items()
    },
}
