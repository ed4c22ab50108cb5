from pathlib import Path

import click

from landcover.results import layout
from lc_cli import options, output, places


@click.command()
@options.preset(options.OF_RUN)
@click.option(
    "--run", "runs", multiple=True, type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR", help="An evaluated run of a network for all classes; repeat it for more seeds.",
)  # fmt: skip
@click.option(
    "--expert", "experts", multiple=True, type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR", help="An evaluated run of a network for some classes (repeatable).",
)  # fmt: skip
@options.out(layout.combine(options.RESULTS))
@options.as_json
def combine(
    preset: str | None,
    runs: tuple[Path, ...],
    experts: tuple[Path, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Combine seeds, symmetric views and experts.

    Each combination is compared with one network, on the same test images. Without --run, it takes
    the evaluated runs of the experiments that `combined` names in workflow/experiments.yaml.

    \b
    Examples:
      lc-cli combine --preset paper
      lc-cli combine --run my-run --expert my-expert --out both
    """
    from landcover.combine import combine, of_table

    if experts and not runs:
        raise click.UsageError("--expert needs --run, the network that it advises.")
    for run in (*runs, *experts):
        places.finished(run)
    table = places.table_of(runs[0] if runs else None, preset, None)
    results = layout.usual(table.preset.name)
    if not runs:
        runs, experts = of_table(table, results)
    summary = combine(runs, experts, out or layout.combine(results))
    if as_json:
        output.as_json(summary)
        return
    columns = ("combination", "networks", "accuracy", "difference", "low", "high", "p", "seconds")
    rows = [[row[column] for column in columns] for row in summary["combinations"]]
    title = f"{summary['n']:,} {summary['data']['fidelity']} test images"
    output.table(title, columns, rows)
