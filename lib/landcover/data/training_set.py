"""The images that a run trains on, as its experiment asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from landcover.data import legacy_labels
from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Prepared, Split
from landcover.data.splits import capped
from landcover.errors import DataError, nearest
from landcover.experiments import Experiment

REST = "rest"  # the class of all other images, if an experiment looks for one class


@dataclass(frozen=True)
class Task:
    """The classes of an experiment, and which of the images (N,) of a data set it uses."""

    classes: tuple[str, ...]
    kept: npt.NDArray[np.bool_]  # (N,), whether it uses an image
    labels: npt.NDArray[np.int64]  # (N,), positions in the classes; 0 for unused images

    @classmethod
    def of(
        cls, experiment: Experiment, classes: tuple[str, ...], labels: npt.NDArray[np.int64]
    ) -> "Task":
        """Makes the task. Raises DataError for a class that the data set lacks."""
        one, some = experiment.against_rest, experiment.only_classes
        for name in filter(None, (one, *some.split("+"))):
            if name not in classes:
                raise DataError(
                    f"{experiment.name}: {experiment.dataset} has no class '{name}'; "
                    f"{nearest(name, classes)}"
                )
        if one:
            is_one = labels == classes.index(one)
            return cls((REST, one), np.ones_like(is_one), is_one.astype(np.int64))
        if not some:
            return cls(classes, np.ones(len(labels), dtype=bool), labels)
        names = tuple(name for name in classes if name in some.split("+"))
        new = np.array([names.index(name) if name in names else -1 for name in classes])[labels]
        return cls(names, new >= 0, new.clip(0))


def narrowed(experiment: Experiment, data: Prepared) -> Prepared:
    """Returns the images and classes that the experiment uses."""
    if not (experiment.only_classes or experiment.against_rest):
        return data
    task = Task.of(experiment, data.classes, data.labels)
    splits = data.splits[task.kept]
    images = {name: int((splits == name).sum()) for name in data.manifest["images"]}
    return replace(
        data,
        manifest={**data.manifest, "classes": list(task.classes), "images": images},
        pixels=data.pixels if task.kept.all() else data.pixels[task.kept],
        labels=task.labels[task.kept],
        files=data.files[task.kept],
        splits=splits,
    )


def classes(data: Prepared, also: Prepared | None) -> tuple[str, ...]:
    """Returns the classes of the first data set, then of the second; they must share none."""
    if also is None:
        return data.classes
    if shared := sorted(set(data.classes) & set(also.classes)):
        raise DataError(
            f"{data.place} and {also.place} both have the class '{shared[0]}'; rename one of them"
        )
    return data.classes + also.classes


def mistaught(experiment: Experiment, seed: int, data: Prepared) -> dict[str, dict[str, str]]:
    """Returns `legacy_labels.mistaught` of each training split; {} if classes are sorted.

    Each seed stands for another Python, whose sets have another order.
    """
    first = experiment.label_hash_seed
    return {
        split: legacy_labels.mistaught(data, split, first + seed)
        for split in _splits(experiment, data)
        if first
    }


def training_set(
    experiment: Experiment, seed: int, data: Prepared, also: Prepared | None, device: torch.device
) -> DeviceSplit:
    """Returns the training images of one or two data sets; a cap keeps the classes' shares."""
    rows = data.rows(*_splits(experiment, data))
    extra = also.rows("train") if also else rows[:0]
    others = also.labels[extra] + len(data.classes) if also else rows[:0]
    kept = capped(np.concatenate([data.labels[rows], others]), experiment.max_train_images)
    own = data.at(rows[kept[kept < len(rows)]])
    for split, names in mistaught(experiment, seed, data).items():
        own = _as_taught(own, split, data.classes, names)
    images = DeviceSplit.of(own, device, experiment.normalise)
    if also is None:
        return images
    second = also.at(extra[kept[kept >= len(rows)] - len(rows)])
    statistics = experiment.also_normalise or experiment.normalise
    return images.followed_by(DeviceSplit.of(second, device, statistics), len(data.classes))


def _splits(experiment: Experiment, data: Prepared) -> list[str]:
    """Returns the splits to train on, without a validation split that does not exist."""
    first, *others = experiment.trains_on
    return [first, *(name for name in others if name in data.manifest["images"])]


def _as_taught(
    images: Split, split: str, classes: tuple[str, ...], names: Mapping[str, str]
) -> Split:
    taught = np.array([classes.index(names[name]) for name in classes])
    labels = np.where(images.splits == split, taught[images.labels], images.labels)
    return replace(images, labels=labels)
