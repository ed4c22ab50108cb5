"""Values of the authors' own files. Accuracies are in percent, other scores are fractions."""

from dataclasses import replace
from functools import partial
from statistics import mode
from typing import Any

import pandas as pd

from landcover.claims import arithmetic
from landcover.claims.evidence import ALIKE, Evidence, Lookup, cell
from landcover.claims.lookups import confusions
from landcover.claims.lookups.confusions import Measure
from landcover.results.authors import CONFUSIONS, CURVES, LAYERS, METRICS, PUBLISHED, SPLITS, TOPS

UNSURE = {
    "task3": 9.0,
    "task5": 6.0,
}  # root mean square of pixels; above it, a match is in doubt
UNKNOWN = "unknown"  # begins the class of an image that was identified with doubt


def _setting(seen: Evidence, experiment: str, key: str) -> Any:
    """Returns a setting of the authors, from their files."""
    seen.reads.add(("settings", experiment, key))
    seen.files.add(seen.study.authors.folder / PUBLISHED)
    return getattr(seen.study.authors.published[experiment], key)


def _authors(seen: Evidence, experiment: str, metric: str) -> float:
    seen.logged(METRICS, experiment, metric)
    seen.from_logs = True
    return seen.study.authors.metrics[experiment, metric]


def _curve(seen: Evidence, experiment: str, split: str, metric: str) -> list[float]:
    seen.logged(CURVES, experiment, split, metric)
    rows = seen.study.authors.points[experiment, split, metric]
    kinds = set(rows["kind"])
    seen.read_off, seen.from_logs = (
        seen.read_off or "digitised" in kinds,
        seen.from_logs or "log" in kinds,
    )
    return [float(value) for value in rows["value"]]


def _classes(seen: Evidence, experiment: str, score: str) -> list[float]:
    """Returns a score of every class, on the test split."""
    prefix = f"test/{score}/"
    found = {
        key: value
        for (name, key), value in seen.study.authors.metrics.items()
        if name == experiment and key.startswith(prefix)
    }
    for key in found:
        seen.logged(METRICS, experiment, key)
    return list(found.values())


def _split(seen: Evidence, split: str, column: str) -> Any:
    """Returns `n` images of EuroSAT, or the `sha256` of their names, recovered from the figures."""
    seen.logged(SPLITS, split, column)
    row: Any = seen.study.authors.splits.set_index("split").loc[split]
    return int(row["n"]) if column == "n" else str(row["sha256_of_sorted_relpaths_LF"])


def _layer(seen: Evidence, module: str, column: str) -> float:
    seen.logged(LAYERS, module, column)
    return cell(seen.study.authors.layers.set_index("module"), module, column)


def _layers(seen: Evidence, column: str) -> list[float]:
    return [float(value) for value in _profile(seen, column)[column]]


def _rows(seen: Evidence, column: str) -> list[float]:
    """Returns a number of each row of Table 1."""
    return [float(value) for value in _table_1(seen, column)[column]]


def _row_sizes(seen: Evidence) -> list[str]:
    """Returns the output of each row of Table 1, as `32×32×64`: height, width, channels."""
    sizes = [str(s).split("x") for s in _table_1(seen, "output_size")["output_size"]]
    return ["×".join([*pixels, channels]) for channels, *pixels in sizes]


def _modules(seen: Evidence, kind: str) -> int:
    """Returns how many modules of a kind their CustomCNN has."""
    return int((_profile(seen, "type")["type"] == kind).sum())


def _table_1(seen: Evidence, column: str) -> pd.DataFrame:
    layers = seen.study.authors.layers
    return _logged(seen, layers[layers["in_table1"] == 1], column)


def _profile(seen: Evidence, column: str) -> pd.DataFrame:
    return _logged(seen, seen.study.authors.layers, column)


def _logged(seen: Evidence, layers: pd.DataFrame, column: str) -> pd.DataFrame:
    """Returns layers, of which a column is read."""
    for module in layers["module"]:
        seen.logged(LAYERS, module, column)
    return layers


def _confused(measure: Measure, seen: Evidence, experiment: str, one: str, other: str) -> float:
    seen.logged(CONFUSIONS, experiment)
    return measure(seen.study.authors.confusions[experiment], one, other)


def _top(seen: Evidence, figure: str, layer: str, unit: int) -> list[str]:
    """Returns the classes of a unit's top images in their figure, as we identified them.

    Where `seen.doubtful_as` says so, those that were identified with doubt get other classes.
    """
    images = seen.study.authors.top_images[figure, layer][unit]
    seen.logged(TOPS, figure, layer, str(unit))
    unsure = {image.rank for image in images if image.rms > UNSURE[figure.partition("_")[0]]}
    seen.doubtful |= {(figure, layer, str(unit), str(rank)) for rank in unsure}
    found = [image.class_name for image in images]
    if not (how := seen.doubtful_as.get((figure, layer))):
        return found
    usual = mode([image.class_name for image in images if image.rank not in unsure] or found)
    return [
        name if image.rank not in unsure else usual if how == ALIKE else f"{UNKNOWN} {image.rank}"
        for image, name in zip(images, found, strict=True)
    ]


def _tops(seen: Evidence, figure: str, layer: str) -> list[str]:
    """Returns `authors_top` of all units that a figure shows."""
    return [name for unit in _units(seen, figure, layer) for name in unit]


def _purities(seen: Evidence, figure: str, layer: str) -> list[float]:
    """Returns the purity of every unit that a figure shows."""
    return [arithmetic.purity(unit) for unit in _units(seen, figure, layer)]


def _unit_classes(seen: Evidence, figure: str, layer: str) -> list[str]:
    """Returns the most frequent class among the images of every unit that a figure shows."""
    return [max(unit, key=unit.count) for unit in _units(seen, figure, layer)]


def _units(seen: Evidence, figure: str, layer: str) -> list[list[str]]:
    units = seen.study.authors.top_images[figure, layer]
    return [_top(seen, figure, layer, unit) for unit in sorted(units)]


MEASURED = {
    "setting": Lookup(("published", "setting"), _setting),
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
    "authors_unit_classes": Lookup(("their figure", "dense layer"), _unit_classes),
}
LOOKUPS = {name: replace(lookup, of_authors=True) for name, lookup in MEASURED.items()}
