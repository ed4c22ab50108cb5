from itertools import pairwise

import pytest
import torch

from landcover.errors import SpecError
from landcover.models import Architecture, build, parameters


def network(width=8, depth=2, size=64, model="residual"):
    return build(Architecture(model, size, 10, dropout=0.0, width=width, depth=depth))


@pytest.mark.parametrize(("width", "depth"), [(8, 1), (16, 2), (32, 2)])
def test_parameters_are_those_of_its_layers(width, depth):
    def block(before, after):
        shortcut = 0 if before == after else before * after
        return 9 * before * after + 9 * after * after + 4 * after + shortcut

    widths = [width, width, 2 * width, 4 * width, 4 * width]
    total = 9 * 3 * width + 2 * width + (4 * width * 10 + 10)
    for before, after in pairwise(widths):
        total += block(before, after) + (depth - 1) * block(after, after)
    assert parameters(network(width, depth))["total"] == total


def test_images_of_several_sizes_are_welcome():
    model = network().eval()
    for size in (16, 32, 64, 72):
        assert model(torch.zeros(2, 3, size, size)).shape == (2, 10)


def test_a_block_adds_to_its_input():
    block = network().block1_2.eval()
    torch.nn.init.zeros_(block.bn2.weight)
    torch.nn.init.zeros_(block.bn2.bias)
    x = torch.rand(1, 8, 4, 4)
    assert torch.equal(block(x), x)  # not negative, so the last LeakyReLU leaves it as it is


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"size": 8}, "image_size 8 must be at least 16"),
        ({"width": 0}, "give its width"),
        ({"depth": 0}, "give its width"),
        ({"model": "vision-transformer", "width": 40}, "a multiple of 32"),
        ({"model": "vision-transformer", "width": 32, "size": 60}, "a multiple of 8"),
    ],
)
def test_what_cannot_be_built_is_one_sentence(changes, reason):
    with pytest.raises(SpecError, match=reason):
        network(**changes)


def test_a_transformer_is_torchvisions():
    model = network(64, 3, model="vision-transformer")
    assert type(model).__name__ == "VisionTransformer"
    assert len(model.encoder.layers) == 3
    assert model.seq_length == 64 + 1  # patches, and the one for the class
    assert model(torch.zeros(2, 3, 64, 64)).shape == (2, 10)
