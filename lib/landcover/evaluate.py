"""Measures weights on images: our own run's best and last, or a file from elsewhere."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from landcover import artifacts, foreign, metrics, models, trained, weights
from landcover.data import dataset
from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Prepared, Split
from landcover.device import device_name
from landcover.errors import ArtifactError, DataError
from landcover.inference import logits, logits_of_features, score
from landcover.provenance import provenance
from landcover.results import layout
from landcover.trained import Trained


def evaluate_run(run: Path, data: Prepared, out: Path, device: torch.device) -> dict[str, Any]:
    """Both weights of a run on every split that it was not trained on.

    Writes metrics.json, per_class.csv, confusion.csv and predictions.csv to `out`, with the columns
    `weights` and `split`; returns what metrics.json holds.
    """
    networks = {kind: trained.load(run, kind, device) for kind in trained.KINDS}
    network = networks["best"]
    experiment = network.experiment
    _check_same_images(run, data)
    summaries: dict[str, dict[str, Any]] = {k: {"epoch": n.epoch} for k, n in networks.items()}
    tables: list[dict[str, pd.DataFrame]] = []
    for name in (n for n in data.manifest["images"] if n not in experiment.trains_on):
        split = data.split(name, experiment.max_eval_images)
        on_device = DeviceSplit.of(split, device, experiment.normalise)
        for kind, output in _logits(networks, on_device).items():
            summaries[kind][name], found = _measure(output, split, network.classes)
            tables.append({k: _labelled(t, weights=kind, split=name) for k, t in found.items()})
    result = {
        "experiment": experiment.name,
        "seed": network.seed,
        "selection_split": experiment.selection_split,
        **summaries,
        "data": data.identity,
        "device": device_name(device),
        "provenance": provenance(),
    }
    for name in tables[0]:
        artifacts.write_csv(out / f"{name}.csv", pd.concat([table[name] for table in tables]))
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
    architecture, model = foreign.assembled(tensors, path, model_name, size, len(classes), device)
    split = data.split(split_name)
    statistics = (
        normalise or dataset(data.manifest["dataset"], data.manifest["image_size"]).normalise
    )
    output = logits(model, DeviceSplit.of(split, device, statistics), "fp32")
    summary, tables = _measure(output, split, classes)
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
    output: Tensor, split: Split, classes: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    if not output.isfinite().all():
        raise ArtifactError(
            "the weights make something else than numbers of some images; they are broken"
        )
    probability, predicted = (t.cpu().numpy() for t in output.softmax(1).max(1))
    summary = {
        "n": len(split.labels),
        "loss": score(output.cpu(), torch.from_numpy(split.labels)).loss,
        **metrics.summary(split.labels, predicted, classes),
    }
    names = np.array(classes)
    return summary, {
        "per_class": metrics.per_class(split.labels, predicted, classes),
        "confusion": metrics.confusion(split.labels, predicted, classes),
        "predictions": pd.DataFrame(
            {
                "file": split.files,
                "true": names[split.labels],
                "predicted": names[predicted],
                "probability": probability,
            }
        ),
    }


def _labelled(table: pd.DataFrame, **labels: str) -> pd.DataFrame:
    return table.assign(**labels)[[*labels, *table.columns]]
