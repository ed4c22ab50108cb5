"""Measures weights on images: a run's best and last weights, or a file from elsewhere."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from torch import Tensor

from landcover import artifacts, calibration, metrics, models, trained, views, weights
from landcover.augment import AUGMENTATIONS
from landcover.data.batches import DeviceSplit
from landcover.data.catalog import dataset
from landcover.data.dataset import SPLITS
from landcover.data.prepared import Prepared
from landcover.data.training_set import Task, narrowed, training_set
from landcover.device import device_name
from landcover.errors import ArtifactError, DataError
from landcover.inference import logits, logits_of_features, score
from landcover.provenance import provenance
from landcover.results import layout
from landcover.streams import stream
from landcover.trained import Trained

AUGMENTED = "train-augmented"  # beside the names of splits
VIEWED = f"-{views.VIEWS}-views"  # after the name of a split


@dataclass(frozen=True)
class Part:
    """Images to evaluate on: a split, or images that were made from one."""

    name: str
    images: DeviceSplit  # all of the split
    task: Task  # which of them are used, and their labels
    files: npt.NDArray[np.str_] | None  # None for augmented images, which have no files
    is_viewed: bool = False  # with all eight views


def evaluate_run(run: Path, data: Prepared, out: Path, device: torch.device) -> dict[str, Any]:
    """Evaluates a run's best and last weights on every split that it was not trained on.

    If the experiment asks for it, this includes its augmented training images, as the authors did
    in Task 5, and the mean over the symmetric views. Writes metrics.json, per_class.csv,
    confusion.csv, predictions.csv and calibration.csv to `out`, with the columns `weights` and
    `split`, and the logits of all images; returns the content of metrics.json.
    """
    networks = _networks(run, device)
    network = networks["best"]
    experiment = network.experiment
    _check_same_images(run, data)
    summaries: dict[str, dict[str, Any]] = {
        kind: {"epoch": networks.get(kind, network).epoch} for kind in trained.KINDS
    }
    tables: list[dict[str, pd.DataFrame]] = []
    stored: dict[str, Tensor] = {}
    seconds: dict[str, float] = {}
    temperatures: dict[str, float] = {}
    for part in _parts(network, data, device):
        started = time.perf_counter()
        outputs = _logits(networks, part)
        seconds[part.name] = (time.perf_counter() - started) / len(networks)
        for kind in trained.KINDS:
            output = outputs.get(kind, outputs["best"]).cpu()
            kept = output[torch.from_numpy(part.task.kept)]
            labels = part.task.labels[part.task.kept]
            as_viewed = f"{kind}{VIEWED}" if part.is_viewed else kind
            if part.name.removesuffix(VIEWED) == experiment.selection_split == "val":
                temperatures[as_viewed] = calibration.temperature(kept.double().numpy(), labels)
            summaries[kind][part.name], found = _measure(kept, labels, network.classes)
            errors, found["calibration"] = _calibration(kept, labels, temperatures.get(as_viewed))
            summaries[kind][part.name] |= errors
            if part.files is not None:
                files = part.files[part.task.kept]
                found["predictions"] = _predictions(kept, labels, files, network.classes)
                stored[f"{kind}.{part.name}"] = output.clone()  # a file allows no shared memory
            tables.append(
                {k: _labelled(t, weights=kind, split=part.name) for k, t in found.items()}
            )
    result = {
        "experiment": experiment.name,
        "seed": network.seed,
        "selection_split": experiment.selection_split,
        **summaries,
        "temperature": temperatures,
        "seconds": seconds,
        "data": data.identity,
        "device": device_name(device),
        "provenance": provenance("evaluate"),
    }
    for name in tables[0]:
        rows = [table[name] for table in tables if name in table]
        artifacts.write_csv(out / f"{name}.csv", pd.concat(rows))
    weights.write(out / layout.LOGITS, stored, {"classes": list(network.classes)})
    artifacts.write_json(out / layout.METRICS, result)
    return result


def evaluate_weights(
    path: Path,
    model_name: str,
    data: Prepared,
    split_name: str,
    normalise: str | None,
    device: torch.device,
) -> dict[str, Any]:
    """Evaluates a file of weights from elsewhere; returns JSON-ready numbers.

    The names in the file tell whether the network has batch norm. Without `normalise`, images are
    normalised as the paper does for their data set.
    """
    classes = data.classes
    tensors, size = weights.read_foreign(path), data.manifest["image_size"]
    architecture, model = trained.from_elsewhere(
        tensors, path, model_name, size, len(classes), device
    )
    split = data.split(split_name)
    statistics = (
        normalise or dataset(data.manifest["dataset"], data.manifest["image_size"]).normalise
    )
    output = logits(model, DeviceSplit.of(split, device, statistics), "fp32")
    summary, tables = _measure(output, split.labels, classes)
    return {
        "weights": str(path),
        **asdict(architecture),
        "normalise": statistics,
        "split": split_name,
        **summary,
        "per_class": tables["per_class"].to_dict("records"),
        "confusion": tables["confusion"]["count"].to_numpy().reshape(len(classes), -1).tolist(),
        "data": data.identity,
        "device": device_name(device),
    }


def _networks(run: Path, device: torch.device) -> dict[str, Trained]:
    """Returns the network with its best weights and, if they differ, with its last weights."""
    best, last = (layout.weights(run, kind) for kind in trained.KINDS)
    is_one = best.exists() and last.exists() and best.samefile(last)
    return {k: trained.load(run, k, device) for k in trained.KINDS if k == "best" or not is_one}


def _parts(network: Trained, data: Prepared, device: torch.device) -> Iterator[Part]:
    """Yields validation images first, because their temperature calibrates the test images."""
    experiment = network.experiment
    for name in (n for n in SPLITS if n in data.manifest["images"]):
        if name in experiment.trains_on:
            continue
        split = data.split(name, experiment.max_eval_images)
        task = Task.of(experiment, data.classes, split.labels)
        images = DeviceSplit.of(split, device, experiment.normalise)
        yield Part(name, images, task, split.files)
        if experiment.symmetric_views:
            yield Part(f"{name}{VIEWED}", images, task, split.files, is_viewed=True)
    if experiment.score_augmented and experiment.augment in AUGMENTATIONS:
        images = _augmented(network, narrowed(experiment, data), device)
        labels = images.labels.cpu().numpy()
        task = Task(network.classes, np.ones(len(labels), dtype=bool), labels)
        yield Part(AUGMENTED, images, task, None)


def _augmented(network: Trained, data: Prepared, device: torch.device) -> DeviceSplit:
    """Returns every training image once, augmented; the same images for the same seed."""
    experiment, seed = network.experiment, network.seed
    clean = training_set(experiment, seed, data, None, device)
    noise = torch.Generator(device).manual_seed(stream(seed, 0, "evaluation"))
    images = clean.images(torch.arange(len(clean), device=device))  # (N, 3, S, S)
    augmented = AUGMENTATIONS[experiment.augment](images, noise)
    return replace(clean, pixels=augmented.permute(0, 2, 3, 1))


def _check_same_images(run: Path, data: Prepared) -> None:
    trained_on = artifacts.read_json(run / layout.RUN).get("data")
    if not isinstance(trained_on, dict):
        raise ArtifactError(f"{run / layout.RUN} does not say its images; train the run again")
    if trained_on["sha256"] != data.identity["sha256"]:
        raise DataError(
            f"{run} was trained on other images ({trained_on['fidelity']}, from "
            f"{trained_on['source']}) than {data.place} holds; say with --preset whose images to "
            "take, or train again"
        )


def _logits(networks: Mapping[str, Trained], part: Part) -> dict[str, Tensor]:
    """Returns the logits of each network; a shared frozen backbone runs only once if possible."""
    first, split = next(iter(networks.values())).experiment, part.images
    if part.is_viewed:
        return {
            kind: views.logits(network.model, split, first.precision)
            for kind, network in networks.items()
        }
    parts = {
        kind: models.backbone_and_head(network.model, first.model)
        for kind, network in networks.items()
        if first.freeze == "backbone"
    }
    if not parts or not models.is_steady(parts["best"][0], in_eval_mode=first.freeze_statistics):
        return {
            kind: logits(network.model, split, first.precision)
            for kind, network in networks.items()
        }
    features = logits(parts["best"][0], split, first.precision)
    return {
        kind: logits_of_features(head, features, first.precision)
        for kind, (_, head) in parts.items()
    }


def _measure(
    output: Tensor, labels: npt.NDArray[np.int64], classes: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    if not output.isfinite().all():
        raise ArtifactError(
            "the network outputs NaN or infinity for some images; the weights are damaged"
        )
    predicted = output.argmax(1).cpu().numpy()
    summary = {
        "n": len(labels),
        "loss": score(output.cpu(), torch.from_numpy(labels)).loss,
        **metrics.summary(labels, predicted, classes),
    }
    return summary, {
        "per_class": metrics.per_class(labels, predicted, classes),
        "confusion": metrics.confusion(labels, predicted, classes),
    }


def _calibration(
    output: Tensor, labels: npt.NDArray[np.int64], temperature: float | None
) -> tuple[dict[str, float], pd.DataFrame]:
    """Returns calibration errors and bins, without a temperature and with one, if there is one."""
    found = output.double().numpy()
    errors, tables = {}, []
    for name, divisor in (("ece", 1.0), ("ece_calibrated", temperature)):
        if divisor:
            bins = calibration.reliability(found / divisor, labels)
            errors[name] = calibration.expected_error(bins)
            tables.append(bins.assign(temperature=divisor))
    return errors, pd.concat(tables)


def _predictions(
    output: Tensor,
    labels: npt.NDArray[np.int64],
    files: npt.NDArray[np.str_],
    classes: tuple[str, ...],
) -> pd.DataFrame:
    names, predicted = np.array(classes), output.argmax(1).cpu().numpy()
    return pd.DataFrame(
        {
            "file": files,
            "true": names[labels],
            "predicted": names[predicted],
            "probability": output.softmax(1).amax(1).cpu().numpy(),
        }
    )


def _labelled(table: pd.DataFrame, **labels: str) -> pd.DataFrame:
    return table.assign(**labels)[[*labels, *table.columns]]
