"""Reads files from a folder or an archive without unpacking anything to disk.

So no path of an archive can write outside a folder. The memory is limited, too: the sizes that an
archive states are checked first, and nothing is read beyond them.
"""

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, cast

from landcover.errors import DataError

LITTER = {"__macosx", "thumbs.db", "desktop.ini"}  # files of operating systems, in lower case
CHUNK_BYTES = 1024 * 1024

# Pillow opens up to 179 megapixels; uncompressed 16-bit RGB has six bytes for each.
LARGEST_FILE_BYTES = 1_100_000_000
# Images are already compressed: their archives unpack to about the same size, blank drawings to a
# few times that. DEFLATE can reach 1,000 times, xz more. A small archive is always harmless.
MOST_GROWTH = 100
HARMLESS_BYTES = 1_000_000_000
# Four kilobytes of bzip2 can hold four gigabytes, and zipfile would unpack them at once.
ZIP_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MOST_MEMBERS = 250_000  # the largest data set has 60,000; this many names take some 100 MB

# The errors of archive readers for damage, an encrypted member, or an unknown compression.
UNREADABLE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
)


Wanted = Callable[[str], bool]


def members(source: Path, wanted: Wanted = lambda name: True) -> Iterator[tuple[str, bytes]]:
    """Yields POSIX path and content of each wanted file; skips hidden files and litter.

    Paths begin inside the source. A folder is read in the order of the paths, an archive in its own
    order. Links are followed in a folder and skipped in an archive. Raises DataError as soon as
    something cannot be read; in an archive this may be at its end.
    """
    try:
        yield from _reader(source)(source, wanted)
    except UNREADABLE as error:
        raise _damage(source, error) from error
    except OSError as error:
        # with a file name, it could not be opened; gzip and bzip2 report damage as OSError, too
        raise _denied(source, error) if error.filename else _damage(source, error) from error


def names(source: Path) -> list[str]:
    """Returns the sorted paths of all members, without reading their contents."""
    found: list[str] = []

    def note(name: str) -> bool:
        found.append(name)
        return False

    for _ in members(source, note):
        pass
    return sorted(found)


def _reader(source: Path) -> Callable[[Path, Wanted], Iterator[tuple[str, bytes]]]:
    if stat.S_ISDIR(source.stat().st_mode):
        return _read_folder
    for suffix, reader in ARCHIVE_READERS.items():
        if source.name.lower().endswith(suffix):
            return reader
    raise DataError(
        f"{source} is no folder and none of {', '.join(ARCHIVE_READERS)}; give one of these"
    )


def _read_folder(folder: Path, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    paths = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
    for name in filter(wanted, sorted(paths)):
        yield name, content(paths[name])


def content(file: Path) -> bytes:
    """Reads a file. Raises DataError if it cannot be read, or is too large for an image."""
    try:
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise _too_large(str(file))
        return file.read_bytes()
    except OSError as error:
        raise _denied(file, error) from error


def files_below(folder: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Yields all files below a folder, in no order, without hidden files and litter."""
    real = folder.resolve()
    if real in above:
        return  # a link that leads back up
    for path in folder.iterdir():
        if _is_litter(path.name):
            continue
        if path.is_dir():
            yield from files_below(path, (*above, real))
        elif path.is_file() or not path.exists():  # a broken link is a missing image, so an error
            yield path  # but no device or pipe, which may never end


@dataclass
class _Contents:
    """Counts what was read from an archive, and keeps it within the limits."""

    source: Path
    names: set[str] = field(default_factory=set)
    unpacked_bytes: int = 0

    @property
    def most_bytes(self) -> int:
        return max(HARMLESS_BYTES, MOST_GROWTH * self.source.stat().st_size)

    def check_count(self, members: int) -> None:
        if members > MOST_MEMBERS:
            raise DataError(
                f"{self.source} has more than {MOST_MEMBERS:,} members; unpack it, and give the "
                "folder"
            )

    def check_name(self, name: str) -> None:
        if name in self.names:
            raise DataError(
                f"{self.source} holds {name!r} twice; unpack it, and give the folder with the one "
                "that counts"
            )
        self.names.add(name)

    def check_size(self, name: str, size_bytes: int) -> None:
        if size_bytes > LARGEST_FILE_BYTES:
            raise _too_large(f"{self.source}/{name}")

    def unpack(self, size_bytes: int) -> None:
        """Counts bytes before they are unpacked. Raises DataError if they are too many."""
        self.unpacked_bytes += size_bytes
        if self.unpacked_bytes > self.most_bytes:
            raise DataError(
                f"{self.source} would unpack to more than {self.most_bytes:,} bytes, as no archive "
                "of images does; get it from where it was published"
            )


def _read_zip(source: Path, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    contents = _Contents(source)
    with zipfile.ZipFile(source) as archive:
        contents.check_count(len(archive.infolist()))
        for entry in archive.infolist():
            name = _inside(entry.filename)
            is_folder = entry.filename.endswith(("/", "\\"))
            is_link = stat.S_ISLNK(entry.external_attr >> 16)  # the mode of the file on Unix
            if is_folder or is_link or _is_litter(name):
                continue
            contents.check_name(name)
            if wanted(name):
                if entry.compress_type not in ZIP_COMPRESSIONS:
                    raise zipfile.BadZipFile("a compression other than DEFLATE")
                contents.check_size(name, entry.file_size)
                contents.unpack(entry.file_size)
                with archive.open(entry) as file:  # ends at that size, and checks the sum
                    yield name, _all_of(file)


def _read_tar(source: Path, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    contents = _Contents(source)
    with _uncompressed(source) as stream:
        bounded = _Bounded(stream, contents)
        for number, entry in enumerate(
            archive := tarfile.TarFile(fileobj=cast(IO[bytes], bounded)), start=1
        ):
            contents.check_count(number)
            if entry.size < 0:
                raise tarfile.ReadError("a negative size")  # tarfile would loop forever
            name = _inside(entry.name)
            if not entry.isreg() or _is_litter(name):
                continue
            contents.check_name(name)
            if wanted(name):
                contents.check_size(name, entry.size)
                if file := archive.extractfile(entry):
                    yield name, _all_of(file)
        _check_end(bounded)


def _all_of(file: IO[bytes]) -> bytes:
    return b"".join(iter(lambda: file.read(CHUNK_BYTES), b""))


def _uncompressed(source: Path) -> io.BufferedIOBase:
    """Opens the tar inside: gzip, bzip2, xz or not compressed."""
    with source.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(source)
    if start.startswith(b"BZh"):
        return bz2.open(source)
    return lzma.open(source) if start == b"\xfd7zXZ\0" else source.open("rb")


@dataclass(frozen=True)
class _Bounded:
    """A limited stream for tarfile, which also unpacks skipped files and headers of any size."""

    stream: io.BufferedIOBase
    contents: _Contents

    def read(self, size: int) -> bytes:
        if not 0 <= size <= CHUNK_BYTES:  # files are read in smaller parts, so this is a header
            raise tarfile.ReadError(f"a header of {size:,} bytes")
        self.contents.unpack(size)
        return self.stream.read(size)

    def seek(self, position: int) -> int:
        self.contents.unpack(max(0, position - self.stream.tell()))
        return self.stream.seek(position)

    def tell(self) -> int:
        return self.stream.tell()

    def seekable(self) -> bool:
        return True


def _check_end(stream: _Bounded) -> None:
    """Raises ReadError for an early end; tarfile takes any unreadable header for the end.

    A true end has two empty blocks; tarfile has read the first one.
    """
    if stream.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("it ends too early")
    while stream.read(CHUNK_BYTES):
        pass  # gzip and xz compare their checksums only at the end


def _inside(name: str) -> str:
    """Returns `train/1.jpg` for `./train/1.jpg`, `/train/1.jpg` and Windows' `train\\1.jpg`."""
    return PurePosixPath(name.replace("\\", "/").lstrip("/")).as_posix()


def _is_litter(name: str) -> bool:
    return any(part.startswith(".") or part.lower() in LITTER for part in name.split("/"))


def _denied(path: Path, error: OSError) -> DataError:
    return DataError(
        f"{error.filename or path} cannot be read ({error.strerror}); "
        "check that it exists and that you may read it"
    )


def _too_large(file: str) -> DataError:
    return DataError(
        f"{file} is larger than {LARGEST_FILE_BYTES:,} bytes, as no image is; remove it, or cut it "
        "into smaller images"
    )


def _damage(source: Path, error: Exception) -> DataError:
    what = str(error).partition("\n")[0].rstrip(":") or type(error).__name__
    return DataError(
        f"{source} is a damaged, truncated or encrypted archive ({what}); get it again, "
        "or unpack it and give the folder"
    )


ARCHIVE_READERS = {
    ".zip": _read_zip,
    **dict.fromkeys((".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2"), _read_tar),
}
