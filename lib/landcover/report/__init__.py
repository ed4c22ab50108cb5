"""All that was measured -> one page that needs nothing beside it; figures and tables as files.

`workflow/report/items.yaml` lists what the page shows, in the paper's order. An experiment that no
item shows gets its curves all the same, and a group that no section names gets its section. What
was not run is shown as a gap, with the command that fills it.
"""

from pathlib import Path

from jinja2 import TemplateError

from landcover import artifacts, crate
from landcover.errors import SpecError
from landcover.experiments import Table
from landcover.report.files import Files
from landcover.report.page import page
from landcover.results import layout
from landcover.results.study import read


def build(results: Path, table: Table, workflow: Path, out: Path) -> Path:
    """Writes index.html, claims.csv, figures/, tables/ and an RO-Crate to `out`; returns the page.

    The same results give the same bytes. Raises ArtifactError for a broken result, SpecError for a
    template or a list of items that asks for what there is not.
    """
    study = read(results, table, workflow)
    template = workflow / "report"
    try:
        html = page(study, workflow, Files(out))
    except TemplateError as error:
        raise SpecError(
            f"{template} cannot be filled in ({error}); correct the template or items.yaml"
        ) from error
    artifacts.write_text(out / layout.PAGE, html)
    crate.write(study, workflow, out)
    return out / layout.PAGE
