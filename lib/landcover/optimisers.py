"""Optimizer, learning rate and average of the weights of an experiment."""

import torch
from torch import Tensor, nn
from torch.optim import Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau
from torch.optim.swa_utils import AveragedModel

from landcover.experiments import Experiment

OPTIMIZERS = {"adam": Adam, "adamw": AdamW}


def optimizer(experiment: Experiment, model: nn.Module) -> Optimizer:
    """Returns an optimizer for the parameters that train."""
    made: Optimizer = OPTIMIZERS[experiment.optimizer](
        [parameter for parameter in model.parameters() if parameter.requires_grad],
        lr=experiment.learning_rate,
        weight_decay=experiment.weight_decay,
        fused=True,
    )
    return made


def plateau(experiment: Experiment, optimizer: Optimizer) -> ReduceLROnPlateau | None:
    """Returns a scheduler to step after every epoch."""
    if not experiment.plateau_factor:
        return None
    return ReduceLROnPlateau(
        optimizer,
        mode="max",
        factor=experiment.plateau_factor,
        patience=experiment.plateau_patience,
        min_lr=experiment.plateau_min_lr,
    )


def one_cycle(
    experiment: Experiment, optimizer: Optimizer, batches_per_epoch: int
) -> OneCycleLR | None:
    """Returns a scheduler to step after every batch."""
    if not experiment.one_cycle:
        return None
    steps = experiment.epochs * batches_per_epoch + 1  # the last is not taken, its rate is 0
    return OneCycleLR(
        optimizer,
        max_lr=experiment.learning_rate,
        total_steps=steps,
        pct_start=max(experiment.one_cycle, 2 / steps),  # PyTorch divides by this phase's length
        anneal_strategy="linear",
        cycle_momentum=False,
    )


def average(experiment: Experiment, model: nn.Module) -> AveragedModel | None:
    """Returns a running average of a model's weights and buffers, to update after every batch."""
    if not experiment.average_decay:
        return None

    def mean(average: Tensor, current: Tensor, steps: Tensor | int) -> Tensor:
        if not average.is_floating_point():  # batch norm's count of batches
            return current
        # early steps have little to keep
        kept = min(experiment.average_decay, (1 + int(steps)) / (10 + int(steps)))
        return torch.lerp(current, average, kept)

    return AveragedModel(model, avg_fn=mean, use_buffers=True)
