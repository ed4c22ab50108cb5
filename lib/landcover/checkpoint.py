"""The state of a run between two epochs, in memory and as a file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau
from torch.optim.swa_utils import AveragedModel

from landcover import weights
from landcover.errors import ArtifactError
from landcover.experiments import differences
from landcover.models import changing


class UnusableError(ArtifactError):
    """A checkpoint is broken, or belongs to other settings or images."""


@dataclass(frozen=True)
class Epoch:
    """One row of history.csv; the evaluation is of the experiment's selection split."""

    epoch: int  # from 1
    train_loss: float  # as the paper defines it for this task
    train_loss_mean: float  # over the batches
    eval_loss: float
    eval_accuracy: float  # fraction
    learning_rate: float
    train_seconds: float
    eval_seconds: float
    clean_train_loss: float | None = None  # of unaugmented training images, in evaluation mode


@dataclass
class State:
    model: nn.Module
    backbone: nn.Module | None  # the frozen part of the model, if there is one
    head: nn.Module  # the part that trains
    optimizer: Optimizer
    plateau: ReduceLROnPlateau | None = None  # steps after every epoch
    one_cycle: OneCycleLR | None = None  # steps after every batch
    average: AveragedModel | None = None
    history: list[Epoch] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)

    @property
    def kept(self) -> nn.Module:
        """Returns the model that is evaluated and stored: the average, if there is one."""
        return self.average.module if self.average else self.model

    @property
    def learning_rate(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])

    @property
    def best_epoch(self) -> Epoch:
        """Returns the epoch with the highest accuracy, the first of several; there must be one."""
        return max(self.history, key=lambda row: row.eval_accuracy)

    @property
    def is_best(self) -> bool:
        """Tells whether the last epoch is the best one."""
        return self.best_epoch is self.history[-1]

    @property
    def epochs_without_gain(self) -> int:
        return len(self.history) - self.best_epoch.epoch if self.history else 0


def save(state: State, path: Path, belongs_to: Mapping[str, Any]) -> None:
    """Writes a checkpoint; `belongs_to` is JSON-ready and says which run it belongs to."""
    tensors = {f"model.{name}": tensor for name, tensor in changing(state.model).items()}
    if state.average:
        tensors |= {f"average.{name}": tensor for name, tensor in changing(state.kept).items()}
    if not state.is_best:
        tensors |= {f"best.{name}": tensor for name, tensor in state.best.items()}
    for i, moments in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{i}.{name}": tensor for name, tensor in moments.items()}
    notes = {
        "belongs_to": belongs_to,
        "history": [asdict(row) for row in state.history],
        "learning_rate": state.learning_rate,
        "plateau": state.plateau and state.plateau.state_dict(),
        "one_cycle": state.one_cycle and state.one_cycle.state_dict(),
        "averaged_steps": state.average and int(state.average.n_averaged),
    }
    # with a large network, to wait for the disk would take longer than to repeat an epoch
    weights.write(path, tensors, notes, survives_power_cut=False)


def restore(state: State, path: Path, belongs_to: Mapping[str, Any]) -> None:
    """Reads a checkpoint into `state`. Raises UnusableError if it is damaged or of another run."""
    try:
        tensors, notes = weights.read(path)
        found = differences(notes["belongs_to"], belongs_to)
    except (ArtifactError, LookupError, TypeError) as error:
        raise UnusableError(f"{path} is damaged ({error}); start over with --restart") from error
    if found:
        told = ", ".join(f"{one.key}: {one.ours} there, {one.theirs} here" for one in found)
        raise UnusableError(
            f"{path} is the checkpoint of another run ({told}); "
            "start over with --restart, or choose another folder"
        )
    try:
        _restore(state, path, tensors, notes)
    except (LookupError, TypeError, RuntimeError) as error:
        raise UnusableError(f"{path} lacks {error}; start over with --restart") from error


def _restore(
    state: State, path: Path, tensors: Mapping[str, Tensor], notes: Mapping[str, Any]
) -> None:
    weights.load_changing(state.model, _part(tensors, "model."), path)
    state.history = [Epoch(**row) for row in notes["history"]]
    if state.average:
        weights.load_changing(state.kept, _part(tensors, "average."), path)
        state.average.n_averaged.fill_(notes["averaged_steps"])
    kept = "average." if state.average else "model."
    state.best = _part(tensors, kept if state.is_best else "best.")
    for i, parameter in enumerate(state.optimizer.param_groups[0]["params"]):
        moments = {n: tensors[f"optimizer.{i}.{n}"] for n in ("step", "exp_avg", "exp_avg_sq")}
        state.optimizer.state[parameter] = {
            n: _as_laid_out(parameter, t) for n, t in moments.items()
        }
    state.optimizer.param_groups[0]["lr"] = notes["learning_rate"]
    if state.plateau:
        state.plateau.load_state_dict(notes["plateau"])
    if state.one_cycle:
        state.one_cycle.load_state_dict(notes["one_cycle"])


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}


def _as_laid_out(parameter: Tensor, moment: Tensor) -> Tensor:
    """Returns a moment in its parameter's memory order, on which the fused step relies."""
    if not moment.dim():  # the count of steps
        return moment.to(parameter.device)
    return torch.empty_like(parameter).copy_(moment)
