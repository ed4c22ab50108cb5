from pathlib import Path

import click

from landcover.results import layout
from lc_cli import options, output, places


@click.command()
@options.preset
@options.results
@click.option("--only", multiple=True, metavar="ID", help="Of this claim alone (repeatable).")
@options.as_json
def claims(preset: str | None, results: Path | None, only: tuple[str, ...], as_json: bool) -> None:
    """Say of every claim of the paper whether it holds, by which rule, and by which files.

    \b
    Verdicts:
      reproduced, close, differs   measured here, against what the authors logged or said
      contradicted                 by the authors' own numbers
      not run                      not measured, or on images that say nothing about it

    \b
    Examples:
      lc-cli claims
      lc-cli claims --preset paper --only T1.acc --json
    """
    from landcover.claims import VERDICTS, judge, table
    from landcover.results.study import read

    chosen = places.table(preset)
    folder = results or layout.usual(chosen.preset.name)
    study = read(folder, chosen, places.WORKFLOW)
    found = table(judge(study, places.WORKFLOW, only))
    rows = found.to_dict("records")
    if as_json:
        output.as_json([row | {"files": row["files"].split()} for row in rows])
        return
    columns = ("id", "claim", "verdict", "reported", "logged", "measured", "n", "reason")
    output.table(f"Claims, {folder}", columns, [[row[c] for c in columns] for row in rows])
    counts = found["verdict"].value_counts()
    click.echo(", ".join(f"{counts.get(verdict, 0)} {verdict}" for verdict in VERDICTS))
