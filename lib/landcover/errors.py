"""The errors that a user can cause or fix: one sentence with what, where and what to do."""

import difflib
from collections.abc import Iterable, Sequence

LISTED, NEAREST = 12, 5  # a list of more known names is cut to the nearest ones


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


def nearest(name: str, known: Iterable[str], listing: str = "") -> str:
    """Returns the end of a sentence about an unknown name: the nearest known one, or all.

    Of a long list it gives the nearest few; `listing` is the command that lists all.
    """
    choices = sorted(known)
    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.5)
    if close:
        return f"did you mean '{close[0]}'?"
    if len(choices) <= LISTED:
        return f"known: {', '.join(choices)}"
    near = difflib.get_close_matches(name, choices, n=len(choices), cutoff=0)
    return f"known: {some(near, NEAREST)}" + (f"; `{listing}` lists all" if listing else "")


def counted(count: int, noun: str) -> str:
    """Returns `1 image` or `2,000 images`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def some(names: Sequence[str], shown: int = 3) -> str:
    """Returns the first names of a list, and how many more it has."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
