"""Makes one HTML page, which needs no other file, of a results folder; also figures and tables.

`workflow/report/items.yaml` lists the items of the page, in the order of the paper. Each kind of
item has a file in `items/`: it reads the results, makes the rows or the figure, and names the
columns that people read. An experiment without an item still gets its curves, and a group without a
section gets a section. If something was not run, the page shows a gap, with the command that fills
it.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinja2 import TemplateError

from landcover import artifacts
from landcover.errors import SpecError
from landcover.experiments import Table
from landcover.report import crate
from landcover.report.files import Files
from landcover.report.page import write_parts
from landcover.results import layout
from landcover.results.study import read


def build(
    results: Path, table: Table, workflow: Path, out: Path, *, is_small: bool = False
) -> Path:
    """Writes the page, claims.csv, lessons.md, figures/, tables/, source/ and an RO-Crate to `out`.

    Returns the page. Without a run there is no source/ and no RO-Crate, and without one on real
    images no lessons.md. A small report is only the page, claims.csv, lessons.md and the tables as
    CSV.
    The same results give the same bytes. Raises ArtifactError for a broken result, and
    SpecError if the template or items.yaml asks for something that does not exist.
    """
    study = read(results, table, workflow)
    template = workflow / "report"
    try:
        with _uncollected():
            html = write_parts(study, workflow, Files(out, is_small))
    except TemplateError as error:
        raise SpecError(
            f"{template} cannot be filled in ({error}); correct the template or items.yaml"
        ) from error
    artifacts.write_text(out / layout.PAGE, html)
    if not is_small:
        crate.write(study, workflow, out)
    return out / layout.PAGE


@contextmanager
def _uncollected() -> Iterator[None]:
    """Stops the garbage collector, which takes a fifth of the time; all figures fit into memory."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
