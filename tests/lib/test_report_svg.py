import re
import xml.etree.ElementTree as ET

from matplotlib.figure import Figure

from landcover import style
from landcover.report import svg


def test_on_the_page_a_figure_takes_the_pages_colours_and_keeps_its_ids_to_itself():
    figure = Figure()
    figure.subplots().plot([1, 2], color=style.COLOURS["training"], marker="o", label="Ours")
    figure.axes[0].tick_params(color=style.INK, labelcolor=style.INK)
    figure.axes[0].spines[:].set_color(style.INK)
    inline = svg.inline(style.svg(figure, "figure-1"), "figure-1", "A &amp; B")
    root = ET.fromstring(inline)  # noqa: S314, made here
    assert root.get("aria-label") == "A & B"
    assert "var(--training)" in inline
    assert all(found.startswith("figure-1-") for found in re.findall(r'\bid="([^"]*)"', inline))
    for reference in re.findall(r"(?:url\(|href=\")#([^\")]*)", inline):
        assert f'id="{reference}"' in inline
    assert not re.search(r"#[0-9a-f]{6}\b|https?:", inline)


def test_the_width_is_in_points():
    assert svg.width(style.svg(Figure(figsize=(2, 1)), "x")) == 144
