"""What a command wrote: a file that is damaged, or not its own, is named in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from landcover.errors import ArtifactError


@contextmanager
def written_by(command: str, file: Path, again: str) -> Iterator[None]:
    """Reads the content of a file that a command wrote; `again` says how to make it again.

    Raises ArtifactError if a value is absent, or is not what it should be.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ArtifactError(
            f"{file} is not what {command} writes ({type(error).__name__}: {error}); {again}"
        ) from error
