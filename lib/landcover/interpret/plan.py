"""The contract of a method: it makes a plan from a case, and the plan runs later.

Each method is a module with `plan(case)`. It raises LandcoverError if the case is impossible,
before any method starts its work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.interpret.network import Layer, Network, Visitor
from landcover.interpret.question import Question

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Case:
    """The network, the images and the layers that a method looks at."""

    question: Question
    network: Network
    layers: tuple[Layer, ...]  # of the method's kinds
    images: Split
    few: Split  # images for maps
    few_inputs: DeviceSplit  # the same images, on the network's device
    classes: tuple[str, ...]
    dataset: str


@dataclass(frozen=True)
class MethodResult:
    summary: dict[str, Any]  # JSON-ready
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # by file, without its ending
    figures: Mapping[str, Callable[[], Figure]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    run: Callable[[], MethodResult]  # called last; with a `watch`, after the pass over all images
    watch: Visitor | None = None  # gets the outputs of dense layers, in one pass for all methods
