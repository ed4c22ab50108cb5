from pathlib import Path

import click

from landcover.results import layout
from lc_cli import options, output, places
from lc_cli.images import opened_of


@click.command()
@click.argument("experiment", required=False)
@click.option(
    "--run", "runs", multiple=True, type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR", help="An evaluated run, instead of EXPERIMENT; repeat it for more seeds.",
)  # fmt: skip
@options.preset(options.OF_RUN)
@options.data
@options.out(f"{layout.missed(options.RESULTS, 'EXPERIMENT')}, with --run EXPERIMENT-run-NAME")
@options.as_json
def missed(
    experiment: str | None,
    runs: tuple[Path, ...],
    preset: str | None,
    source: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Show the test images that every seed gets wrong.

    With one run, it shows all images that this run gets wrong. The images of which the networks are
    most confident come first: look there for wrong labels.

    \b
    Examples:
      lc-cli missed task5-residual --preset paper
      lc-cli missed --run my-run --out my-run/missed
    """
    from landcover import artifacts
    from landcover.missed import missed, of_table

    if bool(experiment) == bool(runs):
        raise click.UsageError("Give either EXPERIMENT or --run DIR.")
    for run in runs:
        places.finished(run)
    table = places.table_of(runs[0] if runs else None, preset, source)
    results = layout.usual(table.preset.name)
    if experiment:
        runs = of_table(table, results, experiment)
    images = opened_of(runs[0], table.preset, source)
    spec = artifacts.read_json(runs[0] / layout.SPEC)
    named = [] if experiment else ["run", *(run.resolve().name for run in runs)]
    folder = out or layout.missed(results, "-".join([str(spec.get("name")), *named]))
    summary = missed(runs, images, folder)
    if as_json:
        output.as_json(summary)
        return
    wrong, seeds = (", ".join(map(str, summary[key])) for key in ("wrong", "seeds"))
    click.echo(f"{summary['n']:,} test images; wrong: {wrong} (seeds {seeds})")
    if len(runs) > 1:
        click.echo(
            f"{summary['wrong_in_all']} are wrong in every run, "
            f"{summary['same_class_in_all']} of them with the same class"
        )
    click.echo(folder)
