"""Looks into a trained network with the methods of `landcover.methods`; each has a module."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch

from landcover import artifacts, style
from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Prepared, Split
from landcover.device import device_name
from landcover.errors import DataError, SpecError, nearest
from landcover.interpret.network import Layer, Network, load_file, load_published, load_run
from landcover.interpret.plan import Case, MethodResult, Plan
from landcover.interpret.question import Question
from landcover.methods import METHODS, USUAL
from landcover.provenance import provenance
from landcover.results import layout

SPLIT = "test"
MOST_LISTED = 100  # names of images that an error searches for the nearest one

OnStep = Callable[[str], None]


def interpret(
    network: Network,
    data: Prepared,
    question: Question,
    out: Path,
    on_step: OnStep = lambda _: None,
) -> dict[str, Any]:
    """Writes a folder of tables and figures for each method; returns their summaries, JSON-ready.

    `on_step` gets the name of each step. Raises SpecError or DataError before any work if a layer,
    a unit or an image does not exist, or if there are too few images.
    """
    layers = _layers(network, question)
    images = data.split(SPLIT, question.max_images or 0)
    few = _few(data, images, question.files)
    device = next(network.model.parameters()).device
    few_inputs = DeviceSplit.of(few, device, network.normalise)
    about_images = (images, few, few_inputs, data.classes, data.manifest["dataset"])
    plans = {
        method: _plan(method)(Case(question, network, layers[method], *about_images))
        for method in layers
    }
    if visitors := [plan.watch for plan in plans.values() if plan.watch]:
        on_step(f"Showing {len(images.labels):,} images to {network.name}")
        network.sweep(DeviceSplit.of(images, device, network.normalise), network.dense, visitors)
    about = _about(network, data, len(images.labels), device)
    note = _note(network, data)
    summaries = {}
    for method, plan in plans.items():
        on_step(f"Looking into {network.name}: {method}")
        result = plan.run()
        summaries[method] = {"method": method, **about, **result.summary}
        _write(result, summaries[method], note, out / method)
    return summaries


def load(question: Question, classes: tuple[str, ...], device: torch.device) -> Network:
    """Loads the network of a settled question; `classes` are those of the images."""
    if question.run:
        return load_run(question.run, question.epoch, device)
    look = (question.image_size, question.normalise)
    if question.weights:
        return load_file(question.weights, question.model, *look, classes, device)
    return load_published(question.model, question.pretrained, *look, device)


def _plan(method: str) -> Callable[[Case], Plan]:
    plan: Callable[[Case], Plan] = import_module(f"{__name__}.{method.replace('-', '_')}").plan
    return plan


def _layers(network: Network, question: Question) -> dict[str, tuple[Layer, ...]]:
    """Returns the layers of each wanted method that has some, in the order of METHODS."""
    named = network.layers(question.layers)
    asked = [name for name in METHODS if name in (question.methods or USUAL)]
    layers = {
        name: tuple(layer for layer in named if layer.name.startswith(METHODS[name].kinds))
        for name in asked
    }
    for name in question.methods:
        if METHODS[name].kinds and not layers[name]:
            kinds = " and ".join(METHODS[name].kinds)
            raise SpecError(
                f"{name} looks at {kinds} layers, and there are none among "
                f"{', '.join(question.layers) or f'those of {network.name}'}; take others"
            )
    return {name: layers[name] for name in asked if layers[name] or not METHODS[name].kinds}


def _few(data: Prepared, images: Split, files: Sequence[str]) -> Split:
    """Returns the images with these names; without names, the first one of each class."""
    if not files:
        _, first = np.unique(images.labels, return_index=True)
        return Split(
            images.pixels[first], images.labels[first], images.files[first], images.splits[first]
        )
    rows = data.rows(SPLIT)
    names = data.files[rows].tolist()
    row_of = dict(zip(names, rows, strict=True))
    if missing := [file for file in files if file not in row_of]:
        few = len(names) < MOST_LISTED
        hint = nearest(missing[0], names) if few else f"they are called like '{names[0]}'"
        raise DataError(f"no image '{missing[0]}' in the {SPLIT} split of {data.place}; {hint}")
    return data.at(np.array([row_of[file] for file in files]))


def _about(network: Network, data: Prepared, images: int, device: torch.device) -> dict[str, Any]:
    """Returns the facts that are the same in the summaries of all methods."""
    return {
        "name": network.name,
        "model": network.architecture,
        "weights": network.weights,
        "kind": network.epoch,
        "seed": network.seed,
        "image_size": network.image_size,
        "normalise": network.normalise,
        "split": SPLIT,
        "images": images,
        "data": data.identity,
        "device": device_name(device),
        "provenance": provenance("interpret"),
    }


def _note(network: Network, data: Prepared) -> str:
    """Returns why a picture says nothing about the paper; "" if it does say something."""
    is_synthetic = data.identity["fidelity"] == "synthetic"
    words = ["random weights"] * network.is_random + ["synthetic images"] * is_synthetic
    return ", ".join(words).capitalize()


def _write(result: MethodResult, summary: dict[str, Any], note: str, folder: Path) -> None:
    """Writes tables as CSV, figures as SVG and PNG, and the summary when all of them are there."""
    artifacts.remove(folder / layout.SUMMARY)
    for name, table in result.tables.items():
        artifacts.write_csv(folder / f"{name}.csv", table)
    for name, draw in result.figures.items():
        style.save(draw(), folder, name, note)
    artifacts.write_json(folder / layout.SUMMARY, summary)


__all__ = ["Network", "Question", "interpret", "load"]
