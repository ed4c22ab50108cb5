"""Measures weights on images: our own run's best and last, or a file from elsewhere."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from landcover import artifacts, experiments, metrics, models, weights
from landcover.data import dataset
from landcover.data.batches import DeviceSplit
from landcover.data.dataset import SPLITS
from landcover.data.prepared import Prepared, Split
from landcover.errors import DataError
from landcover.inference import logits, score
from landcover.models import Architecture
from landcover.provenance import provenance

OWN_WEIGHTS = ("best", "last")


def evaluate_run(run: Path, data: Prepared, out: Path, device: torch.device) -> dict[str, Any]:
    """Both weights of a run on every split but the training one.

    Writes metrics.json, per_class.csv, confusion.csv and predictions.csv to `out`, with the columns
    `weights` and `split`; returns what metrics.json holds.
    """
    spec = artifacts.read_json(run / "spec.json")
    seed = spec.pop("seed", None)
    experiment = experiments.from_dict(spec)
    _check_same_images(run, data)
    model = models.build(models.architecture(experiment, len(data.classes))).to(device)
    summaries: dict[str, dict[str, Any]] = {}
    tables: list[dict[str, pd.DataFrame]] = []
    for kind in OWN_WEIGHTS:
        path = run / f"{kind}.safetensors"
        tensors, notes = weights.read(path)
        weights.load(model, tensors, path)
        summaries[kind] = {"epoch": notes.get("epoch")}
        for name in (split for split in SPLITS[1:] if split in data.manifest["images"]):
            split = data.split(name, experiment.max_eval_images)
            summary, found = _measure(
                model, split, data.classes, experiment.normalise, experiment.precision, device
            )
            summaries[kind][name] = summary
            tables.append({k: _labelled(t, weights=kind, split=name) for k, t in found.items()})
    result = {
        "experiment": experiment.name,
        "seed": seed,
        "selection_split": experiment.selection_split,
        **summaries,
        "data": data.identity,
        "provenance": provenance(),
    }
    for name in tables[0]:
        artifacts.write_csv(out / f"{name}.csv", pd.concat([table[name] for table in tables]))
    artifacts.write_json(out / "metrics.json", result)
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
    tensors = weights.read_foreign(path)
    classes = data.classes
    architecture = Architecture(
        model_name,
        data.manifest["image_size"],
        len(classes),
        batch_norm="bn1.weight" in tensors,
        dropout=0.0,  # has no weights, and is inactive in evaluation
    )
    model = models.build(architecture).to(device)
    weights.load(model, tensors, path)
    split = data.split(split_name)
    statistics = normalise or dataset(data.manifest["dataset"]).normalise
    summary, tables = _measure(model, split, classes, statistics, "fp32", device)
    return {
        "weights": str(path),
        **asdict(architecture),
        "normalise": statistics,
        "split": split_name,
        **summary,
        "per_class": tables["per_class"].to_dict("records"),
        "confusion": tables["confusion"]["count"].to_numpy().reshape(len(classes), -1).tolist(),
        "data": data.identity,
    }


def _check_same_images(run: Path, data: Prepared) -> None:
    trained_on = artifacts.read_json(run / "run.json")["data"]
    if trained_on["sha256"] != data.identity["sha256"]:
        raise DataError(
            f"{run} was trained on other images ({trained_on['fidelity']}, from "
            f"{trained_on['source']}) than {data.place} holds; say with --preset whose images to "
            "take, or train again"
        )


def _measure(
    model: nn.Module,
    split: Split,
    classes: tuple[str, ...],
    normalise: str,
    precision: str,
    device: torch.device,
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    on_device = DeviceSplit.of(split, device)
    output = logits(model, on_device, normalise, precision)
    probability, predicted = (t.cpu().numpy() for t in output.softmax(1).max(1))
    summary = {
        "n": len(split.labels),
        "loss": score(output, on_device.labels).loss,
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
