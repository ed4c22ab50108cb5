"""Which units of a dense layer are drawn: the ones that the authors picked."""

from collections.abc import Sequence

import numpy as np

from landcover.errors import SpecError
from landcover.interpret.layers import Layer

# Of 128 and of 4,096 units alike (Figure 8): every sixth, but for a slip from 72 to 80.
TASK3 = (6, 12, 18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 80, 86, 92, 98, 104, 110, 116, 122, 127)
TASK5_COUNT = 20  # evenly spaced over a hidden layer (Figure 24)
MOST_OUTPUTS = 25  # of an output layer that is drawn whole
OUTPUT_STEPS = 10  # over ImageNet's 1,000 classes: 0, 100, ..., 900, and the last


def of_the_authors(width: int, *, is_output: bool, dataset: str) -> tuple[int, ...]:
    """Positions from 0. Task 3 looks at CIFAR-10, Task 5 at EuroSAT; others are drawn as Task 5."""
    if is_output and width <= MOST_OUTPUTS:
        return tuple(range(width))
    if is_output:
        return (*range(0, width, width // OUTPUT_STEPS), width - 1)
    if dataset == "cifar10":
        return tuple(unit for unit in TASK3 if unit < width)
    return tuple(
        dict.fromkeys(np.rint(np.linspace(0, width - 1, TASK5_COUNT)).astype(int).tolist())
    )


def chosen(layer: Layer, units: Sequence[int]) -> tuple[int, ...]:
    """Raises SpecError for the first unit that the layer does not have."""
    for unit in units:
        if not 0 <= unit < layer.units:
            raise SpecError(
                f"{layer.name} has no unit {unit}; it has 0 ... {layer.units - 1}, so name other "
                "units, or only layers that have it"
            )
    return tuple(units)
