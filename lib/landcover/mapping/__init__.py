"""Land cover of a scene: classifies overlapping windows and averages their probabilities."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from landcover import artifacts
from landcover.classifier import Classifier
from landcover.data.colours import colours
from landcover.errors import DataError, SpecError
from landcover.mapping import files, poster
from landcover.mapping.cells import NODATA, Axis, OnWindows, cover
from landcover.mapping.poster import Poster
from landcover.mapping.scene import Reading, Scene, looks_wrong, opened

CLASSES, CONFIDENCE, PICTURE, AREAS = "classes.tif", "confidence.tif", "map.png", "areas.csv"
SUMMARY = "map.json"  # written last
FILES = (CLASSES, CONFIDENCE, PICTURE, AREAS, SUMMARY)
FAMILY = "eurosat"  # begins the names of data sets that show land cover


@dataclass(frozen=True)
class Map:
    """What to map, and how."""

    scene: Path
    out: Path
    stride: int = 32  # pixels from one window to the next; also the side of a cell
    reading: Reading = field(default_factory=Reading)


def draw(
    wanted: Map,
    classifier: Classifier,
    on_start: Callable[[int, list[str]], OnWindows] = lambda windows, warnings: lambda done: None,
) -> dict[str, Any]:
    """Writes rasters, a picture and areas to `wanted.out`; returns the content of map.json.

    `on_start` gets the number of windows and the warnings; it returns a function that gets the
    number of windows that are done. No file is written before all are done. Raises DataError for a
    scene that cannot be read, and SpecError for a stride or a network that does not fit.
    """
    window = classifier.network.experiment.image_size
    names = classifier.network.classes
    if not 1 <= wanted.stride <= window:
        raise SpecError(
            f"the stride {wanted.stride} does not fit windows of {window} pixels; take 1 to "
            f"{window}"
        )
    if len(names) > NODATA:
        raise SpecError(
            f"{classifier.use.run} tells {len(names)} classes apart, and a map holds {NODATA}"
        )
    with opened(wanted.scene, wanted.reading) as scene:
        if min(scene.height, scene.width) < window:
            raise DataError(
                f"{wanted.scene} has {scene.width} × {scene.height} pixels, less than the "
                f"network's window of {window} × {window}; give a larger scene"
            )
        with artifacts.held(wanted.out):
            return _draw(wanted, scene, classifier, on_start)


def _draw(
    wanted: Map,
    scene: Scene,
    classifier: Classifier,
    on_start: Callable[[int, list[str]], OnWindows],
) -> dict[str, Any]:
    """Classifies the scene, writes all files and returns the content of map.json."""
    names, stride = classifier.network.classes, wanted.stride
    window = classifier.network.experiment.image_size
    axes = Axis(scene.height, window, stride), Axis(scene.width, window, stride)
    picture, valid = scene.overview(poster.PIXELS)
    of_colours = looks_wrong(picture, valid, scene.limits)
    warnings = [*scene.warnings, *_warnings(classifier, of_colours)]
    windows = math.prod(len(axis.starts) for axis in axes)
    found = cover(scene, classifier, axes, on_start(windows, warnings))
    if not found.pixels.any():
        raise DataError(f"{wanted.scene} has no window with enough data; give another scene")
    areas = files.area_rows(names, found, scene.grid.pixel_areas(axes[0].middles))
    of_class = colours(names)
    drawn = Poster(
        title=wanted.scene.stem,
        footnote=f"{classifier.title}; cells of {stride} × {stride} pixels",
        pixels=picture,
        valid=valid,
        classes=found.classes,
        shown=(scene.height / stride, scene.width / stride),
        areas=areas,
        colours=of_class,
        metres=scene.width * _side(scene),
    )
    summary = {
        **_asked(wanted, scene, classifier),
        "cells": list(found.classes.shape),
        "windows": windows,
        "mean_probability": float(np.nanmean(found.confidence)),
        "areas": areas,
        "warnings": warnings,
    }
    contents = {
        CLASSES: files.class_raster(scene, stride, found.classes, of_class),
        CONFIDENCE: files.confidence_raster(scene, stride, found.confidence),
        PICTURE: poster.png(drawn),
        AREAS: files.areas_csv(areas).encode(),
        SUMMARY: artifacts.as_json(summary).encode(),
    }
    artifacts.write_together({wanted.out / name: _bytes(data) for name, data in contents.items()})
    return {"folder": str(wanted.out), **summary}


def _asked(wanted: Map, scene: Scene, classifier: Classifier) -> dict[str, Any]:
    """Returns what was mapped with which network, as the first part of map.json."""
    return {
        "scene": wanted.scene.name,
        "run": str(classifier.use.run),
        "network": classifier.title,
        "views": classifier.use.views,
        "precision": classifier.use.precision,
        "temperature": classifier.temperature,
        "window": classifier.network.experiment.image_size,
        "stride": wanted.stride,
        "bands": list(scene.bands),
        "limits": scene.limits,
        "crs": crs.to_string() if (crs := scene.grid.crs) else None,
    }


def _warnings(classifier: Classifier, of_colours: str) -> list[str]:
    dataset = classifier.network.experiment.dataset
    is_other = not dataset.startswith(FAMILY)
    others = [f"the network was trained on {dataset}, which shows no land cover"] * is_other
    return [*others, *([of_colours] if of_colours else [])]


def _side(scene: Scene) -> float:
    """Returns the side of a pixel in metres; NaN without a projection."""
    return math.sqrt(scene.grid.pixel_areas(np.array([scene.height / 2]))[0])


def _bytes(data: bytes) -> artifacts.Content:
    return lambda file: file.write(data)


__all__ = ["Map", "Reading", "draw"]
