"""Values of our networks: what each layer costs, and what filters, units and maps show."""

import pandas as pd

from landcover.claims.evidence import Evidence, Lookup, cell
from landcover.claims.expression import MissingError
from landcover.results.insides import Inside, alive
from landcover.results.profiles import ProfileRecord

PROFILED = "customcnn"
TOPK, TSNE = "topk", "tsne"  # methods
AS_PROFILED = {"batch_size": 1}  # by the authors; Table 1 is about one image


def _layer(seen: Evidence, module: str, column: str) -> float:
    return cell(_profile(seen, column, module).layers.set_index("name"), module, column)


def _layers(seen: Evidence, column: str) -> list[float]:
    return [float(value) for value in _profile(seen, column).layers[column]]


def _rows(seen: Evidence, column: str) -> list[float]:
    """Returns a number of each row of Table 1."""
    return [float(value) for value in _profile(seen, f"rows {column}", "all").rows[column]]


def _row_sizes(seen: Evidence) -> list[str]:
    """Returns the output of each row of Table 1, as `32×32×64`: height, width, channels."""
    return [str(size) for size in _profile(seen, "rows output_size", "all").rows["output_size"]]


def _modules(seen: Evidence, kind: str) -> int:
    """Returns how many modules of a kind our CustomCNN has."""
    return int((_profile(seen, "type").layers["type"] == kind).sum())


def _profile(seen: Evidence, value: str, module: str = "") -> ProfileRecord:
    """Returns the profile, for a value of one module or of all."""
    found = seen.study.profiles.get(PROFILED)
    if found is None:
        raise MissingError(f"the profile of {PROFILED} was not measured")
    seen.timed_once |= "time" in value
    modules = [module] if module else found.layers["name"]
    seen.reads.update(("profile", value, str(name)) for name in modules)
    seen.files.add(found.file)
    seen.departures.update(
        f"{PROFILED} was profiled with {key} {found.facts.get(key)} instead of {wanted}"
        for key, wanted in AS_PROFILED.items()
        if found.facts.get(key) != wanted
    )
    return found


def _convolutions(seen: Evidence, network: str) -> int:
    found = seen.looked_into(network, "filters", "convolutions")
    return len(_csv(seen, found, "layers", "layer"))


def _top(seen: Evidence, network: str, layer: str, unit: int) -> list[str]:
    """Returns the classes of the images to which a unit of ours responds most."""
    rows = _of_layer(seen, network, layer, "images", "unit", "rank", "class")
    rows = rows[rows["unit"] == unit].sort_values("rank")
    if rows.empty:
        raise MissingError(f"{layer} of {network} has no unit {unit}")
    return [str(name) for name in rows["class"]]


def _tops(seen: Evidence, network: str, layer: str) -> list[str]:
    """Returns `top` of all units together."""
    return [str(name) for name in _of_layer(seen, network, layer, "images", "class")["class"]]


def _units(seen: Evidence, network: str, layer: str, column: str) -> list[float]:
    """Returns a number of every unit of a layer that is positive for some image."""
    units = _of_layer(seen, network, layer, "units", column, "dead")
    return [float(value) for value in alive(units)[column]]


def _unit_classes(seen: Evidence, network: str, layer: str) -> list[str]:
    """Returns the most frequent class among the images of every unit of a layer."""
    return [str(name) for name in _of_layer(seen, network, layer, "units", "class")["class"]]


def _of_layer(seen: Evidence, network: str, layer: str, table: str, *columns: str) -> pd.DataFrame:
    found = seen.inside(network, TOPK, f"{table} {layer}")
    rows = _csv(seen, found, table, "layer", *columns)
    rows = rows[rows["layer"] == layer]
    if rows.empty:
        raise MissingError(f"{network} has no layer {layer}")
    return rows


def _separation(seen: Evidence, network: str, layer: str, measure: str) -> float:
    found = seen.inside(network, TSNE, f"{measure} {layer}")
    rows = _csv(seen, found, "separation", "layer", measure)
    return cell(rows.set_index("layer"), layer, measure)


def _csv(seen: Evidence, found: Inside, name: str, *columns: str) -> pd.DataFrame:
    file, table = found.table(name, *columns)
    seen.files.add(file)
    return table


LOOKUPS = {
    "layer": Lookup(("module", "our layer"), _layer),
    "layers": Lookup(("our layer",), _layers),
    "rows": Lookup(("our row",), _rows),
    "row_sizes": Lookup((), _row_sizes),
    "modules": Lookup(("their module",), _modules),
    "convolutions": Lookup(("network",), _convolutions),
    "top": Lookup(("network", "dense layer", "unit"), _top, method=TOPK),
    "tops": Lookup(("network", "dense layer"), _tops, method=TOPK),
    "units": Lookup(("network", "dense layer", "of a unit"), _units, method=TOPK),
    "unit_classes": Lookup(("network", "dense layer"), _unit_classes, method=TOPK),
    "separation": Lookup(("network", "dense layer", "separation"), _separation, method=TSNE),
}
