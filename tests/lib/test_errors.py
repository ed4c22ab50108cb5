import pytest

from landcover.errors import some


@pytest.mark.parametrize(
    ("names", "text"),
    [("", ""), ("ab", "a, b"), ("abc", "a, b, c"), ("abcde", "a, b, c and 2 more")],
)
def test_a_long_list_of_names_is_cut_short(names, text):
    assert some([*names]) == text
