"""What `explore` drew of a data set."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landcover import artifacts, figures
from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.sources import Sources


def content(sources: Sources, listed: Mapping[str, Any]) -> Content:
    dataset = listed["dataset"]
    folder = sources.folder / "explore" / sources.table.largest(dataset)
    picture = folder / listed["file"]
    if not picture.exists():
        return Content(gaps=(gaps.pictures(sources, dataset),))
    return Content(
        made_from=(picture,), picture=picture, images=_images(folder / "audit.json", dataset)
    )


def _images(audit: Path, dataset: str) -> tuple[str, ...]:
    if not audit.exists():
        return ()
    facts = artifacts.read_json(audit)
    counts = ", ".join(f"{n:,} {figures.LABELS[split]}" for split, n in facts["images"].items())
    return (f"{facts['data']['fidelity']} {dataset} images: {counts}",)
