"""The claim ledger on the page: two verdicts on each claim, and a separate table of findings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts, claims
from landcover.claims import rows
from landcover.numerals import short
from landcover.report.files import Files
from landcover.report.table import DASH, Column, Row, records
from landcover.results import layout
from landcover.results.study import Study

LONG = re.compile(r"-?\d+\.\d{4,}")  # a number in a list
NUMBERS = re.compile(r"-?\d+(\.\d+)?(, -?\d+(\.\d+)?)+")
FEWEST = 3  # seeds of an interval that is shown; that of two is wider than what is possible


@dataclass(frozen=True)
class ClaimText:
    """A claim or a finding, in words for people."""

    id: str
    section: str
    text: str
    reported: str
    authors: str
    source: str  # of the value in the authors' files
    paper: str
    paper_reason: str
    measured: str
    unit: str
    sample: str  # the seeds, networks and images of the measurement
    chance: str
    ours: str
    ours_reason: str
    rule: str
    note: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class LedgerTexts:
    claims: tuple[ClaimText, ...]
    findings: tuple[ClaimText, ...]
    of_paper: Mapping[str, int]  # claims by verdict, in their order
    of_ours: Mapping[str, int]
    tested_claims: int  # the orderings and gains among the claims that have a p
    tested_findings: int


def write_ledger(study: Study, workflow: Path, files: Files) -> LedgerTexts:
    """Writes claims.csv and the tables of claims and findings; returns them in words."""
    judged = claims.judge(study, workflow)
    of_claims = rows.table(study, judged.claims)
    of_findings = rows.table(study, judged.findings, findings=True)
    artifacts.write_csv(files.out / layout.CLAIMS, of_claims)
    if not files.is_small:  # whose page links to claims.csv itself
        files.write_table("claims", of_claims, COLUMNS)
    files.write_table("findings", of_findings, COLUMNS)
    return LedgerTexts(
        claims=_texts(of_claims),
        findings=_texts(of_findings),
        of_paper=rows.counts(of_claims, "paper", claims.OF_PAPER),
        of_ours=rows.counts(of_claims, "ours", claims.OF_OURS),
        tested_claims=judged.tested_claims,
        tested_findings=judged.tested_findings,
    )


def _texts(table: pd.DataFrame) -> tuple[ClaimText, ...]:
    return tuple(map(_text, records(table)))


def _text(row: Mapping[str, Any]) -> ClaimText:
    same = (
        "id", "section", "text", "paper", "paper_reason", "unit", "ours", "ours_reason", "rule",
        "note",
    )  # fmt: skip
    return ClaimText(
        **{key: str(row[key]) for key in same},
        **{key: _number(row[key]) for key in ("reported", "authors")},
        source=row["authors_source"],
        measured=_measured(row),
        sample=_sample(row),
        chance=_chance(row),
        files=tuple(row["files"].split()),
    )


def _number(value: Any) -> str:
    if isinstance(value, int | float):
        return short(value)
    return _grouped(LONG.sub(lambda number: short(float(number[0])), str(value))) or DASH


def _grouped(text: str) -> str:
    """Returns a list of numbers such as `1,337,898; 0`, with semicolons if commas group digits."""
    if not NUMBERS.fullmatch(text):
        return text
    numbers = [f"{int(part):,}" if part.isdigit() else part for part in text.split(", ")]
    return ("; " if any("," in number for number in numbers) else ", ").join(numbers)


def _measured(row: Row) -> str:
    """Returns the measured value, with the interval over the seeds or the numbers behind it."""
    shown = _number(row["measured"])
    if row["in_numbers"]:
        shown += f": {row['in_numbers']}"
    elif row["low"] != row["high"] and row["n"] >= FEWEST:
        shown += f" [{_number(row['low'])}, {_number(row['high'])}]"
    return f"{shown} ({row['unit']})" if row["unit"] else shown


def _sample(row: Row) -> str:
    """Returns the seeds, network and images of the measurement; "" if none matters."""
    seeds = {0: "", 1: "a single seed"}.get(row["n"], f"{row['n']} seeds")
    network = "the published network" if row["network"] else ""
    return ", ".join(filter(None, (seeds, network, row["fidelity"])))


def _chance(row: Row) -> str:
    """Returns p of an ordering or a gain, corrected for all others; else ""."""
    return "" if row["corrected_p"] == "" else f"corrected p {row['corrected_p']:.2g}"


COLUMNS = (
    Column("Id", lambda row: row["id"], number=False),
    Column("Section", lambda row: row["section"], number=False),
    Column("In words", lambda row: row["text"], number=False),
    Column("The paper says", lambda row: _number(row["reported"]), authors=True),
    Column("Their files say", lambda row: _number(row["authors"]), authors=True),
    Column("Paper against files", lambda row: row["paper"], number=False),
    Column("Measured", _measured),
    Column("Seeds", lambda row: str(row["n"] or DASH)),
    Column("Ours against paper", lambda row: row["ours"], number=False),
)
