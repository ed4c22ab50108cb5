"""The functions of a claim's measurement that look something up, by where they look.

Each says of which kind its arguments are, so that one that points nowhere is found before anything
is measured. Accuracies and scores of ours are percentages, times seconds.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from landcover.claims.evidence import Lookup
from landcover.claims.lookups import authors, images, networks, runs
from landcover.claims.lookups.networks import PROFILED
from landcover.experiments import Experiment
from landcover.results.evaluations import SCORES, WEIGHTS
from landcover.results.profiles import LAYER_NUMBERS, ROW_NUMBERS
from landcover.results.runs import HISTORY, PARAMETERS
from landcover.results.study import Study

NETWORKS = ("vgg16",)  # looked into as published

LOOKUPS: dict[str, Lookup] = runs.LOOKUPS | images.LOOKUPS | networks.LOOKUPS | authors.LOOKUPS


@dataclass(frozen=True)
class Known:
    kinds: Mapping[str, Collection[Any] | None]  # what an argument may be; None: anything
    left: Mapping[str, Collection[tuple[Any, ...]]]  # by lookup, what the authors left at all


def known(study: Study) -> Known:
    theirs = study.authors
    curves = theirs.curves[["experiment", "split", "metric"]]
    tops = study.authors.tops[["figure_source", "layer", "unit"]].drop_duplicates()
    units = set(tops.itertuples(index=False, name=None))
    layers = {(figure, layer) for figure, layer, _ in units}
    return Known(
        kinds={
            "experiment": study.published,
            "dataset": study.prepared,
            "setting": Experiment.__dataclass_fields__,
            "count": PARAMETERS,
            "column": HISTORY,
            "weights": WEIGHTS,
            "score": SCORES,
            "class score": ("precision", "recall", "f1", "support"),
            "class": {str(c) for counts in theirs.confusions.values() for c in counts.index},
            "split": ("train", "val", "test"),
            "of a split": ("n", "sha256"),
            "their experiment": {name for name, _ in theirs.metrics} | set(curves["experiment"]),
            "their metric": {metric for _, metric in theirs.metrics},
            "their curve": ("loss", "accuracy"),
            "their matrix": theirs.confusions,
            "their figure": set(study.authors.tops["figure_source"]),
            "their layer": ("params", "activation_elements", "memory_KB", "time_s", "in_table1"),
            "their module": set(theirs.layers["type"]),
            "module": list(theirs.layers["module"]),
            "our layer": LAYER_NUMBERS,
            "our row": ROW_NUMBERS,
            "network": [*study.published, *NETWORKS],
            "dense layer": ("fc1", "fc2", "fc3"),
            "unit": None,
            "of a unit": ("purity", "entropy_bits", "positive", "dead"),
            "separation": (
                "trustworthiness", "map_knn_accuracy", "map_silhouette",
                "raw_knn_accuracy", "raw_silhouette",
            ),
        },
        left={
            "authors": set(theirs.metrics),
            "authors_curve": set(curves.itertuples(index=False, name=None)),
            "authors_top": units,
            "authors_tops": layers,
            "authors_purities": layers,
        },
    )  # fmt: skip


__all__ = ["LOOKUPS", "PROFILED", "Known", "known"]
