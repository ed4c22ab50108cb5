"""Two that want the same thing at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from landcover import artifacts
from landcover.data import prepared
from landcover.results import layout


def test_a_second_writer_of_the_same_images_waits_for_the_first(tiny, tmp_path):
    with ThreadPoolExecutor() as others, artifacts.held(tmp_path):
        second = others.submit(prepared.write, tmp_path, tiny)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)
        assert not (tmp_path / layout.MANIFEST).exists()
    assert prepared.read(tmp_path).identity == tiny.identity
