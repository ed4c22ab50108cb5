"""Trains one experiment with one seed, and goes on where an interrupted run stopped.

All randomness of an epoch derives from the seed and the epoch's number, and everything else that
it depends on is saved after each epoch. So a run that was killed at any moment ends with the bytes
of one that was not.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim import Adam
from torch.optim.lr_scheduler import ReduceLROnPlateau

from landcover import artifacts, models, weights
from landcover.augment import AUGMENTATIONS
from landcover.checkpoint import Epoch, State, UnusableError, restore, save
from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Prepared
from landcover.data.splits import capped
from landcover.data.training_set import classes, mistaught, training_set
from landcover.device import device_name, peak_memory_bytes, synchronise
from landcover.energy import Meter
from landcover.errors import DataError, TrainingError
from landcover.experiments import Experiment
from landcover.inference import forward, logits, logits_of_features, score
from landcover.provenance import provenance
from landcover.results import layout
from landcover.streams import stream
from landcover.trained import frozen_sha256, start_from, stored, untrained

CLEAN_IMAGES = 10_000  # training images on which their loss is taken in evaluation mode, at most
EMA_KEEPS = 0.9  # of the old average; the authors' choice

OnBatch = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Work:
    """What stays the same while a run lasts."""

    experiment: Experiment
    seed: int
    train: DeviceSplit
    selection: DeviceSplit
    train_features: Tensor | None = None  # where a frozen backbone always sees the same images
    selection_features: Tensor | None = None
    feature_seconds: float = 0.0

    @property
    def images(self) -> int:
        """How many there are to choose from: originals, and as many augmented ones."""
        return len(self.train) * (2 if self.experiment.concat_original else 1)

    @property
    def images_per_epoch(self) -> int:
        return len(self.train) if self.experiment.equal_steps else self.images

    @property
    def batches_per_epoch(self) -> int:
        return -(-self.images_per_epoch // self.experiment.batch_size)  # the last may be short


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
    """Writes the run's files to `out`, run.json last, and returns what that holds.

    `also` is the second data set and `initial` the weights to start from, where the experiment
    asks for them. `on_batch` hears epoch, batch and batches of an epoch, counted from 1. Raises
    TrainingError when the loss is no longer a number, UnusableError when `out` holds a checkpoint
    that is broken or another run's; `restart` forgets it "never", only if it is "unusable", of
    which `on_restart` hears the reason, or "always".
    """
    _check_fits(experiment, data, also)
    _be_deterministic()
    selection = data.split(experiment.selection_split, experiment.max_eval_images)
    work = Work(
        experiment,
        seed,
        training_set(experiment, seed, data, also, device),
        DeviceSplit.of(selection, device, experiment.normalise),
    )
    taught = classes(data, also)
    state = _start(experiment, seed, len(taught), initial, device)
    work = _with_features(work, state)
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
            # of a run that was interrupted only the last part would be known
            "energy_joules": None if resumed_after else meter.joules(),
        }
        _write(state, work, out, facts)
        _forget(out)
    return facts


def _forget(out: Path) -> None:
    """Removes what an interrupted run left to go on from."""
    shutil.rmtree((out / layout.CHECKPOINT).parent, ignore_errors=True)


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


def batches(work: Work, epoch: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Shuffled images (B, 3, H, W) uint8 of an epoch, their labels (B,) and rows of the set (B,).

    With `concat_original` the training set is the originals followed by as many augmented copies.
    """
    experiment, n, device = work.experiment, len(work.train), work.train.labels.device
    noise = torch.Generator(device).manual_seed(stream(work.seed, epoch, "augment"))
    first_copy = n if experiment.concat_original else 0
    for chosen in _order(work, epoch).split(experiment.batch_size):
        rows = (chosen % n).to(device)
        images = work.train.images(rows)
        if experiment.augment != "none":
            copies = (chosen >= first_copy).nonzero().flatten().to(device)
            images[copies] = AUGMENTATIONS[experiment.augment](images[copies], noise)
        yield images, work.train.labels[rows], rows


def _order(work: Work, epoch: int) -> Tensor:
    """Positions in the training set in the order of an epoch: (images_per_epoch,) on the CPU."""
    draw = torch.Generator().manual_seed(stream(work.seed, epoch, "order"))
    n = work.images_per_epoch
    if not work.experiment.balance:
        return torch.randperm(work.images, generator=draw)[:n]
    labels = work.train.labels.cpu().repeat(work.images // len(work.train))
    chances = 1 / labels.bincount().double()[labels]  # every class as often, whatever its size
    return torch.multinomial(chances, n, replacement=True, generator=draw)


def _head_inputs(state: State, work: Work, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """What the part that trains gets: images, or features of a frozen backbone; and labels."""
    if work.train_features is not None:
        for chosen in _order(work, epoch).split(work.experiment.batch_size):
            rows = (chosen % len(work.train)).to(work.train.labels.device)
            yield work.train_features[rows], work.train.labels[rows]
        return
    for images, labels, rows in batches(work, epoch):
        inputs = work.train.normalised(images, rows)
        if state.backbone is not None:
            with torch.no_grad():
                inputs = forward(state.backbone, inputs, work.experiment.precision)
        yield inputs, labels


def _with_features(work: Work, state: State) -> Work:
    """Runs a frozen backbone once over the images that it would see again and again."""
    experiment = work.experiment
    if state.backbone is None or not models.is_steady(
        state.backbone, in_eval_mode=experiment.freeze_statistics
    ):
        return work
    started, of_train = time.perf_counter(), None
    of_selection = logits(state.backbone, work.selection, experiment.precision)
    if experiment.augment == "none":
        of_train = logits(state.backbone, work.train, experiment.precision)
    synchronise(work.train.labels.device)
    return replace(
        work,
        selection_features=of_selection,
        train_features=of_train,
        feature_seconds=time.perf_counter() - started,
    )


def _check_fits(experiment: Experiment, data: Prepared, also: Prepared | None) -> None:
    size = experiment.image_size
    for wanted, have in ((experiment.dataset, data), (experiment.also_train_on, also)):
        found = (have.manifest["dataset"], have.manifest["image_size"]) if have else ("", size)
        if found != (wanted, size):
            raise DataError(
                f"{experiment.name} needs {wanted or 'no second data set'} at {size} pixels, but "
                f"was given {found[0] or 'none'} at {found[1]}"
            )


def _be_deterministic() -> None:
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when CUDA starts
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False


def _start(
    experiment: Experiment, seed: int, classes: int, initial: Path | None, device: torch.device
) -> State:
    torch.manual_seed(stream(seed, 0, "weights"))
    model = untrained(experiment, classes)
    if experiment.init_from:
        start_from(model, experiment, initial)
    model = model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = Adam(
        [parameter for parameter in model.parameters() if parameter.requires_grad],
        lr=experiment.learning_rate,
        weight_decay=experiment.weight_decay,
        fused=True,
    )
    backbone, head = None, model
    if experiment.freeze == "backbone":
        backbone, head = models.backbone_and_head(model, experiment.model)
    return State(model, backbone, head, optimizer, _scheduler(experiment, optimizer))


def _made_from(
    experiment: Experiment,
    seed: int,
    data: Prepared,
    also: Prepared | None,
    initial: Path | None,
) -> dict[str, Any]:
    """What a run is a function of beside its experiment and seed; JSON-ready."""
    found: dict[str, Any] = {"data": data.identity}
    if also:
        found["also"] = also.identity
    if initial:
        found["initial_sha256"] = hashlib.sha256(initial.read_bytes()).hexdigest()
    if taught := mistaught(experiment, seed, data):
        found["mistaught"] = taught
    return found


def _scheduler(experiment: Experiment, optimizer: Adam) -> ReduceLROnPlateau | None:
    if not experiment.plateau_factor:
        return None
    return ReduceLROnPlateau(
        optimizer,
        mode="max",
        factor=experiment.plateau_factor,
        patience=experiment.plateau_patience,
        min_lr=experiment.plateau_min_lr,
    )


def _finished(state: State, experiment: Experiment) -> bool:
    stops = experiment.patience and state.epochs_without_gain >= experiment.patience
    return bool(stops) or len(state.history) >= experiment.epochs


def _epoch(state: State, work: Work, on_batch: OnBatch) -> None:
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
        state.best = {name: t.clone() for name, t in models.changing(state.model).items()}
    if state.scheduler and not _finished(state, experiment):
        state.scheduler.step(row.eval_accuracy)


def _clean_loss(state: State, work: Work) -> float:
    """Of the training images as they are, in evaluation mode: what a test loss compares with.

    Outside the timer, as the authors took no such loss.
    """
    train, experiment = work.train, work.experiment
    most = min(filter(None, (CLEAN_IMAGES, experiment.max_eval_images)))
    rows = torch.from_numpy(capped(train.labels.cpu().numpy(), most)).to(train.labels.device)
    clean = train.at(rows)
    return score(logits(state.model, clean, experiment.precision), clean.labels).loss


def _selection_logits(state: State, work: Work) -> Tensor:
    experiment = work.experiment
    if work.selection_features is not None:
        return logits_of_features(state.head, work.selection_features, experiment.precision)
    return logits(state.model, work.selection, experiment.precision)


def _learn(state: State, work: Work, epoch: int, on_batch: OnBatch) -> list[float]:
    """One pass over the training images; the loss of each batch."""
    experiment = work.experiment
    torch.manual_seed(stream(work.seed, epoch, "dropout"))
    state.model.train()
    if state.backbone is not None and experiment.freeze_statistics:
        state.backbone.eval()
    losses: list[Tensor] = []  # they stay on the device until the epoch is over
    for inputs, labels in _head_inputs(state, work, epoch):
        loss = F.cross_entropy(forward(state.head, inputs, experiment.precision), labels)
        state.optimizer.zero_grad()
        loss.backward()
        state.optimizer.step()
        losses.append(loss.detach())
        on_batch(epoch, len(losses), work.batches_per_epoch)
    return [float(value) for value in torch.stack(losses).double().tolist()]


def _mean(losses: list[float]) -> float:
    return sum(losses) / len(losses)


def _moving_average(losses: list[float]) -> float:
    """Restarted every epoch with the first batch, as the authors plot it."""
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


def _write(state: State, work: Work, out: Path, facts: dict[str, Any]) -> None:
    notes = {key: facts[key] for key in ("experiment", "seed", "classes", "frozen_sha256")}
    last = stored(state.model, work.experiment)
    weights.write(layout.weights(out, "last"), last, notes | {"epoch": len(state.history)})
    if state.is_best:  # the last epoch
        artifacts.link(layout.weights(out, "best"), layout.weights(out, "last"))
    else:
        best = last | state.best  # what is frozen is the same in both
        weights.write(layout.weights(out, "best"), best, notes | {"epoch": state.best_epoch.epoch})
    artifacts.write_text(out / layout.HISTORY, _table(state.history))
    artifacts.write_json(out / layout.RUN, facts)


def _table(history: list[Epoch]) -> str:
    """Returns the text of history.csv, without a column that no epoch has a value for."""
    measured = {name for row in history for name, value in asdict(row).items() if value is not None}
    columns = [field.name for field in fields(Epoch) if field.name in measured]
    return artifacts.rows_as_csv(columns, [[getattr(row, n) for n in columns] for row in history])


def _facts(state: State, work: Work) -> dict[str, Any]:
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
        "seconds": seconds,  # training and evaluation of all epochs, as the authors' timer
        "feature_seconds": work.feature_seconds,  # a part of them: the frozen backbone, run once
        "images_per_second": epochs * (work.images_per_epoch + len(work.selection)) / seconds,
        "peak_memory_bytes": peak_memory_bytes(device),
        "device": device_name(device),
        "threads": torch.get_num_threads(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "provenance": provenance("train"),
    }
