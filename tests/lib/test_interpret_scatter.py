from collections import Counter

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex

from landcover import style
from landcover.errors import SpecError
from landcover.interpret.scatter import COLOURS, Panel, scatter
from landcover.interpret.separation import Separation

MEASURED = Separation(200, 10, 0.987, 0.757, 0.778, 0.17, -0.1)


def drawn(layers, classes, images=200):
    noise = np.random.default_rng(0)
    maps = [noise.normal(0, 45, (images, 2)).astype(np.float32) for _ in range(layers)]
    names = [f"class {i}" for i in range(classes)]
    titled = [Panel(f"FC{i}", points, MEASURED) for i, points in enumerate(maps)]
    return scatter(titled, np.arange(images) % classes, names), maps


def test_every_image_has_a_marker_where_the_map_has_it():
    figure, (points,) = drawn(layers=1, classes=10)
    (markers,) = figure.axes[0].collections
    assert sorted(map(tuple, markers.get_offsets())) == sorted(map(tuple, points))


def test_a_marker_has_the_colour_of_its_class():
    figure, (points,) = drawn(layers=1, classes=10)
    (markers,) = figure.axes[0].collections
    place = int(np.flatnonzero((markers.get_offsets() == points[13]).all(axis=1))[0])
    assert to_hex(markers.get_facecolors()[place]) == COLOURS[3]


def test_the_legend_names_every_class_in_its_colour():
    figure, _ = drawn(layers=2, classes=10)
    (legend,) = figure.legends
    named = zip(legend.get_texts(), legend.legend_handles, strict=True)
    assert {text.get_text(): handle.get_color() for text, handle in named} == {
        f"class {i}": colour for i, colour in enumerate(COLOURS)
    }


def test_each_layer_has_its_panel_with_its_measures_beneath():
    figure, _ = drawn(layers=3, classes=10)
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["FC0", "FC1", "FC2"]
    for panel in figure.axes:
        assert (panel.get_xlabel(), panel.get_ylabel()) == ("t-SNE feature 1", "t-SNE feature 2")
        assert panel.get_aspect() == 1
        assert panel.texts[0].get_text().splitlines() == [
            "10-NN accuracy 75.7 % (activations 77.8 %)",
            "Silhouette 0.17 (activations -0.10)",
            "Trustworthiness 0.987",
        ]


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_nothing_lies_on_anything_else(layers):
    figure, _ = drawn(layers, classes=22)
    with mpl.rc_context(style.STYLE):
        figure.canvas.draw()
        boxes = [panel.get_tightbbox() for panel in figure.axes]
        boxes += [legend.get_window_extent() for legend in figure.legends]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for box in boxes)
    assert all(figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1 for box in boxes)


def test_more_than_ten_classes_share_colours_but_not_markers():
    figure, _ = drawn(layers=1, classes=22)
    handles = figure.legends[0].legend_handles
    looks = Counter((handle.get_color(), handle.get_marker()) for handle in handles)
    assert set(looks.values()) == {1}
    assert len(figure.axes[0].collections) == 3


def test_more_classes_than_can_be_told_apart_are_refused():
    with pytest.raises(SpecError, match="at most 30"):
        drawn(layers=1, classes=31)


def test_ten_thousand_points_are_pixels_in_an_svg():
    figure, _ = drawn(layers=3, classes=10, images=10_000)
    drawing = style.svg(figure, "figure-9")
    assert drawing.count("<image") == 3
    assert len(drawing) < 1_000_000


def test_the_same_maps_give_the_same_bytes():
    first, again = (style.svg(drawn(2, 10)[0], "figure-9") for _ in range(2))
    assert first == again
