"""A table: rows with every digit, and the columns that people read.

A table of the report is a DataFrame. Its CSV has our numbers and the authors' in separate columns.
A `Column` makes one text of a row; the page, the Markdown and the LaTeX file show these texts. A
missing number is a dash, never a zero.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from landcover.numerals import NOISE
from landcover.stats import Spread

Row = Mapping[str, Any]

DASH = "–"
MARKDOWN = {"\\": r"\\", "|": r"\|"}
LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "±": r"$\pm$", "×": r"$\times$", "µ": r"\textmu{}", "–": "--",
    "≥": r"$\ge$", "≤": r"$\le$", "≠": r"$\neq$", "−": "$-$", "…": r"\dots{}",
    # at the start of a row, [ would be an argument of the \\ before it
    "[": "{[}", "]": "{]}",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of texts, from the rows of a table."""

    heading: str
    show: Callable[[Row], str]
    authors: bool = False  # whether it is the authors' number
    number: bool = True
    expected: Callable[[Row], str] | None = None  # the authors' value; ours is marked if it differs
    remark: Callable[[Row], str] | None = None  # text for files; the page shows a badge instead

    def differs(self, row: Row) -> bool:
        return self.expected is not None and self.show(row) != self.expected(row)

    def text(self, row: Row) -> str:
        """Returns a cell as one text: `128 (authors: 512)`."""
        told = f" (authors: {self.expected(row)})" if self.expected and self.differs(row) else ""
        return self.show(row) + told + (self.remark(row) if self.remark else "")


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Returns the rows, for columns to show."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


# Numbers as texts.


def is_absent(value: float | None) -> bool:
    return value is None or math.isnan(value)


def percent(value: float | None, digits: int = 2) -> str:
    """Returns a number with so many decimals; one that differs by 1e-10 looks alike."""
    if value is None or is_absent(value):
        return DASH
    return f"{round(value, NOISE):.{digits}f}"


def signed(value: float | None) -> str:
    """Returns a difference with its sign and two decimals."""
    if value is None or is_absent(value):
        return DASH
    return f"{round(value, NOISE) + 0.0:+.2f}"  # -0.0 + 0.0 is 0.0


def probability(value: float | None) -> str:
    return DASH if is_absent(value) else f"{value:.2g}"


def as_stated(value: float | None) -> str:
    """Returns a number with no more digits than the paper gives."""
    return DASH if is_absent(value) else f"{value:g}"


def duration(seconds: float | None) -> str:
    """Returns `3 m 12 s`, as the paper writes times."""
    if seconds is None or is_absent(seconds):
        return DASH
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or f"{seconds:.1f} s"


def microseconds(value: float | None) -> str:
    if value is None or is_absent(value):
        return DASH
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def integer(value: float | None) -> str:
    return DASH if value is None or is_absent(value) else f"{round(value):,}"


def numbered(seeds: Sequence[int | None]) -> str:
    """Returns `seed 3`, or `seeds 1, 2`."""
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"


def kilobytes(value: float | None) -> str:
    """Returns two decimals, as the paper prints them; 1 KB is 1000 bytes."""
    return DASH if is_absent(value) else f"{value:,.2f}"


def megabytes(size_bytes: float) -> str:
    return f"{size_bytes / 1e6:.2f}"


# A spread over seeds: four cells of a row, which are shown as one text.


def in_percent(name: str, over_seeds: Spread | None) -> dict[str, float | None]:
    """Returns the cells of a spread of fractions."""
    if over_seeds is None:
        return dict.fromkeys((f"{name}_mean", f"{name}_sd", f"{name}_low", f"{name}_high"))
    values = {
        "mean": over_seeds.mean,
        "sd": over_seeds.sd,
        "low": over_seeds.low,
        "high": over_seeds.high,
    }
    return {f"{name}_{k}": None if v is None else 100 * v for k, v in values.items()}


def plus_minus(row: Row, name: str) -> str:
    """Returns `83.52 ± 0.41`, or `83.52 (n=1)`."""
    mean, sd = row[f"{name}_mean"], row[f"{name}_sd"]
    if is_absent(mean):
        return DASH
    return f"{percent(mean)} (n=1)" if is_absent(sd) else f"{percent(mean)} ± {percent(sd)}"


# A table as a file. pandas has its own writers, but they need tabulate and do not know `Column`.


def markdown(table: pd.DataFrame, columns: Sequence[Column]) -> str:
    rules = [("---:" if column.number else "---") for column in columns]
    lines = [[column.heading for column in columns], rules, *_texts(table, columns)]
    return "".join(f"| {' | '.join(_escaped(line, MARKDOWN))} |\n" for line in lines)


def latex(table: pd.DataFrame, columns: Sequence[Column]) -> str:
    """Returns a tabular for the booktabs package."""
    letters = "".join("r" if column.number else "l" for column in columns)
    head, *body = [
        " & ".join(_escaped(line, LATEX)) + r" \\"
        for line in ([column.heading for column in columns], *_texts(table, columns))
    ]
    lines = [rf"\begin{{tabular}}{{{letters}}}", r"\toprule", head, r"\midrule", *body]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _escaped(texts: Iterable[str], replacements: Mapping[str, str]) -> list[str]:
    characters = str.maketrans(dict(replacements))
    return [text.translate(characters) for text in texts]


def _texts(table: pd.DataFrame, columns: Sequence[Column]) -> list[list[str]]:
    return [[column.text(row) for column in columns] for row in records(table)]
