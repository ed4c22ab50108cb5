import numpy as np
import pytest
import torch
from torch import nn

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.interpret.gradcam import gradcam
from landcover.interpret.integrated_gradients import integrated_gradients
from landcover.interpret.network import Network
from landcover.models import Architecture, build

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
IMAGES = DeviceSplit.of(
    Split(PIXELS, np.zeros(3, int), np.array(list("xyz")), np.array(["test"] * 3)),
    torch.device("cpu"),
    "half",
)


def around(net):
    return Network("toy", net.eval(), "toy", 8, "half", "made up", ("a", "b"))


@pytest.fixture
def linear():
    torch.manual_seed(0)
    return around(nn.Sequential(nn.Flatten(), nn.Linear(192, 2)))


def inputs():
    return torch.from_numpy(PIXELS).permute(0, 3, 1, 2) / 127.5 - 1


def test_of_a_linear_network_integrated_gradients_are_weight_times_input(linear):
    attribution = integrated_gradients(linear, IMAGES)
    weight = linear.model[1].weight.detach()[attribution.outputs].view(3, 3, 8, 8)
    assert attribution.maps == pytest.approx((weight * inputs()).sum(1).numpy(), abs=1e-5)
    assert attribution.outputs.tolist() == linear.model(inputs()).argmax(1).tolist()


def test_integrated_gradients_add_up_to_the_gain_over_the_baseline():
    torch.manual_seed(0)
    net = build(Architecture("customcnn", 8, 10)).eval()
    attribution = integrated_gradients(around(net), IMAGES)
    with torch.no_grad():
        gain = (net(inputs()) - net(torch.zeros(1, 3, 8, 8))).gather(
            1, torch.from_numpy(attribution.outputs)[:, None]
        )
    assert attribution.gain == pytest.approx(gain[:, 0].numpy(), abs=1e-5)
    assert attribution.maps.sum((1, 2)) == pytest.approx(attribution.gain, abs=5e-3)


def test_gradcam_of_a_pooled_convolution_is_its_map_weighted_by_the_dense_layer():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 4, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    attribution = gradcam(around(net), IMAGES, around(net).convolutions[0])
    weight = net[3].weight.detach()[attribution.outputs][:, :, None, None]  # (images, 4, 1, 1)
    expected = (weight * net[0](inputs()).detach()).sum(1).relu() / 64
    assert attribution.maps == pytest.approx(expected.numpy(), abs=1e-6)


def test_a_frozen_network_with_in_place_relus_is_explained_too():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(144, 2))
    net.requires_grad_(False)
    assert gradcam(around(net), IMAGES, around(net).convolutions[0]).maps.shape == (3, 8, 8)
    assert integrated_gradients(around(net), IMAGES).maps.shape == (3, 8, 8)
    assert not any(parameter.grad is not None for parameter in net.parameters())
