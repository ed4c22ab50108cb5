"""A residual network of the CustomCNN's parts; the experiment sets its width and depth.

Modules have names like those of Table 1. The mean over each map at the end replaces fc1, which
holds most of the CustomCNN's weights, so the network accepts images of several sizes.
"""

from collections import OrderedDict

from torch import Tensor, nn

from landcover.errors import SpecError
from landcover.models.architecture import Architecture
from landcover.models.customcnn import NEGATIVE_SLOPE
from landcover.models.dropout import Dropout

WIDTHS = (1, 2, 4, 4)  # of the four stages, in multiples of the first
HALVINGS = len(WIDTHS)  # one max pooling before each stage


class Block(nn.Module):
    """Adds the output of two convolutions to their input: (B, C, H, W) -> (B, channels, H, W)."""

    def __init__(self, before: int, channels: int) -> None:
        super().__init__()
        self.conv1 = _convolution(before, channels, 3)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.LeakyReLU(NEGATIVE_SLOPE, inplace=True)
        self.conv2 = _convolution(channels, channels, 3)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Identity() if before == channels else _convolution(before, channels, 1)
        self.relu2 = nn.LeakyReLU(NEGATIVE_SLOPE, inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        added = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        result: Tensor = self.relu2(self.shortcut(x) + added)
        return result


def build(architecture: Architecture) -> nn.Sequential:
    """Returns a network (B, 3, S, S) -> logits (B, classes), for S of at least 16 pixels."""
    if architecture.image_size < 2**HALVINGS:
        raise SpecError(
            f"residual: image_size {architecture.image_size} must be at least {2**HALVINGS}"
        )
    if not (architecture.width and architecture.depth):
        raise SpecError("residual: give its width (channels) and its depth (blocks per stage)")
    channels = architecture.width
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        conv1=_convolution(3, channels, 3),
        bn1=nn.BatchNorm2d(channels),
        relu1=nn.LeakyReLU(NEGATIVE_SLOPE, inplace=True),
    )
    for stage, multiple in enumerate(WIDTHS, 1):  # S/2 -> S/4 -> S/8 -> S/16
        layers[f"pool{stage}"] = nn.MaxPool2d(2)
        for block in range(1, architecture.depth + 1):
            layers[f"block{stage}_{block}"] = Block(channels, multiple * architecture.width)
            channels = multiple * architecture.width
    layers["mean"] = nn.AdaptiveAvgPool2d(1)
    layers["flatten"] = nn.Flatten()  # (B, 4 width)
    layers["dropout"] = Dropout(architecture.dropout) if architecture.dropout else nn.Identity()
    layers["fc"] = nn.Linear(channels, architecture.classes)
    return nn.Sequential(layers)


def _convolution(before: int, after: int, kernel_size: int) -> nn.Conv2d:
    """Returns a convolution without a bias, because batch norm or an addition follows."""
    padding = kernel_size // 2
    return nn.Conv2d(before, after, kernel_size, padding=padding, bias=False)
