"""The two engines of t-SNE on the same 10,000 points of 128 dimensions, one after another.

Both take the authors' settings, with 1,000 iterations instead of their 3,000, on one thread and by
the processor's own clock, which other programs on the machine hardly disturb. What the maps are
worth is computed without either engine: the Kullback-Leibler divergence is exact, over all pairs,
with affinities from the 90 exact neighbours. An optional argument is the folder of a prepared
CIFAR-10; without it the network sees synthetic images.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from openTSNE.affinity import PerplexityBasedNN
from openTSNE.nearest_neighbors import PrecomputedNeighbors
from rich.console import Console
from rich.table import Table
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from landcover import inference, models
from landcover.data import dataset, prepared
from landcover.data.batches import DeviceSplit
from landcover.device import device_name
from landcover.fetch import draw
from landcover.interpret.separation import separation
from landcover.interpret.tsne import ENGINES, PERPLEXITY, embed
from landcover.models import Architecture

CPU = torch.device("cpu")
IMAGES, UNITS, CLASSES, ITERATIONS = 10_000, 128, 10, 1000


def clusters() -> tuple[np.ndarray, np.ndarray]:
    """Ten Gaussians, the widest three times as wide as the narrowest, that overlap a little."""
    noise = np.random.default_rng(0)
    labels = np.arange(IMAGES) % CLASSES
    centres, spreads = noise.normal(size=(CLASSES, UNITS)), np.linspace(0.5, 1.5, CLASSES)
    points = centres[labels] + spreads[labels, None] * noise.normal(size=(IMAGES, UNITS))
    return points.astype(np.float32), labels


def untrained_fc1(folder: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """What the first dense layer of a CustomCNN with random weights makes of the test images."""
    data = (
        prepared.read(folder) if folder else draw(dataset("cifar10"), {"test": IMAGES // CLASSES})
    )
    split = data.split("test")
    torch.manual_seed(0)
    model = models.build(Architecture("customcnn", 32, CLASSES, batch_norm=False))
    upto_fc1 = model[: list(dict(model.named_children())).index("fc1") + 1]
    outputs = inference.logits(upto_fc1, DeviceSplit.of(split, CPU, "half"), "fp32")
    return outputs.detach().numpy(), np.asarray(split.labels)


def divergence(points: np.ndarray, embedding: np.ndarray) -> float:
    """KL(P || Q) in nats, with Q over all pairs."""
    search = NearestNeighbors(n_neighbors=3 * PERPLEXITY, algorithm="brute").fit(points)
    distances, neighbours = search.kneighbors()
    index = PrecomputedNeighbors(neighbours, distances)
    P = PerplexityBasedNN(perplexity=PERPLEXITY, knn_index=index).P.tocoo()
    parts = np.array_split(embedding.astype(np.float64), 50)
    total = sum((1 / (1 + euclidean_distances(part, embedding) ** 2)).sum() for part in parts)
    apart = ((embedding[P.row] - embedding[P.col]).astype(np.float64) ** 2).sum(axis=1)
    Q = 1 / (1 + apart) / (total - len(embedding))
    return float((P.data * np.log(P.data / Q)).sum())


def compare(title: str, points: np.ndarray, labels: np.ndarray) -> None:
    columns = ("CPU s", "ratio", "KL", "trustworthiness", "kNN", "raw kNN", "silhouette")
    grid = Table("engine", *columns, title=title, title_justify="left")
    seconds: list[float] = []
    for engine in ENGINES:
        started = time.process_time()
        mapped = embed(points, engine=engine, iterations=ITERATIONS)
        seconds.append(time.process_time() - started)
        worth = separation(points, mapped, labels)
        grid.add_row(
            engine, f"{seconds[-1]:.1f}", f"{seconds[0] / seconds[-1]:.1f}",
            f"{divergence(points, mapped):.3f}", f"{worth.trustworthiness:.4f}",
            f"{worth.map_knn_accuracy:.4f}", f"{worth.raw_knn_accuracy:.4f}",
            f"{worth.map_silhouette:.3f}",
        )  # fmt: skip
    Console(width=100).print(grid)


def main() -> None:
    torch.set_num_threads(1)
    print(f"{device_name(CPU)}, 1 thread, n=1 run of each engine")
    embed(clusters()[0][:100], engine="fast", iterations=250)  # imports it
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with threadpool_limits(1):
        compare(f"{CLASSES} Gaussian clusters", *clusters())
        compare("fc1 of an untrained CustomCNN", *untrained_fc1(folder))


if __name__ == "__main__":
    main()
