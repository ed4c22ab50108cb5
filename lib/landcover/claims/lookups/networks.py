"""Inside our networks: what each layer costs, and what filters, units and maps show."""

import pandas as pd

from landcover.claims.evidence import Evidence, Lookup, cell, departures
from landcover.claims.expression import MissingError
from landcover.results.insides import Inside
from landcover.results.profiles import Profile

PROFILED = "customcnn"


def _layer(seen: Evidence, module: str, column: str) -> float:
    return cell(_profile(seen).layers.set_index("name"), module, column)


def _layers(seen: Evidence, column: str) -> list[float]:
    return [float(value) for value in _profile(seen).layers[column]]


def _rows(seen: Evidence, column: str) -> list[float]:
    """Of the rows of Table 1."""
    return [float(value) for value in _profile(seen).rows[column]]


def _row_sizes(seen: Evidence) -> list[str]:
    """The output of each row of Table 1, as `32×32×64`: height, width, channels."""
    return [str(size) for size in _profile(seen).rows["output_size"]]


def _profile(seen: Evidence) -> Profile:
    if PROFILED not in seen.study.profiles:
        raise MissingError(f"the profile of {PROFILED} was not measured")
    profile = seen.study.profiles[PROFILED]
    seen.files.add(profile.file)
    return profile


def _convolutions(seen: Evidence, network: str) -> int:
    return len(_filters(seen, network))


def _input_channels(seen: Evidence, network: str) -> list[float]:
    """Of each convolution."""
    return [float(count) for count in _filters(seen, network)["input_channels"]]


def _filters(seen: Evidence, network: str) -> pd.DataFrame:
    look = _look(seen, network, "filters")  # the same whatever was learnt
    return _table(seen, look, "layers", "layer", "input_channels")


def _top(seen: Evidence, network: str, layer: str, unit: int) -> list[str]:
    """The classes of the images that a unit of ours answers to most."""
    rows = _of_layer(seen, network, layer, "images", "unit", "rank", "class")
    rows = rows[rows["unit"] == unit].sort_values("rank")
    if rows.empty:
        raise MissingError(f"{layer} of {network} has no unit {unit}")
    return [str(name) for name in rows["class"]]


def _tops(seen: Evidence, network: str, layer: str) -> list[str]:
    """As `top`, of all units together."""
    return [str(name) for name in _of_layer(seen, network, layer, "images", "class")["class"]]


def _units(seen: Evidence, network: str, layer: str, column: str) -> list[float]:
    """Of every unit of a layer."""
    return [float(v) for v in _of_layer(seen, network, layer, "units", column)[column]]


def _unit_classes(seen: Evidence, network: str, layer: str) -> list[str]:
    """The class that most of a unit's images have, of every unit of a layer."""
    return [str(name) for name in _of_layer(seen, network, layer, "units", "class")["class"]]


def _of_layer(seen: Evidence, network: str, layer: str, name: str, *columns: str) -> pd.DataFrame:
    rows = _table(seen, _inside(seen, network, "topk"), name, "layer", *columns)
    rows = rows[rows["layer"] == layer]
    if rows.empty:
        raise MissingError(f"{network} has no layer {layer}")
    return rows


def _separation(seen: Evidence, network: str, layer: str, measure: str) -> float:
    found = _table(seen, _inside(seen, network, "tsne"), "separation", "layer", measure)
    return cell(found.set_index("layer"), layer, measure)


def _inside(seen: Evidence, network: str, method: str) -> Inside:
    """What was seen in a network, whose weights and images matter to the claim."""
    inside = _look(seen, network, method)
    seen.fidelities.add(inside.fidelity)
    if inside.is_random:
        seen.departures.add(f"weights of {network} were drawn at random")
    for run in seen.study.results[network].runs if network in seen.study.results else ():
        if run.seed == inside.about["seed"]:
            seen.departures.update(departures(run, seen.study.published[network]))
    return inside


def _look(seen: Evidence, network: str, method: str) -> Inside:
    if (network, method) not in seen.study.insides:
        raise MissingError(f"{network} was not looked into ({method})")
    return seen.study.insides[network, method]


def _table(seen: Evidence, inside: Inside, name: str, *columns: str) -> pd.DataFrame:
    file, table = inside.table(name, *columns)
    seen.files.add(file)
    return table


LOOKUPS = {
    "layer": Lookup(("module", "our layer"), _layer),
    "layers": Lookup(("our layer",), _layers),
    "rows": Lookup(("our row",), _rows),
    "row_sizes": Lookup((), _row_sizes),
    "convolutions": Lookup(("network",), _convolutions),
    "input_channels": Lookup(("network",), _input_channels),
    "top": Lookup(("network", "dense layer", "unit"), _top),
    "tops": Lookup(("network", "dense layer"), _tops),
    "units": Lookup(("network", "dense layer", "of a unit"), _units),
    "unit_classes": Lookup(("network", "dense layer"), _unit_classes),
    "separation": Lookup(("network", "dense layer", "separation"), _separation),
}
