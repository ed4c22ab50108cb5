"""The contract of a method: from a case it makes a plan, which then runs.

Each method is a module with `plan(case)`. It raises LandcoverError if the case is impossible,
before any work of any method.
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
    """What a method looks at."""

    question: Question
    network: Network
    layers: tuple[Layer, ...]  # of the method's kinds
    images: Split
    few: Split  # of which maps are drawn
    few_inputs: DeviceSplit  # the same, on the network's device
    classes: tuple[str, ...]
    dataset: str


@dataclass(frozen=True)
class MethodResult:
    summary: dict[str, Any]  # JSON-ready
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # by file, without its ending
    figures: Mapping[str, Callable[[], Figure]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    run: Callable[[], MethodResult]  # after the pass over all images, if the plan watches it
    watch: Visitor | None = None  # sees the dense layers in one pass that all methods share
