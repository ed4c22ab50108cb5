"""The work of a run: its images, and the batches of each epoch."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from landcover import models
from landcover.augment import AUGMENTATIONS
from landcover.checkpoint import State
from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Prepared
from landcover.data.training_set import training_set
from landcover.device import synchronise
from landcover.errors import DataError
from landcover.experiments import Experiment
from landcover.inference import forward, logits, stretched
from landcover.streams import stream


@dataclass(frozen=True)
class Work:
    """Everything that does not change during a run."""

    experiment: Experiment
    seed: int
    train: DeviceSplit
    selection: DeviceSplit
    train_features: Tensor | None = None  # if a frozen backbone always gets the same images
    selection_features: Tensor | None = None
    feature_seconds: float = 0.0

    @classmethod
    def of(
        cls,
        experiment: Experiment,
        seed: int,
        data: Prepared,
        also: Prepared | None,
        device: torch.device,
    ) -> "Work":
        """Makes the work. Raises DataError if the images are not those of the experiment."""
        _check_fits(experiment, data, also)
        train = training_set(experiment, seed, data, also, device)
        selection = data.split(experiment.selection_split, experiment.max_eval_images)
        return cls(experiment, seed, train, DeviceSplit.of(selection, device, experiment.normalise))

    @property
    def images(self) -> int:
        """Returns how many images an epoch can use; with `concat_original`, twice the originals."""
        return len(self.train) * (2 if self.experiment.concat_original else 1)

    @property
    def images_per_epoch(self) -> int:
        return len(self.train) if self.experiment.equal_steps else self.images

    @property
    def batches_per_epoch(self) -> int:
        return -(-self.images_per_epoch // self.experiment.batch_size)  # the last may be smaller


def with_features(work: Work, state: State) -> Work:
    """Runs a frozen backbone once over images that would not change from epoch to epoch."""
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


def head_inputs(state: State, work: Work, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yields inputs of the trained part (images, or features of a frozen backbone) and labels."""
    experiment = work.experiment
    if work.train_features is not None:
        for chosen in _order(work, epoch).split(experiment.batch_size):
            rows = (chosen % len(work.train)).to(work.train.labels.device)
            yield work.train_features[rows], work.train.labels[rows]
        return
    for images, labels, rows in batches(work, epoch):
        inputs = work.train.normalised(images, rows)
        if epoch <= experiment.small_share * experiment.epochs:
            inputs = stretched(inputs, experiment.small_image_size)
        if state.backbone is not None:
            with torch.no_grad():
                inputs = forward(state.backbone, inputs, experiment.precision)
        yield inputs, labels


def batches(work: Work, epoch: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Yields shuffled images (B, 3, H, W) uint8, their labels (B,) and rows of the set (B,).

    With `concat_original`, the set has the originals and then an augmented copy of each.
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
    """Returns the positions of an epoch's images: (images_per_epoch,), on the CPU."""
    draw = torch.Generator().manual_seed(stream(work.seed, epoch, "order"))
    n = work.images_per_epoch
    if not work.experiment.balance:
        return torch.randperm(work.images, generator=draw)[:n]
    labels = work.train.labels.cpu().repeat(work.images // len(work.train))
    chances = 1 / labels.bincount().double()[labels]  # every class equally often
    return torch.multinomial(chances, n, replacement=True, generator=draw)


def _check_fits(experiment: Experiment, data: Prepared, also: Prepared | None) -> None:
    size = experiment.image_size
    for wanted, have in ((experiment.dataset, data), (experiment.also_train_on, also)):
        found = (have.manifest["dataset"], have.manifest["image_size"]) if have else ("", size)
        if found != (wanted, size):
            raise DataError(
                f"{experiment.name} needs {wanted or 'no second data set'} at {size} pixels, but "
                f"was given {found[0] or 'none'} at {found[1]}"
            )
