"""Experiments against one another, over the seeds that they share."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.authors import METRICS
from landcover.results.study import Study
from landcover.tables import comparisons


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    wanted = {result.name for result in study.wanted}
    pairs = [
        (study.result(ours), study.result(other))
        for ours, other in listed["pairs"]
        if {ours, other} <= wanted
    ]
    results = tuple({result.name: result for pair in pairs for result in pair}.values())
    return Content(
        values={
            "pairs": len(pairs),
            "random_backbone": any(result.has_random_backbone for result in results),
        },
        made_from=study.files(results, layout.RUN, reference=METRICS),
        results=results,
        gaps=gaps.training(study, results),
        table=comparisons.table(pairs, study.authors),
        columns=comparisons.COLUMNS,
    )
