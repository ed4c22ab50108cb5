"""What the experiments of a group change, with what it costs and brings."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.sources import Sources
from landcover.tables import settings
from landcover.tables.column import records


def content(sources: Sources, listed: Mapping[str, Any]) -> Content:
    results = sources.group(listed["group"])
    table = settings.table(results, sources.published, sources.authors)
    return Content(
        values={
            "preset": sources.table.preset,
            "random_backbone": any(result.has_random_backbone for result in results),
            "capped": any(c.differs(row) for c in settings.COLUMNS for row in records(table)),
        },
        made_from=sources.files(results, "spec.json", "run.json", reference="final_metrics.csv"),
        results=results,
        gaps=gaps.training(sources, results),
        table=table,
        columns=settings.COLUMNS,
    )
