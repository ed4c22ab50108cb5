"""The facts beside every number: seeds, images, hardware and commit."""

from collections.abc import Sequence

from landcover.report.content import Content
from landcover.results.runs import Result, Run

FIDELITIES = ("synthetic", "lossy copy", "copy", "original")  # the least faithful first
RANDOM_BACKBONE = (
    "The backbone is randomly initialised, not pretrained on ImageNet: "
    "its accuracy says nothing about the paper's"
)


def item_facts(content: Content) -> list[str]:
    """Returns the facts of one item, each once."""
    runs = [run for result in content.results for run in result.runs]
    texts = [
        _seeds([result for result in content.results if result.runs]),
        "random backbone" if any(run.backbone == "random" for run in runs) else "",
        *map(_image_counts, runs),
        *content.image_notes,
        *(f"{run.device} (threads: {run.threads})" for run in runs),
        *content.hardware,
        "measured by another version of the library" if content.made_by_other_code else "",
        *map(_commit, runs),
    ]
    return list(dict.fromkeys(filter(None, texts)))


def badges(result: Result) -> list[tuple[str, str]]:
    """Returns the badges beside an experiment's name: short words, each with its meaning."""
    words = []
    if not result.runs:
        words.append(("not run", "No seed of this experiment was run"))
    elif result.missing:
        words.append(("seeds missing", f"Not run: seeds {', '.join(map(str, result.missing))}"))
    if result.has_random_backbone:
        words.append(("random backbone", RANDOM_BACKBONE))
    if result.stale:
        words.append(("other settings", f"The table has changed since: {'; '.join(result.stale)}"))
    if result.made_by_other_code:
        words.append(("other code", "Another version of the library made these results"))
    return words


def fidelities(results: Sequence[Result]) -> list[str]:
    """Returns the fidelities of all images that were used."""
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


def _image_counts(run: Run) -> str:
    return (
        f"{run.dataset} ({run.fidelity}): {run.train_images:,} images to train, "
        f"{run.eval_images:,} to evaluate"
    )


def _commit(run: Run) -> str:
    """Returns the commit of a run; a + means that the checkout had changes."""
    commit = run.provenance["commit"]
    return commit and f"commit {commit[:8]}{'+' if commit.endswith('+') else ''}"
