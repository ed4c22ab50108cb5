"""What an experiment gets right of each class."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.captions import on_test_images
from landcover.report.content import Content
from landcover.report.sources import Sources
from landcover.tables import classes


def content(sources: Sources, listed: Mapping[str, Any]) -> Content:
    result = sources.result(listed["experiment"])
    return Content(
        values=on_test_images(result, sources.authors),
        made_from=sources.files(
            [result], "metrics.json", "per_class.csv", reference="final_metrics.csv"
        ),
        results=(result,),
        gaps=gaps.evaluation(sources, [result]),
        table=classes.table(result, sources.authors),
        columns=classes.COLUMNS,
        sums=1,
    )
