"""The layers of a network by the paper's names, and what comes out of them while it runs."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from torch import Tensor, nn

from landcover.errors import SpecError, nearest

KINDS: dict[str, type[nn.Conv2d | nn.Linear]] = {"conv": nn.Conv2d, "fc": nn.Linear}

Item = TypeVar("Item")
FEW = 3  # names that an error lists one by one


@dataclass(frozen=True)
class Layer:
    name: str  # conv1, conv2, ... and fc1, fc2, ... in the order of the network
    path: str  # of its module, as PyTorch has it: features.0
    module: nn.Conv2d | nn.Linear

    @property
    def units(self) -> int:
        """Filters of a convolution, outputs of a dense layer."""
        return len(self.weight)

    @property
    def weight(self) -> Tensor:
        """(units, inputs) or (units, inputs, kernel height, kernel width)."""
        return self.module.weight.detach()


def convolutions(model: nn.Module) -> tuple[Layer, ...]:
    return _of_kind(model, "conv")


def dense(model: nn.Module) -> tuple[Layer, ...]:
    return _of_kind(model, "fc")


def chosen(layers: Sequence[Layer], names: Sequence[str]) -> tuple[Layer, ...]:
    """Those of these names or paths, in the order of the network; all where none is named."""
    known = {key: layer for layer in layers for key in (layer.path, layer.name)}
    for name in names:
        if name not in known:
            raise SpecError(f"there is no layer '{name}'; {_nearest(name, layers)}")
    wanted = {known[name].path for name in names}
    return tuple(layer for layer in layers if not names or layer.path in wanted)


def evenly(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many, from the first to the last."""
    if len(items) <= most:
        return list(items)
    return [items[i * (len(items) - 1) // (most - 1)] for i in range(most)]


@contextmanager
def watched(layers: Sequence[Layer]) -> Iterator[dict[str, Tensor]]:
    """While it lasts, holds the last output of each layer by name: (B, units, ...) float32.

    They are copies, as the ReLU after a layer may work in place. The hooks come off whatever
    happens.
    """
    outputs: dict[str, Tensor] = {}
    with ExitStack() as hooks:
        for layer in layers:
            hooks.enter_context(layer.module.register_forward_hook(_keep(outputs, layer.name)))
        yield outputs


def _keep(outputs: dict[str, Tensor], name: str) -> Any:
    def keep(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        outputs[name] = output.detach().float().clone()

    return keep


def _of_kind(model: nn.Module, kind: str) -> tuple[Layer, ...]:
    modules = [(path, m) for path, m in model.named_modules() if isinstance(m, KINDS[kind])]
    return tuple(Layer(f"{kind}{i}", path, m) for i, (path, m) in enumerate(modules, 1))


def _nearest(name: str, layers: Sequence[Layer]) -> str:
    """Names are too short for a typo to be told from another layer: fc9 is near to every fc."""
    ranges = []
    for kind in KINDS:
        own = [layer.name for layer in layers if layer.name.startswith(kind)]
        ranges += [f"{own[0]} ... {own[-1]}"] if len(own) > FEW else own
    paths = [layer.path for layer in layers]
    guess = nearest(name, paths)
    return guess if guess.startswith("did") and "." in name else f"known: {', '.join(ranges)}"
