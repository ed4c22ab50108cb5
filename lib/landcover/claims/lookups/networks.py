"""Inside our networks: what each layer costs, and what filters, units and maps show."""

from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.claims.evidence import Evidence, Lookup, cell, departures
from landcover.claims.expression import MissingError
from landcover.results import Profile, profile_file

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
    if seen.ground.profile is None:
        raise MissingError(f"the profile of {PROFILED} was not measured")
    seen.files.add(profile_file(seen.ground.results, PROFILED))
    return seen.ground.profile


def _convolutions(seen: Evidence, network: str) -> int:
    return len(_filters(seen, network))


def _input_channels(seen: Evidence, network: str) -> list[float]:
    """Of each convolution."""
    return [float(count) for count in _filters(seen, network)["input_channels"]]


def _filters(seen: Evidence, network: str) -> pd.DataFrame:
    folder, _ = _folder(seen, network, "filters")  # the same whatever was learnt
    return _csv(seen, folder / "layers.csv", "layer", "input_channels")


def _top(seen: Evidence, network: str, layer: str, unit: int) -> list[str]:
    """The classes of the images that a unit of ours answers to most."""
    rows = _of_layer(seen, network, layer, "images.csv", "unit", "rank", "class")
    rows = rows[rows["unit"] == unit].sort_values("rank")
    if rows.empty:
        raise MissingError(f"{layer} of {network} has no unit {unit}")
    return [str(name) for name in rows["class"]]


def _tops(seen: Evidence, network: str, layer: str) -> list[str]:
    """As `top`, of all units together."""
    return [str(name) for name in _of_layer(seen, network, layer, "images.csv", "class")["class"]]


def _units(seen: Evidence, network: str, layer: str, column: str) -> list[float]:
    """Of every unit of a layer."""
    return [float(v) for v in _of_layer(seen, network, layer, "units.csv", column)[column]]


def _unit_classes(seen: Evidence, network: str, layer: str) -> list[str]:
    """The class that most of a unit's images have, of every unit of a layer."""
    return [str(name) for name in _of_layer(seen, network, layer, "units.csv", "class")["class"]]


def _of_layer(seen: Evidence, network: str, layer: str, file: str, *columns: str) -> pd.DataFrame:
    rows = _csv(seen, _inside(seen, network, "topk") / file, "layer", *columns)
    rows = rows[rows["layer"] == layer]
    if rows.empty:
        raise MissingError(f"{network} has no layer {layer}")
    return rows


def _separation(seen: Evidence, network: str, layer: str, measure: str) -> float:
    file = _inside(seen, network, "tsne") / "separation.csv"
    return cell(_csv(seen, file, "layer", measure).set_index("layer"), layer, measure)


def _inside(seen: Evidence, network: str, method: str) -> Path:
    """The folder of what was seen in a network, whose weights and images matter to the claim."""
    folder, summary = _folder(seen, network, method)
    seen.fidelities.add(str(summary["data"]["fidelity"]))
    if "random" in summary["weights"]:
        seen.departures.add(f"weights of {network} were drawn at random")
    for run in seen.ground.found[network].runs if network in seen.ground.found else ():
        if run.seed == summary["seed"]:
            seen.departures.update(departures(run, seen.ground.published[network]))
    return folder


def _folder(seen: Evidence, network: str, method: str) -> tuple[Path, dict[str, Any]]:
    """With its summary, which is written last."""
    folder = seen.ground.results / "interpret" / network / method
    if not (folder / "summary.json").exists():
        raise MissingError(f"{network} was not looked into ({method})")
    return folder, artifacts.read_json(folder / "summary.json")


def _csv(seen: Evidence, file: Path, *columns: str) -> pd.DataFrame:
    seen.files.add(file)
    return artifacts.read_csv(file, columns)


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
