"""Reads and writes the files of a run: whole or not at all, and with errors that name the file.

Everything is written beside its place and then renamed over it, so that a reader never meets half
a file, whatever happens to the writer.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pandas as pd

from landcover.errors import ArtifactError


def write(
    path: Path, content: Callable[[IO[bytes]], object], *, survives_power_cut: bool = True
) -> None:
    """Calls `content` with a binary file that becomes `path` only when all of it is written."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            content(file)
            file.flush()
            if survives_power_cut:
                os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    write(path, lambda file: file.write(text.encode()))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def write_csv(path: Path, table: pd.DataFrame) -> None:
    write_text(path, csv(table))


def csv(table: pd.DataFrame) -> str:
    """Numbers keep all their digits: what is read back is what was written."""
    return str(table.to_csv(index=False, lineterminator="\n"))


def read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except ValueError as error:
        raise _unreadable(path, f"not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise _unreadable(path, "not a JSON object")
    return value


def read_csv(path: Path, columns: tuple[str, ...], texts: tuple[str, ...] = ()) -> pd.DataFrame:
    """`texts` are columns of names, even of such as 01. Raises ArtifactError where the file is
    absent, broken, or lacks one of the columns.
    """
    try:
        table = pd.read_csv(path, keep_default_na=False, dtype=dict.fromkeys(texts, str))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except ValueError as error:  # pandas' parser errors are ValueErrors
        raise _unreadable(path, f"not a valid CSV: {error}") from error
    if missing := [column for column in columns if column not in table]:
        raise _unreadable(path, f"it lacks the columns {missing}")
    return table


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keeps other processes out of a folder; the system lets go of it when this one is killed."""
    lock = folder / ".lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise ArtifactError(
            f"{folder} is in use by another process; wait for it, or choose another folder"
        ) from error
    except OSError as error:
        raise _unwritable(lock, error) from error


def remove(path: Path) -> None:
    """Also where there is nothing to remove."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> ArtifactError:
    return ArtifactError(
        f"{path} cannot be written ({error.strerror or error}); "
        "free or unlock that place, or choose another folder"
    )


def _unreadable(path: Path, reason: str) -> ArtifactError:
    return ArtifactError(f"{path} cannot be read ({reason}); run the step that makes it again")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
