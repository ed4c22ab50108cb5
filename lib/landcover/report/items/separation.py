"""How well single units, and whole dense layers, separate the classes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from landcover.report import gaps
from landcover.report.captions import looked_at
from landcover.report.content import Content
from landcover.report.table import DASH, Column, Row, integer, is_absent
from landcover.results.authors import TOPS, Authors
from landcover.results.insides import Inside, alive
from landcover.results.study import Study

THEIRS = {  # the authors' figures of a network, by our name for it
    "task2-exp5": "task3_custom",
    "vgg16": "task3_vgg",
    "task5-customcnn": "task5_EUROSatCNN",
    "task5-vgg16": "task5_VGG16",
    "task5-vgg19": "task5_VGG19",
    "task5-resnet50": "task5_ResNet50",
    "task5-resnet152": "task5_ResNet152",
    "task5-final-4": "task5_VGG16_final3",
}


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    looked_into = study.table.looked_into
    looks = {
        (network, method): found
        for network in listed["networks"]
        for method in ("topk", "tsne")
        if (found := study.looks(network, method)) or network in looked_into
    }
    seen = [look for of_seeds in looks.values() for look in of_seeds.values()]
    rows = table(
        {
            (network, method): _over_seeds(of_seeds.values(), method)
            for (network, method), of_seeds in looks.items()
            if of_seeds
        },
        listed["networks"],
        study.authors,
    )
    return Content(
        made_from=(
            *(look.file for look in seen),
            study.authors.folder / TOPS,
        ),
        gaps=tuple(gap for key in looks for gap in gaps.insides(study, *key)),
        table=rows,
        columns=COLUMNS,
        image_notes=tuple(dict.fromkeys(looked_at(look) for look in seen)),
        hardware=tuple(dict.fromkeys(look.device for look in seen)),
        made_by_other_code=any(look.made_by_other_code for look in seen),
        is_random=any(look.is_random for look in seen),
    )


def _over_seeds(looks: Collection[Inside], method: str) -> pd.DataFrame:
    """Returns a row per layer: the means over the seeds, and the seeds' number."""
    of_each = [_of_units(look) if method == "topk" else look.layers for look in looks]
    layers = pd.concat(of_each).groupby("layer", sort=False)
    means = layers.mean(numeric_only=True)
    if method == "topk":
        means["units"] = layers["units"].first()  # a whole number
    return means.reset_index().assign(seeds=sum(look.seed is not None for look in looks))


def _of_units(look: Inside) -> pd.DataFrame:
    """Returns a row per layer; units that are positive for no image have no purity."""
    _, units = look.table("units", "layer", "purity", "dead")
    rows = []
    for layer, own in units.groupby("layer", sort=False):
        purity = alive(own)["purity"]
        rows.append(
            {
                "layer": str(layer),
                "units": len(own),
                "dead": len(own) - len(purity),
                "mean_purity": purity.mean(),
                "selective_share": (purity >= look.about["selective_purity"]).mean(),
            }
        )
    return pd.DataFrame(rows)


def table(
    looks: Mapping[tuple[str, str], pd.DataFrame], networks: Sequence[str], authors: Authors
) -> pd.DataFrame:
    """Returns a row per network and dense layer.

    `looks` has the layers by network and method.
    """
    rows = []
    for network in networks:
        by_method = {
            method: looks[network, method].set_index("layer").to_dict("index")
            for method in ("topk", "tsne")
            if (network, method) in looks
        }
        layers = dict.fromkeys(layer for of_method in by_method.values() for layer in of_method)
        rows += [_row(network, str(layer), by_method, authors) for layer in layers]
    return pd.DataFrame(rows, columns=None if rows else [*_row("", "", {}, authors)])


def _row(
    network: str, layer: str, by_method: Mapping[str, Any], authors: Authors
) -> dict[str, Any]:
    units = by_method.get("topk", {}).get(layer, {})
    whole = by_method.get("tsne", {}).get(layer, {})
    theirs = _of_their_units(authors, THEIRS.get(network, ""), layer)
    return {
        "network": network,
        "layer": layer,
        "seeds": (units or whole).get("seeds"),
        **{key: units.get(key) for key in ("units", "dead", "mean_purity", "selective_share")},
        "authors_purity": float(np.mean(theirs)) if theirs else None,
        "authors_units": len(theirs),
        **{
            key: whole.get(key)
            for key in (
                "raw_knn_accuracy", "map_knn_accuracy", "raw_silhouette", "map_silhouette",
                "trustworthiness",
            )
        },
    }  # fmt: skip


def _of_their_units(authors: Authors, figure: str, layer: str) -> list[float]:
    """Returns, for every unit in a figure of the authors, the share of its most frequent class."""
    units = authors.top_images.get((figure, layer), {}).values()
    counts = (Counter(image.class_name for image in unit) for unit in units)
    return [max(of_unit.values()) / of_unit.total() for of_unit in counts]


def _share(key: str, digits: int = 2) -> Any:
    return lambda row: DASH if is_absent(row[key]) else f"{row[key]:.{digits}f}"


def _theirs(row: Row) -> str:
    if is_absent(row["authors_purity"]):
        return DASH
    return f"{row['authors_purity']:.2f} ({row['authors_units']} units)"


COLUMNS = (
    Column("Network", lambda row: row["network"], number=False),
    Column("Layer", lambda row: row["layer"], number=False),
    Column("Seeds", lambda row: str(row["seeds"] or DASH)),
    Column("Units", lambda row: integer(row["units"])),
    Column("Never positive", lambda row: integer(row["dead"])),
    Column("Mean purity, ours", _share("mean_purity")),
    Column("Mean purity, authors' figures", _theirs, authors=True),
    Column("Share of selective units", _share("selective_share")),
    Column("10-NN accuracy, activations", _share("raw_knn_accuracy")),
    Column("10-NN accuracy, map", _share("map_knn_accuracy")),
    Column("Silhouette, activations", _share("raw_silhouette")),
    Column("Silhouette, map", _share("map_silhouette")),
    Column("Trustworthiness", _share("trustworthiness", 3)),
)
