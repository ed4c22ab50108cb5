"""Reads and writes the files of a run: whole or not at all, and with errors that name the file.

A file is written under another name in the same folder and then renamed, so that a reader never
meets half a file, even if the writer is killed.
"""

import csv as csv_format
import fcntl
import glob
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from landcover.errors import ArtifactError

if TYPE_CHECKING:
    import pandas as pd

TEMPORARY = 8  # characters that tempfile puts behind the name

Content = Callable[[IO[bytes]], object]  # writes into an open file


def write(path: Path, content: Content, *, survives_power_cut: bool = True) -> None:
    """Calls `content` with a binary file that becomes `path` only when all of it is written."""
    with _written(path, content, survives_power_cut=survives_power_cut) as temporary:
        temporary.replace(path)


def write_together(contents: Mapping[Path, Content]) -> None:
    """Writes files that belong together; the old ones stay until all new ones are written.

    The last file shows that the others are complete: it is absent while they are renamed.
    """
    with ExitStack() as files:
        temporaries = {
            path: files.enter_context(_written(path, content)) for path, content in contents.items()
        }
        remove(list(contents)[-1])
        for path, temporary in temporaries.items():
            temporary.replace(path)


@contextmanager
def _written(path: Path, content: Content, *, survives_power_cut: bool = True) -> Iterator[Path]:
    """Yields a complete file in the folder of `path`; removes it unless the caller renames it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear(path)
        with _beside(path) as temporary:
            with temporary.open("wb") as file:
                content(file)
                file.flush()
                if survives_power_cut:
                    os.fsync(file.fileno())
            temporary.chmod(0o666 & ~_umask())
            yield temporary
    except OSError as error:
        raise _unwritable(path, error) from error


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Yields an empty, locked file; the lock shows other writers that this one still lives."""
    descriptor, name = _locked(path)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> tuple[int, str]:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with suppress(OSError):  # a file system without locks: `_clear` then removes nothing
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    if Path(name).exists():
        return descriptor, name
    os.close(descriptor)  # another writer removed it before it was locked
    return _locked(path)


def _clear(path: Path) -> None:
    """Removes the files that killed writers of this file left: no living process locks them."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.{'?' * TEMPORARY}"):
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def link(path: Path, original: Path) -> None:
    """Gives a file a second name, `path`; copies it if the file system cannot do that."""

    def content(file: IO[bytes]) -> None:
        with original.open("rb") as source:
            shutil.copyfileobj(source, file)

    remove(path)
    try:
        path.hardlink_to(original)
    except OSError:
        write(path, content)


def write_text(path: Path, text: str) -> None:
    write(path, encoded(text))


def encoded(text: str) -> Content:
    return lambda file: file.write(text.encode())


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    write_text(path, as_json(value))


def as_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, allow_nan=False) + "\n"


def write_csv(path: Path, table: "pd.DataFrame") -> None:
    write_text(path, csv(table))


def csv(table: "pd.DataFrame") -> str:
    """Returns a table as CSV; numbers keep all digits, so reading gives the same values."""
    return str(table.to_csv(index=False, lineterminator="\n"))


def rows_as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Returns the text that `csv` makes of such a table, without the slow import of pandas."""
    text = io.StringIO()
    writer = csv_format.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


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


def read_texts(path: Path, columns: Sequence[str]) -> tuple[list[str], ...]:
    """Returns columns of a CSV file as texts, without pandas.

    Raises ArtifactError if the file is absent, broken, or lacks one of the columns.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv_format.DictReader(file, strict=True))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except (ValueError, csv_format.Error) as error:
        raise _unreadable(path, f"not a valid CSV: {error}") from error
    if missing := [name for name in columns if any(row.get(name) is None for row in rows)]:
        raise _unreadable(path, f"it lacks the columns {missing}")
    return tuple([row[name] for row in rows] for name in columns)


def read_csv(path: Path, columns: tuple[str, ...], texts: tuple[str, ...] = ()) -> "pd.DataFrame":
    """Reads a CSV file; the columns `texts` stay texts, even if they look like numbers (01).

    Raises ArtifactError if the file is absent, broken, or lacks one of the columns.
    """
    import pandas as pd

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
def held(folder: Path, *, patiently: bool = False) -> Iterator[None]:
    """Keeps other processes out of a folder; the system frees it if this process is killed.

    If another process holds the folder, this one waits `patiently` or raises ArtifactError.
    """
    lock = folder / ".lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if patiently else fcntl.LOCK_NB))
            yield
    except BlockingIOError as error:
        raise ArtifactError(
            f"{folder} is in use by another process; wait for it, or choose another folder"
        ) from error
    except OSError as error:
        raise _unwritable(lock, error) from error


def remove(path: Path) -> None:
    """Removes a file if it exists."""
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
