import pytest

from landcover.errors import counted, nearest, some


@pytest.mark.parametrize(
    ("names", "text"),
    [("", ""), ("ab", "a, b"), ("abc", "a, b, c"), ("abcde", "a, b, c and 2 more")],
)
def test_a_long_list_of_names_is_cut_short(names, text):
    assert some([*names]) == text


def test_of_many_known_names_only_the_nearest_are_told():
    assert nearest("x", "abc") == "known: a, b, c"
    told = nearest("foo", [f"name{n:02}" for n in range(20)] + ["f-----"], "lc-cli list")
    assert told.startswith("known: f-----, ")
    assert told.endswith(" and 16 more; `lc-cli list` lists all")


def test_one_is_no_plural():
    assert (counted(1, "image"), counted(2000, "image")) == ("1 image", "2,000 images")
