"""A split as bytes on the device that trains; its batches as the network needs them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from landcover.data.prepared import Split

STATISTICS = {  # mean and standard deviation of red, green, blue, for pixels in 0 ... 1
    "none": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "half": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}


@dataclass(frozen=True)
class DeviceSplit:
    pixels: Tensor  # (N, H, W, 3) uint8
    labels: Tensor  # (N,) int64
    statistics: tuple[str, ...]  # keys of STATISTICS, one for each source of images
    sources: Tensor  # (N,) uint8, positions in `statistics`

    @classmethod
    def of(cls, split: Split, device: torch.device, statistics: str) -> "DeviceSplit":
        pixels, labels = (torch.from_numpy(a).to(device) for a in (split.pixels, split.labels))
        return cls(pixels, labels, (statistics,), torch.zeros_like(labels, dtype=torch.uint8))

    def followed_by(self, others: "DeviceSplit", first_label: int) -> "DeviceSplit":
        """Returns the images of both; the labels of the others are raised by `first_label`."""
        return DeviceSplit(
            torch.cat([self.pixels, others.pixels]),
            torch.cat([self.labels, others.labels + first_label]),
            self.statistics + others.statistics,
            torch.cat([self.sources, others.sources + len(self.statistics)]),
        )

    def at(self, rows: Tensor) -> "DeviceSplit":
        """Returns the split with only these rows (B,)."""
        parts = (self.pixels[rows], self.labels[rows], self.statistics, self.sources[rows])
        return DeviceSplit(*parts)

    def __len__(self) -> int:
        return len(self.labels)

    def images(self, rows: Tensor) -> Tensor:
        """Returns a copy of these rows (B,): (B, 3, H, W) uint8 in channels_last order."""
        return self.pixels[rows].permute(0, 3, 1, 2)

    def normalised(self, images: Tensor, rows: Tensor) -> Tensor:
        """Returns the images of these rows, each normalised by the statistics of its source."""
        if len(set(self.statistics)) == 1:
            return normalised(images, self.statistics[0])
        inputs = torch.empty_like(images, dtype=torch.float32)  # (B, 3, H, W)
        for source, statistics in enumerate(self.statistics):
            own = self.sources[rows] == source
            inputs[own] = normalised(images[own], statistics)
        return inputs


def normalised(images: Tensor, statistics: str) -> Tensor:
    """Returns uint8 images (B, 3, H, W) as float32, normalised as by ToTensor and Normalize."""
    B, C, H, W = images.shape
    mean, std = (
        torch.tensor(values, device=images.device).repeat(H * W)  # (H * W * 3,)
        for values in STATISTICS[statistics]
    )
    rows = images.permute(0, 2, 3, 1).reshape(B, -1).float()  # (B, H * W * 3): fast inner loops
    rows.div_(255).sub_(mean).div_(std)
    return rows.view(B, H, W, C).permute(0, 3, 1, 2)  # (B, 3, H, W) in channels_last order
