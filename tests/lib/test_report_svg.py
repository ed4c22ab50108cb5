import html
import re
import xml.etree.ElementTree as ET

import pytest
from matplotlib.figure import Figure

from landcover import style
from landcover.errors import ArtifactError
from landcover.report import svg
from landcover.report.svg import Drawings


def drawn():
    figure = Figure()
    figure.subplots().plot([1, 2], color=style.COLOURS["training"], marker="o", label="Ours")
    figure.axes[0].tick_params(color=style.INK, labelcolor=style.INK)
    figure.axes[0].spines[:].set_color(style.INK)
    return style.svg(figure, "figure-1")


def test_on_the_page_a_figure_takes_the_pages_colours_and_keeps_its_ids_to_itself():
    drawings = Drawings()
    first, second = (drawings.inline(drawn(), "A & B") for _ in range(2))
    assert ET.fromstring(first).get("aria-label") == "A & B"  # noqa: S314, made here
    ids = [set(re.findall(r'\bid="([^"]*)"', inline)) for inline in (first, second)]
    assert ids[0].isdisjoint(ids[1])
    assert set(re.findall(r"(?:url\(|href=\")#([^\")]*)", first)) == ids[0] != set()
    assert "var(--training)" in drawings.css
    assert not re.search(r"#[0-9a-f]{6}\b|https?:", first + drawings.css)


def test_figures_share_the_classes_of_their_styles():
    drawings = Drawings()
    first = drawings.inline(drawn(), "x")
    rules = drawings.css
    second = drawings.inline(drawn(), "x")
    assert drawings.css == rules
    used = set(re.findall(r'class="([^"]*)"', first + second))
    assert used == set(re.findall(r"^\.(\w+) \{", rules, re.MULTILINE))


def test_a_figure_is_shorter_and_has_the_same_words_and_shapes():
    inline = Drawings().inline(drawn(), "x")
    assert 2 * len(inline) < len(drawn())
    root, short = ET.fromstring(drawn()), ET.fromstring(inline)  # noqa: S314, made here
    space = "{http://www.w3.org/2000/svg}"
    for tag in ("path", "use", "text", "clipPath"):
        assert len(list(short.iter(tag))) == len(list(root.iter(space + tag))) > 0
    words, again = (
        ["".join(text.itertext()) for text in drawing.iter(tag)]
        for drawing, tag in ((root, f"{space}text"), (short, "text"))
    )
    assert words == again
    assert len(list(short.iter("g"))) < len(list(root.iter(f"{space}g"))) / 4


def test_places_are_rounded_to_a_hundredth_of_a_point_and_scales_are_not():
    shapes = (
        '<path d="M 1.23456 -2.000001 \nL 3 40.128 z"/>'
        '<image transform="matrix(0.123456 0 0 1 2.345678 0)"/>'
        '<text x="10.0049" y="5.50" transform="rotate(-90 1.239 2)">1.23456</text>'
        '<text transform="rotate(-0 1 2)"/>'
    )
    short = Drawings().inline(f'<svg viewBox="0 0 9 9">{shapes}</svg>', "x")
    assert 'd="M1.23 -2L3 40.13z"' in short
    assert 'transform="matrix(0.123456 0 0 1 2.345678 0)"' in short
    assert '<text x="10" y="5.5" transform="rotate(-90 1.24 2)">1.23456</text>' in short
    assert "rotate(-0" not in short


@pytest.mark.parametrize(
    "style", ["fill: red} body {display: none", "</style><script>", "fill: url(https://a.b/c)"]
)
def test_a_style_cannot_reach_beyond_its_drawing(style):
    drawings = Drawings()
    with pytest.raises(ArtifactError, match="more than a drawing"):
        drawings.inline(f'<svg viewBox="0 0 9 9"><path style="{html.escape(style)}"/></svg>', "x")
    assert drawings.css == ""


def test_the_width_is_in_points():
    assert svg.width(style.svg(Figure(figsize=(2, 1)), "x")) == 144
