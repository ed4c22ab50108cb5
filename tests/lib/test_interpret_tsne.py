import sys

import numpy as np
import pytest
import torch
from sklearn.manifold import TSNE
from torch import nn

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.errors import DataError, SpecError
from landcover.interpret import tsne
from landcover.interpret.network import Network
from landcover.interpret.separation import separation
from landcover.interpret.tsne import ENGINES, embed

LABELS = np.arange(120) % 3


def clusters(distance):
    noise = np.random.default_rng(0)
    centres = distance * np.eye(3, 16)
    return (centres[LABELS] + noise.normal(size=(120, 16))).astype(np.float32)


@pytest.fixture(params=ENGINES)
def engine(request):
    if request.param == "fast":
        pytest.importorskip("openTSNE")
    return request.param


def test_clusters_that_are_apart_stay_apart(engine):
    activations = clusters(distance=30)
    found = separation(activations, embed(activations, engine=engine, iterations=500), LABELS)
    assert found.map_knn_accuracy == 1
    assert found.map_silhouette > 0.5


def test_a_seed_gives_one_map(engine):
    first, again, other = (embed(clusters(3), seed, engine, iterations=300) for seed in (0, 0, 1))
    assert (first.shape, first.dtype) == ((120, 2), np.float32)
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)


def test_activations_are_left_as_they_were(engine):
    activations = clusters(3)
    before = activations.copy()
    embed(activations, engine=engine, iterations=250)
    assert np.array_equal(activations, before)


def test_few_images_are_enough_above_the_perplexity(engine):
    mapped = embed(clusters(3)[:31], engine=engine, iterations=300)
    assert np.isfinite(mapped).all()
    assert mapped.std() > 0


def test_images_that_are_all_alike_but_one_can_be_mapped(engine):
    activations = np.zeros((40, 3), np.float32)
    activations[0] = 1
    assert np.isfinite(embed(activations, engine=engine, iterations=300)).all()


def test_the_authors_way_is_scikit_learn_as_it_was():
    """Its defaults in version 1.0.1, spelt out for the present one."""
    activations = clusters(3)
    theirs = TSNE(
        perplexity=30, early_exaggeration=12, learning_rate=200, init="random", random_state=0,
        max_iter=300,
    ).fit_transform(activations)  # fmt: skip
    assert np.array_equal(embed(activations, iterations=300), theirs)


def test_all_activations_are_collected_in_closed_form():
    pixels = np.random.default_rng(0).integers(0, 256, (5, 2, 2, 3), dtype=np.uint8)
    split = Split(pixels, np.arange(5), np.array(list("vwxyz")), np.array(["test"] * 5))
    red = nn.Linear(12, 2, bias=False)  # the sum of red, and its negative
    with torch.no_grad():
        red.weight.copy_(torch.tensor([[1.0], [-1.0]]) * (torch.arange(12) < 4))
    network = Network("toy", nn.Sequential(nn.Flatten(), red), "toy", 2, "none", "made up", ())
    kept = tsne.Collected(5, network.dense)
    images = DeviceSplit.of(split, torch.device("cpu"), "none")
    network.sweep(images, network.dense, [kept])
    expected = pixels[..., 0].sum((1, 2)) / 255
    assert kept.by_layer["fc1"] == pytest.approx(np.stack([expected, -expected], 1), rel=1e-6)


@pytest.mark.slow
def test_the_engines_are_equally_good():
    pytest.importorskip("openTSNE")
    noise = np.random.default_rng(0)
    labels = np.arange(1000) % 10
    spreads = np.linspace(0.5, 1.5, 10)[labels, None]
    centres = noise.normal(size=(10, 32))[labels]
    activations = (centres + spreads * noise.normal(size=(1000, 32))).astype(np.float32)
    slow, fast = (
        separation(activations, embed(activations, engine=engine, iterations=750), labels)
        for engine in ("sklearn", "fast")
    )
    assert fast.trustworthiness == pytest.approx(slow.trustworthiness, abs=0.01)
    assert fast.map_knn_accuracy == pytest.approx(slow.map_knn_accuracy, abs=0.02)
    assert fast.map_silhouette == pytest.approx(slow.map_silhouette, abs=0.05)


@pytest.mark.parametrize(
    ("activations", "reason"),
    [
        (clusters(3)[:30], "30 images are too few for t-SNE at perplexity 30"),
        (clusters(3) * np.float32(np.nan), "NaN or infinity"),
        (np.ones((40, 8), np.float32), "the same for every image"),
    ],
)
def test_activations_that_cannot_be_mapped_are_refused(activations, reason):
    with pytest.raises(DataError, match=reason):
        embed(activations)


def test_an_unknown_engine_names_the_nearest():
    with pytest.raises(SpecError, match="did you mean 'sklearn'"):
        embed(clusters(3), engine="scikit-learn")


def test_too_few_iterations_are_refused():
    with pytest.raises(SpecError, match="take 250 or more"):
        embed(clusters(3), iterations=100)


def test_without_opentsne_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "openTSNE", None)
    with pytest.raises(SpecError, match="pip install openTSNE"):
        embed(clusters(3), engine="fast")
