"""Checks of the numbers in a file: each must be present and finite."""

import math
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from landcover.errors import ArtifactError


def require_finite(file: Path, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    """Raises ArtifactError, with the file, if a column lacks a number."""
    for column in columns:
        values = pd.to_numeric(table.get(column, pd.Series([math.nan])), errors="coerce")
        if not values.map(math.isfinite).all():
            raise ArtifactError(
                f"{file} lacks a number in the column '{column}'; run the step that makes it again"
            )


def finite(value: Any) -> float:
    """Returns a number. Raises ValueError if it is not finite."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is not a finite number")
    return number


def square(counted: pd.DataFrame) -> pd.DataFrame:
    """Returns counts with a row per true class and a column per predicted one, in the same order.

    `counted` is in long form. Raises ValueError unless each pair of classes has one count.
    """
    pairs = list(zip(counted["true"], counted["predicted"], strict=True))
    counts = dict(zip(pairs, counted["count"].astype(float), strict=True))
    classes = list(dict.fromkeys(true for true, _ in pairs))
    once = len(pairs) == len(counts) and counts.keys() == set(product(classes, classes))
    if not once or not all(map(math.isfinite, counts.values())):
        raise ValueError("a pair of classes has no count, or more than one")
    return pd.DataFrame(
        [[counts[true, predicted] for predicted in classes] for true in classes],
        index=pd.Index(classes, name="true"),
        columns=pd.Index(classes, name="predicted"),
    )
