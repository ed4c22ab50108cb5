"""The test images that every seed of an experiment classifies wrongly."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.results.study import Study


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    name = study.result(listed["experiment"]).name
    found = study.misses.get(name)
    if found is None or not found.picture.exists():
        return Content(values={"about": None}, gaps=(gaps.misses(study, name),))
    images = found.image_records[0]
    return Content(
        values={"about": found.about},
        made_from=(found.file,),
        picture=found.picture,
        image_notes=(f"{images}: {found.about['n']:,} test images",),
        hardware=(found.about["device"],),
        made_by_other_code=found.made_by_other_code,
    )
