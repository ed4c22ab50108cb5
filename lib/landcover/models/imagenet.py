"""torchvision's networks as they were published, with their own head for ImageNet's 1,000 classes.

The paper calls the dense layers of such a VGG16 fc1, fc2 and fc3: 4,096, 4,096 and 1,000 units.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from landcover.errors import SpecError
from landcover.models.guarded_torchvision import torchvision
from landcover.models.pretrained import PRETRAINED, RANDOM_SEED, check_fits, imagenet


def published(name: str, source: str) -> nn.Module:
    """(B, 3, S, S) -> (B, 1000), in evaluation mode; `source` is "imagenet" or "random".

    Raises ArtifactError where the weights cannot be had, with the file that would mend it.
    """
    _check_known(name)
    if source == "random":
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(RANDOM_SEED)
            return PRETRAINED[name].make().eval()
    model, tensors = _hollow(name), imagenet(name)
    check_fits(model.state_dict(), tensors, name)
    model.load_state_dict(tensors, assign=True)
    return model.eval()


def categories() -> tuple[str, ...]:
    """What the outputs stand for, in English."""
    return tuple(torchvision.models.VGG16_Weights.IMAGENET1K_V1.meta["categories"])


def is_published(name: str, tensors: Mapping[str, Tensor]) -> bool:
    if name not in PRETRAINED:
        return False
    wanted = {key: tensor.shape for key, tensor in _hollow(name).state_dict().items()}
    return wanted == {key: tensor.shape for key, tensor in tensors.items()}


def _hollow(name: str) -> nn.Module:
    """Shapes without memory."""
    with torch.device("meta"):
        return PRETRAINED[name].make()


def _check_known(name: str) -> None:
    if name not in PRETRAINED:
        raise SpecError(
            f"nobody published weights of '{name}', only of {', '.join(sorted(PRETRAINED))}; "
            "name a run or a file of weights"
        )
