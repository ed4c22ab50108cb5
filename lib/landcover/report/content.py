"""What a kind of item makes of the results, before its words are put to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from landcover.report.gaps import Gap
from landcover.results.runs import Result
from landcover.tables.column import Column


@dataclass(frozen=True)
class Content:
    values: Mapping[str, Any] = field(default_factory=dict)  # what the captions may look up
    made_from: tuple[Path, ...] = ()
    results: tuple[Result, ...] = ()
    gaps: tuple[Gap, ...] = ()
    figure: Figure | None = None
    folded: tuple[tuple[str, Figure], ...] = ()  # shown on demand, each under a title
    picture: Path | None = None  # one that another stage drew: SVG or PNG
    more: tuple[Path, ...] = ()  # further ones, shown on demand
    data: pd.DataFrame | None = None  # what is drawn, in numbers
    table: pd.DataFrame | None = None
    columns: tuple[Column, ...] = ()
    sums: int = 0  # rows at the end of the table that add up the others
    images: tuple[str, ...] = ()  # this and what follows: where no results tell it
    hardware: tuple[str, ...] = ()
    made_by_other_code: bool = False
