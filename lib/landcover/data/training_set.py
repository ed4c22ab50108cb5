"""The images that a run trains on, as its experiment asks for them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch

from landcover.data import legacy_labels
from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Prepared, Split
from landcover.data.splits import capped
from landcover.errors import DataError
from landcover.experiments import Experiment


def classes(data: Prepared, also: Prepared | None) -> tuple[str, ...]:
    """Those of the first data set, then those of the second. Raises DataError if they share one."""
    if also is None:
        return data.classes
    if shared := sorted(set(data.classes) & set(also.classes)):
        raise DataError(
            f"{data.place} and {also.place} both have the class '{shared[0]}'; rename one of them"
        )
    return data.classes + also.classes


def mistaught(experiment: Experiment, seed: int, data: Prepared) -> dict[str, dict[str, str]]:
    """By training split, what each class is taught as; empty where classes are sorted.

    Another seed is another Python, whose sets have another order.
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
    """Training images of one data set or two; a cap keeps its share of every class."""
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
    """Without a validation split, where there is none to train on."""
    first, *others = experiment.trains_on
    return [first, *(name for name in others if name in data.manifest["images"])]


def _as_taught(
    images: Split, split: str, classes: tuple[str, ...], names: Mapping[str, str]
) -> Split:
    taught = np.array([classes.index(names[name]) for name in classes])
    labels = np.where(images.splits == split, taught[images.labels], images.labels)
    return replace(images, labels=labels)
