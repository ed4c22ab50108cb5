"""torchvision's published networks, with their own head for ImageNet's 1,000 classes.

The paper calls the dense layers of this VGG16 fc1, fc2 and fc3: 4,096, 4,096 and 1,000 units.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from landcover.architectures import PUBLISHED
from landcover.errors import SpecError
from landcover.models.guarded_torchvision import torchvision
from landcover.models.pretrained import RANDOM_SEED, check_fits, imagenet


def published(name: str, source: str) -> nn.Module:
    """Returns a network (B, 3, S, S) -> (B, 1000) in evaluation mode.

    `source` is "imagenet" or "random". Raises ArtifactError if the weights cannot be had; it names
    the file and its folder.
    """
    _check_known(name)
    if source == "random":
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(RANDOM_SEED)
            return _network(name).eval()
    model, tensors = _hollow(name), imagenet(name)
    check_fits(model.state_dict(), tensors, name)
    model.load_state_dict(tensors, assign=True)
    return model.eval()


def categories() -> tuple[str, ...]:
    """Returns the English names of the outputs."""
    return tuple(torchvision.models.VGG16_Weights.IMAGENET1K_V1.meta["categories"])


def is_published(name: str, tensors: Mapping[str, Tensor]) -> bool:
    """Tells whether a state has the names and shapes of a published network."""
    if name not in PUBLISHED:
        return False
    wanted = {key: tensor.shape for key, tensor in _hollow(name).state_dict().items()}
    return wanted == {key: tensor.shape for key, tensor in tensors.items()}


def _hollow(name: str) -> nn.Module:
    """Returns the network without memory for its weights, which only have shapes."""
    with torch.device("meta"):
        return _network(name)


def _network(name: str) -> nn.Module:
    network: nn.Module = torchvision.models.get_model(name)
    return network


def _check_known(name: str) -> None:
    if name not in PUBLISHED:
        raise SpecError(
            f"there are no published weights of '{name}', only of {', '.join(PUBLISHED)}; "
            "name one of these, a run, or a file of weights"
        )
