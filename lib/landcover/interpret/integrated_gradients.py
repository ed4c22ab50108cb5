"""Integrated gradients (Sundararajan et al. 2017), by Captum: what each pixel adds to an output.

The map is summed over channels. Its sum is the gain over the baseline (completeness), except for an
error that depends on the number of steps.
"""

from functools import partial

import numpy as np
import torch
from torch import Tensor

from landcover.data.batches import DeviceSplit
from landcover.interpret.attributions import Attribution, explained, result
from landcover.interpret.network import Network
from landcover.interpret.plan import Case, MethodResult, Plan

STEPS = 64  # between the baseline and the image; each gives a gradient
AT_ONCE = 64  # steps of images in a batch


def plan(case: Case) -> Plan:
    return Plan(partial(_result, case))


def _result(case: Case) -> MethodResult:
    attribution = integrated_gradients(case.network, case.few_inputs)
    caption = (
        "Integrated gradients: orange pixels speak for the output that is largest, "
        "blue ones against it."
    )
    error = np.abs(attribution.maps.sum((1, 2)) - attribution.gain).max()
    summary = {"steps": STEPS, "largest_completeness_error": float(error)}
    return result(case, attribution, caption, summary)


def integrated_gradients(network: Network, images: DeviceSplit) -> Attribution:
    from captum.attr import IntegratedGradients  # takes a second to import

    method = IntegratedGradients(network.model)

    def explain(inputs: Tensor, outputs: Tensor) -> Tensor:
        maps: Tensor = method.attribute(
            inputs,
            baselines=torch.zeros_like(inputs),
            target=outputs,
            n_steps=STEPS,
            internal_batch_size=AT_ONCE,
        )
        return maps.sum(1)  # (B, S, S)

    return explained(network, images, explain)
