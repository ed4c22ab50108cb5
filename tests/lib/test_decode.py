from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from landcover.data.decode import exact, squeezed
from landcover.errors import DataError
from landcover.models.guarded_torchvision import torchvision

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (32, 32, 3), dtype=np.uint8)  # (H, W, 3)
PHOTOGRAPH = Image.fromarray(RNG.integers(0, 256, (40, 50, 3), dtype=np.uint8))


def encoded(pixels, kind="PNG", **options):
    file = BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_a_lossless_image_comes_back_as_it_was(kind):
    decoded = exact(encoded(PIXELS, kind), "cat.png", 32)
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, PIXELS)


def test_grey_becomes_three_equal_channels():
    decoded = exact(encoded(PIXELS[:, :, 0]), "cat.png", 32)
    np.testing.assert_array_equal(decoded, np.stack([PIXELS[:, :, 0]] * 3, axis=-1))


def test_transparency_is_dropped():
    transparent = np.dstack([PIXELS, np.zeros((32, 32), np.uint8)])
    np.testing.assert_array_equal(exact(encoded(transparent), "cat.png", 32), PIXELS)


def test_a_palette_is_looked_up_without_a_warning():
    indices = np.arange(256, dtype=np.uint8).reshape(16, 16)
    image = Image.fromarray(indices)
    colours = RNG.integers(0, 256, (256, 3), dtype=np.uint8)
    image.putpalette(colours.tobytes())
    content = encoded(image, transparency=bytes(256))
    np.testing.assert_array_equal(exact(content, "cat.png", 16), colours[indices])


def test_ink_becomes_light():
    ink = np.dstack([PIXELS, np.zeros((32, 32), np.uint8)])  # cyan, magenta, yellow, no black
    content = encoded(Image.frombytes("CMYK", (32, 32), ink.tobytes()), "TIFF")
    np.testing.assert_array_equal(exact(content, "cat.tif", 32), 255 - PIXELS)


def test_an_image_is_not_turned_by_its_camera():
    camera = Image.Exif()
    camera[0x0112] = 6  # the tag of orientation: to be shown a quarter turn further
    np.testing.assert_array_equal(exact(encoded(PIXELS, exif=camera), "cat.png", 32), PIXELS)


def test_another_size_is_refused():
    with pytest.raises(DataError, match=r"^cat\.png has 31 × 32 pixels instead of 32 × 32"):
        exact(encoded(PIXELS[:, :31]), "cat.png", 32)


def test_an_empty_file_is_refused():
    with pytest.raises(DataError, match=r"^cat\.png is empty"):
        exact(b"", "cat.png", 32)


def test_text_is_no_image():
    with pytest.raises(DataError, match=r"^cat\.png is no image"):
        exact(b"<html>Not found</html>", "cat.png", 32)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "WEBP", "PPM"])
@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_truncated_image_is_refused(kind, kept):
    content = encoded(PIXELS, kind)
    with pytest.raises(DataError, match=r"^cat is truncated"):
        exact(content[: int(len(content) * kept)], "cat", 32)


def test_a_decompression_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 32 * 32 // 2 - 1)  # Pillow refuses twice as many
    with pytest.raises(DataError, match=r"^cat\.png has far too many pixels"):
        exact(encoded(PIXELS), "cat.png", 32)


def test_sixteen_bits_are_refused_rather_than_cut():
    with pytest.raises(DataError, match=r"^cat\.png has more than 8 bits"):
        exact(encoded(PIXELS[:, :, 0].astype(np.uint16) * 257), "cat.png", 32)


def test_an_image_of_the_right_size_is_not_touched():
    assert np.array_equal(squeezed(encoded(PIXELS), "x", 32), PIXELS)


def test_another_size_is_squeezed_as_torchvision_does_it():
    expected = np.asarray(torchvision.transforms.Resize((32, 32))(PHOTOGRAPH))
    assert np.array_equal(squeezed(encoded(PHOTOGRAPH), "x", 32), expected)


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 3), (8, 1)])
def test_a_photograph_stands_upright(orientation, turns):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(PIXELS, exif=exif)
    assert np.array_equal(squeezed(content, "x", 32), np.rot90(PIXELS, turns))


@pytest.mark.parametrize(
    ("mode", "kind"), [("L", "PNG"), ("1", "PNG"), ("P", "GIF"), ("CMYK", "TIFF"), ("LA", "PNG")]
)
def test_every_mode_becomes_rgb_as_pillow_does(mode, kind):
    image = Image.fromarray(PIXELS).convert(mode)
    assert np.array_equal(squeezed(encoded(image, kind), "x", 32), np.asarray(image.convert("RGB")))


def test_a_photograph_loses_its_transparency():
    image = Image.fromarray(PIXELS)
    image.putalpha(7)
    assert np.array_equal(squeezed(encoded(image), "x", 32), PIXELS)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_become_eight_with_65535_as_white(kind):
    deep = np.repeat(np.arange(256, dtype=np.uint16) * 257, 4).reshape(32, 32)  # (H, W)
    found = squeezed(encoded(deep, kind), "x", 32)
    assert np.array_equal(found, np.stack([deep // 257] * 3, axis=2))


@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_values_without_a_white_are_refused(dtype):
    content = encoded(np.zeros((32, 32), dtype), "TIFF")
    with pytest.raises(DataError, match=r"^x\.tif has 32-bit values"):
        squeezed(content, "x.tif", 32)


def test_far_too_many_pixels_are_not_decoded(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40 * 50 // 2 - 1)
    with pytest.raises(DataError, match="x has far too many pixels"):
        squeezed(encoded(PHOTOGRAPH), "x", 32)
