"""The claim ledger as the page shows it: two judgements of each claim, and findings apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts, claims
from landcover.claims import Judgement, rows
from landcover.report.files import Files
from landcover.results import layout
from landcover.results.study import Study
from landcover.tables import ledger
from landcover.tables.column import records


@dataclass(frozen=True)
class Line:
    """A claim or a finding in words, for people."""

    id: str
    section: str
    text: str
    reported: str
    authors: str
    source: str  # of what the authors' files say
    paper: str
    paper_reason: str
    measured: str
    sample: str  # seeds, networks and images that it was measured on
    chance: str
    ours: str
    ours_reason: str
    rule: str
    note: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Ledger:
    claims: tuple[Line, ...]
    findings: tuple[Line, ...]
    of_paper: Mapping[str, int]  # claims by verdict, in their order
    of_ours: Mapping[str, int]
    orderings: int  # that p was corrected for


def judged(study: Study, workflow: Path, files: Files) -> Ledger:
    """Writes claims.csv, and claims and findings among the tables."""
    found = claims.judged(study, workflow)
    of_claims = _table(study, found.claims, findings=False)
    of_findings = _table(study, found.findings, findings=True)
    artifacts.write_csv(files.out / layout.CLAIMS, of_claims)
    files.table("claims", of_claims, ledger.COLUMNS)
    files.table("findings", of_findings, ledger.COLUMNS)
    return Ledger(
        claims=_lines(of_claims),
        findings=_lines(of_findings),
        of_paper=rows.counts(of_claims, "paper", claims.OF_PAPER),
        of_ours=rows.counts(of_claims, "ours", claims.OF_OURS),
        orderings=found.orderings,
    )


def _table(study: Study, found: tuple[Judgement, ...], *, findings: bool) -> pd.DataFrame:
    """As `rows.table`, with files named as on any machine."""
    table = rows.table(found, findings=findings)
    table["files"] = [" ".join(map(study.shown, rows.files(one))) for one in found]
    return table


def _lines(table: pd.DataFrame) -> tuple[Line, ...]:
    return tuple(map(_line, records(table)))


def _line(row: Mapping[str, Any]) -> Line:
    same = ("id", "section", "text", "paper", "paper_reason", "ours", "ours_reason", "rule", "note")
    return Line(
        **{key: str(row[key]) for key in same},
        **{key: ledger.value(row[key]) for key in ("reported", "authors")},
        source=row["authors_source"],
        measured=ledger.measured(row),
        sample=ledger.sample(row),
        chance=ledger.chance(row),
        files=tuple(row["files"].split()),
    )
