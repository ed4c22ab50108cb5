"""What the experiments of a group change, with what it costs and brings."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.authors import METRICS
from landcover.results.study import Study
from landcover.tables import settings
from landcover.tables.column import records


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    results = study.group(listed["group"])
    table = settings.table(results, study.published, study.authors)
    return Content(
        values={
            "preset": study.table.preset,
            "random_backbone": any(result.has_random_backbone for result in results),
            "capped": any(c.differs(row) for c in settings.COLUMNS for row in records(table)),
        },
        made_from=study.files(results, layout.SPEC, layout.RUN, reference=METRICS),
        results=results,
        gaps=gaps.training(study, results),
        table=table,
        columns=settings.COLUMNS,
    )
