"""The report's CustomCNN (Table 1): three blocks of two convolutions, then two dense layers.

With 64 x 64 pixels instead of 32 x 32 it is the authors' EUROSatCNN. Every module has its name in
Table 1. If batch normalisation or dropout is off, an identity with the same name replaces it, so
that the weights of all variants have the same names.
"""

from collections import OrderedDict

from torch import nn

from landcover.errors import SpecError
from landcover.models.architecture import Architecture
from landcover.models.dropout import Dropout

CHANNELS = (3, 32, 32, 64, 64, 128, 128)  # into conv1, then out of conv1 ... conv6
DENSE_UNITS = 128
NEGATIVE_SLOPE = 0.01  # of LeakyReLU, PyTorch's default


def build(architecture: Architecture) -> nn.Sequential:
    """Returns a network (B, 3, S, S) -> logits (B, classes), for multiples S of 8."""
    size = architecture.image_size
    if size < 8 or size % 8:
        raise SpecError(f"customcnn: image_size {size} must be a multiple of 8, at least 8")
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for i in range(1, 7):  # S -> S/2 -> S/4 -> S/8, two convolutions at each size
        layers |= _convolution(i, architecture.batch_norm)
        if i % 2 == 0:
            layers[f"pool{i // 2}"] = nn.MaxPool2d(2)
            layers[f"dropout{i // 2}"] = _dropout(architecture.dropout)
    layers["flatten"] = nn.Flatten()  # (B, 128, S/8, S/8) -> (B, 2 S^2)
    layers["fc1"] = nn.Linear(CHANNELS[-1] * (size // 8) ** 2, DENSE_UNITS)
    layers["relu7"] = nn.LeakyReLU(NEGATIVE_SLOPE, inplace=True)
    layers["dropout4"] = _dropout(architecture.dropout)
    layers["fc2"] = nn.Linear(DENSE_UNITS, architecture.classes)
    return nn.Sequential(layers)


def _convolution(i: int, batch_norm: bool) -> OrderedDict[str, nn.Module]:
    before, after = CHANNELS[i - 1], CHANNELS[i]
    return OrderedDict(
        {
            f"conv{i}": nn.Conv2d(before, after, kernel_size=3, padding=1),
            f"bn{i}": nn.BatchNorm2d(after) if batch_norm else nn.Identity(),
            f"relu{i}": nn.LeakyReLU(NEGATIVE_SLOPE, inplace=True),
        }
    )


def _dropout(probability: float) -> nn.Module:
    return Dropout(probability) if probability else nn.Identity()
