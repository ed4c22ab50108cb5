"""Judges each claim of the paper twice, from the ledger and a study."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landcover.claims import ledger
from landcover.claims.judging import Judgement, judge_together
from landcover.claims.verdicts import OF_OURS, OF_PAPER
from landcover.errors import ArtifactError, SpecError, nearest
from landcover.experiments import Table
from landcover.results import study as studies
from landcover.results.study import Study

EXAMPLES = 5  # of claims in an error, whose ids begin with the unknown one


@dataclass(frozen=True)
class Judged:
    claims: tuple[Judgement, ...]  # of the paper, in the order of the ledger
    findings: tuple[Judgement, ...]  # of ours
    tested_claims: int  # the orderings and gains among all claims that have a p
    tested_findings: int  # the same among the findings, which are corrected apart


def judge(study: Study, workflow: Path, only: Sequence[str] = ()) -> Judged:
    """Returns the judgements of all claims and findings of the ledger, or of some.

    Raises SpecError for a broken ledger or an unknown id, and ArtifactError if two runs used the
    same data set in different fidelities.
    """
    loaded = ledger.load(workflow, study)
    ids = [entry.id for entry in (*loaded.claims, *loaded.findings)]
    if unknown := next((name for name in only if name not in ids), None):
        begin = [name for name in ids if name.startswith(unknown)]
        known = (
            f"such as {', '.join(begin[:EXAMPLES])}"
            if len(begin) > 1
            else nearest(unknown, ids, "lc-cli claims")
        )
        raise SpecError(f"no claim '{unknown}'; {known}")
    check_fidelities(study)
    both = [judge_together(entries, study) for entries in (loaded.claims, loaded.findings)]
    claims, findings = (
        tuple(one for one in judged if not only or one.claim.id in only) for judged in both
    )
    return Judged(claims, findings, *(sum(one.ours.p is not None for one in j) for j in both))


def check(table: Table, workflow: Path) -> None:
    """Raises SpecError for a broken ledger; reads no results."""
    ledger.load(workflow, studies.read(Path(workflow, "no results"), table, workflow))


def check_fidelities(study: Study) -> None:
    """Raises ArtifactError if two runs used the same data set in different fidelities."""
    seen: dict[str, tuple[str, str]] = {}
    for run in study.runs:
        name = f"{run.name}, seed {run.seed}"
        fidelity, first = seen.setdefault(run.dataset, (run.fidelity, name))
        if fidelity != run.fidelity:
            raise ArtifactError(
                f"{first} saw {run.dataset} ({fidelity}), {name} saw {run.dataset} "
                f"({run.fidelity}); "
                f"remove {run.folder} or train it again on the same images"
            )


__all__ = ["OF_OURS", "OF_PAPER", "Judged", "Judgement", "check", "check_fidelities", "judge"]
