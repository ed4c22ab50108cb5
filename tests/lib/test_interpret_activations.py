from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.errors import ArtifactError
from landcover.interpret.activations import Collected, maps, table
from landcover.interpret.layers import convolutions, dense
from landcover.interpret.specimen import Specimen
from landcover.interpret.sweep import sweep

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 2, 2, 3), dtype=np.uint8)
SPLIT = Split(PIXELS, np.arange(5) % 2, np.array(list("vwxyz")), np.array(["test"] * 5))


@pytest.fixture
def subject():
    """A convolution that halves red, dropout, the sum of that and its negative."""
    net = nn.Sequential(nn.Conv2d(3, 1, 1), nn.Flatten(), nn.Dropout(0.9), nn.Linear(4, 2))
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([0.5, 0, 0]).view(1, 3, 1, 1))
        net[0].bias.zero_()
        net[3].weight.copy_(torch.tensor([[1.0] * 4, [-1.0] * 4]))
        net[3].bias.zero_()
    return Specimen("toy", net, "toy", 2, "none", "made up", ("a", "b"))


def images(statistics="none"):
    return DeviceSplit.of(SPLIT, torch.device("cpu"), statistics)


def test_dense_activations_of_all_images_in_closed_form(subject):
    kept = Collected(5, dense(subject.model))
    sweep(subject, images(), dense(subject.model), [kept])
    red = PIXELS[..., 0].sum((1, 2)) / 255 / 2
    assert kept.by_layer["fc1"] == pytest.approx(np.stack([red, -red], 1), rel=1e-6)


def test_the_model_is_in_its_old_mode_afterwards(subject):
    subject.model.train()
    sweep(subject, images(), [], [])
    assert all(module.training for module in subject.model.modules())


def test_maps_in_closed_form(subject):
    found = maps(subject, images(), [*convolutions(subject.model), *dense(subject.model)])
    assert found["conv1"] == pytest.approx(PIXELS[:, None, :, :, 0] / 510, rel=1e-6)
    assert found["fc1"].shape == (5, 2)
    rows = table(found, SPLIT, ("a", "b"))
    first = rows[rows["layer"] == "conv1"].iloc[0]
    assert first["mean"] == pytest.approx(PIXELS[0, :, :, 0].mean() / 510)
    assert (first["file"], first["class"]) == ("v", "a")


def test_images_are_stretched_to_what_the_network_wants(subject):
    wide = replace(subject, model=subject.model[:1], image_size=6)
    found = maps(wide, images(), convolutions(wide.model))["conv1"]
    assert found.shape == (5, 1, 6, 6)
    assert found.mean((1, 2, 3)) == pytest.approx(PIXELS[..., 0].mean((1, 2)) / 510, rel=1e-5)


def test_weights_that_make_no_numbers_are_refused_and_hooks_come_off(subject):
    nn.init.constant_(subject.model[0].bias, torch.nan)
    with pytest.raises(ArtifactError, match="in fc1; they are broken"):
        sweep(subject, images(), dense(subject.model), [])
    assert not any(module._forward_hooks for module in subject.model.modules())
