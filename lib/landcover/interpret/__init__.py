"""Looks into a trained network: its filters, its activations, what excites a unit, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from landcover import artifacts, figures
from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Prepared, Split
from landcover.device import device_name
from landcover.errors import DataError, SpecError, nearest
from landcover.interpret import findings, layers, specimen
from landcover.interpret import units as of_layer
from landcover.interpret.activations import Collected
from landcover.interpret.findings import Finding
from landcover.interpret.layers import Layer
from landcover.interpret.specimen import Specimen
from landcover.interpret.sweep import sweep
from landcover.interpret.topk import TopK
from landcover.provenance import provenance
from landcover.results import layout

LOOKS_AT = {  # which kinds of layers, by method
    "filters": ("conv",),
    "activations": ("conv", "fc"),
    "topk": ("fc",),
    "tsne": ("fc",),
    "gradcam": ("conv",),
    "integrated-gradients": (),
}
USUAL = ("filters", "activations", "topk", "tsne")
SPLIT = "test"


@dataclass(frozen=True)
class Question:
    methods: tuple[str, ...] = ()  # none: the usual ones, as far as they have a layer to look at
    layers: tuple[str, ...] = ()  # none: all
    units: tuple[int, ...] = ()  # to draw; none: those that the authors picked
    files: tuple[str, ...] = ()  # images for maps and attributions; none: the first of each class
    top: int = 10
    max_images: int = 0  # 0: all
    engine: str = "sklearn"  # of t-SNE


def interpret(subject: Specimen, data: Prepared, question: Question, out: Path) -> dict[str, Any]:
    """Writes a folder of tables and figures for each method; returns their summaries, JSON-ready.

    Raises SpecError before any work where a layer, a unit or an image is not there, and DataError
    where there are too few images.
    """
    wanted = _layers(subject, question)
    split = data.split(SPLIT, question.max_images)
    if "tsne" in wanted:
        findings.check_for_tsne(len(split.labels), len(data.classes))
    few = _chosen(data, split, question.files)
    device = next(subject.model.parameters()).device
    images, some = (DeviceSplit.of(one, device, subject.normalise) for one in (split, few))
    last = layers.dense(subject.model)[-1:]
    drawn = _units(wanted.get("topk", ()), question.units, last, data.manifest["dataset"])
    visitors: dict[str, Any] = {}
    if "topk" in wanted:
        visitors["topk"] = TopK(question.top, len(split.labels), wanted["topk"])
    if "tsne" in wanted:
        visitors["tsne"] = Collected(len(split.labels), wanted["tsne"])
    if visitors:  # one pass for all of them
        sweep(subject, images, layers.dense(subject.model), list(visitors.values()))
    classes = data.classes
    find: dict[str, Callable[[Sequence[Layer]], Finding]] = {
        "filters": findings.filters,
        "activations": lambda own: findings.activations(subject, some, few, classes, own),
        "topk": lambda _: findings.topk(visitors["topk"], split, classes, drawn, last[0].name),
        "tsne": lambda _: findings.tsne(visitors["tsne"], split, classes, question.engine, subject),
        "gradcam": lambda own: findings.gradcam(subject, some, few, classes, own),
        "integrated-gradients": lambda _: findings.integrated_gradients(
            subject, some, few, classes
        ),
    }
    about = _about(subject, data, len(split.labels), device)
    return {
        method: _write(find[method](own), {"method": method, **about}, out / method)
        for method, own in wanted.items()
    }


def _layers(subject: Specimen, question: Question) -> dict[str, tuple[Layer, ...]]:
    """By method, in the order of `LOOKS_AT`."""
    of_kind = {"conv": layers.convolutions(subject.model), "fc": layers.dense(subject.model)}
    named = layers.chosen([*of_kind["conv"], *of_kind["fc"]], question.layers)
    wanted = {
        method: tuple(layer for layer in named if layer.name.startswith(kinds))
        for method, kinds in LOOKS_AT.items()
        if method in (question.methods or USUAL)
    }
    for method, own in wanted.items():
        if question.methods and LOOKS_AT[method] and not own:
            kinds = " and ".join(LOOKS_AT[method])
            raise SpecError(
                f"{method} looks at {kinds} layers, and there are none among "
                f"{', '.join(question.layers) or f'those of {subject.name}'}; take others"
            )
    return {m: own for m, own in wanted.items() if own or not LOOKS_AT[m]}


def _units(
    dense: Sequence[Layer], units: tuple[int, ...], last: Sequence[Layer], dataset: str
) -> dict[str, tuple[int, ...]]:
    """To draw, by layer."""
    if units:
        return {layer.name: of_layer.chosen(layer, units) for layer in dense}
    return {
        layer.name: of_layer.of_the_authors(layer.units, is_output=layer in last, dataset=dataset)
        for layer in dense
    }


def _chosen(data: Prepared, split: Split, files: Sequence[str]) -> Split:
    if not files:
        _, first = np.unique(split.labels, return_index=True)
        return _at(split, first)
    rows = data.rows(SPLIT)
    names = data.files[rows]
    places = dict(zip(names, rows, strict=True))
    for file in files:
        if file not in places:
            raise DataError(
                f"no image '{file}' in the {SPLIT} split of {data.place}; "
                f"{_similar(file, names.tolist())}"
            )
    return data.at(np.array([places[file] for file in files]))


def _similar(file: str, names: list[str]) -> str:
    """All names would be too many to list."""
    return nearest(file, names) if len(names) < 100 else f"they are called like '{names[0]}'"


def _at(split: Split, rows: Any) -> Split:
    return Split(split.pixels[rows], split.labels[rows], split.files[rows], split.splits[rows])


def _about(subject: Specimen, data: Prepared, count: int, device: torch.device) -> dict[str, Any]:
    return {
        "name": subject.name,
        "model": subject.architecture,
        "weights": subject.weights,
        "kind": subject.kind,
        "seed": subject.seed,
        "image_size": subject.image_size,
        "normalise": subject.normalise,
        "split": SPLIT,
        "images": count,
        "data": data.identity,
        "device": device_name(device),
        "provenance": provenance("interpret"),
    }


def _marked(about: dict[str, Any]) -> str:
    """Returns what makes a picture say nothing about the paper; "" if it does."""
    is_random = about["weights"].endswith(("random", "random backbone"))
    is_synthetic = about["data"]["fidelity"] == "synthetic"
    words = ["random weights"] * is_random + ["synthetic images"] * is_synthetic
    return ", ".join(words).capitalize()


def _write(found: Finding, about: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Tables as CSV, figures as SVG and PNG; a summary is there only when all of them are."""
    artifacts.remove(folder / layout.SUMMARY)
    for name, table in found.tables.items():
        artifacts.write_csv(folder / f"{name}.csv", table)
    words = _marked(about)
    for name, draw in found.figures.items():
        figure = draw()
        if words:
            figures.mark(figure, words)
        figures.save(figure, folder, name)
    summary = {**about, **found.summary}
    artifacts.write_json(folder / layout.SUMMARY, summary)
    return summary


__all__ = ["LOOKS_AT", "USUAL", "Question", "Specimen", "interpret", "specimen"]
