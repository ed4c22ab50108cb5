"""The grid of a scene's pixels on the ground."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

EARTH = 6_371_008.8  # metres, the mean radius
EXACT = 0.01  # as a fraction: a projection this near to the ground, such as UTM, is taken as it is

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    crs: Any  # rasterio's projection; None if the file has none
    transform: Any  # an affine matrix, from pixels to places
    width: int  # pixels

    @property
    def is_mapped(self) -> bool:
        """Tells whether a pixel has a place on the ground."""
        if self.crs is None or self.transform.is_identity or self.transform.is_degenerate:
            return False
        return bool(self.crs.is_projected or self.crs.is_geographic)

    def pixel_areas(self, rows: Floats) -> Floats:
        """Returns a pixel's area in square metres, in each of these rows; NaN if not mapped."""
        areas: Floats = np.prod(self.pixel_sides(rows), axis=0)
        return areas

    def pixel_sides(self, rows: Floats) -> Floats:
        """Returns a pixel's width and height in metres, in each of these rows: (2, N).

        They are NaN if the scene is not mapped.
        """
        if not self.is_mapped:
            return np.full((2, len(rows)), np.nan)
        a, b, _, d, e, _ = self.transform[:6]
        nominal = np.hypot([[a], [b]], [[d], [e]]) * metres_per_unit(self.crs)
        found = self._measured(rows)
        return nominal.repeat(len(rows), 1) if np.allclose(found, nominal, rtol=EXACT) else found

    def _measured(self, rows: Floats) -> Floats:
        """Returns width and height in metres (2, N) of the pixel in the middle of each row."""
        from rasterio.warp import transform

        column = np.full(len(rows), self.width / 2)
        corners = [(column, rows), (column + 1, rows), (column, rows + 1)]
        a, b, c, d, e, f = self.transform[:6]
        places = [(a * x + b * y + c, d * x + e * y + f) for x, y in corners]
        degrees = np.array(
            [transform(self.crs, "EPSG:4326", *map(np.atleast_1d, place))[:2] for place in places]
        )  # (3, 2, N): longitude and latitude
        steps = np.radians(degrees[1:] - degrees[0])  # (2, 2, N)
        steps[:, 0] *= np.cos(np.radians(degrees[0, 1]))
        metres: Floats = EARTH * np.hypot(steps[:, 0], steps[:, 1])
        return metres


def grid_of(source: Any) -> Grid:
    """Returns the grid of rasterio's open file, or of its resampled view of one."""
    return Grid(source.crs, source.transform, int(source.width))


def metres_per_unit(crs: Any) -> float:
    """Returns the metres in a unit of a projection; 0 for degrees."""
    return 0.0 if crs.is_geographic else float(crs.linear_units_factor[1])
