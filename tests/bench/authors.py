"""The authors' way: PIL transforms image by image, no workers, fp32, plain Adam."""

import time
from collections.abc import Callable

import torch
from PIL import Image
from torch import nn

from landcover import models
from landcover.data.batches import STATISTICS
from landcover.data.prepared import Prepared, Split
from landcover.experiments import Experiment
from landcover.models.guarded_torchvision import torchvision

T = torchvision.transforms


class PilImages(torch.utils.data.Dataset[tuple[torch.Tensor, int]]):
    """As torchvision's own CIFAR10: an array in memory, one PIL image at a time."""

    def __init__(self, split: Split, transform: Callable[[Image.Image], torch.Tensor]) -> None:
        self.split, self.transform = split, transform

    def __len__(self) -> int:
        return len(self.split.labels)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.split.pixels[i])), int(self.split.labels[i])


AUGMENTATIONS = {
    "none": [],
    "cifar": [
        T.RandomHorizontalFlip(),
        T.RandomRotation(10),
        T.RandomAffine(0, shear=10, scale=(0.8, 1.2)),
        T.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2),
    ],
}


def transforms(augment: str, statistics: str) -> Callable[[Image.Image], torch.Tensor]:
    return T.Compose([*AUGMENTATIONS[augment], T.ToTensor(), T.Normalize(*STATISTICS[statistics])])


def model(experiment: Experiment, classes: int) -> nn.Module:
    """With PyTorch's own dropout and activations, in the memory order that PyTorch gives."""
    network = models.build(models.Architecture.of(experiment, classes))
    for name, module in list(network.named_modules()):
        if isinstance(module, nn.Dropout):
            network.set_submodule(name, nn.Dropout(module.p))
        if isinstance(module, nn.LeakyReLU):
            module.inplace = False
    return network


def rate(experiment: Experiment, data: Prepared, device: torch.device) -> float:
    """Images per second in the second of two epochs."""
    split, statistics = data.split("train"), experiment.normalise
    images = PilImages(split, transforms(experiment.augment, statistics))
    if experiment.concat_original:
        images = PilImages(split, transforms("none", statistics)) + images
    loader = torch.utils.data.DataLoader(images, experiment.batch_size, shuffle=True)
    network = model(experiment, len(data.classes)).to(device).train()
    optimizer = torch.optim.Adam(network.parameters(), experiment.learning_rate)
    for _ in range(2):
        started = time.perf_counter()
        for x, y in loader:
            loss = nn.functional.cross_entropy(network(x.to(device)), y.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()  # the authors summed it up batch by batch
        seconds = time.perf_counter() - started
    return len(images) / seconds
