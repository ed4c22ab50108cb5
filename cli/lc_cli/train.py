from pathlib import Path

import click

from landcover.results import layout
from lc_cli import options, output, places, progress
from lc_cli.images import opened


@click.command()
@click.argument("experiment")
@options.seed
@options.preset
@options.precision
@options.data
@options.device
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE",
    help="Change a key of the experiment (repeatable); needs --out.",
)  # fmt: skip
@click.option(
    "--init-from", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="The weights that it starts from, where the experiment starts from another's.  "
    f"[default: {layout.weights(layout.run(options.RESULTS, 'ANCESTOR', 'N'), 'last')}]",
)  # fmt: skip
@click.option("--restart", is_flag=True, help="Forget an interrupted run instead of going on.")
@click.option(
    "--restart-changed", is_flag=True,
    help="Forget an interrupted run that is broken, or of other settings, instead of refusing.",
)  # fmt: skip
@options.out(layout.run(options.RESULTS, "EXPERIMENT", "N"))
@options.as_json
def train(
    experiment: str,
    seed: int,
    preset: str | None,
    precision: str | None,
    source: Path | None,
    device: str,
    settings: tuple[str, ...],
    init_from: Path | None,
    restart: bool,
    restart_changed: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Train EXPERIMENT, or go on where an interrupted run stopped.

    \b
    Examples:
      lc-cli train task1
      lc-cli train task2-exp4 --preset paper --data ~/images --seed 1
      lc-cli train task1 --set batch_size=128 --out my-run
    """
    from landcover import device as devices
    from landcover import experiments
    from landcover.data.catalog import dataset
    from landcover.train import train

    if settings and out is None:
        raise click.UsageError(
            "--set changes the experiment, so say with --out where its run goes."
        )
    table = places.table(preset, source, {"precision": precision})
    spec = experiments.with_settings(
        places.WORKFLOW, table[experiment].experiment, experiments.parsed(settings)
    )
    if init_from and not spec.init_from:
        raise click.UsageError(f"{experiment} starts from no other; --set init_from=ANOTHER too.")
    results = layout.usual(table.preset.name)
    folder = out or layout.run(results, experiment, seed)
    chosen = devices.device(device)
    if spec.precision == "bf16" and not devices.computes_in_bf16(chosen):
        click.echo(
            f"Warning: {devices.device_name(chosen)} has no bf16 in its hardware, so this takes "
            "about ten times as long as --precision fp32.",
            err=True,
        )
    data, *also = [
        opened(dataset(name, spec.image_size), table.preset, source)
        for name in filter(None, (spec.dataset, spec.also_train_on))
    ]
    initial = layout.weights(layout.run(results, spec.init_from, seed), "last")
    with progress.epochs(f"{experiment}, seed {seed}", spec.epochs) as on_batch:
        facts = train(
            spec,
            seed,
            data,
            folder,
            chosen,
            on_batch,
            also=also[0] if also else None,
            initial=init_from or (initial if spec.init_from else None),
            restart="always" if restart else "unusable" if restart_changed else "never",
            on_restart=lambda reason: click.echo(f"Starting over: {reason}", err=True),
        )
    if as_json:
        output.as_json(facts)
        return
    click.echo(
        f"{folder}: best {spec.selection_split} accuracy {facts['best_accuracy']:.2%} "
        f"in epoch {facts['best_epoch']} of {facts['epochs']} ({facts['data']['fidelity']} images, "
        f"{facts['seconds']:.0f} s, {facts['images_per_second']:,.0f} images/s)"
    )
