"""The worst pairs of classes of one experiment, or of each experiment of a group its worst one."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.captions import on_test_images
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.authors import CONFUSIONS
from landcover.results.study import Study
from landcover.tables import pairs, top_pairs


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    one = "experiment" in listed
    results = (study.result(listed["experiment"]),) if one else study.group(listed["group"])
    values = on_test_images(results[0], study.authors) if one else {}
    return Content(
        values=values | {"random_backbone": any(r.has_random_backbone for r in results)},
        made_from=study.files(results, layout.CONFUSION, reference=CONFUSIONS),
        results=results,
        gaps=gaps.evaluation(study, results),
        table=pairs.table(results[0], study.authors)
        if one
        else top_pairs.table(results, study.authors),
        columns=pairs.COLUMNS if one else top_pairs.COLUMNS,
    )
