from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from landcover import provenance

PACKAGE = Path(provenance.__file__).parent


@pytest.fixture
def package(tmp_path):
    """A copy to edit."""
    return copytree(PACKAGE, tmp_path / "landcover", ignore=ignore_patterns("__pycache__"))


def edited(package, file):
    before = provenance.sha256_of(package)
    path = package / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "# another line\n")
    return provenance.sha256_of(package) != before


@pytest.mark.parametrize(
    "file", ["report/__init__.py", "report/items/curves.py", "tables/values.py", "results.py"]
)
def test_showing_results_another_way_leaves_them_made_by_this_code(package, file):
    assert not edited(package, file)


@pytest.mark.parametrize(
    "file", ["train.py", "models/customcnn.py", "models/figures.py", "reporting.py", "new/new.py"]
)
def test_any_other_edit_makes_results_those_of_other_code(package, file):
    assert edited(package, file)


def test_what_shows_results_is_there_under_its_name():
    names = {path.stem for path in PACKAGE.iterdir()}
    assert names >= provenance.SHOWS_RESULTS


def test_the_same_code_elsewhere_is_the_same_code(package):
    assert provenance.sha256_of(package) == provenance.code_sha256()
