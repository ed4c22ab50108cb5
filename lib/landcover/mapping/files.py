"""The files of a map: rasters for geographic information systems, and areas."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from landcover import artifacts
from landcover.data.colours import rgb
from landcover.mapping.cells import NODATA, Cover
from landcover.mapping.scene import Scene

COLUMNS = ("class", "cells", "pixels", "hectares", "percent", "mean_probability")
SQUARE_METRES = 10_000  # in a hectare


def class_raster(
    scene: Scene, stride: int, classes: npt.NDArray[np.uint8], colours: Mapping[str, str]
) -> bytes:
    """Returns a GeoTIFF with a colour table; its values are positions of classes, from 0."""
    table = {value: (*rgb(colour), 255) for value, colour in enumerate(colours.values())}
    names = {f"class_{value}": name for value, name in enumerate(colours)}
    return _raster(scene, stride, classes, NODATA, table | {NODATA: (0, 0, 0, 0)}, names)


def confidence_raster(scene: Scene, stride: int, confidence: npt.NDArray[np.float32]) -> bytes:
    """Returns a GeoTIFF of the probability of each cell's class; NaN means no data."""
    return _raster(scene, stride, confidence, np.nan, {}, {})


def area_rows(
    names: Sequence[str], cover: Cover, pixel_areas: npt.NDArray[np.float64]
) -> list[dict[str, Any]]:
    """Returns a row for each class, the largest first; hectares are None without a projection.

    `pixel_areas` (rows,) is the area of one pixel in square metres.
    """
    pixels = cover.pixels
    hectares = pixels * pixel_areas[:, None] / SQUARE_METRES
    rows = []
    for value, name in enumerate(names):
        own = cover.classes == value
        area = float(hectares[own].sum())
        rows.append(
            {
                "class": name,
                "cells": int(own.sum()),
                "pixels": int(pixels[own].sum()),
                "hectares": None if np.isnan(pixel_areas).any() else round(area, 6),
                "percent": 100 * float(pixels[own].sum() / max(1, pixels.sum())),
                "mean_probability": float(cover.confidence[own].mean()) if own.any() else None,
            }
        )
    return sorted(rows, key=lambda row: (-row["pixels"], row["class"]))


def areas_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    cells = ([("" if row[key] is None else row[key]) for key in COLUMNS] for row in rows)
    return artifacts.rows_as_csv(COLUMNS, cells)


def _scaled(scene: Scene, stride: int) -> tuple[float, ...]:
    """Returns the six numbers of the transform from cells to places."""
    a, b, c, d, e, f = scene.grid.transform[:6]
    return a * stride, b * stride, c, d * stride, e * stride, f


def _raster(
    scene: Scene,
    stride: int,
    values: npt.NDArray[Any],
    nodata: float,
    colours: Mapping[int, tuple[int, ...]],
    tags: Mapping[str, str],
) -> bytes:
    """Returns a GeoTIFF with a pixel for each cell; the last cells may extend beyond the scene."""
    from affine import Affine
    from rasterio.io import MemoryFile

    height, width = values.shape
    place = {"transform": Affine(*_scaled(scene, stride))} if scene.grid.is_mapped else {}
    with MemoryFile() as file:
        with file.open(
            driver="GTiff", height=height, width=width, count=1, dtype=values.dtype,
            nodata=nodata, crs=scene.grid.crs, compress="deflate", **place,
        ) as raster:  # fmt: skip
            if colours:
                raster.write_colormap(1, dict(colours))
            raster.write(values, 1)
            raster.update_tags(**tags)
        return bytes(file.getbuffer())
