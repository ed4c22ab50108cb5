"""One pass of a network over all images, in which everybody who wants to can watch its layers."""

from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

from landcover.data.batches import DeviceSplit
from landcover.errors import ArtifactError
from landcover.inference import batches, evaluating, forward
from landcover.interpret.layers import Layer, watched
from landcover.interpret.specimen import Specimen

Visitor = Callable[[Tensor, Mapping[str, Tensor]], None]


def sweep(
    specimen: Specimen, images: DeviceSplit, layers: Sequence[Layer], visitors: Sequence[Visitor]
) -> None:
    """Calls each visitor after every batch with rows (B,) and the output (B, units, ...) by layer.

    Raises ArtifactError where an output is no number.
    """
    with watched(layers) as outputs, evaluating(specimen.model):
        for rows, inputs in batches(images, specimen.image_size):
            forward(specimen.model, inputs, specimen.precision)
            for name, output in outputs.items():
                if not output.isfinite().all():
                    raise ArtifactError(
                        f"the weights make something else than numbers of some images, in {name}; "
                        "they are broken"
                    )
            for visit in visitors:
                visit(rows, outputs)
