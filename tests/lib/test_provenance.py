from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from landcover import provenance

PACKAGE = Path(provenance.__file__).parent
STAGES = {"train", "evaluate", "profile", "interpret", "combine", "missed"}


@pytest.fixture
def package(tmp_path):
    """A copy to edit."""
    return copytree(PACKAGE, tmp_path / "landcover", ignore=ignore_patterns("__pycache__"))


def marked(package, file):
    """The stages whose results an edit of a file makes those of other code."""
    before = {stage: provenance.sha256_of(package, stage) for stage in STAGES}
    path = package / file
    path.write_text(path.read_text() + "ANOTHER_LINE = 1\n")
    return {stage for stage in STAGES if provenance.sha256_of(package, stage) != before[stage]}


@pytest.mark.parametrize(
    ("file", "stages"),
    [
        ("report/items/curves.py", set()),
        ("figures.py", set()),
        ("style.py", set()),
        ("results/runs.py", set()),
        ("explore/seams.py", set()),
        ("experiments/experiment.py", set()),  # a run keeps its settings, and they are compared
        ("data/decode.py", set()),  # a run keeps the checksum of its images
        ("interpret/tsne.py", {"interpret"}),
        ("profiling.py", {"profile"}),
        ("metrics.py", {"evaluate"}),
        ("train.py", {"train"}),
        ("checkpoint.py", {"train"}),
        ("augment/hue.py", {"train", "evaluate"}),
        ("inference.py", {"train", "evaluate", "interpret", "combine"}),
        ("models/customcnn.py", STAGES - {"missed"}),
        ("combine.py", {"combine"}),
        ("stats.py", {"combine"}),  # its intervals and p-values are written to a file
        ("missed.py", {"missed"}),
    ],
)
def test_an_edit_marks_the_stages_whose_numbers_depend_on_it_and_no_other(package, file, stages):
    assert marked(package, file) == stages


def test_words_mark_nothing(package):
    before = provenance.sha256_of(package, "train")
    path = package / "train.py"
    source = path.read_text().replace('"""Trains', '"""Teaches', 1) + "\n\n# a comment\n"
    path.write_text(source)
    assert provenance.sha256_of(package, "train") == before
    path.write_text(source.replace("EMA_KEEPS = 0.9", "EMA_KEEPS = 0.8"))
    assert provenance.sha256_of(package, "train") != before


def test_a_module_that_training_begins_to_import_counts(package):
    (package / "new.py").write_text("VALUE = 1\n")
    assert marked(package, "new.py") == set()
    train = package / "train.py"
    train.write_text("from landcover import new\n" + train.read_text())
    assert marked(package, "new.py") == {"train"}


def test_what_has_no_numbers_is_there_under_its_name():
    files = {name: PACKAGE.joinpath(*name.split(".")) for name in provenance.WITHOUT_NUMBERS}
    assert [n for n, f in files.items() if not (f.is_dir() or f.with_suffix(".py").exists())] == []


def test_the_same_code_elsewhere_is_the_same_code(package):
    for stage in STAGES:
        assert provenance.sha256_of(package, stage) == provenance.code_sha256(stage)
