"""The images that a run trains on, as its experiment asks for them."""

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


def training_set(
    experiment: Experiment, data: Prepared, also: Prepared | None, device: torch.device
) -> DeviceSplit:
    """Training images of one data set or two; a cap keeps its share of every class."""
    splits = [name for name in experiment.trains_on if name in data.manifest["images"]]
    rows = data.rows(*(splits or experiment.trains_on))
    extra = also.rows("train") if also else rows[:0]
    others = also.labels[extra] + len(data.classes) if also else rows[:0]
    kept = capped(np.concatenate([data.labels[rows], others]), experiment.max_train_images)
    own = data.at(rows[kept[kept < len(rows)]])
    if experiment.label_hash_seed:
        own = _as_taught(own, data, experiment.label_hash_seed)
    images = DeviceSplit.of(own, device, experiment.normalise)
    if also is None:
        return images
    second = also.at(extra[kept[kept >= len(rows)] - len(rows)])
    statistics = experiment.also_normalise or experiment.normalise
    return images.followed_by(DeviceSplit.of(second, device, statistics), len(data.classes))


def _as_taught(split: Split, data: Prepared, hash_seed: int) -> Split:
    labels = np.array(split.labels)
    for name in np.unique(split.splits):
        own = split.splits == name
        names = legacy_labels.mistaught(data, str(name), hash_seed)
        labels[own] = legacy_labels.taught(split.labels[own], data.classes, names)
    return replace(split, labels=labels)
