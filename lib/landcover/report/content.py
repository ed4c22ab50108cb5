"""The content of an item of the report: a figure, rows, and values for the caption."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from landcover.report.gaps import Gap
from landcover.report.table import Column
from landcover.results.runs import Result


@dataclass(frozen=True)
class Content:
    values: Mapping[str, Any] = field(default_factory=dict)  # that the caption may use
    made_from: tuple[Path, ...] = ()
    results: tuple[Result, ...] = ()
    gaps: tuple[Gap, ...] = ()
    figure: Figure | None = None
    folded: tuple[tuple[str, Figure], ...] = ()  # more figures, each folded under a title
    picture: Path | None = None  # a file that another stage drew: SVG or PNG
    more: tuple[Path, ...] = ()  # more pictures, folded
    data: pd.DataFrame | None = None  # the numbers that the figure shows
    table: pd.DataFrame | None = None
    columns: tuple[Column, ...] = ()
    sums: int = 0  # the number of rows at the end that are sums of the others
    # the rest is for items without `results`; `results` have these facts
    image_notes: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    made_by_other_code: bool = False
    is_random: bool = False  # a network, or its backbone, is randomly initialised

    @property
    def has_random_backbone(self) -> bool:
        return self.is_random or any(result.has_random_backbone for result in self.results)
