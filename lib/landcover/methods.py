"""The methods that look into a network, for the command, the workflow and `interpret`.

A method is a module of `landcover.interpret` with the same name. Nothing slow is imported here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    kinds: tuple[str, ...]  # of the layers that it looks at: "conv", "fc"; none: no single layer
    usual: bool = False  # whether it runs when no method is named, and in the workflow


METHODS = {
    "filters": Method(("conv",), usual=True),
    "activations": Method(("conv", "fc"), usual=True),
    "topk": Method(("fc",), usual=True),
    "tsne": Method(("fc",), usual=True),
    "gradcam": Method(("conv",)),
    "integrated-gradients": Method(()),
}
USUAL = tuple(name for name, method in METHODS.items() if method.usual)
