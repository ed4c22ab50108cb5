"""Grad-CAM (Selvaraju et al. 2017), by Captum: where a convolution supports an output.

As in the paper, negative evidence is cut off. The coarse map is resized to the image.
"""

from functools import partial

from torch import Tensor

from landcover.data.batches import DeviceSplit
from landcover.interpret.attributions import Attribution, explained, result
from landcover.interpret.network import Layer, Network
from landcover.interpret.plan import Case, MethodResult, Plan


def plan(case: Case) -> Plan:
    return Plan(partial(_result, case))


def _result(case: Case) -> MethodResult:
    layer = case.layers[-1]  # its maps are the coarsest, with the most meaning
    attribution = gradcam(case.network, case.few_inputs, layer)
    caption = f"Grad-CAM of {layer.name}: where it speaks for the output that is largest."
    return result(case, attribution, caption, {"layer": layer.name})


def gradcam(network: Network, images: DeviceSplit, layer: Layer) -> Attribution:
    from captum.attr import LayerAttribution, LayerGradCam  # takes a second to import

    method = LayerGradCam(network.model, layer.module)

    def explain(inputs: Tensor, outputs: Tensor) -> Tensor:
        coarse = method.attribute(inputs, target=outputs, relu_attributions=True)  # (B, 1, h, w)
        fine: Tensor = LayerAttribution.interpolate(coarse, inputs.shape[-2:], "bilinear")
        return fine[:, 0]  # (B, S, S)

    return explained(network, images, explain)
