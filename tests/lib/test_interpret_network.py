import numpy as np
import pytest
import torch
from torch import nn

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.errors import ArtifactError, SpecError
from landcover.interpret.network import Network, watched
from landcover.models import Architecture, build, published

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 2, 2, 3), dtype=np.uint8)
SPLIT = Split(PIXELS, np.arange(5) % 2, np.array(list("vwxyz")), np.array(["test"] * 5))
IMAGES = DeviceSplit.of(SPLIT, torch.device("cpu"), "none")


def around(model):
    return Network("toy", model, "toy", 2, "none", "made up", ("a", "b"))


@pytest.fixture
def small():
    """A convolution and a dense layer, each before a ReLU that works in place."""
    return around(
        nn.Sequential(
            nn.Conv2d(3, 2, 1), nn.ReLU(inplace=True), nn.Flatten(),
            nn.Linear(2, 4), nn.ReLU(inplace=True),
        )
    )  # fmt: skip


@pytest.fixture
def customcnn():
    return around(build(Architecture("customcnn", 32, 10)))


def names(layers):
    return [layer.name for layer in layers]


def test_customcnn_has_the_names_of_table_1(customcnn):
    layers = customcnn.layers([])
    assert names(layers) == [layer.path for layer in layers]
    assert [layer.units for layer in customcnn.dense] == [128, 10]


def test_the_published_vgg16_has_13_convolutions_and_9192_dense_units():
    with torch.device("meta"):
        vgg16 = around(published("vgg16", "random"))
    assert names(vgg16.convolutions)[-1] == "conv13"
    paths = [int(layer.path.removeprefix("features.")) for layer in vgg16.convolutions]
    assert paths == [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
    assert {layer.name: layer.units for layer in vgg16.dense} == {
        "fc1": 4096,
        "fc2": 4096,
        "fc3": 1000,
    }


def test_layers_are_chosen_by_either_name_in_the_order_of_the_network(small):
    assert names(small.layers(["fc1", "0"])) == ["conv1", "fc1"]
    assert small.layers([]) == (*small.convolutions, *small.dense)


@pytest.mark.parametrize(
    ("name", "message"),
    [("fc9", "no layer 'fc9'; known: conv1 ... conv6, fc1, fc2"), ("", "known: conv1 ... conv6")],
)
def test_an_unknown_layer_lists_those_that_exist(customcnn, name, message):
    with pytest.raises(SpecError, match=message.replace("...", r"\.\.\.")):
        customcnn.layers([name])


def test_outputs_are_taken_before_a_relu_that_works_in_place(small):
    conv, _, _, dense, _ = small.model
    for layer, weight in ((conv, 0.0), (dense, -1.0)):
        nn.init.constant_(layer.weight, weight)
        nn.init.ones_(layer.bias)
    with watched(small.dense) as outputs:
        small.model(torch.zeros(1, 3, 1, 1))
    assert outputs["fc1"].tolist() == [[-1.0] * 4]


def test_hooks_come_off_even_after_an_error(small):
    def fail():
        with watched(small.layers([])):
            assert any(module._forward_hooks for module in small.model)
            small.model(torch.zeros(1, 1, 1, 1))

    with pytest.raises(RuntimeError):
        fail()
    assert not any(module._forward_hooks for module in small.model)


def test_the_model_is_in_its_old_mode_after_a_pass():
    model = nn.Sequential(nn.Flatten(), nn.Dropout(0.9)).train()
    around(model).sweep(IMAGES, [], [])
    assert all(module.training for module in model.modules())


def test_weights_that_make_no_numbers_are_refused_and_hooks_come_off():
    model = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    nn.init.constant_(model[1].bias, torch.nan)
    broken = around(model)
    with pytest.raises(ArtifactError, match="toy: fc1 puts out NaN or infinity"):
        broken.sweep(IMAGES, broken.dense, [])
    assert not any(module._forward_hooks for module in model.modules())
