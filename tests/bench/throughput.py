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
from landcover.data.batches import STATISTICS, DeviceSplit, normalised
from landcover.data.prepared import Prepared, Split
from landcover.device import device_name
from landcover.experiments import Experiment
from landcover.fetch import draw
from landcover.models.guarded_torchvision import torchvision
from landcover.train import train

CPU = torch.device("cpu")
ROUNDS = 3
WORKFLOW = Path(__file__).parents[2] / "workflow"
T = torchvision.transforms


class PilImages(torch.utils.data.Dataset[tuple[torch.Tensor, int]]):
    """As torchvision's own CIFAR10: an array in memory, one PIL image at a time."""

    def __init__(self, split: Split, transform: Callable[[Image.Image], torch.Tensor]) -> None:
        self.split, self.transform = split, transform

    def __len__(self) -> int:
        return len(self.split.labels)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.split.pixels[i])), int(self.split.labels[i])


AUGMENTATIONS_OF_AUTHORS = {
    "none": [],
    "cifar": [
        T.RandomHorizontalFlip(),
        T.RandomRotation(10),
        T.RandomAffine(0, shear=10, scale=(0.8, 1.2)),
        T.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2),
    ],
    "eurosat-jitter": [
        T.RandomHorizontalFlip(),
        T.RandomVerticalFlip(),
        T.RandomRotation(60),
        T.RandomResizedCrop(64, scale=(0.8, 1.0), ratio=(0.75, 1.33)),
        T.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2, hue=0.2),
    ],
}


def authors_transforms(augment: str, statistics: str) -> Callable[[Image.Image], torch.Tensor]:
    plain = [T.ToTensor(), T.Normalize(*STATISTICS[statistics])]
    return T.Compose(AUGMENTATIONS_OF_AUTHORS[augment] + plain)


def authors_model(experiment: Experiment, classes: int) -> nn.Module:
    """With PyTorch's own dropout, and in the memory order that PyTorch gives by itself."""
    model = models.build(models.architecture(experiment, classes))
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Dropout):
            model.set_submodule(name, nn.Dropout(module.p))
    return model


def authors_way(experiment: Experiment, data: Prepared) -> float:
    split, statistics = data.split("train"), experiment.normalise
    images = PilImages(split, authors_transforms(experiment.augment, statistics))
    if experiment.concat_original:
        images = PilImages(split, authors_transforms("none", statistics)) + images
    loader = torch.utils.data.DataLoader(images, experiment.batch_size, shuffle=True)
    model = authors_model(experiment, len(data.classes)).train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(trained, experiment.learning_rate)
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


def pil_augmentation(split: Split, augment: str, statistics: str) -> float:
    images = PilImages(split, authors_transforms(augment, statistics))
    started = time.perf_counter()
    for i in range(len(images)):
        images[i]
    return len(images) / (time.perf_counter() - started)


def our_augmentation(split: Split, augment: str, statistics: str) -> float:
    images, noise = DeviceSplit.of(split, CPU, statistics), torch.Generator().manual_seed(0)
    started = time.perf_counter()
    for rows in torch.arange(len(images)).split(512):
        normalised(AUGMENTATIONS[augment](images.images(rows), noise), statistics)
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


def compare(experiment: Experiment, images_per_class: int) -> None:
    """Training, then its augmentation alone where it has one."""
    data = draw(dataset(experiment.dataset), {"train": images_per_class, "val": 1, "test": 1})
    if experiment.pretrained:  # the same arithmetic with any weights
        experiment = replace(experiment, pretrained="random")
    show(
        f"{experiment.name}, batch {experiment.batch_size}",
        rounds(
            {
                "(a) PIL and DataLoader, fp32": lambda: authors_way(experiment, data),
                "(b) ours, fp32": lambda: our_way(experiment, data),
                "(c) ours, bf16": lambda: our_way(replace(experiment, precision="bf16"), data),
            }
        ),
    )
    if experiment.augment == "none":
        return
    split, how = data.split("train"), (experiment.augment, experiment.normalise)
    show(
        f"augmentation '{experiment.augment}' alone, batch 512",
        rounds(
            {
                "PIL": lambda: pil_augmentation(split, *how),
                "ours": lambda: our_augmentation(split, *how),
            }
        ),
    )


def main() -> None:
    table = experiments.load(WORKFLOW, "paper")
    print(f"{device_name(CPU)}, {torch.get_num_threads()} threads, n={ROUNDS} rounds")
    for name, images_per_class in (("task1", 200), ("task2-exp3", 200), ("task5-vgg16", 30)):
        compare(table[name].experiment, images_per_class)


if __name__ == "__main__":
    main()
