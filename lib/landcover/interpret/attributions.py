"""Why this class: which pixels an output owes its value to, by Captum."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.inference import batches, evaluating
from landcover.interpret.layers import Layer
from landcover.interpret.specimen import Specimen

STEPS = 64  # from the baseline to the image, at which gradients are taken
AT_ONCE = 64  # images of these

Floats = NDArray[np.float32]
Explain = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Attribution:
    """Of the output that is largest for each image.

    The baseline is the image that normalises to zeros: the statistics' mean colour.
    """

    maps: Floats  # (images, S, S), at the network's own input size
    outputs: NDArray[np.int64]  # (images,)
    probability: Floats  # (images,), of that output
    gain: Floats  # (images,), of that output (a logit), over what the baseline gives


def gradcam(specimen: Specimen, images: DeviceSplit, layer: Layer) -> Attribution:
    """Where a convolution speaks for the output; its coarse map is stretched over the image.

    Negative evidence is cut off, as in the method's paper.
    """
    from captum.attr import LayerAttribution, LayerGradCam  # takes a second to import

    method = LayerGradCam(specimen.model, layer.module)

    def explain(inputs: Tensor, outputs: Tensor) -> Tensor:
        coarse = method.attribute(inputs, target=outputs, relu_attributions=True)  # (B, 1, h, w)
        fine: Tensor = LayerAttribution.interpolate(coarse, inputs.shape[-2:], "bilinear")
        return fine[:, 0]  # (B, S, S)

    return _explained(specimen, images, explain)


def integrated_gradients(specimen: Specimen, images: DeviceSplit) -> Attribution:
    """The sum over channels of what each pixel adds on the straight way from the baseline.

    A map adds up to the gain (completeness), but for what the steps are too coarse for.
    """
    from captum.attr import IntegratedGradients

    method = IntegratedGradients(specimen.model)

    def explain(inputs: Tensor, outputs: Tensor) -> Tensor:
        found: Tensor = method.attribute(
            inputs,
            baselines=torch.zeros_like(inputs),
            target=outputs,
            n_steps=STEPS,
            internal_batch_size=AT_ONCE,
        )
        return found.sum(1)  # (B, S, S)

    return _explained(specimen, images, explain)


def table(
    found: Attribution, images: Split, classes: tuple[str, ...], names: tuple[str, ...]
) -> pd.DataFrame:
    """One row an image; `names` are of the outputs."""
    return pd.DataFrame(
        {
            "file": images.files,
            "class": np.array(classes)[images.labels],
            "output": found.outputs,
            "output_name": np.array(names)[found.outputs],
            "probability": found.probability,
            "gain": found.gain,
            "sum": found.maps.sum((1, 2)),
        }
    )


def _explained(specimen: Specimen, images: DeviceSplit, explain: Explain) -> Attribution:
    parts: list[tuple[Tensor, ...]] = []
    for _, inputs in batches(images, specimen.image_size):
        with evaluating(specimen.model):
            logits = specimen.model(inputs)  # (B, outputs)
            start = specimen.model(torch.zeros_like(inputs[:1]))  # (1, outputs)
        value, outputs = logits.max(1)
        maps = explain(inputs.requires_grad_(), outputs).detach()
        probability = logits.softmax(1).max(1).values
        parts.append((maps, outputs, probability, value - start[0, outputs]))
    return Attribution(
        *(torch.cat([one.cpu() for one in each]).numpy() for each in zip(*parts, strict=True))
    )
