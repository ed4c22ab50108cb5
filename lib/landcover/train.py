"""Trains one experiment with one seed, and resumes an interrupted run.

All randomness of an epoch depends only on the seed and the epoch's number, and the rest of the
state is saved after each epoch. So a run that was killed and started again ends with the same bytes
as a run without interruption.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from landcover import artifacts, models, optimisers, weights
from landcover.checkpoint import Epoch, State, UnusableError, restore, save
from landcover.data.prepared import Prepared
from landcover.data.splits import capped
from landcover.data.training_set import classes, mistaught, narrowed
from landcover.device import device_name, peak_memory_bytes
from landcover.energy import Meter
from landcover.errors import TrainingError
from landcover.experiments import Experiment
from landcover.inference import forward, logits, logits_of_features, score
from landcover.provenance import provenance
from landcover.results import layout
from landcover.streams import stream
from landcover.trained import frozen_sha256, start_from, stored, untrained
from landcover.work import Work, head_inputs, with_features

CLEAN_IMAGES = 10_000  # the most images for the loss of clean training images
EMA_KEEPS = 0.9  # share of the old average of the loss; the authors' choice

OnBatch = Callable[[int, int, int], None]


def train(
    experiment: Experiment,
    seed: int,
    data: Prepared,
    out: Path,
    device: torch.device,
    on_batch: OnBatch = lambda epoch, batch, batches: None,
    *,
    also: Prepared | None = None,
    initial: Path | None = None,
    restart: str = "never",
    on_restart: Callable[[str], None] = lambda reason: None,
) -> dict[str, Any]:
    """Writes the run's files to `out`, run.json last, and returns the content of run.json.

    `also` is the second data set and `initial` the file of weights to start from, if the experiment
    asks for them. `on_batch` is called with epoch, batch and batches of an epoch, counted from 1.
    `restart` says when to ignore a checkpoint in `out`: "never", "always", or if it is "unusable"
    (damaged or made with other settings), when `on_restart` is called with the reason. Raises
    UnusableError for an unusable checkpoint with "never", and TrainingError if the loss becomes
    NaN.
    """
    _be_deterministic()
    data = narrowed(experiment, data)
    work = Work.of(experiment, seed, data, also, device)
    taught = classes(data, also)
    state = _start(work, len(taught), initial)
    work = with_features(work, state)
    made_from = _made_from(experiment, seed, data, also, initial)
    belongs_to = experiment.as_dict() | {"seed": seed} | made_from
    with artifacts.held(out):
        if (out / layout.CHECKPOINT).exists():
            _resume(state, out, belongs_to, restart, on_restart)
        resumed_after, meter = len(state.history), Meter.start()
        artifacts.remove(out / layout.RUN)  # from here on the folder holds no finished run
        artifacts.write_json(out / layout.SPEC, experiment.as_dict() | {"seed": seed})
        while not _finished(state, experiment):
            _epoch(state, work, on_batch)
            if not _finished(state, experiment):
                save(state, out / layout.CHECKPOINT, belongs_to)
        facts = _facts(state, work) | {
            "classes": list(taught),
            **made_from,
            "resumed_after_epoch": resumed_after,
            # after an interruption, only the last part would be known
            "energy_joules": None if resumed_after else meter.joules(),
        }
        _write(state, work, out, facts)
        _forget(out)
    return facts


def _epoch(state: State, work: Work, on_batch: OnBatch) -> None:
    """Trains for one epoch, evaluates, and adds a row to the history."""
    experiment = work.experiment
    number, learning_rate = len(state.history) + 1, state.learning_rate
    started = time.perf_counter()
    losses = _learn(state, work, number, on_batch)
    trained = time.perf_counter()
    outcome = score(_selection_logits(state, work), work.selection.labels)
    row = Epoch(
        epoch=number,
        train_loss=_moving_average(losses) if experiment.train_loss == "ema" else _mean(losses),
        train_loss_mean=_mean(losses),
        eval_loss=outcome.loss,
        eval_accuracy=outcome.accuracy,
        learning_rate=learning_rate,
        train_seconds=trained - started,
        eval_seconds=time.perf_counter() - trained,
        clean_train_loss=_clean_loss(state, work) if experiment.clean_train_loss else None,
    )
    _check_finite(row, work)
    state.history.append(row)
    if state.is_best:
        state.best = {name: t.clone() for name, t in models.changing(state.kept).items()}
    if state.plateau and not _finished(state, experiment):
        state.plateau.step(row.eval_accuracy)


def _learn(state: State, work: Work, epoch: int, on_batch: OnBatch) -> list[float]:
    """Takes one pass over the training images; returns the loss of each batch."""
    experiment = work.experiment
    torch.manual_seed(stream(work.seed, epoch, "dropout"))
    state.model.train()
    if state.backbone is not None and experiment.freeze_statistics:
        state.backbone.eval()
    losses: list[Tensor] = []  # they stay on the device until the epoch is over
    for inputs, labels in head_inputs(state, work, epoch):
        outputs = forward(state.head, inputs, experiment.precision)
        loss = F.cross_entropy(outputs, labels, label_smoothing=experiment.label_smoothing)
        state.optimizer.zero_grad()
        loss.backward()
        state.optimizer.step()
        if state.one_cycle:
            state.one_cycle.step()
        if state.average:
            state.average.update_parameters(state.model)
        losses.append(loss.detach())
        on_batch(epoch, len(losses), work.batches_per_epoch)
    return [float(value) for value in torch.stack(losses).double().tolist()]


def _finished(state: State, experiment: Experiment) -> bool:
    stops = experiment.patience and state.epochs_without_gain >= experiment.patience
    return bool(stops) or len(state.history) >= experiment.epochs


def _selection_logits(state: State, work: Work) -> Tensor:
    experiment = work.experiment
    if work.selection_features is not None:
        return logits_of_features(state.head, work.selection_features, experiment.precision)
    return logits(state.kept, work.selection, experiment.precision)


def _clean_loss(state: State, work: Work) -> float:
    """Returns the loss of clean training images in evaluation mode, to compare with a test loss.

    Its time does not count, because the authors measured no such loss.
    """
    train, experiment = work.train, work.experiment
    most = min(filter(None, (CLEAN_IMAGES, experiment.max_eval_images)))
    rows = torch.from_numpy(capped(train.labels.cpu().numpy(), most)).to(train.labels.device)
    clean = train.at(rows)
    return score(logits(state.kept, clean, experiment.precision), clean.labels).loss


def _mean(losses: list[float]) -> float:
    return sum(losses) / len(losses)


def _moving_average(losses: list[float]) -> float:
    """Returns the moving average that the authors plot; it starts again in each epoch."""
    average = losses[0]
    for loss in losses[1:]:
        average = EMA_KEEPS * average + (1 - EMA_KEEPS) * loss
    return average


def _check_finite(row: Epoch, work: Work) -> None:
    if not np.isfinite([row.train_loss, row.train_loss_mean, row.eval_loss]).all():
        raise TrainingError(
            f"{work.experiment.name}, seed {work.seed}: the loss is no longer a number in epoch "
            f"{row.epoch}; lower learning_rate (now {row.learning_rate}) or look at the images"
        )


def _start(work: Work, classes: int, initial: Path | None) -> State:
    """Returns the state of a run before its first epoch."""
    experiment, device = work.experiment, work.train.labels.device
    torch.manual_seed(stream(work.seed, 0, "weights"))
    model = untrained(experiment, classes)
    if experiment.init_from:
        start_from(model, experiment, initial)
    model = model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = optimisers.optimizer(experiment, model)
    backbone, head = None, model
    if experiment.freeze == "backbone":
        backbone, head = models.backbone_and_head(model, experiment.model)
    return State(
        model,
        backbone,
        head,
        optimizer,
        plateau=optimisers.plateau(experiment, optimizer),
        one_cycle=optimisers.one_cycle(experiment, optimizer, work.batches_per_epoch),
        average=optimisers.average(experiment, model),
    )


def _be_deterministic() -> None:
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when CUDA starts
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False


def _made_from(
    experiment: Experiment,
    seed: int,
    data: Prepared,
    also: Prepared | None,
    initial: Path | None,
) -> dict[str, Any]:
    """Returns what a run depends on besides its experiment and seed; JSON-ready."""
    found: dict[str, Any] = {"data": data.identity}
    if also:
        found["also"] = also.identity
    if initial:
        found["initial_sha256"] = hashlib.sha256(initial.read_bytes()).hexdigest()
    if taught := mistaught(experiment, seed, data):
        found["mistaught"] = taught
    return found


def _resume(
    state: State,
    out: Path,
    belongs_to: dict[str, Any],
    restart: str,
    on_restart: Callable[[str], None],
) -> None:
    if restart == "always":
        _forget(out)
        return
    try:
        restore(state, out / layout.CHECKPOINT, belongs_to)
    except UnusableError as error:
        if restart == "never":
            raise
        on_restart(str(error))
        _forget(out)


def _forget(out: Path) -> None:
    """Removes the files of an interrupted run."""
    shutil.rmtree((out / layout.CHECKPOINT).parent, ignore_errors=True)


def _write(state: State, work: Work, out: Path, facts: dict[str, Any]) -> None:
    notes = {key: facts[key] for key in ("experiment", "seed", "classes", "frozen_sha256")}
    last = stored(state.kept, work.experiment)
    weights.write(layout.weights(out, "last"), last, notes | {"epoch": len(state.history)})
    if state.is_best:  # the last epoch
        artifacts.link(layout.weights(out, "best"), layout.weights(out, "last"))
    else:
        best = last | state.best  # the frozen part is the same in both
        weights.write(layout.weights(out, "best"), best, notes | {"epoch": state.best_epoch.epoch})
    artifacts.write_text(out / layout.HISTORY, _table(state.history))
    artifacts.write_json(out / layout.RUN, facts)


def _table(history: list[Epoch]) -> str:
    """Returns the text of history.csv, without a column that no epoch has a value for."""
    measured = {name for row in history for name, value in asdict(row).items() if value is not None}
    columns = [field.name for field in fields(Epoch) if field.name in measured]
    return artifacts.rows_as_csv(columns, [[getattr(row, n) for n in columns] for row in history])


def _facts(state: State, work: Work) -> dict[str, Any]:
    """Returns the facts about a finished run for run.json."""
    epochs, device = len(state.history), work.train.labels.device
    seconds = sum(row.train_seconds + row.eval_seconds for row in state.history)
    seconds += work.feature_seconds
    return {
        "experiment": work.experiment.name,
        "seed": work.seed,
        "parameters": models.parameters(state.model),
        "pretrained": work.experiment.pretrained,
        "frozen_sha256": frozen_sha256(state.model),
        "train_images": len(work.train),
        "eval_images": len(work.selection),
        "epochs": epochs,
        "best_epoch": state.best_epoch.epoch,
        "best_accuracy": state.best_epoch.eval_accuracy,
        "last_accuracy": state.history[-1].eval_accuracy,
        "seconds": seconds,  # training and evaluation of all epochs, like the authors' timer
        "feature_seconds": work.feature_seconds,  # part of them: the frozen backbone
        "images_per_second": epochs * (work.images_per_epoch + len(work.selection)) / seconds,
        "peak_memory_bytes": peak_memory_bytes(device),
        "device": device_name(device),
        "threads": torch.get_num_threads(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "provenance": provenance("train"),
    }
