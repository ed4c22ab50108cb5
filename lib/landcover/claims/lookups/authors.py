"""What the authors' own files say. Accuracies are percentages, other scores fractions."""

from functools import partial
from typing import Any

import pandas as pd

from landcover.claims import arithmetic
from landcover.claims.evidence import Evidence, Lookup, cell
from landcover.claims.lookups import confusions
from landcover.claims.lookups.confusions import Measure


def _authors(seen: Evidence, experiment: str, metric: str) -> float:
    seen.logged("final_metrics.csv")
    return seen.study.authors.metrics[experiment, metric]


def _curve(seen: Evidence, experiment: str, split: str, metric: str) -> list[float]:
    seen.logged("curves.csv")
    return [float(v) for v in seen.study.authors.curve(experiment, split, metric)]


def _classes(seen: Evidence, experiment: str, score: str) -> list[float]:
    """Of every class, on the test split."""
    seen.logged("final_metrics.csv")
    prefix = f"test/{score}/"
    metrics = seen.study.authors.metrics.items()
    return [
        value for (name, key), value in metrics if name == experiment and key.startswith(prefix)
    ]


def _split(seen: Evidence, split: str, column: str) -> Any:
    """Of EuroSAT: `n` images, or the `sha256` of their names, as recovered from the figures."""
    seen.logged("eurosat_split_sha256.csv")
    row: Any = seen.study.authors.splits.set_index("split").loc[split]
    return int(row["n"]) if column == "n" else str(row["sha256_of_sorted_relpaths_LF"])


def _layer(seen: Evidence, module: str, column: str) -> float:
    return cell(_profile(seen).set_index("module"), module, column)


def _layers(seen: Evidence, column: str) -> list[float]:
    return [float(value) for value in _profile(seen)[column]]


def _rows(seen: Evidence, column: str) -> list[float]:
    """Of the rows of Table 1."""
    layers = _profile(seen)
    return [float(value) for value in layers.loc[layers["in_table1"] == 1, column]]


def _row_sizes(seen: Evidence) -> list[str]:
    """The output of each row of Table 1, as `32×32×64`: height, width, channels."""
    layers = _profile(seen)
    sizes = [str(s).split("x") for s in layers.loc[layers["in_table1"] == 1, "output_size"]]
    return ["×".join([*pixels, channels]) for channels, *pixels in sizes]


def _modules(seen: Evidence, kind: str) -> int:
    """How many modules of a kind their CustomCNN has."""
    return int((_profile(seen)["type"] == kind).sum())


def _profile(seen: Evidence) -> pd.DataFrame:
    seen.logged("table1_profile.csv")
    return seen.study.authors.layers


def _confused(measure: Measure, seen: Evidence, experiment: str, one: str, other: str) -> float:
    return measure(_counts(seen, experiment), one, other)


def _counts(seen: Evidence, experiment: str) -> pd.DataFrame:
    seen.logged("confusion_matrices_test.csv")
    return seen.study.authors.confusions[experiment]


def _top(seen: Evidence, figure: str, layer: str, unit: int) -> list[str]:
    """The classes of the images that a unit of theirs answers to most, as identified since."""
    rows = _drawn(seen, figure, layer)
    return [str(name) for name in rows.loc[rows["unit"] == unit, "identified_class"]]


def _tops(seen: Evidence, figure: str, layer: str) -> list[str]:
    """As `authors_top`, of all units that a figure shows."""
    return [str(name) for name in _drawn(seen, figure, layer)["identified_class"]]


def _purities(seen: Evidence, figure: str, layer: str) -> list[float]:
    """Of every unit that a figure shows."""
    units = _drawn(seen, figure, layer).groupby("unit")["identified_class"]
    return [arithmetic.purity(list(classes)) for _, classes in units]


def _drawn(seen: Evidence, figure: str, layer: str) -> pd.DataFrame:
    seen.logged("topk_identified.csv")
    tops = seen.study.authors.tops
    return tops[(tops["figure_source"] == figure) & (tops["layer"] == layer)].sort_values("rank")


LOOKUPS = {
    "authors": Lookup(("their experiment", "their metric"), _authors),
    "authors_curve": Lookup(("their experiment", "split", "their curve"), _curve),
    "authors_classes": Lookup(("their matrix", "class score"), _classes),
    "authors_split": Lookup(("split", "of a split"), _split),
    "authors_layer": Lookup(("module", "their layer"), _layer),
    "authors_layers": Lookup(("their layer",), _layers),
    "authors_rows": Lookup(("their layer",), _rows),
    "authors_row_sizes": Lookup((), _row_sizes),
    "authors_modules": Lookup(("their module",), _modules),
    **{
        f"authors_{name}": Lookup(("their matrix", "class", "class"), partial(_confused, measure))
        for name, measure in confusions.MEASURES.items()
    },
    "authors_top": Lookup(("their figure", "dense layer", "unit"), _top),
    "authors_tops": Lookup(("their figure", "dense layer"), _tops),
    "authors_purities": Lookup(("their figure", "dense layer"), _purities),
}
