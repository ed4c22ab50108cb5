"""A run's network, ready to classify: which weights, from how many sides, calibrated or not."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from landcover import artifacts, trained, views
from landcover.data.batches import normalised
from landcover.device import device
from landcover.errors import ArtifactError
from landcover.inference import forward
from landcover.results import distilled, layout
from landcover.trained import Trained


@dataclass(frozen=True)
class Use:
    """How a user wants to classify."""

    run: Path | None = None  # None: the best of the reference results
    epoch: str = "best"  # or "last"
    views: int = 1  # or 8: the mean over an image turned and mirrored
    precision: str = ""  # "": as the run was trained
    batch_size: int = 64
    device: str = "auto"


@dataclass(frozen=True)
class Classifier:
    use: Use  # with the run and the precision that were found
    network: Trained
    temperature: float | None  # divides the logits; None if evaluation measured none

    @property
    def title(self) -> str:
        """Returns which network it is, and how far its probabilities can be trusted."""
        network, use = self.network, self.use
        sides = f", {use.views} views" if use.views > 1 else ""
        trust = f"calibrated (temperature {self.temperature:.3g})" if self.temperature else (
            "not calibrated"
        )  # fmt: skip
        return (
            f"{network.experiment.name}, seed {network.seed}, {use.epoch} epoch "
            f"({network.epoch}){sides}; probabilities {trust}"
        )

    def probabilities(self, pixels: Tensor) -> Tensor:
        """Returns (B, classes) float32 on the processor, of (B, S, S, 3) uint8.

        Raises ArtifactError if the network puts out something else than finite numbers.
        """
        network, use = self.network, self.use
        place = next(network.model.parameters()).device
        images = pixels.to(place).permute(0, 3, 1, 2)  # (B, 3, S, S)
        inputs = normalised(images, network.experiment.normalise)
        predicted = views.mean_logits if use.views > 1 else forward
        with torch.no_grad():
            logits = predicted(network.model, inputs, use.precision)
        found = (logits / (self.temperature or 1.0)).softmax(1).cpu()
        if not found.isfinite().all():
            raise ArtifactError(
                f"{use.run}: the network outputs NaN or infinity; its weights are damaged"
            )
        return found


def load(use: Use) -> Classifier:
    """Loads a network. Raises ArtifactError if its run is absent, incomplete or damaged."""
    run = use.run or reference_run()
    network = trained.load(run, use.epoch, device(use.device))
    found = replace(use, run=run, precision=use.precision or network.experiment.precision)
    return Classifier(found, network, _temperature(run, use))


def reference_run(reference: Path = layout.REFERENCE) -> Path:
    """Returns the run that is the best one by a distilled folder of results.

    Raises ArtifactError, which says what to do, if there is none.
    """
    said = distilled.read(reference)
    if not (said and said.best in said.weights):
        example = layout.run(layout.usual("PRESET"), "EXPERIMENT", 0)
        advice = f"say with --run which run to use, such as {example}"
        if not reference.exists():
            advice = f"it comes with the project, so call this in the project's folder; or {advice}"
        raise ArtifactError(f"{reference} names no best network; {advice}")
    return layout.run(reference, said.best, said.weights[said.best])


def _temperature(run: Path, use: Use) -> float | None:
    """Returns the temperature that evaluation measured for these weights and views, if any."""
    file = run / layout.METRICS
    found = artifacts.read_json(file).get("temperature") if file.exists() else None
    key = f"{use.epoch}-{use.views}-views" if use.views > 1 else use.epoch
    value = found.get(key) if isinstance(found, dict) else None
    if value is None:
        return None
    if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
        raise ArtifactError(
            f"{file}: the temperature of {key} is {value!r}, not a positive number; evaluate the "
            "run again"
        )
    return float(value)
