"""All progress displays: on stderr, and silent if that is no terminal."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn


@contextmanager
def epochs(title: str, total: int) -> Iterator[Callable[[int, int, int], None]]:
    """Yields the function that training calls with epoch, batch (from 1) and number of batches."""
    with _bar(stays=True) as bar:
        task = bar.add_task(title, total=total)

        def advance(epoch: int, batch: int, batches: int) -> None:
            done = epoch - 1 + batch / batches
            bar.update(task, completed=done, description=f"{title}, epoch {epoch} of {total}")

        yield advance


@contextmanager
def downloaded(title: str) -> Iterator[Callable[[int, int | None], None]]:
    """Yields the function that a download calls with its bytes so far and its bytes in all."""
    from rich.progress import DownloadColumn

    with _bar(more=(DownloadColumn(),)) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def waiting(title: str) -> Iterator[Callable[[str], None]]:
    """Shows a spinner and the time; yields the function that changes the title."""
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    with _bar(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()) as bar:
        task = bar.add_task(title, total=None)
        yield lambda step: bar.update(task, description=step)


@contextmanager
def images(total: int | None, *, hidden: bool) -> Iterator[Callable[[], None]]:
    """Yields the function to call after each image; `hidden` is for rows on the same terminal."""
    from rich.progress import MofNCompleteColumn

    with _bar(more=(MofNCompleteColumn(),), hidden=hidden, redirect_stdout=False) as bar:
        task = bar.add_task("Predicting", total=total)
        yield lambda: bar.advance(task)


@contextmanager
def windows() -> Iterator[Callable[[int], Callable[[int], None]]]:
    """Yields a function that takes the number of windows, and returns one that takes those done."""
    from rich.progress import MofNCompleteColumn

    with _bar(more=(MofNCompleteColumn(),), redirect_stdout=False) as bar:

        def begin(total: int) -> Callable[[int], None]:
            task = bar.add_task("Mapping", total=total)
            return lambda done: bar.advance(task, done)

        yield begin


@contextmanager
def _bar(
    *columns: "ProgressColumn",
    more: "Sequence[ProgressColumn]" = (),
    stays: bool = False,
    hidden: bool = False,
    redirect_stdout: bool = True,
) -> Iterator["Progress"]:
    """Shows a bar of rich's usual columns and `more`, or of `columns`; it `stays` when it ends.

    Rows that go to a file must not end up on stderr, so their commands do not redirect stdout.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(
        *(columns or (*Progress.get_default_columns(), *more)),
        console=console,
        disable=hidden or not console.is_terminal,
        transient=not stays,
        redirect_stdout=redirect_stdout,
    ) as bar:
        yield bar
