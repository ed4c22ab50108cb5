"""What is said beside every number: how often it was measured, on which images, where, by what."""

from collections.abc import Sequence

from landcover.report.content import Content
from landcover.results.runs import Result, Run

FIDELITIES = ("synthetic", "lossy copy", "copy", "original")  # the least true first
RANDOM_BACKBONE = (
    "The backbone was drawn at random instead of trained on ImageNet: "
    "its accuracy says nothing about the paper's"
)


def facts(content: Content) -> list[str]:
    """Of one item, each once."""
    runs = [run for result in content.results for run in result.runs]
    found = [
        _seeds([result for result in content.results if result.runs]),
        "random backbone" if any(run.backbone == "random" for run in runs) else "",
        *map(_images, runs),
        *content.images,
        *(f"{run.device} (threads: {run.threads})" for run in runs),
        *content.hardware,
        *map(_commit, runs),
    ]
    return list(dict.fromkeys(filter(None, found)))


def badges(result: Result) -> list[tuple[str, str]]:
    """Short words to an experiment's name, and what they mean."""
    found = []
    if not result.runs:
        found.append(("not run", "No seed of this experiment was run"))
    elif result.missing:
        found.append(("seeds missing", f"Not run: seeds {', '.join(map(str, result.missing))}"))
    if result.has_random_backbone:
        found.append(("random backbone", RANDOM_BACKBONE))
    if result.stale:
        found.append(("other settings", f"The table has changed since: {'; '.join(result.stale)}"))
    if result.made_by_other_code:
        found.append(("other code", "Another version of the library made these results"))
    return found


def fidelities(results: Sequence[Result]) -> list[str]:
    """Of all images that were used."""
    present = {run.fidelity for result in results for run in result.runs}
    return [*(f for f in FIDELITIES if f in present), *sorted(present - set(FIDELITIES))]


def _seeds(results: Sequence[Result]) -> str:
    counts = sorted({len(result.runs) for result in results})
    if not counts:
        return ""
    each = " each" if len(results) > 1 else ""
    if counts == [1]:
        return f"1 seed{each}, so no spread"
    return f"{counts[0]} seeds{each}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} seeds"


def _images(run: Run) -> str:
    return (
        f"{run.fidelity} {run.dataset} images: {run.train_images:,} to train, "
        f"{run.eval_images:,} to evaluate"
    )


def _commit(run: Run) -> str:
    """With the + that says that the checkout had changes."""
    commit = run.provenance.get("commit", "")
    return commit and f"commit {commit[:8]}{'+' if commit.endswith('+') else ''}"
