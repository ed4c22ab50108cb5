import re
from pathlib import Path

import click

from landcover.results import layout
from lc_cli import options, output, places


def _seeds(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    if text is None or re.fullmatch(r"\[?\d+(, *\d+)*\]?", text):
        return text
    raise click.BadParameter(f"'{text}' is no list of seeds such as 0,1,2")


@click.command()
@options.preset(options.OF_RESULTS)
@options.precision
@click.option(
    "--seeds", metavar="N,...", callback=_seeds,
    help="Seeds that are expected.  [default: as the preset says]",
)  # fmt: skip
@options.results
@options.out("report/ in the folder of results")
@options.as_json
def report(
    preset: str | None,
    precision: str | None,
    seeds: str | None,
    results: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Make one page of all results, beside those of the authors.

    What was not run is shown as a gap, with the command that fills it. A distilled folder gets the
    page that `lc-cli distill` made: the same files give the same bytes. With --out, it gets a full
    report there, with all figures and tables as files.

    \b
    Examples:
      lc-cli report
      lc-cli report --preset paper --out ~/public
      lc-cli report --results results/reference
    """
    from landcover.distill.page import write_page
    from landcover.report import build
    from landcover.results import distilled

    table = places.table(preset, None, {"precision": precision, "seeds": seeds}, results)
    folder = results or layout.usual(table.preset.name)
    places.warn_if_empty(folder)
    if out is None and (said := distilled.read(folder)):
        page = write_page(folder, said, table, places.WORKFLOW)
    else:
        page = build(folder, table, places.WORKFLOW, out or layout.report(folder))
    if as_json:
        output.as_json({"page": str(page)})
    else:
        click.echo(page)
