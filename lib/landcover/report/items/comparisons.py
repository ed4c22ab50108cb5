"""Experiments against one another, over the seeds that they share."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.sources import Sources
from landcover.tables import comparisons


def left_out(sources: Sources) -> set[str]:
    """Experiments that the preset does without."""
    return set(sources.published) - set(sources.table)


def content(sources: Sources, listed: Mapping[str, Any]) -> Content:
    pairs = [
        (sources.result(ours), sources.result(other))
        for ours, other in listed["pairs"]
        if not {ours, other} & left_out(sources)
    ]
    results = tuple({result.name: result for pair in pairs for result in pair}.values())
    return Content(
        values={
            "pairs": len(pairs),
            "random_backbone": any(result.has_random_backbone for result in results),
        },
        made_from=sources.files(results, "run.json", reference="final_metrics.csv"),
        results=results,
        gaps=gaps.training(sources, results),
        table=comparisons.table(pairs, sources.authors),
        columns=comparisons.COLUMNS,
    )
