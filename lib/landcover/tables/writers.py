"""A table as text, for a README and for a paper."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from landcover.tables.column import Column, records

MARKDOWN = {"\\": r"\\", "|": r"\|"}
LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "±": r"$\pm$", "×": r"$\times$", "µ": r"\textmu{}", "–": "--",
    # an optional argument of the \\ before it, were it to open a row
    "[": "{[}", "]": "{]}",
}  # fmt: skip


def markdown(table: pd.DataFrame, columns: Sequence[Column]) -> str:
    rules = [("---:" if column.number else "---") for column in columns]
    lines = [[column.heading for column in columns], rules, *_texts(table, columns)]
    return "".join(f"| {' | '.join(_escaped(line, MARKDOWN))} |\n" for line in lines)


def latex(table: pd.DataFrame, columns: Sequence[Column]) -> str:
    """A tabular for the booktabs package."""
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
