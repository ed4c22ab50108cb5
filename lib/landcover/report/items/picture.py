"""A picture that `explore` drew of a data set."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.audits import AuditRecord
from landcover.results.study import Study
from landcover.style import LABELS


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    dataset = listed["dataset"]
    images = study.table.largest(dataset)
    picture = layout.explore(study.folder, images) / listed["file"]
    if not picture.exists():
        return Content(gaps=(gaps.pictures(study, dataset),))
    return Content(
        made_from=(picture,),
        picture=picture,
        image_notes=_image_notes(study.audits.get(images)),
    )


def _image_notes(audit: AuditRecord | None) -> tuple[str, ...]:
    if audit is None:
        return ()
    counts = ", ".join(f"{n:,} {LABELS[split]}" for split, n in audit.counts.items())
    return (f"{audit.image_records[0]}: {counts} images",)
