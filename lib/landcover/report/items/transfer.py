"""What networks bring along from other images, and what it is worth."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.sources import Sources
from landcover.results import Result
from landcover.tables import transfer
from landcover.tables.column import records


def content(sources: Sources, listed: Mapping[str, Any]) -> Content:
    results = sources.group(listed["group"])
    table = transfer.table(results, sources.published, sources.authors)
    rows = records(table)
    return Content(
        values={
            "preset": sources.table.preset,
            "found": {result.name: result for result in results},
            "rotations": {run.exif_rotation for result in results for run in result.runs},
            "mistaught": [text for result in results for text in _mistaught(result)],
            "capped": any(row["pixels"] != row["authors_pixels"] for row in rows),
            "random_backbone": any(result.has_random_backbone for result in results),
        },
        made_from=sources.files(results, "run.json", "history.csv", reference="final_metrics.csv"),
        results=results,
        gaps=gaps.training(sources, results),
        table=table,
        columns=transfer.COLUMNS,
    )


def _mistaught(result: Result) -> list[str]:
    """How many classes a training split numbers otherwise than the test split, for each seed."""
    return [
        f"{result.name}, seed {run.seed}: {_differing(names)} of {len(names)} in {split}"
        for run in result.runs
        for split, names in run.mistaught.items()
    ]


def _differing(names: Mapping[str, str]) -> int:
    return sum(name != taught for name, taught in names.items())
