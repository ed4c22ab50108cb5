"""How much single units, and whole dense layers, tell the classes apart."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.captions import looked_at
from landcover.report.content import Content
from landcover.results.authors import TOPS
from landcover.results.study import Study
from landcover.tables import separation


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    looked_into = study.table.looked_into
    looks = {
        (network, method): study.insides.get((network, method))
        for network in listed["networks"]
        for method in ("topk", "tsne")
        if network in looked_into or (network, method) in study.insides
    }
    found = [look for look in looks.values() if look]
    rows = separation.table(
        {key: look.layers for key, look in looks.items() if look},
        listed["networks"],
        study.authors.tops,
    )
    return Content(
        values={
            "random_backbone": any(look.is_random for look in found),
            "images": max((look.about["images"] for look in found), default=None),
        },
        made_from=(
            *(look.file for look in found),
            study.authors.folder / TOPS,
        ),
        gaps=tuple(gaps.inside(study, *key) for key, look in looks.items() if look is None),
        table=rows,
        columns=separation.COLUMNS,
        images=tuple(dict.fromkeys(looked_at(look) for look in found)),
        hardware=tuple(dict.fromkeys(look.device for look in found)),
        made_by_other_code=any(look.made_by_other_code for look in found),
    )
