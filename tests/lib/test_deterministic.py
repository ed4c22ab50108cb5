"""A training must not stop on a GPU because one of its operations has no deterministic form there.

PyTorch documents which operations raise an error under `use_deterministic_algorithms`. None of
them may be part of a training step, of an augmentation or of an evaluation.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from landcover import experiments, models
from landcover.data.catalog import dataset
from landcover.evaluate import evaluate_run
from landcover.fetch import draw
from landcover.models import Architecture, build
from landcover.models.guarded_torchvision import torchvision
from landcover.models.pooling import AdaptiveAvgPool2d
from landcover.train import train

CPU = torch.device("cpu")
ROOT = Path(__file__).parents[2]
# Each entry of PyTorch's list, and the operators behind it.
RAISE = {
    "AvgPool3d": ["avg_pool3d_backward"],
    "AdaptiveAvgPool2d": ["_adaptive_avg_pool2d_backward"],
    "AdaptiveAvgPool3d": ["_adaptive_avg_pool3d_backward"],
    "AdaptiveMaxPool2d": ["adaptive_max_pool2d_backward"],
    "FractionalMaxPool2d": ["fractional_max_pool2d_backward"],
    "FractionalMaxPool3d": ["fractional_max_pool3d_backward"],
    "MaxUnpool1d": ["max_unpool2d"],
    "MaxUnpool2d": ["max_unpool2d"],
    "MaxUnpool3d": ["max_unpool3d"],
    "interpolate": [
        "upsample_linear1d_backward",
        "upsample_bilinear2d_backward",
        "_upsample_bilinear2d_aa_backward",
        "upsample_bicubic2d_backward",
        "_upsample_bicubic2d_aa_backward",
        "upsample_trilinear3d_backward",
    ],
    "ReflectionPad1d": ["reflection_pad1d_backward"],
    "ReflectionPad2d": ["reflection_pad2d_backward"],
    "ReflectionPad3d": ["reflection_pad3d_backward"],
    "NLLLoss": ["nll_loss2d_forward"],  # of maps of classes; a class an image is nll_loss_forward
    "CTCLoss": ["_ctc_loss", "_ctc_loss_backward"],
    "EmbeddingBag": ["_embedding_bag_backward", "_embedding_bag_dense_backward"],
    "put_": ["put_", "put"],
    "histc": ["histc"],
    "bincount": ["bincount"],  # with weights
    "median": ["median", "nanmedian"],
    "grid_sample": ["grid_sampler_2d_backward", "grid_sampler_3d_backward"],
    "cumsum": ["cumsum"],  # of floating point
    "scatter_reduce": ["scatter_reduce"],
    "resize_": [],  # of quantised tensors, which nothing here makes
}
OPERATORS = {name for names in RAISE.values() for name in names}


class Recorder(TorchDispatchMode):
    """Notes the name of every operator that PyTorch dispatches, backward ones, too."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def __torch_dispatch__(self, operator, types, arguments=(), options=None):
        self.names.add(operator.overloadpacket.__name__)
        return operator(*arguments, **(options or {}))


def graph(loss):
    """The names of all nodes of an autograd graph."""
    found, left = set(), [loss.grad_fn]
    while left:
        node = left.pop()
        if node is not None and node not in found:
            found.add(node)
            left += [following for following, _ in node.next_functions]
    return {node.name() for node in found}


def one_step(experiment):
    """The loss of a batch of the experiment's own size, and the operators of its training step.

    On the meta device, where tensors have shapes and no values, and so cost nothing.
    """
    size, meta = experiment.image_size, torch.device("meta")
    images = torch.empty(experiment.batch_size, 3, size, size, device=meta)
    labels = torch.empty(experiment.batch_size, dtype=torch.int64, device=meta)
    with meta:
        model = build(models.Architecture.of(experiment, 10)).train()
    with Recorder() as recorder:
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
    return loss, recorder.names


def test_the_list_of_operations_that_raise_is_pytorchs():
    _, _, documented = torch.use_deterministic_algorithms.__doc__.rpartition("when ``mode=True``:")
    documented = documented.partition("In addition")[0]
    listed = re.findall(r"^\s+\* :\w+:`torch\.(?:[\w.]+\.)?(\w+)`", documented, re.MULTILINE)
    assert set(listed) == RAISE.keys()


@pytest.mark.parametrize("preset", ["paper", "demo"])
def test_no_training_step_of_the_table_raises_on_a_gpu(preset):
    table = experiments.load(ROOT / "workflow", preset)
    raising = {operator.removesuffix("_backward").replace("_", "") for operator in OPERATORS}
    for name in table:
        loss, operators = one_step(table[name].experiment)
        nodes = {re.sub(r"Backward\d+$", "", node).lower() for node in graph(loss)}
        assert "addmm" in nodes, name
        assert not nodes & raising, name
        assert not operators & OPERATORS, name


def test_pytorchs_own_pooling_is_found_out(monkeypatch):
    monkeypatch.setattr(AdaptiveAvgPool2d, "forward", torch.nn.AdaptiveAvgPool2d.forward)
    table = experiments.load(ROOT / "workflow", "paper")
    loss, operators = one_step(table["task4-4"].experiment)
    assert operators & OPERATORS == {"_adaptive_avg_pool2d_backward"}
    assert "AdaptiveAvgPool2DBackward0" in graph(loss)


@pytest.mark.parametrize("augment", ["none", "cifar", "eurosat", "eurosat-jitter"])
def test_nothing_else_that_a_run_does_raises_on_a_gpu(augment, toy, tmp_path):
    """Augmentation, the optimiser's step and evaluation, on the CPU."""
    data = draw(dataset("eurosat"), {"train": 2, "val": 1, "test": 1})
    spec = replace(toy, dataset="eurosat", image_size=64, augment=augment, normalise="imagenet")
    with Recorder() as recorder:
        train(replace(spec, concat_original=augment != "none"), 0, data, tmp_path, CPU)
        evaluate_run(tmp_path, data, tmp_path, CPU)
    assert {"_fused_adam_", "nll_loss_forward", "argmax"} <= recorder.names
    assert not recorder.names & OPERATORS


@pytest.mark.parametrize("sides", [(1, 1), (2, 2), (3, 5), (7, 7), (9, 4), (14, 14)])
def test_pooling_and_its_gradient_are_pytorchs(sides):
    torch.manual_seed(0)
    x = torch.randn(2, 3, *sides).to(memory_format=torch.channels_last).requires_grad_()
    ours, theirs = AdaptiveAvgPool2d(7, 7)(x), F.adaptive_avg_pool2d(x, (7, 7))
    weights = torch.randn_like(theirs)
    gradients = [torch.autograd.grad(y, x, weights)[0] for y in (ours, theirs)]
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("side", [1, 2, 7])
def test_pooling_at_the_sizes_of_the_table_is_pytorchs_to_the_bit(side):
    x = torch.randn(2, 3, side, side)  # of images of 32, 64 and 224 pixels
    assert torch.equal(AdaptiveAvgPool2d(7, 7)(x), F.adaptive_avg_pool2d(x, (7, 7)))


def test_a_map_of_the_right_size_is_left_alone():
    x = torch.randn(2, 3, 7, 7)
    assert AdaptiveAvgPool2d(7, 7)(x) is x


def test_a_vgg_keeps_the_names_of_torchvision():
    with torch.device("meta"):
        ours, theirs = build(Architecture("vgg16", 64, 10)), torchvision.models.vgg16()
    names = [[n for n, _ in m.named_children()] for m in (ours, theirs)]
    assert names[0] == names[1] == ["features", "avgpool", "classifier"]
    kept = {n for n in theirs.state_dict() if n.startswith("features")}
    assert kept == {n for n in ours.state_dict() if n.startswith("features")}
