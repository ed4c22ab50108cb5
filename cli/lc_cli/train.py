import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landcover.errors import ArtifactError, DataError
from landcover.results import layout
from lc_cli import options, output, places, progress
from lc_cli.images import can_draw, opened

if TYPE_CHECKING:
    import torch

    from landcover.data.prepared import Prepared
    from landcover.experiments import Experiment, Table


def _assignments(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    if wrong := next((text for text in texts if "=" not in text), None):
        raise click.BadParameter(f"'{wrong}' sets nothing; write KEY=VALUE, such as epochs=3")
    return texts


@click.command()
@click.argument("experiment")
@options.seed
@options.preset()
@options.precision
@options.data
@options.device
@options.threads
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", callback=_assignments,
    help="Change a setting of the experiment (repeatable); needs --out.",
)  # fmt: skip
@click.option(
    "--init-from", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="Initial weights, for an experiment that starts from another one's.  "
    f"[default: {layout.weights(layout.run(options.RESULTS, 'ANCESTOR', 'N'), 'last')}]",
)  # fmt: skip
@click.option(
    "--restart",
    is_flag=True,
    help="Start over, even if the run is finished or could be resumed.",
)
@click.option(
    "--restart-changed", is_flag=True,
    help="Replace a run or a checkpoint that is damaged or was made with other settings.  "
    "[default: stop with an error]",
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
    """Train EXPERIMENT, or resume an interrupted run.

    A finished run with the same settings and images stays as it is.

    \b
    Examples:
      lc-cli train task1
      lc-cli train task2-exp4 --preset paper --data ~/images --seed 1
      lc-cli train task1 --set batch_size=128 --out my-run
    """
    from landcover import artifacts
    from landcover import device as devices
    from landcover import train as stage

    if restart and restart_changed:
        raise click.UsageError("Give one of --restart and --restart-changed.")
    if settings and out is None:
        raise click.UsageError("--set changes the experiment; say with --out where its run goes.")
    table = places.table(preset, source, {"precision": precision})
    spec = _spec(table, experiment, settings)
    if precision not in (None, spec.precision):
        click.echo(
            f"{experiment} is about {spec.precision}, so --precision {precision} changes nothing.",
            err=True,
        )
    if init_from and not spec.init_from:
        raise click.UsageError(f"{experiment} starts from no other; --set init_from=ANOTHER too.")
    chosen = devices.device(device)
    _warn_if_slow(spec, chosen)
    results = layout.usual(table.preset.name)
    folder = out or layout.run(results, experiment, seed)
    initial = init_from
    if spec.init_from and initial is None:
        initial = layout.weights(layout.run(results, spec.init_from, seed), "last")
    data = _images(spec.dataset, spec, table, source)
    also = _images(spec.also_train_on, spec, table, source) if spec.also_train_on else None
    images = (data, also)
    if not restart and (
        facts := _finished(folder, spec, seed, images, initial, may_replace=restart_changed)
    ):
        _print(facts, folder, spec, as_json)
        click.echo("It was finished before; --restart trains it again.", err=True)
        return
    _say_caps(table, spec, experiment)
    with progress.epochs(f"{experiment}, seed {seed}", spec.epochs) as on_batch:
        facts = stage.train(
            spec, seed, data, folder, chosen, on_batch,
            also=also,
            initial=initial,
            restart="always" if restart else "unusable" if restart_changed else "never",
            on_restart=lambda reason: click.echo(f"Starting over: {reason}", err=True),
        )  # fmt: skip
    artifacts.remove(folder / layout.METRICS)  # an evaluation of the weights before
    _print(facts, folder, spec, as_json)


def _print(facts: dict[str, Any], folder: Path, spec: "Experiment", as_json: bool) -> None:
    if as_json:
        output.as_json(facts)
    else:
        click.echo(f"{folder}: {_summary(facts, spec)}")


def _finished(
    folder: Path,
    spec: "Experiment",
    seed: int,
    images: tuple["Prepared | None", ...],
    initial: Path | None,
    *,
    may_replace: bool,
) -> dict[str, Any] | None:
    """Returns what a finished run says of itself, if it has these settings, images and weights.

    Raises ArtifactError for another one, or for one that cannot be read, unless `may_replace`.
    """
    from landcover import artifacts

    if not (folder / layout.RUN).exists():
        return None
    try:
        facts, there = (artifacts.read_json(folder / name) for name in (layout.RUN, layout.SPEC))
        found = f"of {there.get('name')}, seed {there.get('seed')}, with other settings or images"
    except ArtifactError:
        facts, there, found = {}, {}, "that cannot be read"
    before = (
        there,
        *(facts.get(key) for key in ("data", "also")),
        facts.get("initial_sha256"),
    )
    now = (
        spec.as_dict() | {"seed": seed},
        *(one and one.identity for one in images),
        initial and initial.exists() and hashlib.sha256(initial.read_bytes()).hexdigest(),
    )
    if before == now:
        return facts
    if may_replace:
        return None
    raise ArtifactError(
        f"{folder} holds a finished run {found}; choose another --out, or add --restart-changed to "
        "replace it"
    )


def _spec(table: "Table", name: str, settings: tuple[str, ...]) -> "Experiment":
    from landcover import experiments

    changed = experiments.parsed(settings)
    return experiments.with_settings(places.WORKFLOW, table[name].experiment, changed)


def _say_caps(table: "Table", spec: "Experiment", name: str) -> None:
    """Says which settings of the table the preset changed, without those that `--set` changed."""
    from landcover import experiments

    asked, capped = experiments.uncapped(places.WORKFLOW)[name], table[name].experiment
    found = [
        f"{one.key} {one.ours} instead of {one.theirs}"
        for one in experiments.differences(spec.as_dict(), asked.as_dict())
        if getattr(spec, one.key) == getattr(capped, one.key)
    ]
    if found:
        click.echo(f"The preset {table.preset.name} has {', '.join(found)}.", err=True)


def _warn_if_slow(spec: "Experiment", device: "torch.device") -> None:
    from landcover.device import computes_in_bf16, device_name

    if spec.precision == "bf16" and not computes_in_bf16(device):
        click.echo(
            f"Warning: {device_name(device)} has no bf16 in its hardware, so this takes about ten "
            "times as long as --precision fp32.",
            err=True,
        )


def _images(name: str, spec: "Experiment", table: "Table", source: Path | None) -> "Prepared":
    from landcover.data.catalog import dataset

    if table.preset.data == "synthetic" and not can_draw(name, table):
        raise DataError(
            f"the preset {table.preset.name} uses synthetic images, and has none of '{name}'; for "
            "your own photographs add --preset paper"
        )
    return opened(dataset(name, spec.image_size), table.preset, source)


def _summary(facts: dict[str, Any], spec: "Experiment") -> str:
    return (
        f"best {spec.selection_split} accuracy {facts['best_accuracy']:.2%} "
        f"in epoch {facts['best_epoch']} of {facts['epochs']} ({facts['data']['fidelity']} images, "
        f"{facts['seconds']:.0f} s, {facts['images_per_second']:,.0f} images/s)"
    )
