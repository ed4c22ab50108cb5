"""The functions in a claim's expressions that look up a value; each source has a file here.

Each names the kinds of its arguments, so that a wrong argument is found before anything is
measured. If an argument is a list, the value is a list. Our accuracies and scores are in percent,
times in seconds.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from landcover.claims.evidence import Lookup
from landcover.claims.lookups import authors, combinations, images, networks, runs
from landcover.experiments import Experiment
from landcover.results.evaluations import CALIBRATION_ERRORS, SCORES, WEIGHTS
from landcover.results.profiles import LAYER_NUMBERS, ROW_NUMBERS
from landcover.results.runs import HISTORY, PARAMETERS
from landcover.results.study import Study

LOOKUPS: dict[str, Lookup] = (
    runs.LOOKUPS | combinations.LOOKUPS | images.LOOKUPS | networks.LOOKUPS | authors.LOOKUPS
)


@dataclass(frozen=True)
class Known:
    kinds: Mapping[str, Collection[Any] | None]  # the allowed values of an argument; None: any
    left: Mapping[
        str, Collection[tuple[Any, ...]]
    ]  # the arguments for which the authors have a value, by lookup


def known(study: Study) -> Known:
    theirs = study.authors
    layers = set(theirs.top_images)
    return Known(
        kinds={
            "experiment": study.table.entries,
            "published": theirs.published,
            "dataset": {name for name, _ in study.table.images().values()},
            "setting": Experiment.__dataclass_fields__,
            "count": PARAMETERS,
            "column": (*HISTORY, "clean_train_loss"),
            "weights": WEIGHTS,
            "score": (*SCORES, *CALIBRATION_ERRORS),
            "class score": ("precision", "recall", "f1", "support"),
            "class": {str(c) for counts in theirs.confusions.values() for c in counts.index},
            "split": ("train", "val", "test"),
            "combination": None,
            "of a combination": ("accuracy", "difference", "low", "high", "weight"),
            "of a split": ("n", "sha256"),
            "their experiment": {n for n, _ in theirs.metrics} | {n for n, _, _ in theirs.points},
            "their metric": {metric for _, metric in theirs.metrics},
            "their curve": ("loss", "accuracy"),
            "their matrix": theirs.confusions,
            "their figure": {figure for figure, _ in layers},
            "their layer": ("params", "activation_elements", "memory_KB", "time_s", "in_table1"),
            "their module": set(theirs.layers["type"]),
            "module": list(theirs.layers["module"]),
            "our layer": LAYER_NUMBERS,
            "our row": ROW_NUMBERS,
            "network": [*study.table.entries, *study.table.networks],
            "dense layer": ("fc1", "fc2", "fc3"),
            "unit": None,
            "of a unit": ("purity", "entropy_bits", "positive"),
            "separation": (
                "trustworthiness", "map_knn_accuracy", "map_silhouette",
                "raw_knn_accuracy", "raw_silhouette",
            ),
        },
        left={
            "authors": set(theirs.metrics),
            "authors_curve": set(theirs.points),
            "authors_top": {
                (*layer, unit) for layer, units in theirs.top_images.items() for unit in units
            },
            "authors_tops": layers,
            "authors_purities": layers,
            "authors_unit_classes": layers,
        },
    )  # fmt: skip


__all__ = ["LOOKUPS", "Known", "known"]
