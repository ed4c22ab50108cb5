import subprocess
import sys

import torch

from landcover.models.guarded_torchvision import torchvision


def test_models_work():
    with torch.device("meta"):
        model = torchvision.models.vgg16(weights=None)
        assert model(torch.zeros(2, 3, 64, 64)).shape == (2, 1000)
    assert sum(p.numel() for p in model.parameters()) == 138_357_544  # Simonyan & Zisserman's D


def test_transforms_work():
    image = torch.arange(12, dtype=torch.uint8).view(3, 2, 2)
    flip = torchvision.transforms.RandomHorizontalFlip(p=1.0)
    assert torch.equal(flip(image), image.flip(2))
    assert torch.equal(torchvision.transforms.functional.vflip(image), image.flip(1))


def test_a_torchvision_that_imports_by_itself_is_left_alone():
    script = """
import torch
library = torch.library.Library("torchvision", "FRAGMENT")  # stands for operators that do load
for name in ("nms", "qnms"):
    if not hasattr(torch.ops.torchvision, name):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import torchvision
from landcover.models import guarded_torchvision
assert guarded_torchvision.torchvision is torchvision
assert guarded_torchvision._library is None
"""
    subprocess.run([sys.executable, "-c", script], check=True)
