"""Rows of looking inside: t-SNE against scikit-learn, the top images of units against sorting."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from measure import LeftOut, Options, Row, cpu_seconds, rounds, seconds
from threadpoolctl import threadpool_limits
from training import experiment

from landcover import inference, trained
from landcover.data.batches import DeviceSplit
from landcover.data.catalog import dataset
from landcover.fetch import draw
from landcover.interpret.network import Layer
from landcover.interpret.separation import separation
from landcover.interpret.topk import TopK
from landcover.interpret.tsne import embed
from landcover.train import train

os.environ.setdefault("KINETO_LOG_LEVEL", "6")  # else each profile is announced on stderr
CPU = torch.device("cpu")
IMAGES, UNITS, CLASSES, ITERATIONS = 10_000, 128, 10, 1000
WIDE = 4096  # units of VGG16's dense layers
TOP = 10
BATCH = 128


def tsne(options: Options) -> list[Row | LeftOut]:
    """One run of each engine, on one thread; the authors' settings, but 1,000 iterations."""
    embed(_clusters(100)[0], engine="fast", iterations=250)  # imports it
    rows: list[Row | LeftOut] = []
    count = options.count(IMAGES)
    with threadpool_limits(1):
        for what, (points, labels) in (
            ("clusters", _clusters(count)),
            ("activations of a trained network", _trained(count)),
        ):
            rows += _engines(what, points, labels)
    return rows


def _engines(what: str, points: np.ndarray, labels: np.ndarray) -> list[Row]:
    spent, worth = {}, {}
    for engine in ("sklearn", "fast"):
        maps: list[np.ndarray] = []
        spent[engine] = cpu_seconds(
            lambda maps=maps, engine=engine: maps.append(
                embed(points, engine=engine, iterations=ITERATIONS)
            )
        )
        worth[engine] = separation(points, maps[0], labels).trustworthiness
    title = f"t-SNE of {len(points):,} × {points.shape[1]}, {what}"
    lost = worth["sklearn"] - worth["fast"]
    return [
        Row(
            title, "scikit-learn", (spent["sklearn"] / spent["fast"],), 3,
            ours=(spent["fast"],), peer=(spent["sklearn"],), measured="CPU s",
        ),
        Row(
            f"{title}: trustworthiness lost", "scikit-learn", (lost,), 0.005, at_most=True, unit="",
            ours=(worth["fast"],), peer=(worth["sklearn"],), measured="trustworthiness",
        ),
    ]  # fmt: skip


def _clusters(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Ten Gaussians, the widest three times as wide as the narrowest, that overlap a little."""
    noise = np.random.default_rng(0)
    labels = np.arange(count) % CLASSES
    centres, spreads = noise.normal(size=(CLASSES, UNITS)), np.linspace(0.5, 1.5, CLASSES)
    points = centres[labels] + spreads[labels, None] * noise.normal(size=(count, UNITS))
    return points.astype(np.float32), labels


def _trained(count: int) -> tuple[np.ndarray, np.ndarray]:
    """What fc1 of a CustomCNN makes of test images, after three epochs on other synthetic ones."""
    data = draw(dataset("cifar10"), {"train": 100, "test": count // CLASSES})
    spec = replace(experiment("task1"), epochs=3, max_eval_images=100)
    with tempfile.TemporaryDirectory() as folder:
        train(spec, 0, data, Path(folder), CPU)
        model = trained.load(Path(folder), "last", CPU).model
    split = data.split("test")
    upto_fc1 = model[: list(dict(model.named_children())).index("fc1") + 1]
    outputs = inference.logits(upto_fc1, DeviceSplit.of(split, CPU, spec.normalise), "fp32")
    return outputs.numpy(), np.asarray(split.labels)


def topk(options: Options) -> list[Row | LeftOut]:
    """Of a layer's activations as they come, batch by batch; the network's own pass is left out."""
    count = options.count(IMAGES)
    noise = torch.Generator().manual_seed(0)
    activations = torch.randn(count, WIDE, generator=noise)
    found = rounds(
        {
            "sorting": lambda: seconds(lambda: _sorted(activations)),
            "ours": lambda: seconds(lambda: _ranked(activations)),
        },
        options.repeats,
    )
    ours, peer = found["ours"], found["sorting"]
    what = f"Top {TOP} of {count:,} images for {WIDE:,} units"
    share = _peak_bytes(lambda: _ranked(activations)) / _peak_bytes(lambda: _sorted(activations))
    ratios = tuple(a / b for a, b in zip(peer, ours, strict=True))
    return [
        Row(what, "keep all and sort", ratios, 1.5, ours=ours, peer=peer, measured="s"),
        Row(f"{what}: memory", "keep all and sort", (share,), 0.1, at_most=True),
    ]


def _peak_bytes(work: Callable[[], object]) -> int:
    """From the profiler's record of what each operation allocated and freed."""
    activities = [torch.profiler.ProfilerActivity.CPU]
    with torch.profiler.profile(activities=activities, profile_memory=True) as recorded:
        work()
    living = peak = 0
    for event in sorted(recorded.events(), key=lambda event: event.time_range.end):
        living += event.self_cpu_memory_usage
        peak = max(peak, living)
    return peak


def _sorted(activations: torch.Tensor) -> torch.Tensor:
    kept = torch.cat([batch.clone() for batch in activations.split(BATCH)])  # (images, units)
    return torch.sort(kept, dim=0, descending=True, stable=True).indices[:TOP]


def _ranked(activations: torch.Tensor) -> object:
    layer = Layer("fc1", "fc1", torch.nn.Linear(1, WIDE))
    watching = TopK(TOP, len(activations), [layer])
    for rows in torch.arange(len(activations)).split(BATCH):
        watching(rows, {"fc1": activations[rows[0] : rows[-1] + 1]})
    return watching.rankings()
