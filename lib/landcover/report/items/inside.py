"""A picture of what was seen inside a network: filters, maps, top images, or a map by t-SNE."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.captions import looked_at
from landcover.report.content import Content
from landcover.results.study import Study


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    network, method = listed["network"], listed["method"]
    found = study.insides.get((network, method))
    if found is None:
        gap = gaps.inside(study, network, method)
        return Content(values={"random_backbone": False}, gaps=(gap,))
    pictures = [found.folder / name for name in (listed["file"], *listed.get("more", []))]
    first, *more = [picture for picture in pictures if picture.exists()] or [None]
    return Content(
        values={"about": found.about, "random_backbone": found.is_random},
        made_from=(found.file,),
        picture=first,
        more=tuple(more),
        images=(looked_at(found),),
        hardware=(found.device,),
        made_by_other_code=found.made_by_other_code,
    )
