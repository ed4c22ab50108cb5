"""Rows of augmentation alone, on all cores: torchvision v2 with two workers, and kornia."""

import time
from collections.abc import Callable
from importlib.util import find_spec

import torch
from authors import PilImages
from measure import LeftOut, Options, Row, rates, rounds
from training import images

from landcover.augment import AUGMENTATIONS
from landcover.data.batches import DeviceSplit, normalised
from landcover.data.prepared import Split
from landcover.models.guarded_torchvision import torchvision

BATCH, WORKERS = 512, 2
STATISTICS = {"cifar": "half", "eurosat-jitter": "imagenet"}


def augmentation(options: Options) -> list[Row | LeftOut]:
    rows: list[Row | LeftOut] = []
    for augment, name, count in (("cifar", "cifar10", 4096), ("eurosat-jitter", "eurosat", 2048)):
        split = images(name, options.count(count)).split("train")
        rows += _compare(options, augment, split)
    return rows


def _compare(options: Options, augment: str, split: Split) -> list[Row | LeftOut]:
    ways: dict[str, Callable[[], float]] = {
        "torchvision": lambda: _torchvision(augment, split),
        "ours": lambda: _ours(augment, split, options.device),
    }
    if find_spec("kornia"):
        ways["kornia"] = lambda: _kornia(augment, split, options.device)
    found = rounds(ways, options.repeats)
    what, ours = f"Augmentation '{augment}' alone", found["ours"]
    peer = f"torchvision v2, {WORKERS} workers"
    rows: list[Row | LeftOut] = [rates(what, peer, ours, found["torchvision"], 5)]
    if "kornia" in found:
        return [*rows, rates(what, "kornia", ours, found["kornia"], 1)]
    return [*rows, LeftOut(f"{what}, against kornia", "kornia is not installed")]


def _ours(augment: str, split: Split, device: torch.device) -> float:
    on_device = DeviceSplit.of(split, device, STATISTICS[augment])
    noise = torch.Generator(device).manual_seed(0)
    started = time.perf_counter()
    for rows in torch.arange(len(on_device), device=device).split(BATCH):
        augmented = AUGMENTATIONS[augment](on_device.images(rows), noise)
        batch = normalised(augmented, STATISTICS[augment])
    batch.sum().item()
    return len(on_device) / (time.perf_counter() - started)


def _torchvision(augment: str, split: Split) -> float:
    """From a loader that has started; workers begin with the first batch."""
    from torchvision.transforms import v2  # after the guard

    geometry = {
        "cifar": [
            v2.RandomHorizontalFlip(),
            v2.RandomRotation(10),
            v2.RandomAffine(0, shear=10, scale=(0.8, 1.2)),
            v2.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2),
        ],
        "eurosat-jitter": [
            v2.RandomHorizontalFlip(),
            v2.RandomVerticalFlip(),
            v2.RandomRotation(60),
            v2.RandomResizedCrop(64, scale=(0.8, 1.0), ratio=(3 / 4, 4 / 3)),
            v2.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2, hue=0.2),
        ],
    }
    transform = v2.Compose(
        [*geometry[augment], v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]
    )
    loader = torch.utils.data.DataLoader(
        PilImages(split, transform), BATCH, num_workers=WORKERS, persistent_workers=True
    )
    for _ in loader:  # starts the workers
        pass
    started = time.perf_counter()
    for batch, _ in loader:
        batch.sum().item()
    return len(split.labels) / (time.perf_counter() - started)


def _kornia(augment: str, split: Split, device: torch.device) -> float:
    """Whole batches of floats, each image with parameters of its own, as ours."""
    import kornia.augmentation as K

    steps = {
        "cifar": lambda: [
            K.RandomHorizontalFlip(),
            K.RandomRotation(10.0, resample="nearest", p=1.0),
            K.RandomAffine(0.0, shear=10.0, scale=(0.8, 1.2), resample="nearest", p=1.0),
            K.ColorJitter(0.2, 0.2, 0.2, 0.0, p=1.0),
        ],
        "eurosat-jitter": lambda: [
            K.RandomHorizontalFlip(),
            K.RandomVerticalFlip(),
            K.RandomRotation(60.0, resample="nearest", p=1.0),
            K.RandomResizedCrop((64, 64), scale=(0.8, 1.0), ratio=(3 / 4, 4 / 3), p=1.0),
            K.ColorJitter(0.2, 0.2, 0.2, 0.2, p=1.0),
        ],
    }
    augmented = torch.nn.Sequential(*steps[augment]())
    on_device = DeviceSplit.of(split, device, STATISTICS[augment])
    started = time.perf_counter()
    for rows in torch.arange(len(on_device), device=device).split(BATCH):
        batch = augmented(on_device.images(rows).float().div_(255))
    batch.sum().item()
    return len(on_device) / (time.perf_counter() - started)


assert torchvision  # imported through the guard, before `_torchvision` imports its transforms
