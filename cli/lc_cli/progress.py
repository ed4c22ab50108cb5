"""All progress displays: on stderr, and silent if that is no terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def epochs(title: str, total: int) -> Iterator[Callable[[int, int, int], None]]:
    """Yields the function that training calls with epoch, batch (from 1) and number of batches."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True), disable=not Console(stderr=True).is_terminal
    ) as bar:
        task = bar.add_task(title, total=total)

        def advance(epoch: int, batch: int, batches: int) -> None:
            done = epoch - 1 + batch / batches
            bar.update(task, completed=done, description=f"{title}, epoch {epoch} of {total}")

        yield advance


@contextmanager
def downloaded(title: str) -> Iterator[Callable[[int, int | None], None]]:
    """Yields the function that a download calls with its bytes so far and its bytes in all."""
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns(), DownloadColumn())
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def waiting(title: str) -> Iterator[Callable[[str], None]]:
    """Shows a spinner and the time; yields the function that changes the title."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as bar:
        task = bar.add_task(title, total=None)
        yield lambda step: bar.update(task, description=step)


@contextmanager
def images(total: int | None, *, hidden: bool) -> Iterator[Callable[[], None]]:
    """Yields the function to call after each image; `hidden` is for rows on the same terminal."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    console = Console(stderr=True)
    with Progress(
        *Progress.get_default_columns(),
        MofNCompleteColumn(),
        console=console,
        disable=hidden or not console.is_terminal,
        transient=True,
        redirect_stdout=False,  # rows that go to a file must not end up on stderr
    ) as bar:
        task = bar.add_task("Predicting", total=total)
        yield lambda: bar.advance(task)


@contextmanager
def windows() -> Iterator[Callable[[int], Callable[[int], None]]]:
    """Yields a function that takes the number of windows, and returns one that takes those done."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    console = Console(stderr=True)
    with Progress(
        *Progress.get_default_columns(),
        MofNCompleteColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
        redirect_stdout=False,
    ) as bar:

        def begin(total: int) -> Callable[[int], None]:
            task = bar.add_task("Mapping", total=total)
            return lambda done: bar.advance(task, done)

        yield begin
