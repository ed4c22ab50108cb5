import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landcover.errors import some
from lc_cli import options, output

if TYPE_CHECKING:
    from landcover.diff import Compared, Comparison, Number, Reason

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
SHA = 12  # characters of a digest that are shown
NAMED = 3  # results that a line names


class Points(click.FloatRange):
    """Percentage points."""

    name = "number from 0 to 100"  # as an error calls it

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        points = super().convert(value, param, ctx)
        if math.isnan(points):  # no comparison with it is true
            self.fail(f"{value!r} is not a {self.name}.", param, ctx)
        return points


RUN = ("in both", "best %", "last %", "test %", "curve", "matrix", "weights")
NUMBER = ("run", "number", "A", "B", "apart")


@click.command()
@click.argument("a", type=FOLDER, metavar="RESULTS_A")
@click.argument("b", type=FOLDER, metavar="RESULTS_B")
@click.option(
    "--tolerance", type=Points(0, 100), default=0.0, show_default=True, metavar="POINTS",
    help="Percentage points by which accuracies may differ. Losses may differ by as many percent.",
)  # fmt: skip
@click.option(
    "--only", multiple=True, metavar="EXPERIMENT",
    help="Compare the runs of this experiment (repeatable), and no profiles.",
)  # fmt: skip
@options.as_json
@click.pass_context
def diff(
    ctx: click.Context, a: Path, b: Path, tolerance: float, only: tuple[str, ...], as_json: bool
) -> None:
    """Compare two folders of results, number by number.

    It first compares what they were made with.

    The exit code is 0 if everything that both folders have agrees, else 1. What only one folder
    has is listed and does not count. Times and peak memory are not compared. Weights that one
    folder has in half precision are compared in half precision.

    \b
    --tolerance 0    the same numbers to the last digit, and the same bytes of weights
    --tolerance 1    accuracy, precision, recall and F1 within 1 percentage point;
                     losses and learning rates within 1 % of the larger one;
                     counts of a confusion within 1 % of the true class's images.
                     The same holds for every epoch of a curve. The best epoch, the
                     number of epochs and the weights do not count. Parameters, layers
                     and images must still be equal.

    \b
    Examples:
      lc-cli diff results/paper ~/theirs/results/paper
      lc-cli diff results/paper ~/theirs/results/paper --tolerance 0.5 --only task1
    """
    from landcover.diff import as_dict, compare

    found = compare(a, b, tolerance, only)
    if as_json:
        output.as_json(as_dict(found))
    else:
        _print(found)
    ctx.exit(0 if found.agrees else 1)


def _print(found: "Comparison") -> None:
    both = len(found.compared)
    click.echo(f"A: {found.a}\nB: {found.b}\n")
    if found.reasons:
        rows = [_reason(reason, both) for reason in found.reasons]
        output.table("Why they may differ", ("what", "A", "B", "where"), rows)
    else:
        click.echo("Made alike: settings, images, code, versions, device and threads.")
    output.table(
        "= agrees, ≠ does not; curve in points, matrix in %: the largest difference",
        RUN,
        [_row(one) for one in found.compared],
    )
    if far := [_number(one, n) for one in found.compared for n in one.numbers if n.too_far]:
        output.table(f"Further apart than {found.tolerance:g}", NUMBER, far)
    for reason in dict.fromkeys(one.cannot_agree for one in found.compared if one.cannot_agree):
        unlike = [one.name for one in found.compared if one.cannot_agree == reason]
        click.echo(f"{reason} ({_where(unlike, both)})")
    for folder, names in (("A", found.only_a), ("B", found.only_b)):
        if names:
            click.echo(f"Only in {folder}, {len(names)}: {some(names, NAMED)}")
    agreeing = sum(one.agrees for one in found.compared)
    click.echo(f"{agreeing} of {both} in both folders agree (tolerance {found.tolerance:g})")


def _reason(reason: "Reason", both: int) -> tuple[str, str, str, str]:
    is_digest = "sha256" in reason.what or reason.what.endswith("commit")
    a, b = (_short(text) if is_digest else text for text in (reason.a, reason.b))
    return reason.what, a, b, _where(reason.results, both)


def _short(digest: str) -> str:
    """Returns the first digits, and the + of a checkout that had changes."""
    return digest[:SHA] + ("+" if digest.endswith("+") else "")


def _where(names: Sequence[str], both: int) -> str:
    if len(names) == both:
        return "all"
    named = some(names, NAMED)
    return named if len(names) <= NAMED else f"{len(names)} of {both}: {named}"


def _row(one: "Compared") -> tuple[str, ...]:
    numbers = {number.name: number for number in one.numbers}
    matrices = [number for name, number in numbers.items() if name.endswith(": confusion")]
    return (
        f"{'=' if one.agrees else '≠'} {one.name}",
        _accuracy(numbers.get("best accuracy")),
        _accuracy(numbers.get("last accuracy")),
        _accuracy(numbers.get("best weights on test: accuracy")),
        _distance(numbers.get("history eval_accuracy")),
        _distance(max(matrices, key=lambda number: number.apart, default=None)),
        _weights(one),
    )


def _accuracy(number: "Number | None") -> str:
    if number is None:
        return ""
    a, b = f"{number.a:.2%}"[:-1], f"{number.b:.2%}"[:-1]
    return a if number.a == number.b else f"{a} ≠{b}"  # two lines if the terminal is narrow


def _distance(number: "Number | None") -> str:
    if number is None:
        return ""
    return f"{number.apart:.3g}" if number.apart else "same"


def _weights(one: "Compared") -> str:
    if not one.weights:
        return ""
    if not all(weights.equal for weights in one.weights):
        return "other"
    return "same, in half" if any(weights.in_half for weights in one.weights) else "same"


def _number(one: "Compared", number: "Number") -> tuple[str, ...]:
    name = f"{number.name}, {number.at}" if number.at else number.name
    unit = "" if number.scale in ("exact", "epochs") else f" {number.scale}"
    apart = f"{number.apart:.3g}{unit}"
    return one.name, name, f"{number.a:.6g}", f"{number.b:.6g}", apart
