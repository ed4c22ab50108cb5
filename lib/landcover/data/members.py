"""Reads files out of a folder or an archive, unpacking nothing to disk."""

import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from landcover.errors import DataError

LITTER = {"__macosx", "thumbs.db", "desktop.ini"}  # what operating systems leave, in lower case
CHUNK_BYTES = 1024 * 1024

# What the readers of archives raise on damage, an encrypted member, or an unknown compression.
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
    """POSIX path inside the source and content of each file, without hidden files and litter.

    What is not wanted is not read. A folder is read in the order of these paths, an archive in its
    own. Links are followed in a folder and passed over in an archive. Raises DataError as soon as
    something cannot be read, which for an archive may be at its very end.
    """
    try:
        yield from _reader(source)(source, wanted)
    except UNREADABLE as error:
        raise _damage(source, error) from error
    except OSError as error:
        # only what cannot be opened has a file name; gzip and bzip2 report damage as OSError too
        raise _denied(source, error) if error.filename else _damage(source, error) from error


def names(source: Path) -> list[str]:
    """The paths of all members, sorted, for a look around that reads none of them."""
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
        try:
            content = paths[name].read_bytes()
        except OSError as error:
            raise _denied(paths[name], error) from error
        yield name, content


def files_below(folder: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """All below a folder, in no order, without hidden files and litter."""
    real = folder.resolve()
    if real in above:
        return  # a link that leads back up
    for path in folder.iterdir():
        if _is_litter(path.name):
            continue
        if path.is_dir():
            yield from files_below(path, (*above, real))
        elif path.is_file() or path.is_symlink():  # a dangling link is a missing image: an error
            yield path


def _read_zip(source: Path, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            name = _inside(entry.filename)
            is_folder = entry.filename.endswith(("/", "\\"))
            is_link = stat.S_ISLNK(entry.external_attr >> 16)  # the mode of the file on Unix
            if not (is_folder or is_link or _is_litter(name)) and wanted(name):
                yield name, archive.read(entry)


def _read_tar(source: Path, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(source) as archive:
        for entry in archive:
            name = _inside(entry.name)
            is_file = entry.isreg() and not _is_litter(name)
            if is_file and wanted(name) and (file := archive.extractfile(entry)):
                yield name, file.read()
        _check_end(archive)


def _check_end(archive: tarfile.TarFile) -> None:
    """Finds what tarfile overlooks: to it, any header that it cannot read is the end.

    A true end has two empty blocks, of which it has read one.
    """
    if archive.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("it ends too early")
    while archive.fileobj.read(CHUNK_BYTES):
        pass  # gzip and xz compare their checksums only at the end


def _inside(name: str) -> str:
    """Archives also write `./train/1.jpg`, `/train/1.jpg`, or, from Windows, `train\\1.jpg`."""
    return PurePosixPath(name.replace("\\", "/").lstrip("/")).as_posix()


def _is_litter(name: str) -> bool:
    return any(part.startswith(".") or part.lower() in LITTER for part in name.split("/"))


def _denied(path: Path, error: OSError) -> DataError:
    return DataError(
        f"{error.filename or path} cannot be read ({error.strerror}); "
        "check that it exists and that you may read it"
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
