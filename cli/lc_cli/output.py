"""One result on stdout: a table for people, JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click

from landcover.numerals import short

WIDE = 200  # characters of a line that does not go to a terminal


def as_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a table with its numbers on the right.

    If there is too little room for whole words, each row becomes a block of lines.
    """
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table

    cells = [list(row) for row in rows]
    grid = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for i, column in enumerate(columns):
        numeric = all(_is_number(row[i]) for row in cells)
        grid.add_column(column, justify="right" if numeric else "left", no_wrap=i == 0)
    for row in cells:
        grid.add_row(*(_cell(value) for value in row))
    console = Console(markup=False, emoji=False)  # names may look like either
    if not console.is_terminal:
        console.width = WIDE
    needed = Measurement.get(console, console.options.update(width=10 * WIDE), grid).minimum
    if needed <= console.width:
        console.print(grid)
        return
    console.print(title, style="bold")
    for row in cells:
        lines(zip(columns, row, strict=True))


def lines(facts: Iterable[tuple[str, object]]) -> None:
    """Prints a line for each fact that is not empty, then an empty line."""
    told = [(name, text) for name, value in facts if (text := _cell(value))]
    width = max((len(name) for name, _ in told), default=0)
    for name, text in told:
        click.echo(f"{name:<{width}}  {text}")
    click.echo()


def _cell(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no"}.get(value, "") if value is not None else ""
    return short(value) if isinstance(value, int | float) else str(value)


def _is_number(value: object) -> bool:
    return (
        value == "–"
        or isinstance(value, int | float)
        or str(value).replace(",", "").replace(".", "").isdigit()
    )
