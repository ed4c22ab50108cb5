"""Images per second in training, the authors' way and ours, one after another in one process.

The authors' way: PIL transforms image by image in a DataLoader without workers, fp32, plain Adam.
Ours: the same experiment through `landcover.train`, in fp32 and in bf16. Each is measured in the
second of two epochs, in rounds that take turns, so that a busy machine slows all of them alike.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image
from rich.console import Console
from rich.table import Table
from torch import nn

from landcover import experiments, models
from landcover.artifacts import read_csv
from landcover.augment import AUGMENTATIONS
from landcover.data import dataset
from landcover.data.batches import DeviceSplit, normalised
from landcover.data.prepared import Prepared, Split
from landcover.device import device_name
from landcover.experiments import Experiment
from landcover.fetch import draw
from landcover.models.guarded_torchvision import torchvision
from landcover.train import train

CPU = torch.device("cpu")
ROUNDS = 3
IMAGES_PER_CLASS = {"train": 200, "val": 1, "test": 1}
WORKFLOW = Path(__file__).parents[2] / "workflow"
HALF = (0.5, 0.5, 0.5)
T = torchvision.transforms


class PilImages(torch.utils.data.Dataset[tuple[torch.Tensor, int]]):
    """As torchvision's own CIFAR10: an array in memory, one PIL image at a time."""

    def __init__(self, split: Split, transform: Callable[[Image.Image], torch.Tensor]) -> None:
        self.split, self.transform = split, transform

    def __len__(self) -> int:
        return len(self.split.labels)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.split.pixels[i])), int(self.split.labels[i])


def authors_transforms(*, augmented: bool) -> Callable[[Image.Image], torch.Tensor]:
    augmentation = [
        T.RandomHorizontalFlip(),
        T.RandomRotation(10),
        T.RandomAffine(0, shear=10, scale=(0.8, 1.2)),
        T.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2),
    ]
    plain = [T.ToTensor(), T.Normalize(HALF, HALF)]
    return T.Compose(augmentation + plain if augmented else plain)


def authors_model(experiment: Experiment, classes: int) -> nn.Module:
    """With PyTorch's own dropout, and in the memory order that PyTorch gives by itself."""
    model = models.build(models.architecture(experiment, classes))
    for name, module in model.named_children():
        if isinstance(module, nn.Dropout):
            model.set_submodule(name, nn.Dropout(module.p))
    return model


def authors_way(experiment: Experiment, data: Prepared) -> float:
    split = data.split("train")
    images = PilImages(split, authors_transforms(augmented=False))
    if experiment.concat_original:
        images = images + PilImages(split, authors_transforms(augmented=True))
    loader = torch.utils.data.DataLoader(images, experiment.batch_size, shuffle=True)
    model = authors_model(experiment, len(data.classes)).train()
    optimizer = torch.optim.Adam(model.parameters(), experiment.learning_rate)
    for _ in range(2):
        started = time.perf_counter()
        for x, y in loader:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()  # the authors summed it up batch by batch
        seconds = time.perf_counter() - started
    return len(images) / seconds


def our_way(experiment: Experiment, data: Prepared) -> float:
    with tempfile.TemporaryDirectory() as folder:
        facts = train(replace(experiment, epochs=2), 0, data, Path(folder), CPU)
        seconds = read_csv(Path(folder, "history.csv"), ("train_seconds",))["train_seconds"].iloc[1]
    images = facts["train_images"] * (2 if experiment.concat_original else 1)
    return images / float(seconds)


def pil_augmentation(split: Split) -> float:
    images = PilImages(split, authors_transforms(augmented=True))
    started = time.perf_counter()
    for i in range(len(images)):
        images[i]
    return len(images) / (time.perf_counter() - started)


def our_augmentation(split: Split) -> float:
    images, noise = DeviceSplit.of(split, CPU), torch.Generator().manual_seed(0)
    started = time.perf_counter()
    for rows in torch.arange(len(images)).split(512):
        normalised(AUGMENTATIONS["cifar"](images.images(rows), noise), "half")
    return len(images) / (time.perf_counter() - started)


def rounds(ways: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Images per second of each way in each round; a first round only warms up."""
    rates = [{name: way() for name, way in ways.items()} for _ in range(ROUNDS + 1)]
    return {name: [rate[name] for rate in rates[1:]] for name in ways}


def show(title: str, rates: dict[str, list[float]]) -> None:
    """The first way is what the others are compared with, round by round."""
    grid = Table("way", "images/s", "ratio", "lowest", "highest", title=title, title_justify="left")
    base = next(iter(rates.values()))
    for name, values in rates.items():
        ratios = [ours / theirs for ours, theirs in zip(values, base, strict=True)]
        median = f"{statistics.median(ratios):.2f}"
        rate = f"{statistics.median(values):,.0f}"
        grid.add_row(name, rate, median, f"{min(ratios):.2f}", f"{max(ratios):.2f}")
    console = Console(width=100)
    console.print(grid)


def main() -> None:
    table = experiments.load(WORKFLOW, "paper")
    data = draw(dataset("cifar10"), IMAGES_PER_CLASS)
    print(f"{device_name(CPU)}, {torch.get_num_threads()} threads, n={ROUNDS} rounds")
    for name in ("task1", "task2-exp3"):
        experiment = table[name].experiment
        ways = {
            "(a) PIL and DataLoader, fp32": lambda e=experiment: authors_way(e, data),
            "(b) ours, fp32": lambda e=experiment: our_way(e, data),
            "(c) ours, bf16": lambda e=experiment: our_way(replace(e, precision="bf16"), data),
        }
        show(f"{name}, batch {experiment.batch_size}", rounds(ways))
    split = data.split("train")
    ways = {"PIL": lambda: pil_augmentation(split), "ours": lambda: our_augmentation(split)}
    show("CIFAR-10 augmentation alone, batch 512", rounds(ways))


if __name__ == "__main__":
    main()
