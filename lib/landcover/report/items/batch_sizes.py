"""The time of a network by the size of its batches."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.results.study import Study
from landcover.tables import batch_sizes


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    model = listed["model"]
    profile = study.profiles.get(model)
    return Content(
        values={"measured": profile},
        made_from=(profile.file,) if profile else (),
        gaps=() if profile else (gaps.profile(study, model),),
        table=batch_sizes.table(profile),
        columns=batch_sizes.COLUMNS,
        hardware=(profile.device,) if profile else (),
        made_by_other_code=profile is not None and profile.made_by_other_code,
    )
