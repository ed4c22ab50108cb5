"""Reads files out of a folder or an archive, unpacking nothing to disk, and images out of files."""

import lzma
import stat
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

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


def members(source: Path) -> Iterator[tuple[str, bytes]]:
    """POSIX path inside the source and content of each file, without hidden files and litter.

    A folder is read in the order of these paths, an archive in its own. Links are followed in a
    folder and passed over in an archive. Raises DataError as soon as something cannot be read,
    which for an archive may be at its very end.
    """
    try:
        yield from _reader(source)(source)
    except UNREADABLE as error:
        raise _damage(source, error) from error
    except OSError as error:
        # only what cannot be opened has a file name; gzip and bzip2 report damage as OSError too
        raise _denied(source, error) if error.filename else _damage(source, error) from error


def decode(content: bytes, name: str, size: int | None) -> NDArray[np.uint8]:
    """RGB (H, W, 3) of an image file, which must be size x size pixels if a size is given.

    Raises DataError that begins with `name`. Not for threads: meanwhile the warnings of the whole
    process are silenced.
    """
    if not content:
        raise DataError(f"{name} is empty; get the file again")
    try:
        with warnings.catch_warnings(action="ignore"):
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content)) as image:
                _check(image, name, size)
                return np.asarray(image.convert("RGB"))  # (H, W, 3)
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError(f"{name} is no image that Pillow knows; remove or replace it") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise DataError(f"{name} has far too many pixels to be opened; replace it") from error
    except Exception as error:  # Pillow's readers may fail in any way on damaged bytes
        raise DataError(f"{name} is truncated or damaged ({error}); get the file again") from error


def _check(image: Image.Image, name: str, size: int | None) -> None:
    """Looks at the header only, so that a wrong image costs no decoding."""
    width, height = image.size
    if size is not None and (width, height) != (size, size):
        raise DataError(
            f"{name} has {width} × {height} pixels instead of {size} × {size}; "
            "give images of that size"
        )
    if image.mode.startswith(("I", "F")):  # Pillow would cut all values above 255
        raise DataError(f"{name} has more than 8 bits per channel; give 8-bit images")


def _reader(source: Path) -> Callable[[Path], Iterator[tuple[str, bytes]]]:
    if stat.S_ISDIR(source.stat().st_mode):
        return _read_folder
    for suffix, reader in ARCHIVE_READERS.items():
        if source.name.lower().endswith(suffix):
            return reader
    raise DataError(
        f"{source} is no folder and none of {', '.join(ARCHIVE_READERS)}; give one of these"
    )


def _read_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    paths = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    for name in sorted(paths):
        try:
            content = paths[name].read_bytes()
        except OSError as error:
            raise _denied(paths[name], error) from error
        yield name, content


def _files(folder: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    real = folder.resolve()
    if real in above:
        return  # a link that leads back up
    for path in folder.iterdir():
        if _is_litter(path.name):
            continue
        if path.is_dir():
            yield from _files(path, (*above, real))
        elif path.is_file() or path.is_symlink():  # a dangling link is a missing image: an error
            yield path


def _read_zip(source: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            name = _inside(entry.filename)
            is_folder = entry.filename.endswith(("/", "\\"))
            is_link = stat.S_ISLNK(entry.external_attr >> 16)  # the mode of the file on Unix
            if not (is_folder or is_link or _is_litter(name)):
                yield name, archive.read(entry)


def _read_tar(source: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(source) as archive:
        for entry in archive:
            name = _inside(entry.name)
            file = archive.extractfile(entry) if entry.isreg() else None
            if file and not _is_litter(name):
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
