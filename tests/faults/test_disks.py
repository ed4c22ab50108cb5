"""A disk that is full or closes: one sentence, nothing half-written, and what was there stays."""

import shutil
import tempfile

import pytest
import torch
from click.testing import CliRunner

from landcover import artifacts
from landcover.data import prepared
from landcover.errors import ArtifactError
from landcover.results.layout import CHECKPOINT
from landcover.train import train
from lc_cli import main

CPU = torch.device("cpu")


@pytest.fixture
def lc(disk, monkeypatch):
    monkeypatch.chdir(disk.folder)
    for name in ("DATA", "DEVICE", "PRESET"):
        monkeypatch.delenv(f"LANDCOVER_{name}", raising=False)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def is_one_sentence(result, reason):
    """Tells whether the last line is the error; at most one line before says what is done."""
    *notes, last = result.stderr.splitlines()
    is_error = last.startswith("Error: ") and reason in last
    return result.exit_code == 1 and is_error and len(notes) <= 1


FULL, CLOSED = "No space left on device", "Read-only file system"


def test_a_full_disk_leaves_the_images_that_were_there(lc, disk, tiny):
    folder = disk.folder / "images"
    prepared.write(folder, tiny)
    before = contents(folder)
    disk.fill()
    assert is_one_sentence(lc("fetch", "cifar10", "--out", folder), FULL)
    assert contents(folder) == before
    assert prepared.read(folder).identity == tiny.identity
    disk.free()
    assert lc("fetch", "cifar10", "--out", folder).exit_code == 0
    assert prepared.read(folder).identity != tiny.identity


def test_a_full_disk_for_temporary_files_is_named(lc, disk, photographs, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
    disk.fill()
    fetched = lc("fetch", "mine", "--source", photographs, "--image-size", "32", "--out", "mine")
    assert is_one_sentence(fetched, f"{disk.folder} ({FULL})")


def test_a_full_disk_leaves_the_checkpoint_that_was_there(disk, toy, tiny, toy_run):
    run = disk.folder / "run"

    def fill(epoch, batch, batches):
        if (epoch, batch) == (2, 1):
            disk.fill()

    with pytest.raises(ArtifactError, match=FULL):
        train(toy, 0, tiny, run, CPU, fill)
    assert {path.name for path in contents(run)} == {".lock", "spec.json", CHECKPOINT.name}
    disk.free()
    assert train(toy, 0, tiny, run, CPU)["resumed_after_epoch"] == 1
    for name in ("best.safetensors", "last.safetensors"):
        assert (run / name).read_bytes() == (toy_run / name).read_bytes()


def test_a_full_disk_stops_a_training_with_one_sentence(lc, disk, tiny):
    prepared.write(disk.folder / "results/demo/data/cifar10", tiny)
    disk.fill()
    assert is_one_sentence(lc("train", "task1", "--set", "epochs=2", "--out", "run"), FULL)


def test_a_full_disk_leaves_the_report_that_was_there(lc, disk, finished_workflow):
    shutil.copytree(finished_workflow / "work/results/demo/report", disk.folder / "page")
    before = contents(disk.folder / "page")
    disk.fill()
    assert is_one_sentence(lc("report", "--out", "page"), FULL)
    assert contents(disk.folder / "page") == before


@pytest.mark.parametrize(
    "words",
    [
        ("fetch", "cifar10"),
        ("train", "task1"),
        ("evaluate", "--run", "results/demo/runs/toy/seed0"),
        ("report",),
    ],
)
def test_results_that_turn_read_only_stay_as_they_are(lc, disk, toy_run, tiny, words):
    results = disk.folder / "results/demo"
    prepared.write(results / "data/cifar10", tiny)
    shutil.copytree(toy_run, results / "runs/toy/seed0")
    before = contents(results)
    disk.remount("ro")
    assert is_one_sentence(lc(*words), CLOSED)
    assert contents(results) == before


def test_what_was_measured_can_be_read_where_nothing_can_be_written(disk, toy_run, tiny, tmp_path):
    from landcover.evaluate import evaluate_run

    shutil.copytree(toy_run, disk.folder / "run")
    prepared.write(disk.folder / "images", tiny)
    disk.remount("ro")
    images = prepared.read(disk.folder / "images")
    evaluate_run(disk.folder / "run", images, tmp_path / "out", CPU)
    assert artifacts.read_json(tmp_path / "out/metrics.json")["experiment"] == "toy"
