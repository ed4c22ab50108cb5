"""What networks bring along from other images, and what it is worth."""

from collections.abc import Mapping
from typing import Any

from landcover.report import gaps
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.authors import METRICS
from landcover.results.runs import Result
from landcover.results.study import Study
from landcover.tables import transfer
from landcover.tables.column import records


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    results = study.group(listed["group"])
    table = transfer.table(results, study.published, study.authors)
    rows = records(table)
    return Content(
        values={
            "preset": study.table.preset,
            "found": {result.name: result for result in results},
            "rotations": {run.exif_rotation for result in results for run in result.runs},
            "mistaught": [text for result in results for text in _mistaught(result)],
            "capped": any(row["pixels"] != row["authors_pixels"] for row in rows),
            "random_backbone": any(result.has_random_backbone for result in results),
        },
        made_from=study.files(results, layout.RUN, layout.HISTORY, reference=METRICS),
        results=results,
        gaps=gaps.training(study, results),
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
