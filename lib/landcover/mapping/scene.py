"""A scene of any size, read in strips as 8-bit colours, like the images of the training."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from landcover.errors import DataError
from landcover.mapping.grid import Grid, grid_of, metres_per_unit

METRES = 10.0  # side of a pixel of EuroSAT on the ground
REFLECTANCES = (0.0, 2750.0)  # the makers of EuroSAT scaled these to 0 ... 255
COARSEST = 20  # times METRES: larger pixels show nothing to a network, however they are resampled
OFF_BY = 0.05  # as a fraction: a larger difference in pixel size gives a warning
CACHE_MB = 256  # of decoded blocks that GDAL keeps
DARK, BRIGHT = 8, 247  # limits of mean brightness: a scene beyond them is nearly black or white
RED_GREEN_BLUE = ("red", "green", "blue")
CHANNELS = 3

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """How a user wants a scene to be read."""

    bands: tuple[int, ...] = ()  # red, green and blue, from 1; (): as the file says
    limits: tuple[float, float] | None = None  # values that become 0 and 255
    nodata: float | None = None  # replaces the file's own
    resample: bool = False  # to 10 m


@dataclass(frozen=True)
class Scene:
    path: Path
    source: Any  # rasterio's open file, or its resampled view of one
    bands: tuple[int, ...]
    limits: tuple[float, float] | None  # None: the file has 8-bit colours
    nodata: float | None
    warnings: list[str] = field(default_factory=list)

    @property
    def height(self) -> int:
        return int(self.source.height)

    @property
    def width(self) -> int:
        return int(self.source.width)

    @cached_property
    def grid(self) -> Grid:
        return grid_of(self.source)

    def rows(self, start: int, count: int) -> tuple[Pixels, Mask]:
        """Returns colours (count, W, 3) and which pixels have data (count, W)."""
        from rasterio.windows import Window

        return self._read(window=Window(0, start, self.width, count))

    def overview(self, most: int) -> tuple[Pixels, Mask]:
        """Returns the whole scene with at most `most` pixels per side."""
        scale = max(1.0, self.height / most, self.width / most)
        size = (max(1, round(self.height / scale)), max(1, round(self.width / scale)))
        return self._read(out_shape=(CHANNELS, *size))

    def _read(self, **what: Any) -> tuple[Pixels, Mask]:
        from rasterio.errors import RasterioError

        try:
            values = self.source.read(self.bands, **what)  # (3, H, W)
            masks = self.source.read_masks(self.bands, **what)
        except (RasterioError, MemoryError) as error:
            raise DataError(
                f"{self.path} is truncated or damaged ({_reason(error)}); get the file again"
            ) from error
        valid = masks.any(0)
        if self.nodata is not None:
            valid &= ~(values == self.nodata).all(0)
        if values.dtype.kind == "f":
            valid &= np.isfinite(values).all(0)
        return _colours(values, self.limits), valid


@contextmanager
def opened(path: Path, reading: Reading) -> Iterator[Scene]:
    """Opens a scene. Raises DataError that says what is wrong with the file or the request."""
    rasterio = _rasterio()
    _check_file(path)
    with warnings.catch_warnings(), rasterio.Env(GDAL_CACHEMAX=CACHE_MB, GDAL_PAM_ENABLED="NO"):
        for kind in (rasterio.errors.NotGeoreferencedWarning, PendingDeprecationWarning):
            warnings.simplefilter("ignore", kind)  # our own warning replaces the first
        try:
            source = rasterio.open(path)
        except (rasterio.errors.RasterioError, UnicodeEncodeError) as error:
            raise DataError(
                f"{path} is no raster that GDAL knows, or it is damaged ({_reason(error)}); give "
                "a GeoTIFF or a JPEG 2000 file"
            ) from error
        with source:
            bands, limits = _bands(source, path, reading), _limits(source, path, reading)
            _check_nodata(source, path, reading)
            if not reading.resample:
                yield _warned(Scene(path, source, bands, limits, reading.nodata))
                return
            with _resampled(source, path, reading) as view:
                yield _warned(Scene(path, view, bands, limits, reading.nodata))


def _rasterio() -> Any:
    try:
        import rasterio
        import rasterio.errors
        import rasterio.warp
    except ImportError as error:
        raise DataError(
            "the package rasterio, which reads scenes, is not installed; run "
            "`pip install 'landcover[map]'`"
        ) from error
    logging.getLogger("rasterio").addHandler(logging.NullHandler())  # errors say what is wrong
    return rasterio


def _check_file(path: Path) -> None:
    try:
        is_folder = path.is_dir()
        path.stat()
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}); check that it exists and that you may "
            "read it"
        ) from error
    if is_folder:
        raise DataError(f"{path} is a folder; name the raster file in it")


def _bands(source: Any, path: Path, reading: Reading) -> tuple[int, ...]:
    count = source.count
    if reading.bands:
        if absent := [band for band in reading.bands if not 1 <= band <= count]:
            raise DataError(
                f"{path} has no band {absent[0]}; it has 1 to {count}; change --bands"
            )  # fmt: skip
        return reading.bands
    names = [colour.name for colour in source.colorinterp]
    if all(names.count(name) == 1 for name in RED_GREEN_BLUE):
        return tuple(names.index(name) + 1 for name in RED_GREEN_BLUE)
    if count < CHANNELS:
        kind = "a palette" if "palette" in names else f"{count} band{'s' if count > 1 else ''}"
        raise DataError(
            f"{path} has {kind}, and networks need red, green and blue; give an RGB file"
        )
    if count == CHANNELS:
        return (1, 2, 3)
    raise DataError(
        f"{path} has {count} bands; say which are red, green and blue, for example --bands 4,3,2"
    )


def _limits(source: Any, path: Path, reading: Reading) -> tuple[float, float] | None:
    kinds = {np.dtype(kind) for kind in source.dtypes}
    if any(kind.kind == "c" for kind in kinds):
        raise DataError(f"{path} has complex numbers; give reflectances or 8-bit colours")
    if reading.limits:
        return reading.limits
    if kinds == {np.dtype(np.uint8)}:
        return None
    if all(kind.itemsize == 2 and kind.kind in "iu" for kind in kinds):
        return REFLECTANCES
    raise DataError(
        f"{path} has values of the type {source.dtypes[0]}, whose white is unknown; say with "
        "--range which values become black and white, for example --range 0,0.275"
    )


def _check_nodata(source: Any, path: Path, reading: Reading) -> None:
    value = reading.nodata
    kind = np.dtype(source.dtypes[0])
    if value is None or kind.kind not in "iu":
        return
    if not (float(value).is_integer() and np.iinfo(kind).min <= value <= np.iinfo(kind).max):
        raise DataError(
            f"{path} has values of the type {kind}, none of which is {value:g}; change --nodata"
        )


def _colours(values: npt.NDArray[Any], limits: tuple[float, float] | None) -> Pixels:
    """Returns 8-bit colours (H, W, 3) of values (3, H, W)."""
    image = values.transpose(1, 2, 0)
    if limits is None:
        return np.ascontiguousarray(image)
    low, high = limits
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and then white
        single = image.astype(np.float32)
    scaled = np.nan_to_num(single, nan=low, posinf=high, neginf=low)
    scaled = np.clip((scaled - low) * (255 / (high - low)), 0, 255)
    colours: Pixels = np.rint(scaled).astype(np.uint8)
    return colours


@contextmanager
def _resampled(source: Any, path: Path, reading: Reading) -> Iterator[Any]:
    """Opens a view with pixels of 10 m, in the scene's own projection or else in UTM."""
    from rasterio.enums import ColorInterp, Resampling
    from rasterio.vrt import WarpedVRT
    from rasterio.warp import calculate_default_transform, transform_bounds

    if not grid_of(source).is_mapped:
        raise DataError(f"{path} has no projection, so it cannot be resampled; omit --resample")
    target, step = source.crs, METRES
    if target.is_geographic:
        west, south, east, north = transform_bounds(source.crs, "EPSG:4326", *source.bounds)
        zone = int(((west + east) / 2 + 180) // 6) % 60 + 1
        target = f"EPSG:{32600 + zone if south + north >= 0 else 32700 + zone}"
    else:
        step = METRES / metres_per_unit(target)
    scene = (source.crs, target, source.width, source.height, *source.bounds)
    unchanged, _, _ = calculate_default_transform(*scene)  # has pixels of the scene's own size
    transform, width, height = calculate_default_transform(*scene, resolution=step)
    if width * height > COARSEST**2 * source.width * source.height:
        raise DataError(
            f"pixels of {METRES:g} m would make {width:,} × {height:,} of {path}, which has "
            f"{source.width:,} × {source.height:,}; give a scene with smaller pixels"
        )
    nodata = source.nodata if reading.nodata is None else reading.nodata
    has_alpha = ColorInterp.alpha in source.colorinterp
    with WarpedVRT(
        source, crs=target, transform=transform, width=width, height=height,
        resampling=Resampling.average if unchanged.a < step else Resampling.bilinear,
        src_nodata=nodata, nodata=nodata, add_alpha=nodata is None and not has_alpha,
    ) as view:  # fmt: skip
        yield view


def _warned(scene: Scene) -> Scene:
    """Adds the warnings that a user should see before the work begins."""
    if not scene.grid.is_mapped:
        scene.warnings.append(f"{scene.path} has no projection, so areas are in pixels")
    else:
        x, y = scene.grid.pixel_sides(np.array([scene.height / 2]))[:, 0]
        if max(abs(x - METRES), abs(y - METRES)) > OFF_BY * METRES:
            scene.warnings.append(
                f"a pixel of {scene.path} shows {x:.3g} × {y:.3g} m, and networks learned from "
                f"{METRES:g} m; --resample changes it"
            )
    return scene


def looks_wrong(pixels: Pixels, valid: Mask, limits: tuple[float, float] | None) -> str:
    """Returns a warning about a scene that is nearly black or white; "" for others."""
    mean = pixels[valid].mean() if valid.any() else 128
    if DARK <= mean <= BRIGHT:
        return ""
    low, high = limits or (0, 255)
    return (
        f"the scene is nearly {'black' if mean < DARK else 'white'} where {low:g} is black and "
        f"{high:g} is white; --range changes these values"
    )


def _reason(error: BaseException) -> str:
    cause = error.__cause__ or error
    return str(cause).partition("\n")[0].rstrip(".") or type(cause).__name__
