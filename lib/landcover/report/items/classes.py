"""What an experiment gets right of each class."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.captions import on_test_images
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.authors import METRICS
from landcover.results.study import Study
from landcover.tables import classes


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    result = study.result(listed["experiment"])
    return Content(
        values=on_test_images(result, study.authors),
        made_from=study.files([result], layout.METRICS, layout.PER_CLASS, reference=METRICS),
        results=(result,),
        gaps=gaps.evaluation(study, [result]),
        table=classes.table(result, study.authors),
        columns=classes.COLUMNS,
        sums=1,
    )
