"""Does each claim of the paper hold? From the ledger and a study to two judgements of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landcover.claims import ledger
from landcover.claims.judging import Judgement, judge
from landcover.claims.verdicts import OF_OURS, OF_PAPER
from landcover.errors import ArtifactError, SpecError, nearest
from landcover.experiments import Table
from landcover.results import study as studies
from landcover.results.study import Study


@dataclass(frozen=True)
class Judged:
    claims: tuple[Judgement, ...]  # of the paper, in the order of the ledger
    findings: tuple[Judgement, ...]  # of ours
    orderings: int  # that p was corrected for


def judged(study: Study, workflow: Path, only: Sequence[str] = ()) -> Judged:
    """Returns what becomes of every claim and every finding of the ledger, or of some.

    Raises SpecError for a ledger that points nowhere or an unknown id, ArtifactError for results
    of the same images in two fidelities.
    """
    read = ledger.load(workflow, study)
    entries = [*read.claims, *read.findings]
    ids = [entry.id for entry in entries]
    if unknown := next((name for name in only if name not in ids), None):
        raise SpecError(f"no claim '{unknown}'; {nearest(unknown, ids)}")
    check_fidelities(study)
    found = judge(entries, study)  # all of them, as orderings are corrected for one another
    asked = [one for one in found if not only or one.claim.id in only]
    findings = {finding.id for finding in read.findings}
    return Judged(
        tuple(one for one in asked if one.claim.id not in findings),
        tuple(one for one in asked if one.claim.id in findings),
        sum(one.ours.corrected is not None for one in found),
    )


def check(table: Table, workflow: Path) -> None:
    """Raises SpecError for a ledger that points nowhere; looks at no results."""
    ledger.load(workflow, studies.read(Path(workflow, "no results"), table, workflow))


def check_fidelities(study: Study) -> None:
    """Raises ArtifactError where runs on the same data set saw it in different fidelities."""
    seen: dict[str, tuple[str, str]] = {}
    for run in study.runs:
        name = f"{run.name}, seed {run.seed}"
        fidelity, first = seen.setdefault(run.dataset, (run.fidelity, name))
        if fidelity != run.fidelity:
            raise ArtifactError(
                f"{first} saw {fidelity} images of {run.dataset}, {name} saw {run.fidelity} ones; "
                f"remove {run.folder} or train it again on the same images"
            )


__all__ = ["OF_OURS", "OF_PAPER", "Judged", "Judgement", "check", "check_fidelities", "judged"]
