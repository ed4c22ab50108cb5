import pytest
import torch
from torch import nn

from landcover.errors import SpecError
from landcover.interpret.layers import chosen, convolutions, dense, evenly, watched
from landcover.interpret.units import chosen as chosen_units
from landcover.interpret.units import of_the_authors
from landcover.models import Architecture, build, published


@pytest.fixture
def net():
    return nn.Sequential(
        nn.Conv2d(3, 2, 1), nn.ReLU(inplace=True), nn.Flatten(),
        nn.Linear(2, 4), nn.ReLU(inplace=True),
    )  # fmt: skip


def names(layers):
    return [layer.name for layer in layers]


def test_customcnn_has_the_names_of_table_1():
    model = build(Architecture("customcnn", 32, 10))
    found = [*convolutions(model), *dense(model)]
    assert names(found) == [layer.path for layer in found]
    assert [layer.units for layer in dense(model)] == [128, 10]


def test_the_published_vgg16_has_13_convolutions_and_9192_dense_units():
    with torch.device("meta"):
        model = published("vgg16", "random")
    assert names(convolutions(model))[-1] == "conv13"
    paths = [int(layer.path.removeprefix("features.")) for layer in convolutions(model)]
    assert paths == [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
    assert {layer.name: layer.units for layer in dense(model)} == {
        "fc1": 4096,
        "fc2": 4096,
        "fc3": 1000,
    }


def test_layers_are_chosen_by_either_name_in_the_order_of_the_network(net):
    layers = [*convolutions(net), *dense(net)]
    assert names(chosen(layers, ["fc1", "0"])) == ["conv1", "fc1"]
    assert chosen(layers, []) == tuple(layers)


@pytest.mark.parametrize(
    ("name", "message"),
    [("fc9", "no layer 'fc9'; known: conv1 ... conv6, fc1, fc2"), ("", "known: conv1 ... conv6")],
)
def test_an_unknown_layer_lists_those_that_exist(name, message):
    model = build(Architecture("customcnn", 32, 10))
    with pytest.raises(SpecError, match=message.replace("...", r"\.\.\.")):
        chosen([*convolutions(model), *dense(model)], [name])


def test_outputs_are_taken_before_a_relu_that_works_in_place(net):
    nn.init.constant_(net[3].weight, -1.0)
    nn.init.ones_(net[3].bias)
    nn.init.zeros_(net[0].weight)
    nn.init.ones_(net[0].bias)
    with watched(dense(net)) as outputs:
        net(torch.zeros(1, 3, 1, 1))
    assert outputs["fc1"].tolist() == [[-1.0] * 4]


def test_hooks_come_off_even_after_an_error(net):
    def fail():
        with watched([*convolutions(net), *dense(net)]):
            assert any(module._forward_hooks for module in net)
            net(torch.zeros(1, 1, 1, 1))

    with pytest.raises(RuntimeError):
        fail()
    assert not any(module._forward_hooks for module in net)


def test_the_authors_units():
    hidden = of_the_authors(4096, is_output=False, dataset="cifar10")
    assert (len(hidden), hidden[0], hidden[-1]) == (21, 6, 127)
    assert {30, 54, 66, 42, 72, 36, 98} <= set(hidden)
    assert of_the_authors(1000, is_output=True, dataset="cifar10") == (*range(0, 1000, 100), 999)
    assert of_the_authors(10, is_output=True, dataset="eurosat") == tuple(range(10))
    assert of_the_authors(2048, is_output=False, dataset="eurosat") == (
        0, 108, 215, 323, 431, 539, 646, 754, 862, 970, 1077, 1185, 1293, 1401, 1508, 1616, 1724,
        1832, 1939, 2047,
    )  # fmt: skip


def test_an_unknown_unit_says_which_there_are(net):
    (layer,) = dense(net)
    assert chosen_units(layer, [3, 0]) == (3, 0)
    with pytest.raises(SpecError, match=r"fc1 has no unit 4; it has 0 \.\.\. 3"):
        chosen_units(layer, [4])


def test_an_even_choice_has_the_first_and_the_last():
    assert evenly("abc", 3) == ["a", "b", "c"]
    assert evenly(range(155), 20)[:2] == [0, 8]
    assert len(set(evenly(range(155), 20))) == 20
    assert evenly(range(155), 20)[-1] == 154
