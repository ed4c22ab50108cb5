"""The errors that a user can cause or mend: one sentence with what, where and what to do."""

import difflib
from collections.abc import Iterable


class LandcoverError(Exception):
    """Something the user can mend; `lc-cli` prints it as one line and exits with 1."""


class SpecError(LandcoverError):
    """The table, a preset or a setting asks for something that does not exist or cannot be."""


class DataError(LandcoverError):
    """Images are missing, broken, or not what they claim to be."""


class ArtifactError(LandcoverError):
    """A file of a run cannot be written, cannot be read, or belongs to another run."""


class TrainingError(LandcoverError):
    """Training cannot go on."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Ends a sentence about an unknown name: the nearest right one, or all of them."""
    choices = sorted(known)
    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else f"known: {', '.join(choices)}"
