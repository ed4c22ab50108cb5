import numpy as np
import pytest
import torch
from torch import nn

from landcover.errors import SpecError
from landcover.interpret import topk
from landcover.interpret.network import Layer

LABELS = np.array([0, 0, 1, 1, 2, 2])


def dense(units):
    return Layer("fc1", "0", nn.Linear(1, units))


def ranked(activations, k, batch):
    """Of one layer, whose activations (images, units) come in batches of so many."""
    images, units = activations.shape
    running = topk.TopK(k, images, [dense(units)])
    for rows in torch.arange(images).split(batch):
        running(rows, {"fc1": torch.from_numpy(activations[rows.numpy()])})
    (ranking,) = running.rankings()
    return ranking


@pytest.mark.parametrize("batch", [1, 3, 64, 500])
def test_it_is_what_sorting_everything_would_give(batch):
    rng = np.random.default_rng(0)
    activations = rng.integers(-5, 6, (500, 40)).astype(np.float32)  # full of ties
    activations[:, 1] *= -0.0  # zeros of either sign
    activations[:, 2] = rng.normal(size=500) * np.float32(1e-40)  # denormal
    ranking = ranked(activations, 10, batch)
    order = np.argsort(-activations, axis=0, kind="stable")[:10].T  # (units, k), low rows first
    assert (ranking.rows == order).all()
    assert (ranking.values == np.take_along_axis(activations.T, order, 1)).all()
    assert ranking.positive == pytest.approx((activations > 0).mean(0))


def test_what_is_kept_does_not_grow_with_the_images():
    running = topk.TopK(3, 1000, [dense(5)])
    for rows in torch.arange(1000).split(100):
        running(rows, {"fc1": torch.randn(100, 5)})
        assert running.keys["fc1"].shape == (5, 3)


@pytest.mark.parametrize("k", [0, 7])
def test_more_than_there_are_is_refused(k):
    with pytest.raises(SpecError, match=f"there are no {k} best of 6 images; ask for 1 to 6"):
        topk.TopK(k, 6, [])


def test_purity_and_entropy_in_closed_form():
    activations = np.array(
        # one class, two halves, a quarter each of two and a half of one, never positive
        [[9, 9, 3, -1], [8, 0, 0, -1], [7, 8, 8, -1], [6, 0, 7, -1], [0, 7, 9, -1], [0, 6, 0, -1]],
        np.float32,
    )
    rows = topk.unit_table(ranked(activations, 4, 6), LABELS, ("a", "b", "c"), is_output=False)
    assert rows["class"].tolist() == ["a", "c", "b", "a"]
    assert rows["purity"].tolist() == [0.5, 0.5, 0.5, 0.5]
    assert rows["entropy_bits"].tolist() == [1.0, 1.5, 1.5, 1.0]
    assert rows["positive"].tolist() == pytest.approx([4 / 6, 4 / 6, 4 / 6, 0])
    assert rows["dead"].tolist() == [False, False, False, True]
    pure = topk.unit_table(ranked(activations, 2, 6), LABELS, ("a", "b", "c"), is_output=True)
    assert pure["purity"].tolist() == [1.0, 0.5, 0.5, 1.0]
    assert pure["entropy_bits"].tolist() == [0.0, 1.0, 1.0, 0.0]
    assert not pure["dead"].any()
    summary = topk.summary(pure)
    assert (summary["selective_share"], summary["mean_purity"]) == (0.5, 0.75)
    assert summary["classes_with_a_selective_unit"] == 1


def test_the_table_of_images_has_a_row_for_each_rank():
    activations = np.array([[1], [3], [2], [0], [0], [0]], np.float32)
    files = np.array(list("uvwxyz"))
    table = topk.image_table(ranked(activations, 3, 2), LABELS, files, ("a", "b", "c"))
    assert table["file"].tolist() == ["v", "w", "u"]
    assert table["class"].tolist() == ["a", "b", "a"]
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["activation"].tolist() == [3.0, 2.0, 1.0]


def test_the_authors_units():
    hidden = topk.authors_units(4096, is_output=False, dataset="cifar10")
    assert (len(hidden), hidden[0], hidden[-1]) == (21, 6, 127)
    assert {30, 54, 66, 42, 72, 36, 98} <= set(hidden)
    outputs = topk.authors_units(1000, is_output=True, dataset="cifar10")
    assert outputs == (*range(0, 1000, 100), 999)
    assert topk.authors_units(10, is_output=True, dataset="eurosat") == tuple(range(10))
    assert topk.authors_units(2048, is_output=False, dataset="eurosat") == (
        0, 108, 215, 323, 431, 539, 646, 754, 862, 970, 1077, 1185, 1293, 1401, 1508, 1616, 1724,
        1832, 1939, 2047,
    )  # fmt: skip


def test_an_unknown_unit_says_which_there_are():
    assert topk.checked_units(dense(4), [3, 0]) == (3, 0)
    with pytest.raises(SpecError, match=r"fc1 has no unit 4; it has 0 \.\.\. 3"):
        topk.checked_units(dense(4), [4])
