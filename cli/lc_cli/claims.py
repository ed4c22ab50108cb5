from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landcover.errors import counted
from lc_cli import options, output, places

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("id", "text", "reported", "authors", "paper", "measured", "n", "ours", "ours_reason")
HEADINGS = (
    "id", "claim", "the paper", "their files", "paper against files",
    "measured", "seeds", "ours against paper", "why",
)  # fmt: skip
DETAILS = {  # of a claim that was asked for
    "id": "id", "text": "claim", "reported": "the paper says",
    "authors": "the authors' files say", "authors_formula": "  by the formula",
    "paper": "the paper against them", "paper_reason": "  because",
    "measured": "we measured", "unit": "  in", "in_numbers": "  in numbers",
    "formula": "  by the formula",
    "n": "  seeds",
    "fidelity": "  images",
    "low": "  95 % interval from", "high": "  to", "rule": "rule", "nearly": "  close if",
    "corrected_p": "corrected p", "ours": "ours against the paper", "ours_reason": "  because",
    "note": "note", "files": "files",
}  # fmt: skip


@click.command()
@options.preset(options.OF_RESULTS)
@options.results
@click.option("--only", multiple=True, metavar="ID", help="Show this claim alone (repeatable).")
@options.as_json
def claims(preset: str | None, results: Path | None, only: tuple[str, ...], as_json: bool) -> None:
    """Judge every claim of the paper.

    --only shows the rule, the formula and the files behind a judgement.

    \b
    The paper against its authors' own files, which needs no results:
      consistent, nearly, contradicted, nothing logged
    Our measurement against the claim:
      reproduced, close, differs
      not certain      chance plays a part, and too little was run to tell
      not comparable   measured, but not as in the paper; the reason says what differs
      not run          nothing was measured
      undecidable      no measurement could decide it; the reason says why

    \b
    Examples:
      lc-cli claims
      lc-cli claims --preset paper --only T1.acc --json
    """
    from landcover.claims import OF_OURS, OF_PAPER, judge, rows
    from landcover.results import layout, study

    chosen = places.table(preset, results=results)
    folder = results or layout.usual(chosen.preset.name)
    found = study.read(folder, chosen, places.WORKFLOW)
    judgements = judge(found, places.WORKFLOW, only)
    places.warn_if_empty(folder)
    of_paper = rows.table(found, judgements.claims)
    findings = rows.table(found, judgements.findings, findings=True)
    paper = rows.counts(of_paper, "paper", OF_PAPER)
    ours = rows.counts(of_paper, "ours", OF_OURS)
    if as_json:
        records = {"claims": _records(of_paper), "findings": _records(findings)}
        tested = {"claims": judgements.tested_claims, "findings": judgements.tested_findings}
        counts = {"paper": paper, "ours": ours, "p_corrected_for": tested}
        output.as_json({**records, "counts": counts})
        return
    if only:
        _show_details(of_paper, findings)
        return
    _show(f"Claims, {folder}", of_paper)
    _show(f"Findings, which the paper does not say, {folder}", findings)
    click.echo(f"{len(of_paper)} claims of the paper, {len(findings)} findings")
    click.echo(f"the paper against its authors' files: {rows.in_words(paper)}")
    click.echo(f"ours against the paper: {rows.in_words(ours)}")
    click.echo(
        f"p, of orderings and gains, is corrected for {counted(judgements.tested_claims, 'claim')} "
        f"and {counted(judgements.tested_findings, 'finding')}, apart (Benjamini and Hochberg)"
    )


def _show_details(*tables: "pd.DataFrame") -> None:
    """Shows all that is known of a few claims; the seeds only where there are some."""
    for row in (row for table in tables for row in table.to_dict("records")):
        output.lines((name, row[key]) for key, name in DETAILS.items() if key != "n" or row["n"])


def _show(title: str, table: "pd.DataFrame") -> None:
    if len(table):
        shown = table.assign(n=table["n"].astype(object).replace(0, "–"))
        output.table(title, HEADINGS, shown[list(COLUMNS)].values.tolist())


def _records(table: "pd.DataFrame") -> list[dict[Hashable, Any]]:
    return [row | {"files": row["files"].split()} for row in table.to_dict("records")]
