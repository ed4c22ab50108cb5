"""The networks by name, without torch: what the table, the commands and `doctor` need to know."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """One of torchvision's models, with weights IMAGENET1K_V1."""

    head: str  # the module that our head replaces
    units: tuple[int, ...]  # of our head: its input, then its hidden layers


VGG_POOLED = 7  # height and width of the map that a VGG's pooling makes of any image
VGG_HEAD = ("classifier", (512 * VGG_POOLED**2, 2048, 1024))
RESNET_HEAD = ("fc", (2048, 1024, 512))
PUBLISHED = {
    "vgg16": Published(*VGG_HEAD),
    "vgg19": Published(*VGG_HEAD),
    "resnet50": Published(*RESNET_HEAD),
    "resnet152": Published(*RESNET_HEAD),
}
HEADS = {  # the module that always trains; all before it is the backbone
    "customcnn": "fc2",
    "residual": "fc",
    "vision-transformer": "heads",
} | {name: published.head for name, published in PUBLISHED.items()}
MODELS = tuple(HEADS)
