"""Decodes image files into pixels: unchanged if the size is known, or resized to a square."""

import logging
import warnings
from collections.abc import Callable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from landcover.errors import DataError

logging.getLogger("PIL").addHandler(logging.NullHandler())  # our errors say what it would print


class UnknownError(DataError):
    """The image is of a kind, or has values, that cannot be shown as colours."""


def exact(content: bytes, name: str, size: int) -> NDArray[np.uint8]:
    """Returns RGB (size, size, 3) of an image file that must have that size and 8 bits per channel.

    Raises DataError that begins with `name`. Do not call it in threads: it silences the warnings of
    the whole process for a moment.
    """

    def as_it_is(image: Image.Image) -> Image.Image:
        _check(image, name, size)
        return image.convert("RGB")

    return _decoded(content, name, as_it_is)


def squeezed(content: bytes, name: str, size: int, *, upright: bool = True) -> NDArray[np.uint8]:
    """Returns RGB (size, size, 3) of an image file of any size, without transparency.

    `upright` rotates it as its EXIF says; the authors' code does not. An image of another size is
    resized to the square by bilinear antialiasing, as in the paper. Only the higher byte of 16-bit
    values counts, because white is 65535 in PNG and TIFF; a satellite's raw values may mean
    something else. 32-bit integers and floats define no white, so they are an error.
    Raises DataError that begins with `name`. Do not call it in threads; see `exact`.
    """

    def resized(image: Image.Image) -> Image.Image:
        if upright:
            ImageOps.exif_transpose(image, in_place=True)
        image = _eight_bits(image, name).convert("RGB")
        if image.size == (size, size):
            return image
        return image.resize((size, size), Image.Resampling.BILINEAR)

    return _decoded(content, name, resized)


def is_turned(content: bytes) -> bool:
    """Tells whether the EXIF of an image file asks to rotate or mirror it."""
    with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(content)) as image:
        return image.getexif().get(ExifTags.Base.Orientation) in range(2, 9)


def _decoded(
    content: bytes, name: str, converted: Callable[[Image.Image], Image.Image]
) -> NDArray[np.uint8]:
    if not content:
        raise DataError(f"{name} is empty; get the file again")
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(content)) as image:
            return np.array(converted(image))  # (H, W, 3)
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise UnknownError(f"{name} is no image that Pillow knows; remove or replace it") from error
    except Image.DecompressionBombError as error:  # from 179 megapixels on; below, Pillow warns
        raise DataError(
            f"{name} has far too many pixels; replace it, or cut it into smaller images"
        ) from error
    except Exception as error:  # Pillow's readers may fail in any way on damaged bytes
        raise DataError(f"{name} is truncated or damaged ({error}); get the file again") from error


def _check(image: Image.Image, name: str, size: int) -> None:
    """Raises DataError if the header has a wrong size or depth; nothing is decoded."""
    width, height = image.size
    if (width, height) != (size, size):
        raise DataError(
            f"{name} has {width} × {height} pixels instead of {size} × {size}; "
            "give images of that size"
        )
    if image.mode.startswith(("I", "F")):  # Pillow would cut all values above 255
        raise DataError(f"{name} has more than 8 bits per channel; give 8-bit images")


def _eight_bits(image: Image.Image, name: str) -> Image.Image:
    if image.mode.startswith("I;16"):
        values = np.asarray(image)  # (H, W) uint16
        return Image.fromarray((values >> 8).astype(np.uint8))  # like Pillow's 16-bit colours
    if image.mode in ("I", "F"):
        raise UnknownError(f"{name} has 32-bit values, whose white is unknown; give 8 or 16 bits")
    return image
