"""The one place that imports torchvision; everyone else imports the name `torchvision` from here.

The package index has torchvision for CUDA. With a torch for the CPU, its compiled operators do not
load, and the import fails ("operator torchvision::nms does not exist"), although models and
transforms need none of them. Schemas without an implementation are enough to import it.
"""

import sys

import torch

SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_library: torch.library.Library | None = None  # the schemas live only as long as this object


def _define_missing_operators() -> None:
    global _library
    _library = torch.library.Library("torchvision", "FRAGMENT")
    for name, schema in SCHEMAS.items():
        if not hasattr(torch.ops.torchvision, name):
            _library.define(schema)


def _forget_half_imported_modules() -> None:
    for name in [name for name in sys.modules if name.startswith("torchvision.")]:
        del sys.modules[name]


try:
    import torchvision
except RuntimeError:
    # Only after a failure, because operators that do load would clash with these schemas.
    _define_missing_operators()
    _forget_half_imported_modules()
    import torchvision

__all__ = ["torchvision"]
