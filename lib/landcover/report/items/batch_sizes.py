"""The time of a network by the size of its batches."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.sources import Sources
from landcover.results import read_profile
from landcover.tables import batch_sizes


def content(sources: Sources, listed: Mapping[str, Any]) -> Content:
    model = listed["model"]
    profile = read_profile(sources.folder, model)
    return Content(
        values={"measured": profile},
        made_from=(profile.file,) if profile else (),
        gaps=() if profile else (gaps.profile(sources, model),),
        table=batch_sizes.table(profile),
        columns=batch_sizes.COLUMNS,
        hardware=(str(profile.facts["device"]),) if profile else (),
        made_by_other_code=profile is not None and not profile.made_by_this_code,
    )
