import numpy as np

from landcover.mosaic import GAP, evenly, mosaic


def test_there_are_white_lines_between_images():
    whole = mosaic(np.zeros((4, 3, 3, 3), np.uint8), 2)
    assert whole.shape == (6 + GAP, 6 + GAP, 3)
    assert (whole[3 : 3 + GAP] == 255).all()
    assert not whole[:3, :3].any()


def test_the_last_cells_stay_white():
    whole = mosaic(np.zeros((3, 2, 2, 3), np.uint8), 2, gap=0)
    assert whole.shape == (4, 4, 3)
    assert (whole[2:, 2:] == 255).all()
    assert not whole[2:, :2].any()


def test_an_even_choice_has_the_first_and_the_last():
    assert evenly("abc", 3) == ["a", "b", "c"]
    assert evenly(range(155), 20)[:2] == [0, 8]
    assert len(set(evenly(range(155), 20))) == 20
    assert evenly(range(155), 20)[-1] == 154
