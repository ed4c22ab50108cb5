"""What each layer of a network takes: Table 1."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from landcover.report import gaps
from landcover.report.content import Content
from landcover.results.authors import LAYERS
from landcover.results.study import Study
from landcover.tables import layers, values


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    model, theirs = listed["model"], study.authors.layers
    profile = study.profiles.get(model)
    table = layers.table(profile, study.authors)
    return Content(
        values={
            "rows": table.iloc[-2],
            "layers": table.iloc[-1],
            "counts": {"rows": int(theirs["in_table1"].sum()), "layers": len(theirs)},
            "weight_bytes": int(theirs["params"].sum()) * layers.BYTES_PER_VALUE,
            "measured": profile,
            "memory_agrees": _agrees(table, values.kilobytes, "memory_kb"),
            "parameters_agree": _agrees(table, values.integer, "parameters"),
        },
        made_from=(
            *([profile.file] if profile else []),
            study.authors.folder / LAYERS,
        ),
        gaps=() if profile else (gaps.profile(study, model),),
        table=table,
        columns=layers.COLUMNS,
        sums=2,
        hardware=(profile.device,) if profile else (),
        made_by_other_code=profile is not None and profile.made_by_other_code,
    )


def _agrees(table: pd.DataFrame, show: Callable[[float], str], column: str) -> bool:
    """Whether ours and the authors' read the same in every row."""
    return list(map(show, table[column])) == list(map(show, table[f"authors_{column}"]))
