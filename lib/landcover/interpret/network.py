"""The network to look into, its layers by the paper's names, and its pass over images."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from landcover import models, trained, weights
from landcover.data.batches import DeviceSplit
from landcover.errors import ArtifactError, SpecError, nearest
from landcover.inference import batches, evaluating, forward

KINDS: dict[str, type[nn.Conv2d | nn.Linear]] = {"conv": nn.Conv2d, "fc": nn.Linear}
FEW = 3  # names that an error lists one by one

Visitor = Callable[[Tensor, Mapping[str, Tensor]], None]  # takes rows (B,), outputs by layer


@dataclass(frozen=True)
class Layer:
    name: str  # conv1, conv2, ... and fc1, fc2, ... in the order of the network
    path: str  # of its module in PyTorch: features.0
    module: nn.Conv2d | nn.Linear

    @property
    def units(self) -> int:
        """Returns the number of filters of a convolution, or of outputs of a dense layer."""
        return len(self.weight)

    @property
    def weight(self) -> Tensor:
        """Returns weights (units, inputs) or (units, inputs, kernel height, kernel width)."""
        return self.module.weight.detach()


@dataclass(frozen=True)
class Network:
    name: str
    model: nn.Module  # in evaluation mode
    architecture: str  # its name among the models
    image_size: int  # pixels; images are resized to it
    normalise: str
    weights: str  # their source, in words
    outputs: tuple[str, ...]  # their classes
    precision: str = "fp32"
    seed: int | None = None  # of a run
    epoch: str = ""  # of a run's weights: "best" or "last"

    @property
    def convolutions(self) -> tuple[Layer, ...]:
        return self._layers("conv")

    @property
    def dense(self) -> tuple[Layer, ...]:
        return self._layers("fc")

    @property
    def is_random(self) -> bool:
        """Tells whether the network, or its backbone, was never trained."""
        return self.weights.endswith(("random", "random backbone"))

    def layers(self, names: Sequence[str]) -> tuple[Layer, ...]:
        """Returns the layers with these names or paths, in network order; without names, all.

        Raises SpecError for the first name that no layer has.
        """
        layers = (*self.convolutions, *self.dense)
        by_name = {key: layer for layer in layers for key in (layer.path, layer.name)}
        for name in names:
            if name not in by_name:
                raise SpecError(f"there is no layer '{name}'; {_nearest(name, layers)}")
        paths = {by_name[name].path for name in names}
        return tuple(layer for layer in layers if not names or layer.path in paths)

    def sweep(
        self, images: DeviceSplit, layers: Sequence[Layer], visitors: Sequence[Visitor]
    ) -> None:
        """Calls every visitor after each batch with rows (B,) and outputs (B, units, ...) by layer.

        The outputs are those of the layers themselves, before batch norm and ReLU.
        Raises ArtifactError if an output is not a finite number.
        """
        with watched(layers) as outputs, evaluating(self.model):
            for rows, inputs in batches(images, self.image_size):
                forward(self.model, inputs, self.precision)
                for name, output in outputs.items():
                    if not output.isfinite().all():
                        raise ArtifactError(
                            f"{self.name}: {name} puts out NaN or infinity for some images, so "
                            "its weights are broken; train or download them again"
                        )
                for visit in visitors:
                    visit(rows, outputs)

    def _layers(self, kind: str) -> tuple[Layer, ...]:
        modules = self.model.named_modules()
        of_kind = [(path, module) for path, module in modules if isinstance(module, KINDS[kind])]
        return tuple(Layer(f"{kind}{i}", *module) for i, module in enumerate(of_kind, 1))


@contextmanager
def watched(layers: Sequence[Layer]) -> Iterator[dict[str, Tensor]]:
    """Yields a dict that always holds each layer's last output by name: (B, units, ...) float32.

    The outputs are copies, because the ReLU after a layer may work in place. The hooks are removed
    even after an error.
    """
    outputs: dict[str, Tensor] = {}
    with ExitStack() as hooks:
        for layer in layers:
            hooks.enter_context(layer.module.register_forward_hook(_keep(outputs, layer.name)))
        yield outputs


def load_published(
    model_name: str, pretrained: str, image_size: int, normalise: str, device: torch.device
) -> Network:
    """Loads a network of torchvision with 1,000 outputs; `pretrained`: "imagenet" or "random"."""
    model = models.published(model_name, pretrained).to(device)
    names = models.imagenet_categories()
    return Network(model_name, model, model_name, image_size, normalise, pretrained, names)


def load_run(run: Path, epoch: str, device: torch.device) -> Network:
    """Loads the weights of a run's "best" or "last" epoch."""
    network = trained.load(run, epoch, device)
    experiment = network.experiment
    backbone = ", random backbone" if experiment.pretrained == "random" else ""
    return Network(
        experiment.name,
        network.model,
        experiment.model,
        experiment.image_size,
        experiment.normalise,
        f"{epoch}, epoch {network.epoch}{backbone}",
        network.classes,
        experiment.precision,
        network.seed,
        epoch,
    )


def load_file(
    path: Path,
    model_name: str,
    image_size: int,
    normalise: str,
    classes: tuple[str, ...],
    device: torch.device,
) -> Network:
    """Loads the state dict of a published network, or of one of ours with these classes."""
    outputs = classes
    tensors = weights.read_foreign(path)
    if models.is_published(model_name, tensors):
        model = models.published(model_name, "random").to(device)
        weights.load(model, tensors, path)
        outputs = models.imagenet_categories()
    else:
        _, model = trained.from_elsewhere(
            tensors, path, model_name, image_size, len(classes), device
        )
    return Network(path.stem, model, model_name, image_size, normalise, path.name, outputs)


def _keep(outputs: dict[str, Tensor], name: str) -> Any:
    def keep(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        outputs[name] = output.detach().float().clone()

    return keep


def _nearest(name: str, layers: Sequence[Layer]) -> str:
    """Returns the end of an error about an unknown layer: the nearest path, or all names.

    Names are too short to guess which one was meant: fc9 is similar to every fc.
    """
    ranges = []
    for kind in KINDS:
        names = [layer.name for layer in layers if layer.name.startswith(kind)]
        ranges += [f"{names[0]} ... {names[-1]}"] if len(names) > FEW else names
    guess = nearest(name, [layer.path for layer in layers])
    return guess if guess.startswith("did") and "." in name else f"known: {', '.join(ranges)}"
