"""Options that several commands share. A flag beats its environment variable."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from landcover import gpus
from landcover.errors import SpecError, nearest
from landcover.results import layout
from lc_cli import places

RESULTS = layout.usual("PRESET")

Command = TypeVar("Command", bound=Callable[..., Any])


def whole(low: int, high: int) -> click.IntRange:
    """Returns whole numbers from `low` to `high`, as an error should call them."""
    numbers = click.IntRange(low, high)
    numbers.name = f"whole number from {low} to {high}"
    return numbers


def _known_preset(
    _context: click.Context, _option: click.Parameter, name: str | None
) -> str | None:
    known = [file.stem for file in places.WORKFLOW.glob("presets/*.yaml")]
    if name and name not in known:
        raise click.BadParameter(f"there is no preset '{name}'; {nearest(name, known)}")
    return name


def _known_device(_context: click.Context, _option: click.Parameter, name: str) -> str:
    try:
        gpus.check(name)
    except SpecError as error:
        raise click.BadParameter(str(error)) from error
    return name


def preset(default: str = "paper with --data, else demo") -> Callable[[Command], Command]:
    return click.option(
        "--preset", envvar="LANDCOVER_PRESET", callback=_known_preset,
        help="Which images, and how many: demo (synthetic), quick or paper.  "
        f"[default: {default}]",
    )  # fmt: skip


OF_REAL = "paper, or demo if no real images can be had"  # for `real_or_drawn`
OF_RUN = "that of --run; else paper with --data, else demo"
OF_RESULTS = f"that of --results, if its name or {layout.DISTILLED} tells it, else demo"

data = click.option(
    "--data", "--source", "source", type=click.Path(path_type=Path), metavar="PATH",
    envvar="LANDCOVER_DATA",
    help="Archive or folder with real images.  [default: cache, then download; not for demo]",
)  # fmt: skip
image_size = click.option(
    "--image-size", type=whole(8, 1024), metavar="PIXELS",
    help="Resize photographs to PIXELS × PIXELS, ignoring their aspect ratio.  "
    "[default: what the table asks for]",
)  # fmt: skip
device = click.option(
    "--device", default="auto", show_default=True, envvar="LANDCOVER_DEVICE",
    callback=_known_device, metavar="NAME",
    help="Processor or GPU: auto, cpu, cuda, cuda:1, ...",
)  # fmt: skip
precision = click.option(
    "--precision",
    type=click.Choice(["fp32", "bf16"]),
    help="Number format of the training.  [default: as the preset says]",
)
threads = click.option(
    "--threads", type=whole(1, 1024), metavar="N", expose_value=False,
    callback=lambda context, option, number: _use_threads(number),
    help="Threads of the processor; other numbers of threads give other bytes.  [default: all]",
)  # fmt: skip
seed = click.option(
    "--seed", type=whole(0, 2**32 - 1), default=0, show_default=True, metavar="N",
    help="Seed of all random numbers.",
)  # fmt: skip
run = click.option(
    "--run", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="A run's folder, instead of EXPERIMENT and --seed.",
)  # fmt: skip
network = click.option(
    "--run", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help=f"A trained run's folder.  [default: the best one in {layout.REFERENCE}]",
)  # fmt: skip
epoch = click.option(
    "--epoch", type=click.Choice(["best", "last"]), default="best", show_default=True,
    help="Which of the run's saved weights to use.",
)  # fmt: skip
views = click.option(
    "--views", type=click.Choice(["1", "8"]), default="1", show_default=True,
    help="8: average over the image turned and mirrored, in eight times the time.",
)  # fmt: skip
network_precision = click.option(
    "--precision",
    type=click.Choice(["fp32", "bf16"]),
    help="Number format.  [default: as the run was trained]",
)
batch_size = click.option(
    "--batch-size", type=whole(1, 65_536), default=64, show_default=True, metavar="IMAGES",
    help="Images per batch.",
)  # fmt: skip
weights = click.option(
    "--weights", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="A state dict (.pth or .safetensors) from elsewhere, instead of a run.",
)  # fmt: skip
results = click.option(
    "--results", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
    help=f"Folder of results to read.  [default: {RESULTS}]",
)  # fmt: skip
as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def classifier(command: Command) -> Command:
    """Adds the options that say which network classifies, and how."""
    for option in reversed((network, epoch, views, network_precision, device, batch_size)):
        command = option(command)
    return command


def out(default: str | Path) -> Callable[[Command], Command]:
    return click.option(
        "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
        help=f"Folder to write to.  [default: {default}]",
    )  # fmt: skip


def _use_threads(number: int | None) -> None:
    if number is not None:
        import torch

        torch.set_num_threads(number)


def refuse(names: Collection[str], why: str) -> None:
    """Raises UsageError if one of these parameters is on the command line."""
    context = click.get_current_context()
    for one in context.command.params:
        origin = context.get_parameter_source(str(one.name))
        if one.name in names and origin is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{one.opts[0]} {why}")
