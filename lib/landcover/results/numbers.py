"""Numbers that must be there: in a table or alone, and finite."""

import math
from pathlib import Path
from typing import Any

import pandas as pd

from landcover.errors import ArtifactError


def require_finite(file: Path, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    """Raises ArtifactError, with the file, where a column lacks a number."""
    for column in columns:
        values = pd.to_numeric(table.get(column, pd.Series([math.nan])), errors="coerce")
        if not values.map(math.isfinite).all():
            raise ArtifactError(
                f"{file} lacks a number in the column '{column}'; run the step that makes it again"
            )


def finite(value: Any) -> float:
    """Raises ValueError for what is not a finite number."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is not a finite number")
    return number


def square(counted: pd.DataFrame) -> pd.DataFrame:
    """Returns counts with a row per true class and a column per predicted one, in one order.

    `counted` is in long form. Raises ValueError where a pair of classes has no count.
    """
    classes = list(dict.fromkeys(counted["true"]))
    table = counted.pivot(index="true", columns="predicted", values="count").astype(float)
    table = table.loc[classes, classes]
    if table.isna().to_numpy().any():
        raise ValueError("a pair of classes has no count")
    return table
