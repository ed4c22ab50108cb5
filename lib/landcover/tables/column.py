"""One thing that a table says about each of its rows, as people read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    heading: str
    show: Callable[[Row], str]
    authors: bool = False  # their number, not ours
    number: bool = True
    # the authors' choice; another one of ours is marked
    expected: Callable[[Row], str] | None = None
    remark: Callable[[Row], str] | None = None  # where there is no badge to say it

    def differs(self, row: Row) -> bool:
        return self.expected is not None and self.show(row) != self.expected(row)

    def text(self, row: Row) -> str:
        """As one string: `128 (authors: 512)`."""
        told = f" (authors: {self.expected(row)})" if self.expected and self.differs(row) else ""
        return self.show(row) + told + (self.remark(row) if self.remark else "")


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows that columns are shown of."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
