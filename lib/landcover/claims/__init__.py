"""Does each claim of the paper hold? From the ledger and the results to verdicts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from landcover.claims import arithmetic, expression
from landcover.claims.evidence import Evidence
from landcover.claims.expression import MissingError
from landcover.claims.ledger import Claim, load
from landcover.claims.lookups import LOOKUPS
from landcover.claims.verdicts import NOT_RUN, RULES, UNKNOWABLE, VERDICTS, Expected, in_words
from landcover.errors import ArtifactError, SpecError, nearest
from landcover.experiments import Table
from landcover.results import study
from landcover.results.runs import Result
from landcover.results.study import Study
from landcover.stats import Spread, spread


@dataclass(frozen=True)
class Judgement:
    claim: Claim
    verdict: str
    reason: str  # why there is no other verdict, where nothing could be judged
    rule: str  # in words
    logged: Any
    values: tuple[Any, ...]  # measured, one for each seed, or one where seeds do not matter
    seeds: int  # how many; 0 where they do not matter
    files: tuple[Path, ...]  # they were read from
    fidelity: str  # of the images; "" where none matter

    @property
    def measured(self) -> Spread | None:
        """Over the seeds, of one number each."""
        numbers = [v for v in self.values if isinstance(v, int | float) and not isinstance(v, bool)]
        return spread(numbers) if numbers and len(numbers) == len(self.values) else None


def judge(basis: Study, workflow: Path, only: Sequence[str] = ()) -> list[Judgement]:
    """The verdict of every claim of the ledger, or of some, in its order.

    Raises SpecError for a ledger that points nowhere or an unknown id, ArtifactError for results
    that are broken, or of the same images in two fidelities.
    """
    claims = load(workflow, basis)
    ids = [claim.id for claim in claims]
    if unknown := next((name for name in only if name not in ids), None):
        raise SpecError(f"no claim '{unknown}'; {nearest(unknown, ids)}")
    check_fidelities(basis.results.values())
    return [_judgement(claim, basis) for claim in claims if not only or claim.id in only]


def check(table: Table, workflow: Path) -> None:
    """Raises SpecError for a ledger that points nowhere; looks at no results."""
    load(workflow, study.read(Path(workflow, "no results"), table, workflow))


def check_fidelities(found: Iterable[Result]) -> None:
    """Raises ArtifactError where runs on the same data set saw it in different fidelities."""
    seen: dict[str, tuple[str, str]] = {}
    for run in (run for result in found for run in result.runs):
        name = f"{run.name}, seed {run.seed}"
        fidelity, first = seen.setdefault(run.dataset, (run.fidelity, name))
        if fidelity != run.fidelity:
            raise ArtifactError(
                f"{first} saw {fidelity} images of {run.dataset}, {name} saw {run.fidelity} ones; "
                f"remove {run.folder} or train it again on the same images"
            )


def table(judgements: Sequence[Judgement]) -> pd.DataFrame:
    """A row per claim, with every digit."""
    return pd.DataFrame([_row(judgement) for judgement in judgements])


def _row(found: Judgement) -> dict[str, Any]:
    spread_ = found.measured
    return {
        "id": found.claim.id,
        "section": found.claim.section,
        "claim": found.claim.claim,
        "verdict": found.verdict,
        "reported": "" if found.claim.reported is None else found.claim.reported,
        "logged": "" if found.logged is None else _cell(found.logged),
        "measured": shown(found),
        "n": found.seeds,
        "low": "" if spread_ is None or spread_.low is None else spread_.low,
        "high": "" if spread_ is None or spread_.high is None else spread_.high,
        "rule": found.rule,
        "reason": found.reason,
        "fidelity": found.fidelity,
        "note": found.claim.note,
        "files": " ".join(map(str, found.files)),
    }


def shown(found: Judgement) -> Any:
    """The mean over seeds; of what has no mean, what each seed says."""
    if found.measured is not None:
        return found.measured.mean
    return "; ".join(dict.fromkeys(_text(value) for value in found.values))


def _cell(value: Any) -> Any:
    """A number with every digit; a list in words."""
    return _text(value) if isinstance(value, list) else value


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _judgement(claim: Claim, basis: Study) -> Judgement:
    theirs = Evidence(basis)
    seen: list[Evidence] = []
    values: list[Any] = []
    nearly: list[bool] = []
    logged, expected = None, Expected(claim.reported, claim.tolerance)
    reason = claim.note if claim.rule == UNKNOWABLE else ""
    try:
        logged = None if claim.logged is None else _value(claim.logged, theirs)
        expected = Expected(_expected(claim, theirs, logged), claim.tolerance)
        for seed in _seeds(claim, basis) if claim.measure else ():
            seen.append(Evidence(basis, seed))
            values.append(_value(claim.measure, seen[-1]))
            if claim.nearly is not None:
                nearly.append(bool(_value(claim.nearly, seen[-1])))
    except MissingError as error:
        reason, values = f"{error}", []
    except SpecError as error:
        raise SpecError(f"{claim.id}: {error}") from error
    reason = reason or _doubt(seen)
    judged = bool(values) and not reason
    return Judgement(
        claim=claim,
        verdict=RULES[claim.rule](values, nearly, expected) if judged else NOT_RUN,
        reason=reason,
        rule=in_words(claim.rule, values, expected),
        logged=logged,
        values=tuple(values),
        seeds=len(values) if _runs(claim) else 0,
        files=tuple(sorted({file for evidence in (theirs, *seen) for file in evidence.files})),
        fidelity=", ".join(sorted({f for evidence in seen for f in evidence.fidelities})),
    )


def _doubt(seen: Sequence[Evidence]) -> str:
    """Why a number of ours says nothing about the paper's."""
    if any("synthetic" in evidence.fidelities for evidence in seen):
        return "measured on synthetic images, which say nothing about it"
    doubts = sorted({doubt for evidence in seen for doubt in evidence.doubts})
    return "; ".join(doubts)


def _seeds(claim: Claim, basis: Study) -> list[int]:
    """Those that every experiment of the claim was run with, so that it is compared in pairs."""
    named = _runs(claim)
    if not named:
        return [0]
    seeds = [{run.seed for run in basis.results[name].runs} for name in named]
    if missing := [name for name, own in zip(named, seeds, strict=True) if not own]:
        raise MissingError(f"{', '.join(missing)} not run")
    if not (shared := sorted(set.intersection(*seeds))):
        raise MissingError(f"{', '.join(named)} share no seed")
    return shared


def _runs(claim: Claim) -> list[str]:
    """The experiments whose runs it asks for."""
    named = {
        arguments[0]
        for node in (claim.measure, claim.nearly)
        if node is not None
        for name, arguments in expression.calls(node)
        if name in LOOKUPS and LOOKUPS[name].of_runs
    }
    return sorted(named)


def _value(node: Any, seen: Evidence) -> Any:
    lookups = {name: partial(lookup.read, seen) for name, lookup in LOOKUPS.items()}
    return expression.evaluate(node, arithmetic.FUNCTIONS | lookups)


def _expected(claim: Claim, theirs: Evidence, logged: Any) -> Any:
    if claim.expect is not None:
        return _value(claim.expect, theirs)
    return claim.reported if logged is None else logged


__all__ = ["NOT_RUN", "VERDICTS", "Claim", "Judgement", "check", "judge", "table"]
