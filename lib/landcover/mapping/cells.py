"""Cells of a map: each has the mean probabilities of the windows that cover it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch

from landcover.classifier import Classifier
from landcover.mapping.scene import Mask, Pixels, Scene

NODATA = 255  # in place of a class
MOST_WITHOUT_DATA = 0.5  # of a window's pixels; a window with more is not classified

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
OnWindows = Callable[[int], object]  # gets how many windows are done


@dataclass(frozen=True)
class Axis:
    """Windows and cells along one side of a scene, in pixels from its corner.

    Windows start at every stride; one more ends with the scene. Cells are as long as a stride, but
    the last one may be shorter. A window covers the cells whose middle lies in it.
    """

    length: int
    window: int
    stride: int

    @cached_property
    def starts(self) -> Integers:
        """Returns the starts of the windows."""
        last = self.length - self.window
        return np.unique(np.append(np.arange(0, last + 1, self.stride), last))

    @cached_property
    def edges(self) -> Integers:
        """Returns the edges of the cells: one more than there are cells."""
        return np.append(np.arange(0, self.length, self.stride), self.length)

    @cached_property
    def middles(self) -> Floats:
        """Returns the middles of the cells."""
        middles: Floats = (self.edges[:-1] + self.edges[1:]) / 2
        return middles

    @cached_property
    def covering(self) -> Integers:
        """Returns the first window that covers each cell and the one after the last: (cells, 2)."""
        first = np.searchsorted(self.starts + self.window, self.middles, side="right")
        after = np.searchsorted(self.starts, self.middles, side="right")
        return np.stack([first, after], axis=1)

    @cached_property
    def homes(self) -> Integers:
        """Returns, for each cell, a window that contains all of it: (cells,)."""
        return np.minimum(np.arange(len(self.edges) - 1), len(self.starts) - 1)

    def sums(self, values: Floats) -> Floats:
        """Sums over the windows that cover a cell: (windows, ...) -> (cells, ...)."""
        padded = np.concatenate([values, np.zeros_like(values[:1])])  # reduceat needs an end
        sums: Floats = np.add.reduceat(padded, self.covering.ravel())[::2]
        return sums


@dataclass(frozen=True)
class Cover:
    """The land cover of a scene's cells; each array is (rows, columns)."""

    classes: npt.NDArray[np.uint8]  # positions of classes, from 0; NODATA without data
    confidence: npt.NDArray[np.float32]  # probability of the class; NaN without data
    pixels: Integers  # how many have data


@dataclass(frozen=True)
class _CellRow:
    """A row of cells."""

    probabilities: Floats  # (cells, classes), NaN if no window had enough data
    pixels: Integers  # (cells,), how many have data


@dataclass(frozen=True)
class _WindowRow:
    """A row of windows, summed over the cells that they cover."""

    probabilities: Floats  # (cells, classes)
    counts: Floats  # (cells,), of windows
    valid: Mask  # (window, W)


def cover(
    scene: Scene, classifier: Classifier, axes: tuple[Axis, Axis], on_windows: OnWindows
) -> Cover:
    """Classifies the cells of a scene; `axes` go down and across."""
    shape = (len(axes[0].edges) - 1, len(axes[1].edges) - 1)
    classes = np.full(shape, NODATA, np.uint8)
    confidence = np.full(shape, np.nan, np.float32)
    pixels = np.zeros(shape, np.int64)
    for row, found in enumerate(_cell_rows(scene, classifier, axes, on_windows)):
        has_data = found.pixels > 0
        classes[row, has_data] = found.probabilities[has_data].argmax(1)
        confidence[row, has_data] = found.probabilities[has_data].max(1)
        pixels[row] = found.pixels
    return Cover(classes, confidence, pixels)


def _cell_rows(
    scene: Scene, classifier: Classifier, axes: tuple[Axis, Axis], on_windows: OnWindows
) -> Iterator[_CellRow]:
    """Yields the rows of cells from the top; only the strips for one row are in memory."""
    down, across = axes
    recent: dict[int, _WindowRow] = {}
    for cell, (first, after) in enumerate(down.covering.tolist()):
        recent = {row: found for row, found in recent.items() if row >= first}
        for row in range(max([first, *(row + 1 for row in recent)]), after):
            recent[row] = _window_row(scene, classifier, int(down.starts[row]), across, on_windows)
        home = int(down.homes[cell])
        top, bottom = (down.edges[cell : cell + 2] - down.starts[home]).tolist()
        pixels = _valid_pixels(recent[home], top, bottom, across)
        yield _cell_row(list(recent.values()), pixels)


def _cell_row(rows: list[_WindowRow], pixels: Integers) -> _CellRow:
    counts = np.sum([row.counts for row in rows], axis=0)  # (cells,)
    sums = np.sum([row.probabilities for row in rows], axis=0)  # (cells, classes)
    has_data = (counts > 0) & (pixels > 0)
    means = np.full(sums.shape, np.nan)
    means[has_data] = sums[has_data] / counts[has_data, None]
    return _CellRow(means, np.where(has_data, pixels, 0))


def _valid_pixels(row: _WindowRow, top: int, bottom: int, across: Axis) -> Integers:
    """Returns how many pixels of each cell have data, in rows `top` to `bottom` of the window."""
    columns = row.valid[top:bottom].sum(0, dtype=np.int64)  # (W,)
    return np.add.reduceat(columns, across.edges[:-1])


def _window_row(
    scene: Scene, classifier: Classifier, top: int, across: Axis, on_windows: OnWindows
) -> _WindowRow:
    pixels, valid = scene.rows(top, across.window)
    found = np.zeros((len(across.starts), len(classifier.network.classes)))
    classified = _valid_share(valid, across) >= 1 - MOST_WITHOUT_DATA
    has_gaps = not valid.all()
    strip = torch.from_numpy(pixels)  # (S, W, 3)
    for batch in _batches(np.flatnonzero(classified), classifier.use.batch_size):
        starts = across.starts[batch].tolist()
        windows = torch.stack([strip[:, x : x + across.window] for x in starts])  # (B, S, S, 3)
        if has_gaps:
            masks = np.stack([valid[:, x : x + across.window] for x in starts])
            windows = torch.from_numpy(_without_gaps(windows.numpy(), masks))
        found[batch] = classifier.probabilities(windows).double().numpy()
        on_windows(len(batch))
    on_windows(int((~classified).sum()))
    return _WindowRow(across.sums(found), across.sums(classified.astype(float)), valid)


def _batches(rows: Integers, size: int) -> list[Integers]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _valid_share(valid: Mask, across: Axis) -> Floats:
    """Returns the share of pixels with data in each window: (windows,)."""
    before = np.append(0, np.cumsum(valid.sum(0)))  # (W + 1,)
    counts = before[across.starts + across.window] - before[across.starts]
    return np.asarray(counts / across.window**2)


def _without_gaps(windows: Pixels, masks: Mask) -> Pixels:
    """Gives pixels without data the mean colour of their window."""
    counts = masks.sum((1, 2))[:, None]  # (B, 1)
    means = np.where(masks[..., None], windows, 0).sum((1, 2)) / counts  # (B, 3)
    colours = np.rint(means).astype(np.uint8)[:, None, None]
    return np.where(masks[..., None], windows, colours)
