"""Everything that determines a network's shape and which of its weights train."""

from dataclasses import dataclass

from landcover.experiments import Experiment


@dataclass(frozen=True)
class Architecture:
    model: str
    image_size: int  # pixels, height and width
    classes: int
    batch_norm: bool = True  # only for the CustomCNN
    dropout: float = 0.25  # probability of zeroing an element
    freeze: str = ""  # "backbone": all but the head; "first-5-convolutions"
    width: int = 0  # of a residual network (channels) or a transformer (units of a patch)
    depth: int = 0  # residual network: blocks of a stage; transformer: blocks

    @classmethod
    def of(cls, experiment: Experiment, classes: int) -> "Architecture":
        return cls(
            experiment.model,
            experiment.image_size,
            classes,
            batch_norm=experiment.batch_norm,
            dropout=experiment.dropout,
            freeze=experiment.freeze,
            width=experiment.width,
            depth=experiment.depth,
        )
