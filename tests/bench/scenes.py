"""Rows of maps: windows per second, against a loop that classifies windows one by one."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import rasterio
import torch
from measure import LeftOut, Options, Row, rounds
from rasterio.transform import from_origin
from rasterio.windows import Window
from training import experiment, images

from landcover import mapping
from landcover.classifier import Classifier, Use, load
from landcover.data.batches import STATISTICS
from landcover.train import train

WINDOWS, SIZE, STRIDE = 2_000, 64, 32


def scenes(options: Options) -> list[Row | LeftOut]:
    """CustomCNN at 64 pixels, weights after one batch, on a scene that is a GeoTIFF of 16 bits."""
    side = round(options.count(WINDOWS) ** 0.5)  # windows
    with tempfile.TemporaryDirectory() as folder:
        scene, run = Path(folder, "scene.tif"), Path(folder, "run")
        _write(scene, SIZE + (side - 1) * STRIDE)
        spec = replace(experiment("task5-customcnn"), epochs=1, max_train_images=64)
        train(spec, 0, images("eurosat", 64), run, options.device)
        network = load(Use(run, device=str(options.device)))
        ways: dict[str, Callable[[], float]] = {
            "plain": lambda: _plain(scene, network),
            "alone": lambda: _alone(network, options.count(WINDOWS)),
            "ours": lambda: _ours(scene, network, Path(folder, "map")),
        }
        found = rounds(ways, options.repeats)
    what = f"Map of {side**2:,} windows, all files written"
    return [
        _row(what, "a plain loop, window by window", found["ours"], found["plain"], 1.5),
        _row(what, "the network alone, ready tensor", found["ours"], found["alone"], 0.85),
    ]


def _row(
    what: str, against: str, ours: tuple[float, ...], peer: tuple[float, ...], goal: float
) -> Row:
    ratios = tuple(a / b for a, b in zip(ours, peer, strict=True))
    return Row(what, against, ratios, goal, ours=ours, peer=peer, measured="windows/s")


def _write(path: Path, side: int) -> None:
    noise = np.random.default_rng(0).integers(0, 2750, (3, side, side), dtype=np.uint16)
    place = {"crs": "EPSG:32631", "transform": from_origin(430_000, 4_600_000, 10, 10)}
    with rasterio.open(
        path, "w", driver="GTiff", height=side, width=side, count=3, dtype="uint16", tiled=True,
        **place,
    ) as file:  # fmt: skip
        file.write(noise)


def _ours(scene: Path, network: Classifier, out: Path) -> float:
    started = time.perf_counter()
    made = mapping.draw(mapping.Map(scene, out, STRIDE), network)
    return made["windows"] / (time.perf_counter() - started)


def _alone(network: Classifier, count: int) -> float:
    batch = torch.randint(0, 256, (network.use.batch_size, SIZE, SIZE, 3), dtype=torch.uint8)
    started = time.perf_counter()
    for _ in range(count // len(batch)):
        network.probabilities(batch)
    return count // len(batch) * len(batch) / (time.perf_counter() - started)


def _plain(scene: Path, network: Classifier) -> float:
    """What a tutorial does: read a window, scale it, normalise it, classify it, add it up."""
    spec, model = network.network.experiment, network.network.model
    device = next(model.parameters()).device
    mean, deviation = (torch.tensor(v)[:, None, None] for v in STATISTICS[spec.normalise])
    started, windows = time.perf_counter(), 0
    with rasterio.open(scene) as file, torch.no_grad():
        places = range(0, file.height - SIZE + 1, STRIDE)
        sums = torch.zeros(file.height // STRIDE, file.width // STRIDE, 10)
        for top in places:
            for left in places:
                values = file.read((1, 2, 3), window=Window(left, top, SIZE, SIZE))
                image = torch.from_numpy(np.clip(values / 2750, 0, 1).astype(np.float32))
                batch = ((image - mean) / deviation)[None].to(device)
                chances = model(batch).softmax(1)[0].cpu()
                row, column = top // STRIDE, left // STRIDE
                sums[row : row + SIZE // STRIDE, column : column + SIZE // STRIDE] += chances
                windows += 1
        sums.argmax(2)
    return windows / (time.perf_counter() - started)
