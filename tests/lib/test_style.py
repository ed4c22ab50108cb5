import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from landcover import style


def drawn():
    figure = Figure(figsize=(4, 3), layout="constrained")
    figure.subplots().plot([1, 2], [3, 4], label="Ours")
    figure.legend(loc="outside upper right")
    return figure


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_a_colour_means_one_thing():
    assert len(set(style.COLOURS.values())) == len(style.COLOURS)


def test_the_same_figure_has_the_same_bytes():
    assert style.svg(drawn(), "a") == style.svg(drawn(), "a")
    assert style.png(drawn()) == style.png(drawn())


def test_a_note_stands_on_a_strip_above_and_changes_nothing_below(tmp_path):
    style.save(drawn(), tmp_path, "plain")
    style.save(drawn(), tmp_path, "noted", "Random weights")
    plain, noted = (pixels((tmp_path / f"{n}.png").read_bytes()) for n in ("plain", "noted"))
    strip = len(noted) - len(plain)
    assert strip == pytest.approx(style.NOTE_INCHES * 150, abs=1)
    assert (noted[:strip] != 255).any()
    assert (noted[strip:] == plain).mean() > 0.999  # a letter may reach below the strip
    assert ">Random weights<" in (tmp_path / "noted.svg").read_text()


def test_amounts_go_from_white_to_blue_and_signs_to_blue_and_orange():
    blue, orange = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)
    assert style.amounts(np.array([0, 3]), 3).tolist() == [[255] * 3, [*blue]]
    assert style.signed(np.array([-3, 3]), 3).tolist() == [[*blue], [*orange]]
    assert style.signed(np.array([0.0]), 0).min() >= 254


def test_fractions_become_bytes_and_are_clipped():
    assert style.as_bytes(np.array([-1, 0, 0.5, 1, 2])).tolist() == [0, 0, 128, 255, 255]
