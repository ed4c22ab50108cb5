"""How much dense layers know of the classes: unit by unit, and all units together."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from landcover.tables.column import Column, Row
from landcover.tables.values import NONE, integer, is_absent

THEIRS = {  # networks of theirs, by the names that ours have
    "task2-exp5": "task3_custom",
    "vgg16": "task3_vgg",
    "task5-customcnn": "task5_EUROSatCNN",
    "task5-vgg16": "task5_VGG16",
    "task5-vgg19": "task5_VGG19",
    "task5-resnet50": "task5_ResNet50",
    "task5-resnet152": "task5_ResNet152",
    "task5-final-4": "task5_VGG16_final3",
}


def _purities(tops: pd.DataFrame) -> pd.DataFrame:
    """Of every unit in the authors' figures the share of its most frequent class."""
    groups = tops.groupby(["figure_source", "layer", "unit"])["identified_class"]
    purest = groups.agg(lambda classes: classes.value_counts(normalize=True).max())
    return purest.rename("purity").reset_index()


def table(
    looks: Mapping[tuple[str, str], pd.DataFrame], networks: Sequence[str], tops: pd.DataFrame
) -> pd.DataFrame:
    """A row per network and dense layer; `looks` has the layers by network and method.

    `tops` are the images that the authors' figures show.
    """
    rows, authors = [], _purities(tops)
    for network in networks:
        by_method = {
            method: looks[network, method].set_index("layer").to_dict("index")
            for method in ("topk", "tsne")
            if (network, method) in looks
        }
        layers = dict.fromkeys(layer for found in by_method.values() for layer in found)
        rows += [_row(network, str(layer), by_method, authors) for layer in layers]
    return pd.DataFrame(rows, columns=None if rows else [*_row("", "", {}, authors)])


def _row(
    network: str, layer: str, by_method: Mapping[str, Any], authors: pd.DataFrame
) -> dict[str, Any]:
    units = by_method.get("topk", {}).get(layer, {})
    whole = by_method.get("tsne", {}).get(layer, {})
    theirs = authors[
        (authors["figure_source"] == THEIRS.get(network)) & (authors["layer"] == layer)
    ]
    return {
        "network": network,
        "layer": layer,
        **{key: units.get(key) for key in ("units", "dead", "mean_purity", "selective_share")},
        "authors_purity": theirs["purity"].mean() if len(theirs) else None,
        "authors_units": len(theirs),
        **{
            key: whole.get(key)
            for key in (
                "raw_knn_accuracy", "map_knn_accuracy", "raw_silhouette", "map_silhouette",
                "trustworthiness",
            )
        },
    }  # fmt: skip


def _share(key: str, digits: int = 2) -> Any:
    return lambda row: NONE if is_absent(row[key]) else f"{row[key]:.{digits}f}"


def _theirs(row: Row) -> str:
    if is_absent(row["authors_purity"]):
        return NONE
    return f"{row['authors_purity']:.2f} ({row['authors_units']} units)"


COLUMNS = (
    Column("Network", lambda row: row["network"], number=False),
    Column("Layer", lambda row: row["layer"], number=False),
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
