"""The models of a group beside one another."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.authors import METRICS
from landcover.results.study import Study
from landcover.tables import models
from landcover.tables.column import records


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    results = study.group(listed["group"])
    table = models.table(results, study.authors)
    rows = records(table)
    return Content(
        values={
            "rows": {row["experiment"]: row for row in rows},
            "counted": [row["experiment"] for row in rows if row["seeds"]],
            "parameters_agree": not any(c.differs(row) for c in models.COLUMNS for row in rows),
        },
        made_from=study.files(results, layout.RUN, layout.METRICS, reference=METRICS),
        results=results,
        gaps=gaps.evaluation(study, results),
        table=table,
        columns=models.COLUMNS,
    )
