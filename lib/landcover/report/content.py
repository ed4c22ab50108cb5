"""What an item of the report shows: a figure, rows, and the values that the caption looks up."""

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
    values: Mapping[str, Any] = field(default_factory=dict)  # what the caption may look up
    made_from: tuple[Path, ...] = ()
    results: tuple[Result, ...] = ()
    gaps: tuple[Gap, ...] = ()
    figure: Figure | None = None
    folded: tuple[tuple[str, Figure], ...] = ()  # further ones, each folded away under a title
    picture: Path | None = None  # a file that another stage drew: SVG or PNG
    more: tuple[Path, ...] = ()  # further pictures, folded away
    data: pd.DataFrame | None = None  # the numbers that the figure shows
    table: pd.DataFrame | None = None
    columns: tuple[Column, ...] = ()
    sums: int = 0  # how many rows at the end add up the others
    # the rest is for items without `results`, which have all this
    image_notes: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    made_by_other_code: bool = False
