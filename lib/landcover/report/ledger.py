"""The claim ledger as the page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landcover import artifacts, claims
from landcover.claims import NOT_RUN, VERDICTS, Judgement
from landcover.report.files import Files
from landcover.results import layout
from landcover.results.study import Study
from landcover.tables import ledger


@dataclass(frozen=True)
class Line:
    """A claim in words, for people."""

    id: str
    section: str
    claim: str
    verdict: str
    reported: str
    logged: str
    measured: str
    seeds: int
    rule: str
    reason: str
    note: str
    fidelity: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Ledger:
    lines: tuple[Line, ...]
    counts: Mapping[str, int]  # by verdict, in their order

    @property
    def judged(self) -> int:
        return len(self.lines) - self.counts[NOT_RUN]


def judged(study: Study, workflow: Path, files: Files) -> Ledger:
    """Writes claims.csv, and the ledger among the tables."""
    judgements = claims.judge(study, workflow)
    table = claims.table(judgements)
    table["files"] = [" ".join(map(study.shown, one.files)) for one in judgements]
    artifacts.write_csv(files.out / layout.CLAIMS, table)
    files.table("claims", table, ledger.COLUMNS)
    return Ledger(
        tuple(
            _line(row, study, one)
            for row, one in zip(table.to_dict("records"), judgements, strict=True)
        ),
        {verdict: int((table["verdict"] == verdict).sum()) for verdict in VERDICTS},
    )


def _line(row: Mapping[Any, Any], study: Study, judgement: Judgement) -> Line:
    return Line(
        **{key: str(row[key]) for key in ("id", "section", "claim", "verdict", "rule", "reason")},
        **{key: str(row[key]) for key in ("note", "fidelity")},
        **{key: ledger.value(row[key]) for key in ("reported", "logged")},
        measured=ledger.measured(row),
        seeds=row["n"],
        files=tuple(map(study.shown, judgement.files)),
    )
