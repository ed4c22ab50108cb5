from pathlib import Path
from typing import Any

import click

from landcover.errors import counted
from lc_cli import options, output, places

COLUMNS = ("id", "text", "reported", "authors", "paper", "measured", "n", "ours", "ours_reason")
HEADINGS = (
    "id", "claim", "the paper", "their files", "paper against files",
    "measured", "seeds", "ours against paper", "why",
)  # fmt: skip
DETAILS = {  # of a claim that was asked for
    "id": "id", "text": "claim", "reported": "the paper says",
    "authors": "the authors' files say", "authors_formula": "  by the formula",
    "paper": "the paper against them", "paper_reason": "  because",
    "measured": "we measured", "in_numbers": "  in numbers", "formula": "  by the formula",
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
    of_paper, findings = (
        rows.table(found, judgements.claims),
        rows.table(found, judgements.findings, findings=True),
    )
    paper, ours = (
        rows.counts(of_paper, column, words)
        for column, words in (("paper", OF_PAPER), ("ours", OF_OURS))
    )
    if as_json:
        records = {"claims": _records(of_paper), "findings": _records(findings)}
        tested = {
            "claims": judgements.tested_claims, "findings": judgements.tested_findings,
        }  # fmt: skip
        counts = {"paper": paper, "ours": ours, "orderings_corrected_for": tested}
        output.as_json({**records, "counts": counts})
        return
    if only:
        for row in (*of_paper.to_dict("records"), *findings.to_dict("records")):
            output.lines(
                (name, row[key]) for key, name in DETAILS.items() if key != "n" or row[key]
            )
        return
    for title, table in (
        ("Claims", of_paper),
        ("Findings, which the paper does not say", findings),
    ):
        if len(table):
            rows_shown = [row | {"n": row["n"] or "–"} for row in table.to_dict("records")]
            cells = [[row[column] for column in COLUMNS] for row in rows_shown]
            output.table(f"{title}, {folder}", HEADINGS, cells)
    click.echo(f"{len(of_paper)} claims of the paper, {len(findings)} findings")
    click.echo(f"the paper against its authors' files: {rows.in_words(paper)}")
    click.echo(f"ours against the paper: {rows.in_words(ours)}")
    click.echo(
        f"p is corrected for {counted(judgements.tested_claims, 'ordering')} among the claims and "
        f"{judgements.tested_findings} among the findings, apart (Benjamini and Hochberg)"
    )


def _records(table: Any) -> list[dict[str, Any]]:
    return [row | {"files": row["files"].split()} for row in table.to_dict("records")]
