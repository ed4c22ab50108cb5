"""t-SNE: a map of a layer's activations in two dimensions, in which similar images lie together."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from landcover.errors import DataError, SpecError, nearest
from landcover.interpret.network import Layer
from landcover.interpret.plan import Case, Floats, MethodResult, Plan
from landcover.interpret.scatter import MOST_CLASSES, Panel, scatter
from landcover.interpret.separation import separation

# The defaults of scikit-learn 1.0.1, which the authors used; later versions have others.
PERPLEXITY, EARLY_EXAGGERATION, LEARNING_RATE = 30, 12.0, 200.0
EXAGGERATED_ITERATIONS = 250  # the first ones, in both engines
# As in the authors' code for Task 5, for all models but one; their code for Task 3 is lost.
ITERATIONS = 3000
AUTHORS_ITERATIONS = {"customcnn": 4000}
GRID = 2  # side of a box of the interpolation's grid, in the map's units; 1 takes 3 times as long
NEIGHBOURS = 10  # of an image, to judge a map
SEED = 0


class Collected:
    """Keeps all activations during a pass over all images; see `Network.sweep`."""

    def __init__(self, images: int, layers: Sequence[Layer]) -> None:
        self.by_layer: dict[str, Floats] = {  # (images, units)
            layer.name: np.empty((images, layer.units), np.float32) for layer in layers
        }

    def __call__(self, rows: Tensor, outputs: Mapping[str, Tensor]) -> None:
        for name, kept in self.by_layer.items():
            kept[rows.cpu().numpy()] = outputs[name].cpu().numpy()


def plan(case: Case) -> Plan:
    _check_case(len(case.images.labels), len(case.classes))
    collected = Collected(len(case.images.labels), case.layers)
    return Plan(partial(_result, case, collected), collected)


def _check_case(images: int, classes: int) -> None:
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


def _result(case: Case, collected: Collected) -> MethodResult:
    """Maps each layer, and measures how well classes are separated there and in the activations."""
    labels, classes, engine = case.images.labels, case.classes, case.question.engine
    iterations = AUTHORS_ITERATIONS.get(case.network.architecture, ITERATIONS)
    panels, places, measures = {}, [], []
    for layer, activations in collected.by_layer.items():
        embedding = embed(activations, SEED, engine, iterations)
        measured = separation(activations, embedding, labels, k=NEIGHBOURS)
        panels[layer] = Panel(f"{case.network.name}, {layer}", embedding, measured)
        measures.append({"layer": layer, **measured.as_dict()})
        x, y = embedding.T
        images = {"file": case.images.files, "class": np.array(classes)[labels]}
        places.append(pd.DataFrame({"layer": layer, **images, "x": x, "y": y}))
    figures = {layer: [panel] for layer, panel in panels.items()} | {"layers": [*panels.values()]}
    return MethodResult(
        {"engine": engine, "iterations": iterations, "seed_of_the_map": SEED, "layers": measures},
        {"embedding": pd.concat(places), "separation": pd.DataFrame(measures)},
        {name: partial(scatter, panels, labels, classes) for name, panels in figures.items()},
    )


def embed(
    activations: Floats, seed: int = 0, engine: str = "sklearn", iterations: int = ITERATIONS
) -> Floats:
    """Maps activations (N, D) to (N, 2), without PCA; the same seed gives the same map.

    `engine` is a key of ENGINES. "sklearn" is the authors' method, with Barnes and Hut's tree.
    "fast" is openTSNE with the same settings and start: with a faster tree or, from 10,000 images
    on, with interpolation on a grid (Linderman et al. 2019).
    Raises DataError if the activations cannot be mapped, SpecError for a wrong setting.
    """
    if engine not in ENGINES:
        raise SpecError(f"no t-SNE engine '{engine}'; {nearest(engine, ENGINES)}")
    if iterations < EXAGGERATED_ITERATIONS:
        raise SpecError(
            f"{iterations} iterations of t-SNE are too few; take {EXAGGERATED_ITERATIONS} or more"
        )
    _check(activations)
    return np.asarray(ENGINES[engine](activations, seed, iterations), dtype=np.float32)


def _check(activations: Floats) -> None:
    N = len(activations)
    if N <= PERPLEXITY:
        raise DataError(
            f"{N} images are too few for t-SNE at perplexity {PERPLEXITY}; "
            f"take more than {PERPLEXITY}"
        )
    if not np.isfinite(activations).all():
        raise DataError(
            "the activations hold NaN or infinity, which t-SNE cannot map; look at the weights"
        )
    if (activations == activations[0]).all():
        raise DataError(
            "the activations are the same for every image, so there is nothing to map; "
            "take another layer or other weights"
        )


def _sklearn(activations: Floats, seed: int, iterations: int) -> Floats:
    mapping = TSNE(
        perplexity=PERPLEXITY,
        early_exaggeration=EARLY_EXAGGERATION,
        learning_rate=LEARNING_RATE,
        init="random",
        random_state=seed,
        max_iter=iterations,
    )
    return np.asarray(mapping.fit_transform(activations))


def _fast(activations: Floats, seed: int, iterations: int) -> Floats:
    """Runs openTSNE on one thread, because the number of threads would change the map.

    Neighbours are exact: brute force is faster here than openTSNE's approximate search.
    """
    try:
        import openTSNE  # compiled, and not for every machine
        from openTSNE.affinity import PerplexityBasedNN
        from openTSNE.nearest_neighbors import PrecomputedNeighbors
    except ImportError as error:
        raise SpecError(
            "the t-SNE engine 'fast' needs openTSNE, which is not installed; "
            "run `pip install openTSNE` or take the engine 'sklearn'"
        ) from error
    N = len(activations)
    search = NearestNeighbors(n_neighbors=min(N - 1, 3 * PERPLEXITY), algorithm="brute")
    distances, neighbours = search.fit(activations).kneighbors()  # (N, k), without the image itself
    affinities = PerplexityBasedNN(
        perplexity=PERPLEXITY, knn_index=PrecomputedNeighbors(neighbours, distances)
    )
    mapping = openTSNE.TSNE(
        early_exaggeration=EARLY_EXAGGERATION,
        early_exaggeration_iter=EXAGGERATED_ITERATIONS,
        n_iter=iterations - EXAGGERATED_ITERATIONS,
        learning_rate=4 * LEARNING_RATE,  # openTSNE leaves out the gradient's factor of 4
        initial_momentum=0.5,  # as scikit-learn's
        ints_in_interval=GRID,
    )
    start = 1e-4 * np.random.RandomState(seed).standard_normal((N, 2))  # as scikit-learn's
    return np.asarray(mapping.fit(affinities=affinities, initialization=start))


ENGINES: dict[str, Callable[[Floats, int, int], Floats]] = {"sklearn": _sklearn, "fast": _fast}
