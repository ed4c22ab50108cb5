"""The errors that a user can cause or fix: one sentence with what, where and what to do."""

import difflib
from collections.abc import Iterable, Sequence


class LandcoverError(Exception):
    """An error that the user can fix; `lc-cli` prints it as one line and exits with 1."""


class SpecError(LandcoverError):
    """The table, a preset or a setting asks for something impossible or unknown."""


class DataError(LandcoverError):
    """Images are missing, broken, or other ones than they should be."""


class ArtifactError(LandcoverError):
    """A file of a run cannot be written, cannot be read, or belongs to another run."""


class TrainingError(LandcoverError):
    """Training cannot go on."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Returns the end of a sentence about an unknown name: the nearest known one, or all."""
    choices = sorted(known)
    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else f"known: {', '.join(choices)}"


def some(names: Sequence[str], shown: int = 3) -> str:
    """Returns the first names of a list, and how many more it has."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
