"""Judgements as rows of a table, with every digit, for files and programs."""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from landcover.claims.judging import Judgement
from landcover.claims.verdicts import (
    CLOSE,
    CONSISTENT,
    CONTRADICTED,
    DIFFERS,
    NEARLY,
    REPRODUCED,
)  # fmt: skip
from landcover.results.authors import PUBLISHED
from landcover.results.study import Study

OF_FINDINGS = {  # a finding reproduces no claim: it holds, or it does not
    CONSISTENT: "holds",
    NEARLY: "nearly holds",
    CONTRADICTED: "does not hold",
    REPRODUCED: "holds",
    CLOSE: "nearly holds",
    DIFFERS: "does not hold",
}


def table(study: Study, judgements: Sequence[Judgement], *, findings: bool = False) -> pd.DataFrame:
    """Returns a row per claim, or per finding; files are named by their usual places."""
    return pd.DataFrame([_row(study, one, findings=findings) for one in judgements])


def counts(rows: pd.DataFrame, column: str, words: Sequence[str]) -> dict[str, int]:
    """Returns how often each word stands in a column."""
    return {word: int((rows[column] == word).sum()) if len(rows) else 0 for word in words}


def in_words(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counted.items())


def _row(study: Study, one: Judgement, *, findings: bool) -> dict[str, Any]:
    claim, paper, ours, measured = one.claim, one.paper, one.ours, one.ours.measured
    spread = measured.spread

    def word(verdict: str) -> str:
        return OF_FINDINGS.get(verdict, verdict) if findings else verdict

    return {
        "id": claim.id,
        "section": claim.section,
        "text": claim.text,
        "reported": "" if claim.reported is None else cell(claim.reported),
        "paper": word(paper.verdict.word),
        "authors": "" if paper.value is None else cell(paper.value),
        "authors_source": _source(one),
        "paper_reason": paper.verdict.reason,
        "ours": word(ours.verdict.word),
        "measured": shown(measured.values),
        "unit": claim.ours.unit if claim.ours and measured.values else "",
        "in_numbers": _one_or_each(measured.in_numbers),
        "n": measured.seeds,
        "network": "published" if measured.published else "",
        "low": "" if spread is None or spread.low is None else spread.low,
        "high": "" if spread is None or spread.high is None else spread.high,
        "p": "" if ours.p is None else ours.p,
        "corrected_p": "" if ours.corrected is None else ours.corrected,
        "rule": ours.rule,
        "ours_reason": ours.verdict.reason,
        "fidelity": ", ".join(measured.fidelities),
        "authors_formula": _formula(check.value or check.holds if (check := claim.files) else None),
        "formula": _formula(claim.ours.value if claim.ours else None),
        "nearly": _formula(claim.ours.nearly if claim.ours else None),
        "note": claim.note,
        "files": " ".join(sorted(map(study.shown, {*paper.files, *measured.files}))),
    }


def _formula(node: ast.expr | None) -> str:
    """Returns an expression of the ledger as it stands there."""
    return "" if node is None else ast.unparse(node)


def _source(one: Judgement) -> str:
    """Returns where the authors' value comes from: their files, or their figures."""
    paper = one.paper
    if paper.value is None:
        return ""
    said = ["their files"]
    if any(file.name == PUBLISHED for file in paper.files):
        said = ["their settings; where no file gives one, the paper's text"]
    if paper.read_off:
        said = ["partly read off their figures" if paper.logged else "read off their figures"]
    if paper.doubtful:
        images = "image" if paper.doubtful == 1 else "images"
        said.append(f"{paper.doubtful} {images} of their figures identified with doubt")
    return "; ".join(said)


def shown(values: Sequence[Any]) -> Any:
    """Returns the mean over seeds, of how many seeds it is true, or the value of each seed."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if numbers and len(numbers) == len(values):
        return sum(numbers) / len(numbers)
    if {*map(text, values)} == {"true", "false"}:
        return f"true for {sum(values)} of {len(values)} seeds"
    return _one_or_each([text(value) for value in values])


def _one_or_each(texts: Sequence[str]) -> str:
    """Returns what is said of every seed: once if it is the same of all."""
    return "; ".join(texts if len({*texts}) > 1 else texts[:1])


def cell(value: Any) -> Any:
    """Returns a number with every digit; a list or a truth in words."""
    return text(value) if isinstance(value, list | bool) else value


def text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:g}"
    return str(value)
