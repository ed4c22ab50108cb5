"""The models of a group beside one another."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.sources import Sources
from landcover.tables import models
from landcover.tables.column import records


def content(sources: Sources, listed: Mapping[str, Any]) -> Content:
    results = sources.group(listed["group"])
    table = models.table(results, sources.authors)
    rows = records(table)
    return Content(
        values={
            "rows": {row["experiment"]: row for row in rows},
            "counted": [row["experiment"] for row in rows if row["seeds"]],
            "parameters_agree": not any(c.differs(row) for c in models.COLUMNS for row in rows),
        },
        made_from=sources.files(results, "run.json", "metrics.json", reference="final_metrics.csv"),
        results=results,
        gaps=gaps.evaluation(sources, results),
        table=table,
        columns=models.COLUMNS,
    )
