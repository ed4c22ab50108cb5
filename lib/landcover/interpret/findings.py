"""What each method finds: a summary, tables and figures, and nothing written yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.errors import DataError
from landcover.interpret import activations as activated
from landcover.interpret import attributions as attributed
from landcover.interpret import filters as weighed
from landcover.interpret import topk as ranked
from landcover.interpret.activations import Collected
from landcover.interpret.attributions import Attribution
from landcover.interpret.drawings import activations as maps
from landcover.interpret.drawings import attributions as explained
from landcover.interpret.drawings import filters as tiles
from landcover.interpret.drawings import topk as grids
from landcover.interpret.layers import Layer, evenly
from landcover.interpret.scatter import MOST_CLASSES, scatter
from landcover.interpret.scatter import Layer as Panel
from landcover.interpret.separation import separation
from landcover.interpret.specimen import Specimen
from landcover.interpret.topk import TopK
from landcover.interpret.tsne import AUTHORS_ITERATIONS, ITERATIONS, PERPLEXITY, embed

MOST_DRAWN = 20  # convolutions, evenly over the network
NEIGHBOURS = 10  # by whose classes a map is judged


@dataclass(frozen=True)
class Finding:
    summary: dict[str, Any]  # JSON-ready
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # by file, without its ending
    figures: Mapping[str, Callable[[], Figure]] = field(default_factory=dict)


def filters(convolutions: Sequence[Layer]) -> Finding:
    """Drawn are those of more than one pixel, since one alone has no shape, and not too many."""
    tables = {layer.name: weighed.table(layer) for layer in convolutions}
    figures: dict[str, Callable[[], Figure]] = {}
    shaped = [layer for layer in convolutions if layer.weight[0, 0].numel() > 1]
    for layer in evenly(shaped, MOST_DRAWN):
        weight = weighed.weights(layer)
        figures[layer.name] = partial(tiles.as_the_authors, layer.name, weight)
        figures[f"{layer.name}-channels"] = partial(tiles.all_channels, layer.name, weight)
    summaries = [weighed.summary(layer, tables[layer.name]) for layer in convolutions]
    return Finding(
        {"layers": summaries},
        {"filters": pd.concat(tables.values()), "layers": pd.DataFrame(summaries)},
        figures,
    )


def activations(
    subject: Specimen,
    images: DeviceSplit,
    few: Split,
    classes: tuple[str, ...],
    layers: Sequence[Layer],
) -> Finding:
    """`images` are those of `few`, on the device."""
    found = activated.maps(subject, images, layers)
    figures: dict[str, Callable[[], Figure]] = {}
    if any(output.ndim == 4 for output in found.values()):
        figures["overview"] = partial(maps.overview, found, few, classes)
    for i, label in enumerate(few.labels):
        own = {name: output[i] for name, output in found.items()}
        title = classes[label]
        name = f"image{i + 1}-{title}"
        figures[name] = partial(maps.through_the_layers, own, few.pixels[i], title)
    table = activated.table(found, few, classes)
    shapes = [{"layer": n, "shape": list(output.shape[1:])} for n, output in found.items()]
    return Finding({"files": few.files.tolist(), "layers": shapes}, {"activations": table}, figures)


def topk(
    swept: TopK,
    split: Split,
    classes: tuple[str, ...],
    drawn: Mapping[str, tuple[int, ...]],
    last: str,
) -> Finding:
    """`drawn` are units by layer; `last` is the layer of outputs."""
    figures: dict[str, Callable[[], Figure]] = {}
    found, shown = [], []
    for ranking in swept.rankings():
        name = ranking.layer.name
        rows = ranked.units(ranking, split.labels, classes, is_output=name == last)
        found.append(rows)
        shown.append(ranked.images(ranking, split.labels, split.files, classes))
        figures[name] = partial(grids.grid, ranking, drawn[name], split.pixels, rows)
    units = pd.concat(found, ignore_index=True)
    figures["purity"] = partial(grids.purities, units, swept.k)
    summaries = [ranked.summary(rows) for rows in found]
    return Finding(
        {"top": swept.k, "selective_purity": ranked.SELECTIVE, "layers": summaries},
        {"units": units, "images": pd.concat(shown), "layers": pd.DataFrame(summaries)},
        figures,
    )


def check_for_tsne(images: int, classes: int) -> None:
    """Raises DataError before any work where a map could not be made or drawn."""
    if images <= PERPLEXITY:
        raise DataError(
            f"{images} images are too few for t-SNE at perplexity {PERPLEXITY}; look at more of "
            "them (--max-images), or name other methods (--method)"
        )
    if not 2 <= classes <= MOST_CLASSES:
        raise DataError(
            f"t-SNE is drawn for 2 to {MOST_CLASSES} classes, not for {classes}; name other "
            "methods (--method)"
        )


def tsne(
    collected: Collected, split: Split, classes: tuple[str, ...], engine: str, subject: Specimen
) -> Finding:
    """A map of each layer, and how well classes lie apart in it and in the activations."""
    iterations = AUTHORS_ITERATIONS.get(subject.architecture, ITERATIONS)
    panels, places, measures = {}, [], []
    for layer, activations in collected.by_layer.items():
        embedding = embed(activations, seed=0, engine=engine, iterations=iterations)
        measured = separation(activations, embedding, split.labels, k=NEIGHBOURS)
        panels[layer] = Panel(f"{subject.name}, {layer}", embedding, measured)
        measures.append({"layer": layer, **measured.as_dict()})
        x, y = embedding.T
        own = {"layer": layer, "file": split.files, "class": np.array(classes)[split.labels]}
        places.append(pd.DataFrame({**own, "x": x, "y": y}))
    drawn = {layer: [panel] for layer, panel in panels.items()} | {"layers": [*panels.values()]}
    return Finding(
        {"engine": engine, "iterations": iterations, "seed_of_the_map": 0, "layers": measures},
        {"embedding": pd.concat(places), "separation": pd.DataFrame(measures)},
        {n: partial(scatter, own, split.labels, classes) for n, own in drawn.items()},
    )


def gradcam(
    subject: Specimen,
    images: DeviceSplit,
    few: Split,
    classes: tuple[str, ...],
    layers: Sequence[Layer],
) -> Finding:
    """Of the last of the layers, whose maps are the coarsest and mean most."""
    layer = layers[-1]
    found = attributed.gradcam(subject, images, layer)
    caption = f"Grad-CAM of {layer.name}: where it speaks for the output that is largest."
    return _attribution(subject, found, few, classes, caption, {"layer": layer.name})


def integrated_gradients(
    subject: Specimen, images: DeviceSplit, few: Split, classes: tuple[str, ...]
) -> Finding:
    found = attributed.integrated_gradients(subject, images)
    caption = (
        "Integrated gradients: orange pixels speak for the output that is largest, "
        "blue ones against it."
    )
    summary = {
        "steps": attributed.STEPS,
        "largest_completeness_error": float(np.abs(found.maps.sum((1, 2)) - found.gain).max()),
    }
    return _attribution(subject, found, few, classes, caption, summary)


def _attribution(
    subject: Specimen,
    found: Attribution,
    few: Split,
    classes: tuple[str, ...],
    caption: str,
    summary: dict[str, Any],
) -> Finding:
    table = attributed.table(found, few, classes, subject.outputs)
    draw = partial(explained.pairs, found, few.pixels, table, caption)
    return Finding(
        {**summary, "explained": table.to_dict("records")}, {"images": table}, {"images": draw}
    )
