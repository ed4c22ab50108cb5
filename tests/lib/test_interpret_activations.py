from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.interpret.activations import maps, table
from landcover.interpret.network import Network

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 2, 2, 3), dtype=np.uint8)
SPLIT = Split(PIXELS, np.arange(5) % 2, np.array(list("vwxyz")), np.array(["test"] * 5))


@pytest.fixture
def network():
    """A convolution that halves red, dropout, the sum of that and its negative."""
    net = nn.Sequential(nn.Conv2d(3, 1, 1), nn.Flatten(), nn.Dropout(0.9), nn.Linear(4, 2))
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([0.5, 0, 0]).view(1, 3, 1, 1))
        net[0].bias.zero_()
        net[3].weight.copy_(torch.tensor([[1.0] * 4, [-1.0] * 4]))
        net[3].bias.zero_()
    return Network("toy", net, "toy", 2, "none", "made up", ("a", "b"))


def images(statistics="none"):
    return DeviceSplit.of(SPLIT, torch.device("cpu"), statistics)


def test_maps_in_closed_form(network):
    outputs = maps(network, images(), network.layers([]))
    assert outputs["conv1"] == pytest.approx(PIXELS[:, None, :, :, 0] / 510, rel=1e-6)
    assert outputs["fc1"].shape == (5, 2)
    rows = table(outputs, SPLIT, ("a", "b"))
    first = rows[rows["layer"] == "conv1"].iloc[0]
    assert first["mean"] == pytest.approx(PIXELS[0, :, :, 0].mean() / 510)
    assert (first["file"], first["class"]) == ("v", "a")


def test_images_are_resized_to_what_the_network_wants(network):
    wide = replace(network, model=network.model[:1], image_size=6)
    outputs = maps(wide, images(), wide.convolutions)["conv1"]
    assert outputs.shape == (5, 1, 6, 6)
    assert outputs.mean((1, 2, 3)) == pytest.approx(PIXELS[..., 0].mean((1, 2)) / 510, rel=1e-5)
