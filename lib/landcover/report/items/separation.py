"""How much single units, and whole dense layers, tell the classes apart."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps, insides
from landcover.report.content import Content
from landcover.report.sources import Sources
from landcover.tables import separation


def content(sources: Sources, listed: Mapping[str, Any]) -> Content:
    looks = {
        (network, method): insides.read(sources, network, method)
        for network in listed["networks"]
        for method in ("topk", "tsne")
    }
    missing = {network: method for (network, method), look in looks.items() if look is None}
    found = [look for look in looks.values() if look]
    rows = separation.table(
        {key: look.layers for key, look in looks.items() if look},
        listed["networks"],
        separation.read_authors(sources.reference),
    )
    return Content(
        values={
            "random_backbone": any(look.is_random for look in found),
            "images": max((look.about["images"] for look in found), default=None),
        },
        made_from=(
            *(look.folder / "summary.json" for look in found),
            sources.reference / separation.AUTHORS,
        ),
        gaps=tuple(gaps.inside(sources, network, method) for network, method in missing.items()),
        table=rows,
        columns=separation.COLUMNS,
        images=tuple(dict.fromkeys(look.images for look in found)),
        hardware=tuple(dict.fromkeys(look.device for look in found)),
        made_by_other_code=any(look.made_by_other_code for look in found),
    )
