"""torchvision's VisionTransformer, small enough for images of 64 pixels and two processor cores."""

from torch import nn

from landcover.errors import SpecError
from landcover.models.architecture import Architecture
from landcover.models.guarded_torchvision import torchvision

PATCH = 8  # pixels; an image of 64 pixels becomes 64 patches
HEAD_UNITS = 32  # units of each attention head
MLP_RATIO = 2  # hidden units of a block's dense layers, in multiples of the width


def build(architecture: Architecture) -> nn.Module:
    """Returns a network (B, 3, S, S) -> logits (B, classes), for multiples S of 8."""
    size, width, depth = architecture.image_size, architecture.width, architecture.depth
    if size % PATCH:
        raise SpecError(f"vision-transformer: image_size {size} must be a multiple of {PATCH}")
    if not depth or not width or width % HEAD_UNITS:
        raise SpecError(
            "vision-transformer: give its depth (blocks) and its width (units of a patch, "
            f"a multiple of {HEAD_UNITS})"
        )
    model: nn.Module = torchvision.models.VisionTransformer(
        image_size=size,
        patch_size=PATCH,
        num_layers=depth,
        num_heads=width // HEAD_UNITS,
        hidden_dim=width,
        mlp_dim=MLP_RATIO * width,
        dropout=architecture.dropout,
        num_classes=architecture.classes,
    )
    return model
