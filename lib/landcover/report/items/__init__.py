"""The kinds of items for items.yaml; each has a file with its content, rows and columns."""

from collections.abc import Callable, Mapping
from typing import Any

from landcover.report.content import Content
from landcover.report.items import (
    batch_sizes,
    classes,
    combinations,
    comparisons,
    complexity,
    confused_pairs,
    confusion,
    curves,
    entries,
    inside,
    layers,
    misses,
    models,
    picture,
    reliability,
    separation,
    settings,
    subsets,
    transfer,
)
from landcover.results.study import Study

KINDS: dict[str, Callable[[Study, Mapping[str, Any]], Content]] = {
    "curves": curves.content,
    "layers": layers.content,
    "batch-sizes": batch_sizes.content,
    "settings": settings.content,
    "models": models.content,
    "confusion": confusion.content,
    "classes": classes.content,
    "confused-pairs": confused_pairs.content,
    "comparisons": comparisons.content,
    "picture": picture.content,
    "inside": inside.content,
    "separation": separation.content,
    "transfer": transfer.content,
    "entries": entries.content,
    "complexity": complexity.content,
    "subsets": subsets.content,
    "combinations": combinations.content,
    "misses": misses.content,
    "reliability": reliability.content,
}
