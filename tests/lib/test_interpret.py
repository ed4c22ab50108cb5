"""What is written, and what is refused before any work."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from landcover import artifacts, interpret
from landcover.errors import DataError, SpecError
from landcover.interpret import Network, Question, load
from landcover.methods import METHODS, USUAL


@pytest.fixture
def network(toy_run):
    question = Question(run=toy_run, epoch="best")
    return load(question, (), torch.device("cpu"))


@pytest.mark.parametrize("method", METHODS)
def test_a_method_is_a_module_of_its_name_with_a_plan(method):
    module = import_module(f"landcover.interpret.{method.replace('-', '_')}")
    assert callable(module.plan)
    assert module.__doc__


def test_without_a_method_the_usual_ones_run_that_have_a_layer(network, tiny, tmp_path):
    question = Question(layers=("conv1",))
    assert list(interpret.interpret(network, tiny, question, tmp_path)) == [
        name for name in USUAL if "conv" in METHODS[name].kinds
    ]


@pytest.mark.slow
def test_all_methods_of_a_run_are_written(network, tiny, tmp_path):
    files = tuple(tiny.split("test").files[:2])
    question = Question(methods=tuple(METHODS), files=files, top=3)
    found = interpret.interpret(network, tiny, question, tmp_path)
    assert list(found) == list(METHODS)
    for method, summary in found.items():
        assert artifacts.read_json(tmp_path / method / "summary.json") == summary
    assert len(list((tmp_path / "filters").glob("*.svg"))) == 2 * 6
    assert len(list((tmp_path / "activations").glob("image*.png"))) == 2
    units = pd.read_csv(tmp_path / "topk/units.csv")
    assert units["layer"].value_counts().to_dict() == {"fc1": 128, "fc2": 10}
    assert len(pd.read_csv(tmp_path / "topk/images.csv")) == 138 * 3
    assert len(pd.read_csv(tmp_path / "tsne/embedding.csv")) == 2 * 40
    assert pd.read_csv(tmp_path / "tsne/separation.csv")["layer"].tolist() == ["fc1", "fc2"]


def test_the_images_of_an_output_unit_are_those_with_its_largest_logits(network, tiny, tmp_path):
    question = Question(methods=("topk",), layers=("fc2",), units=(3,), top=4)
    interpret.interpret(network, tiny, question, tmp_path)
    rows = pd.read_csv(tmp_path / "topk/images.csv").query("unit == 3")
    split = tiny.split("test")
    inputs = torch.from_numpy(split.pixels).permute(0, 3, 1, 2) / 127.5 - 1
    with torch.no_grad():
        logits = network.model(inputs)[:, 3].numpy()
    assert rows["file"].tolist() == split.files[np.argsort(-logits)[:4]].tolist()
    assert rows["activation"].tolist() == pytest.approx(np.sort(logits)[::-1][:4], abs=1e-4)


def test_images_can_be_chosen_and_capped(network, tiny, tmp_path):
    file = tiny.split("test").files[7]
    question = Question(methods=("activations",), layers=("fc1",), files=(file,), max_images=20)
    found = interpret.interpret(network, tiny, question, tmp_path)
    assert found["activations"]["files"] == [file]
    assert found["activations"]["images"] == 20


@pytest.mark.parametrize(
    ("question", "error", "message"),
    [
        (Question(layers=("conv7",)), SpecError, "no layer 'conv7'; known: conv1 ... conv6"),
        (
            Question(methods=("topk",), layers=("conv1",)),
            SpecError,
            "topk looks at fc layers, and there are none",
        ),
        (Question(units=(10,)), SpecError, "fc2 has no unit 10; it has 0 ... 9"),
        (Question(methods=("topk",), top=41), SpecError, "no 41 best of 40 images"),
        (Question(files=("x",)), DataError, "no image 'x' in the test split"),
    ],
)
def test_what_is_not_there_is_refused_before_any_work(
    network, tiny, tmp_path, question, error, message
):
    with pytest.raises(error) as caught:
        interpret.interpret(network, tiny, question, tmp_path / "out")
    assert message in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_network_without_a_dense_layer_has_filters_but_no_top_images(tiny, tmp_path):
    net = nn.Sequential(nn.Conv2d(3, 10, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    bare = Network("bare", net, "bare", 32, "half", "random", tiny.classes)
    with pytest.raises(SpecError, match="topk looks at fc layers, and there are none among those"):
        interpret.interpret(bare, tiny, Question(methods=("topk",)), tmp_path)
    assert list(interpret.interpret(bare, tiny, Question(), tmp_path)) == ["filters", "activations"]
