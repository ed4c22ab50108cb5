"""Trains one experiment with one seed, and goes on where an interrupted run stopped.

All randomness of an epoch derives from the seed and the epoch's number, and everything else that
an epoch depends on is saved after each one. So a run that was killed at any moment ends with the
bytes of one that was not.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam
from torch.optim.lr_scheduler import ReduceLROnPlateau

from landcover import artifacts, models, weights
from landcover.augment import AUGMENTATIONS
from landcover.data.batches import DeviceSplit, normalised
from landcover.data.prepared import Prepared
from landcover.device import device_name, peak_memory_bytes
from landcover.errors import ArtifactError, DataError, TrainingError
from landcover.experiments import Experiment
from landcover.inference import forward, logits, score
from landcover.provenance import provenance

CHECKPOINT = Path("state", "checkpoint.safetensors")
STREAMS = {"weights": 0, "order": 1, "augment": 2, "dropout": 3}
EMA_KEEPS = 0.9  # of the old average, the authors' choice


@dataclass(frozen=True)
class Epoch:
    """One row of history.csv; the evaluation is of the experiment's selection split."""

    epoch: int  # from 1
    train_loss: float  # as the report defines it for this task
    train_loss_mean: float  # over the batches
    eval_loss: float
    eval_accuracy: float  # fraction
    learning_rate: float
    train_seconds: float
    eval_seconds: float


@dataclass
class _Run:
    """What an epoch starts from and changes; a checkpoint holds all of it."""

    model: nn.Module
    optimizer: Adam
    scheduler: ReduceLROnPlateau | None
    history: list[Epoch] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)

    @property
    def best_epoch(self) -> Epoch | None:
        """The first of those with the highest accuracy."""
        return max(self.history, key=lambda row: row.eval_accuracy, default=None)

    @property
    def epochs_without_gain(self) -> int:
        return len(self.history) - (self.best_epoch.epoch if self.best_epoch else 0)


def train(
    experiment: Experiment,
    seed: int,
    data: Prepared,
    out: Path,
    device: torch.device,
    on_batch: Callable[[int, int, int], None] = lambda epoch, batch, batches: None,
) -> dict[str, Any]:
    """Writes spec.json, run.json, history.csv, best and last weights to `out`; returns what run.json holds.

    `on_batch` hears epoch, batch and batches of an epoch, all from 1. Raises TrainingError when the
    loss is no longer a number, ArtifactError when `out` holds the checkpoint of another run.
    """
    _check_fits(experiment, data)
    _be_deterministic()
    artifacts.write_json(out / "spec.json", experiment.as_dict() | {"seed": seed})
    train_split = DeviceSplit.of(data.split("train", experiment.max_train_images), device)
    eval_split = DeviceSplit.of(
        data.split(experiment.selection_split, experiment.max_eval_images), device
    )
    run = _start(experiment, seed, len(data.classes), device)
    belongs_to = {"experiment": experiment.as_dict(), "seed": seed, "data": data.identity["sha256"]}
    _restore(run, out / CHECKPOINT, belongs_to)
    resumed_at = len(run.history)
    while not _finished(run, experiment):
        _epoch(run, experiment, seed, train_split, eval_split, on_batch)
        _save(run, out / CHECKPOINT, belongs_to)
    facts = _facts(run, experiment, seed, data, train_split, eval_split) | {"resumed_at": resumed_at}
    _finish(run, experiment, out, facts)
    return facts


def forget(out: Path) -> None:
    """Removes what an interrupted run left to go on from."""
    shutil.rmtree((out / CHECKPOINT).parent, ignore_errors=True)


def _check_fits(experiment: Experiment, data: Prepared) -> None:
    if data.manifest["dataset"] != experiment.dataset:
        raise DataError(
            f"{data.place} holds {data.manifest['dataset']}, but {experiment.name} trains on "
            f"{experiment.dataset}"
        )
    if data.manifest["image_size"] != experiment.image_size:
        raise DataError(
            f"{data.place} holds images of {data.manifest['image_size']} pixels, but "
            f"{experiment.name} needs {experiment.image_size}"
        )


def _be_deterministic() -> None:
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # before CUDA starts
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False


def stream(seed: int, epoch: int, purpose: str) -> int:
    """A 63-bit seed of its own for every purpose in every epoch."""
    sequence = np.random.SeedSequence([seed, epoch, STREAMS[purpose]])
    return int(sequence.generate_state(1, np.uint64)[0] >> 1)


def _start(experiment: Experiment, seed: int, classes: int, device: torch.device) -> _Run:
    torch.manual_seed(stream(seed, 0, "weights"))
    model = models.build(models.architecture(experiment, classes))
    model = model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = Adam(
        [p for p in model.parameters() if p.requires_grad],
        lr=experiment.learning_rate,
        weight_decay=experiment.weight_decay,
        fused=True,
    )
    return _Run(model, optimizer, _scheduler(experiment, optimizer))


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


def _finished(run: _Run, experiment: Experiment) -> bool:
    stopped = experiment.patience and run.epochs_without_gain >= experiment.patience
    return bool(stopped) or len(run.history) >= experiment.epochs


def _epoch(
    run: _Run,
    experiment: Experiment,
    seed: int,
    train_split: DeviceSplit,
    eval_split: DeviceSplit,
    on_batch: Callable[[int, int, int], None],
) -> None:
    number = len(run.history) + 1
    learning_rate = run.optimizer.param_groups[0]["lr"]
    started = time.perf_counter()
    losses = _learn(run, experiment, seed, number, train_split, on_batch)
    trained = time.perf_counter()
    outcome = score(
        logits(run.model, eval_split, experiment.normalise, experiment.precision), eval_split.labels
    )
    row = Epoch(
        epoch=number,
        train_loss=losses[experiment.train_loss],
        train_loss_mean=losses["mean"],
        eval_loss=outcome.loss,
        eval_accuracy=outcome.accuracy,
        learning_rate=learning_rate,
        train_seconds=trained - started,
        eval_seconds=time.perf_counter() - trained,
    )
    if not np.isfinite([row.train_loss_mean, row.train_loss, row.eval_loss]).all():
        raise TrainingError(
            f"{experiment.name}, seed {seed}: the loss is no longer a number in epoch {number}; "
            f"lower learning_rate (now {learning_rate}) or look at the images"
        )
    run.history.append(row)
    if run.best_epoch is row:
        run.best = {name: tensor.clone() for name, tensor in run.model.state_dict().items()}
    if run.scheduler and not _finished(run, experiment):
        run.scheduler.step(row.eval_accuracy)


def _learn(
    run: _Run,
    experiment: Experiment,
    seed: int,
    epoch: int,
    split: DeviceSplit,
    on_batch: Callable[[int, int, int], None],
) -> dict[str, float]:
    """One pass over the training images; their loss as "ema" and as "mean"."""
    torch.manual_seed(stream(seed, epoch, "dropout"))
    run.model.train()
    losses: list[Tensor] = []  # stay on the device until the epoch is over
    batches = -(-_images_per_epoch(experiment, split) // experiment.batch_size)
    for images, labels in _batches(experiment, seed, epoch, split):
        output = forward(run.model, normalised(images, experiment.normalise), experiment.precision)
        loss = F.cross_entropy(output, labels)
        run.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        run.optimizer.step()
        losses.append(loss.detach())
        on_batch(epoch, len(losses), batches)
    values = torch.stack(losses).double().tolist()
    return {"ema": _moving_average(values), "mean": sum(values) / len(values)}


def _images_per_epoch(experiment: Experiment, split: DeviceSplit) -> int:
    return len(split) * (2 if experiment.concat_original else 1)


def _batches(
    experiment: Experiment, seed: int, epoch: int, split: DeviceSplit
) -> Iterator[tuple[Tensor, Tensor]]:
    """Shuffled images (B, 3, H, W) uint8 and labels (B,); with `concat_original` rows past the end are augmented copies."""
    device = split.labels.device
    order = torch.Generator().manual_seed(stream(seed, epoch, "order"))
    noise = torch.Generator(device).manual_seed(stream(seed, epoch, "augment"))
    shuffled = torch.randperm(_images_per_epoch(experiment, split), generator=order)
    for chosen in shuffled.split(experiment.batch_size):
        rows = (chosen % len(split)).to(device)
        images = split.images(rows)
        if experiment.augment != "none":
            first_copy = len(split) if experiment.concat_original else 0
            copies = (chosen >= first_copy).nonzero().flatten().to(device)
            images[copies] = AUGMENTATIONS[experiment.augment](images[copies], noise)
        yield images, split.labels[rows]


def _moving_average(values: list[float]) -> float:
    average = values[0]
    for value in values[1:]:
        average = EMA_KEEPS * average + (1 - EMA_KEEPS) * value
    return average


def _save(run: _Run, path: Path, belongs_to: dict[str, Any]) -> None:
    tensors = {f"model.{name}": tensor for name, tensor in run.model.state_dict().items()}
    tensors |= {f"best.{name}": tensor for name, tensor in run.best.items()}
    for i, state in run.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{i}.{name}": tensor for name, tensor in state.items()}
    notes = {
        "belongs_to": belongs_to,
        "history": [asdict(row) for row in run.history],
        "learning_rate": run.optimizer.param_groups[0]["lr"],
        "scheduler": run.scheduler.state_dict() if run.scheduler else None,
    }
    weights.write(path, tensors, notes)


def _restore(run: _Run, path: Path, belongs_to: dict[str, Any]) -> None:
    """Does nothing where there is no checkpoint."""
    if not path.exists():
        return
    tensors, notes = weights.read(path)
    if notes.get("belongs_to") != belongs_to:
        raise ArtifactError(
            f"{path} is the checkpoint of another run ({_difference(notes, belongs_to)}); "
            "remove it, restart from the first epoch with --restart, or choose another folder"
        )
    weights.load(run.model, _part(tensors, "model."), path)
    run.best = _part(tensors, "best.")
    run.history = [Epoch(**row) for row in notes["history"]]
    for i, parameter in enumerate(run.optimizer.param_groups[0]["params"]):
        run.optimizer.state[parameter] = {
            # moments must lie in memory as their parameter does, or the fused step mixes them up
            name: torch.empty_like(parameter).copy_(value) if value.dim() else value
            for name, value in _part(tensors, f"optimizer.{i}.").items()
        }
    run.optimizer.param_groups[0]["lr"] = notes["learning_rate"]
    if run.scheduler:
        run.scheduler.load_state_dict(notes["scheduler"])


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}


def _difference(notes: dict[str, Any], belongs_to: dict[str, Any]) -> str:
    theirs, ours = notes.get("belongs_to", {}), belongs_to
    flat = [{**d.get("experiment", {}), "seed": d.get("seed"), "data": d.get("data")} for d in (theirs, ours)]
    names = [n for n in {**flat[0], **flat[1]} if flat[0].get(n) != flat[1].get(n)]
    return ", ".join(f"{n}: {flat[0].get(n)} there, {flat[1].get(n)} here" for n in names)


def _finish(run: _Run, experiment: Experiment, out: Path, facts: dict[str, Any]) -> None:
    notes = {"experiment": experiment.as_dict(), "classes": facts["classes"]}
    last = len(run.history)
    weights.write(out / "best.safetensors", run.best, notes | {"epoch": facts["best_epoch"]})
    weights.write(out / "last.safetensors", run.model.state_dict(), notes | {"epoch": last})
    artifacts.write_csv(out / "history.csv", pd.DataFrame([asdict(row) for row in run.history]))
    artifacts.write_json(out / "run.json", facts)
    forget(out)


def _facts(
    run: _Run,
    experiment: Experiment,
    seed: int,
    data: Prepared,
    train_split: DeviceSplit,
    eval_split: DeviceSplit,
) -> dict[str, Any]:
    best = run.best_epoch
    assert best is not None  # an experiment has at least one epoch
    images = len(run.history) * (_images_per_epoch(experiment, train_split) + len(eval_split))
    seconds = sum(row.train_seconds + row.eval_seconds for row in run.history)
    device = train_split.labels.device
    return {
        "experiment": experiment.name,
        "seed": seed,
        "classes": list(data.classes),
        "parameters": models.parameters(run.model),
        "data": data.identity,
        "train_images": len(train_split),
        "eval_images": len(eval_split),
        "epochs": len(run.history),
        "best_epoch": best.epoch,
        "best_accuracy": best.eval_accuracy,
        "last_accuracy": run.history[-1].eval_accuracy,
        "seconds": seconds,  # training and evaluation of all epochs, as the report's timer
        "images_per_second": images / seconds,
        "peak_memory_bytes": peak_memory_bytes(device),
        "device": device_name(device),
        "threads": torch.get_num_threads(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "provenance": provenance(),
    }
