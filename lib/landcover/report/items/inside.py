"""A picture of the inside of a network: filters, activations, top images or a t-SNE map."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.captions import looked_at
from landcover.report.content import Content
from landcover.results.study import Study


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    network, method = listed["network"], listed["method"]
    inside = study.insides.get((network, method))
    if inside is None:
        gap = gaps.inside(study, network, method)
        return Content(gaps=(gap,))
    pictures = [inside.folder / name for name in (listed["file"], *listed.get("more", []))]
    first, *more = [picture for picture in pictures if picture.exists()] or [None]
    return Content(
        values={"about": inside.about},
        made_from=(inside.file,),
        picture=first,
        more=tuple(more),
        image_notes=(looked_at(inside),) if method != "filters" else (),  # which need no images
        hardware=(inside.device,),
        made_by_other_code=inside.made_by_other_code,
        is_random=inside.is_random,
    )
