from dataclasses import asdict
from pathlib import Path

import click

from landcover.errors import counted
from landcover.results import layout
from lc_cli import options, output, places


@click.command()
@options.preset(options.OF_RESULTS)
@options.precision
@options.results
@click.option(
    "--weights", "with_weights", multiple=True, metavar="EXPERIMENT",
    help="Keep the best weights of this experiment's first seed, in half precision (repeatable).",
)  # fmt: skip
@click.option(
    "--best", default="", metavar="EXPERIMENT",
    help="Keep these weights, too, and let `lc-cli predict` take them by itself.",
)  # fmt: skip
@options.out(layout.REFERENCE)
@options.as_json
def distill(
    preset: str | None,
    precision: str | None,
    results: Path | None,
    with_weights: tuple[str, ...],
    best: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Make a small folder of results to send with a paper.

    It keeps numbers, pictures and a few weights. It adds what is new to the folder and ends with
    the report of all that the folder holds.

    \b
    Examples:
      lc-cli distill --preset paper --out ~/for-the-paper
      lc-cli distill --preset paper --weights task1 --best task5-residual
    """
    from landcover.distill.folder import distill
    from landcover.distill.page import write_page
    from landcover.report.sections import insides_shown
    from landcover.results import distilled

    folder = out or layout.REFERENCE
    before = distilled.read(folder)
    usual = before.precision if before else None
    table = places.table(preset, None, {"precision": precision or usual}, results)
    source = results or layout.usual(table.preset.name)
    shown = insides_shown(places.WORKFLOW)
    said = distill(source, table, folder, with_weights, best, shown)
    write_page(folder, said, table, places.WORKFLOW)
    if as_json:
        output.as_json(asdict(said))
        return
    size_bytes = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    click.echo(
        f"{folder}: {counted(len(layout.finished(folder)), 'run')}, {size_bytes / 1e6:.1f} MB"
    )
