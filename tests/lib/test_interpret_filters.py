import numpy as np
import pytest
from torch import nn

from landcover.interpret import filters
from landcover.interpret.network import Layer

RNG = np.random.default_rng(0)


def test_colours_are_scaled_by_the_least_and_greatest_weight_of_the_layer():
    weight = RNG.normal(size=(4, 3, 3, 3)).astype(np.float32)
    expected = np.rint(255 * (weight - weight.min()) / (weight.max() - weight.min()))
    assert np.abs(filters.tiles(weight) - expected.transpose(0, 2, 3, 1)).max() <= 1
    assert (filters.tiles(weight).min(), filters.tiles(weight).max()) == (0, 255)


def test_deeper_filters_show_channel_0_alone_each_from_black_to_white():
    weight = RNG.normal(size=(4, 5, 3, 3)).astype(np.float32)
    shown = filters.tiles(weight)
    first = weight[:, 0]
    low, high = first.min((1, 2), keepdims=True), first.max((1, 2), keepdims=True)
    expected = np.rint(255 * (first - low) / (high - low))
    assert np.abs(shown - expected[..., None]).max() <= 1
    weight[:, 1:] *= 2
    assert np.abs(filters.tiles(weight).astype(int) - shown).max() <= 1


def test_a_constant_kernel_is_no_division_by_zero():
    assert not filters.tiles(np.ones((2, 4, 3, 3), np.float32)).any()


@pytest.mark.parametrize(
    ("count", "side"), [(32, 6), (64, 8), (128, 12), (256, 16), (512, 23), (1, 1)]
)
def test_the_grid_is_the_authors(count, side):
    assert filters.columns(count) == side


def test_a_filter_with_one_pattern_in_all_channels_is_that_pattern():
    pattern = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], np.float32) / np.sqrt(12)
    amounts = np.array([1, 2, -0.5, 3], np.float32)
    weight = (amounts[:, None, None] * pattern)[None]
    found = filters.patterns(weight)
    assert found.pattern[0] == pytest.approx(pattern, abs=1e-6)
    assert found.share == pytest.approx([1.0])
    assert filters.patterns(-weight).pattern[0] == pytest.approx(-pattern, abs=1e-6)
    assert filters.strength(weight)[0] == pytest.approx(np.abs(amounts) / 3)


def test_patterns_agree_with_a_singular_value_decomposition():
    weight = RNG.normal(size=(3, 20, 3, 3)).astype(np.float32)
    found = filters.patterns(weight)
    for kernel, pattern, share in zip(weight, found.pattern, found.share, strict=True):
        _, values, vectors = np.linalg.svd(kernel.reshape(20, 9))
        assert abs(vectors[0] @ pattern.ravel()) == pytest.approx(1, abs=1e-5)
        assert share == pytest.approx(values[0] ** 2 / (values**2).sum(), abs=1e-5)


def test_the_table_has_a_row_for_each_filter():
    layer = Layer("conv1", "0", nn.Conv2d(4, 6, 3))
    rows = filters.table(layer)
    assert len(rows) == 6
    assert filters.summary(layer, rows)["kernel"] == "3×3"
    assert filters.summary(layer, rows)["rms"] == pytest.approx(
        layer.weight.pow(2).mean().sqrt().item()
    )
