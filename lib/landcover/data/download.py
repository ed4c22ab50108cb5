"""Downloads a published archive: it resumes where it stopped, and checks the md5 before any use.

pooch downloads and checks archives too, but starts again from zero after a broken connection.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from landcover.errors import DataError

TIMEOUT_SECONDS = 30.0  # of silence, not of the whole transfer
TRIES_PER_MIRROR = 4
CHUNK_BYTES = 64 * 1024
PARTIAL_CONTENT = 206
RANGE_NOT_SATISFIABLE = 416

OnBytes = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Archive:
    name: str  # of the file
    urls: tuple[str, ...]  # mirrors, tried in this order
    md5: str  # as published; it finds broken files, not forged ones
    size_bytes: int | None


def silent(_done_bytes: int, _total_bytes: int | None) -> None:
    """Shows no progress."""


def download(archive: Archive, folder: Path, on_bytes: OnBytes = silent) -> Path:
    """Returns the archive in `folder`; downloads it unless it is there with the right md5.

    `on_bytes` gets how many bytes are there, including those of an earlier attempt, and how many
    there will be, if known. An interrupted download is kept as `NAME.part`, and a file called NAME
    with another md5 as `NAME.wrong`. Raises DataError if no mirror gives the file or the folder
    cannot hold it.
    """
    final = folder / archive.name
    try:
        if not _has_md5(final, archive.md5):
            folder.mkdir(parents=True, exist_ok=True)
            with _one_at_a_time(folder / f".{archive.name}.lock"):
                _fetch(archive, final, on_bytes)
    except OSError as error:  # of the disk; errors of the network were turned into _MirrorError
        raise DataError(
            f"{archive.name} cannot be kept in {folder} ({error.strerror or error}); "
            "free some space, make the folder writable, or choose another one"
        ) from error
    return final


def md5(path: Path) -> str:
    """Returns the md5 as hexadecimal digits. Raises DataError if the file cannot be read."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror or error}); check that it exists "
            "and that you may read it"
        ) from error
    return digest.hexdigest()


class _MirrorError(Exception):
    """One mirror does not give the file, but the next one may."""


class _BrokenConnectionError(_MirrorError):
    """The connection broke, but the same mirror may still give the rest of the file."""


def _fetch(archive: Archive, final: Path, on_bytes: OnBytes) -> None:
    if _has_md5(final, archive.md5):
        return  # another process fetched it while this one waited for the lock
    part = final.with_name(f"{archive.name}.part")
    reasons = _set_aside(final)
    for url in archive.urls:
        try:
            _complete(part, url, archive, on_bytes)
        except _MirrorError as error:
            reasons.append(f"{url} ({error})")
        else:
            part.replace(final)
            return
    raise DataError(
        f"{archive.name} cannot be downloaded: {', '.join(reasons)}; try again later, "
        f"or put the file with md5 {archive.md5} into {final.parent} by hand, or name "
        "your own images with --data"
    )


def _set_aside(final: Path) -> list[str]:
    if not final.exists():
        return []
    wrong = final.replace(final.with_name(f"{final.name}.wrong"))
    return [f"{final} (has another md5, now called {wrong.name})"]


def _complete(part: Path, url: str, archive: Archive, on_bytes: OnBytes) -> None:
    """Completes the part file from a mirror. Raises _MirrorError if the mirror cannot do it.

    A part file that stays after an error can be resumed.
    """
    inherited_bytes = _size_bytes(part)
    if not _has_md5(part, archive.md5):  # it is right if a process died just before the rename
        _transfer(part, url, archive, on_bytes)
    if _has_md5(part, archive.md5):
        return
    part.unlink()
    if not inherited_bytes:
        raise _MirrorError("sends a file with another md5")
    _complete(part, url, archive, on_bytes)  # the bytes of an earlier attempt may have been wrong


def _transfer(part: Path, url: str, archive: Archive, on_bytes: OnBytes) -> None:
    for tries_left in reversed(range(TRIES_PER_MIRROR)):
        try:
            _append(part, url, archive.size_bytes, on_bytes)
        except _BrokenConnectionError:
            if not tries_left:
                raise
        else:
            return


def _append(part: Path, url: str, size_bytes: int | None, on_bytes: OnBytes) -> None:
    """Downloads the missing bytes; starts the file again if the server sends all of it."""
    start = _size_bytes(part)
    with _open(url, start) as response:
        done = start if response.status == PARTIAL_CONTENT else 0
        total = size_bytes if response.length is None else done + response.length
        if size_bytes is not None and total != size_bytes:
            raise _MirrorError(f"offers {total:,} bytes instead of {size_bytes:,}")
        with part.open("ab" if done else "wb") as file:
            for chunk in _chunks(response):
                file.write(chunk)
                done += len(chunk)
                on_bytes(done, total)
    if done < (total or 0):
        raise _BrokenConnectionError(f"breaks off after {done:,} of {total:,} bytes")


def _open(url: str, start: int) -> HTTPResponse:
    headers = {"User-Agent": "landcover"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        # S310: the addresses are constants of this package, never a user's
        request = Request(url, headers=headers)  # noqa: S310
        response: HTTPResponse = urlopen(request, timeout=TIMEOUT_SECONDS)  # noqa: S310
    except HTTPError as error:
        error.close()
        if start and error.code == RANGE_NOT_SATISFIABLE:
            return _open(url, start=0)
        raise _MirrorError(f"HTTP {error.code} {error.reason}") from error
    except (OSError, HTTPException) as error:
        raise _MirrorError(_reason(error)) from error
    return response


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    try:
        while chunk := response.read(CHUNK_BYTES):
            yield chunk
    except (OSError, HTTPException) as error:
        raise _BrokenConnectionError(f"breaks off: {_reason(error)}") from error


def _reason(error: OSError | HTTPException) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    return cause.strerror or str(cause) if isinstance(cause, OSError) else str(cause)


def _size_bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _has_md5(path: Path, expected: str) -> bool:
    return path.is_file() and md5(path) == expected


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    """Waits until no other process downloads; the system frees the lock of a killed process.

    The empty file stays, because another process may be waiting for its lock.
    """
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
