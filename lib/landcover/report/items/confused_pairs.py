"""The worst pairs of classes of one experiment, or of each experiment of a group its worst one."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.captions import on_test_images
from landcover.report.content import Content
from landcover.report.sources import Sources
from landcover.tables import pairs, top_pairs


def content(sources: Sources, listed: Mapping[str, Any]) -> Content:
    one = "experiment" in listed
    results = (sources.result(listed["experiment"]),) if one else sources.group(listed["group"])
    values = on_test_images(results[0], sources.authors) if one else {}
    return Content(
        values=values | {"random_backbone": any(r.has_random_backbone for r in results)},
        made_from=sources.files(results, "confusion.csv", reference="confusion_matrices_test.csv"),
        results=results,
        gaps=gaps.evaluation(sources, results),
        table=pairs.table(results[0], sources.authors)
        if one
        else top_pairs.table(results, sources.authors),
        columns=pairs.COLUMNS if one else top_pairs.COLUMNS,
    )
