"""The results for machines: a Provenance Run Crate (Workflow Run RO-Crate 0.5).

The report's folder is the crate. Files of other stages are outside of it and can be large, so the
crate names them by path and sha256. The workflow is copied beside the page, as the profile
requires. Facts without a record (who ran it, when a job began) are absent.
"""

import shutil
from functools import partial
from pathlib import Path

from landcover import artifacts
from landcover.report.crate import graph
from landcover.report.crate.jobs import recorded_jobs
from landcover.results import layout
from landcover.results.study import Study


def write(study: Study, workflow: Path, out: Path) -> None:
    """Writes the crate and its copy of the workflow to `out`, where the page already is.

    The same results give the same bytes. Without a finished run there is no crate.
    """
    file = out / layout.CRATE
    if not study.runs:
        return artifacts.remove(file)
    copies = _copy(workflow, out / layout.SOURCE)
    preset = study.table.preset
    place = graph.Place(out, study.shown)
    entities = graph.entities(place, preset, recorded_jobs(study), copies)
    return artifacts.write_json(file, {"@context": graph.CONTEXT, "@graph": entities})


def _copy(workflow: Path, out: Path) -> list[Path]:
    """Copies the Snakefile and the workflow folder; returns the copies, the Snakefile first.

    Hidden files and folders, which belong to editors and file browsers, are skipped.
    """
    home = workflow.parent
    files = [file.relative_to(home) for file in sorted(workflow.rglob("*")) if file.is_file()]
    visible = [file for file in files if not any(part.startswith(".") for part in file.parts)]
    names = (Path("Snakefile"), *visible)
    for name in names:
        with (home / name).open("rb") as source:
            artifacts.write(out / name, partial(shutil.copyfileobj, source))
    return [out / name for name in names]
