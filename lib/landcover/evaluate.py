"""Measures weights on images: our own run's best and last, or a file from elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from torch import Tensor

from landcover import artifacts, metrics, models, trained, weights
from landcover.augment import AUGMENTATIONS
from landcover.data.batches import DeviceSplit
from landcover.data.catalog import dataset
from landcover.data.prepared import Prepared
from landcover.data.training_set import training_set
from landcover.device import device_name
from landcover.errors import ArtifactError, DataError
from landcover.inference import logits, logits_of_features, score
from landcover.provenance import provenance
from landcover.results import layout
from landcover.streams import stream
from landcover.trained import Trained

AUGMENTED = "train-augmented"  # beside the names of splits


def evaluate_run(run: Path, data: Prepared, out: Path, device: torch.device) -> dict[str, Any]:
    """Both weights of a run on every split that it was not trained on.

    Where the experiment asks for it, also on its training images, augmented, as the authors did in
    Task 5. Writes metrics.json, per_class.csv, confusion.csv and predictions.csv to `out`, with the
    columns `weights` and `split`; returns what metrics.json holds.
    """
    networks = _networks(run, device)
    network = networks["best"]
    experiment = network.experiment
    _check_same_images(run, data)
    summaries: dict[str, dict[str, Any]] = {
        kind: {"epoch": networks.get(kind, network).epoch} for kind in trained.KINDS
    }
    tables: list[dict[str, pd.DataFrame]] = []
    for name, images, files in _images(network, data, device):
        labels = images.labels.cpu().numpy()
        outputs = _logits(networks, images)
        for kind in trained.KINDS:
            output = outputs.get(kind, outputs["best"])
            summaries[kind][name], found = _measure(output, labels, network.classes)
            if files is not None:
                found["predictions"] = _predictions(output, labels, files, network.classes)
            tables.append({k: _labelled(t, weights=kind, split=name) for k, t in found.items()})
    result = {
        "experiment": experiment.name,
        "seed": network.seed,
        "selection_split": experiment.selection_split,
        **summaries,
        "data": data.identity,
        "device": device_name(device),
        "provenance": provenance("evaluate"),
    }
    for name in tables[0]:
        rows = [table[name] for table in tables if name in table]
        artifacts.write_csv(out / f"{name}.csv", pd.concat(rows))
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
    """A state dict from elsewhere, its architecture recognised by the names in it; JSON-ready.

    The images are normalised as the report does for their data set, unless `normalise` says how.
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
    """Returns the network with its best weights, and with its last unless these are the same."""
    best, last = (layout.weights(run, kind) for kind in trained.KINDS)
    is_one = best.exists() and last.exists() and best.samefile(last)
    return {k: trained.load(run, k, device) for k in trained.KINDS if k == "best" or not is_one}


def _images(
    network: Trained, data: Prepared, device: torch.device
) -> Iterator[tuple[str, DeviceSplit, npt.NDArray[np.str_] | None]]:
    """Split by split: its name, its images, and their files; an augmented image is no file."""
    experiment = network.experiment
    for name in (n for n in data.manifest["images"] if n not in experiment.trains_on):
        split = data.split(name, experiment.max_eval_images)
        yield name, DeviceSplit.of(split, device, experiment.normalise), split.files
    if experiment.score_augmented and experiment.augment in AUGMENTATIONS:
        yield AUGMENTED, _augmented(network, data, device), None


def _augmented(network: Trained, data: Prepared, device: torch.device) -> DeviceSplit:
    """Every training image once, augmented anew; always alike for the same seed."""
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


def _logits(networks: Mapping[str, Trained], split: DeviceSplit) -> dict[str, Tensor]:
    """Of each network; what they have in common, a frozen and steady backbone, runs only once."""
    first = next(iter(networks.values())).experiment
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
            "the weights make something else than numbers of some images; they are broken"
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
