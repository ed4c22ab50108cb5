"""A byte that is no longer what was written: found by whoever reads it, before anything is made."""

import random
import shutil
from contextlib import suppress

import pytest
import torch

from landcover import trained, weights
from landcover.data import prepared
from landcover.errors import ArtifactError, DataError
from landcover.evaluate import evaluate_run
from landcover.results.layout import CHECKPOINT
from landcover.train import train

CPU = torch.device("cpu")


def flip(path, position):
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


@pytest.fixture
def run(toy_run, tmp_path):
    return shutil.copytree(toy_run, tmp_path / "run")


@pytest.mark.parametrize("kind", ["best", "last"])
def test_in_weights_it_stops_evaluation(run, tiny, tmp_path, kind):
    flip(run / f"{kind}.safetensors", -1000)
    with pytest.raises(ArtifactError, match=rf"{kind}\.safetensors was changed or damaged"):
        evaluate_run(run, tiny, tmp_path / "out", CPU)
    assert not (tmp_path / "out").exists()


def test_in_weights_it_is_never_taken_for_another_value(tmp_path):
    path, about = tmp_path / "x.safetensors", {"experiment": "task1", "epoch": 3}
    tensors = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.ones((), dtype=torch.bfloat16)}
    weights.write(path, tensors, about)
    whole = path.read_bytes()
    for position in range(len(whole)):
        flip(path, position)
        with suppress(ArtifactError):  # else it was in the name of the notes or of the digest
            again, notes = weights.read(path)
            assert all(torch.equal(again[name], tensor) for name, tensor in tensors.items())
            assert all(notes.get(key, value) == value for key, value in about.items())
        path.write_bytes(whole)


def test_weights_from_elsewhere_have_no_digest(tmp_path):
    from safetensors.torch import save_file

    save_file({"a": torch.ones(2)}, tmp_path / "x.safetensors")
    assert weights.read(tmp_path / "x.safetensors")[1] == {}


@pytest.fixture
def interrupted(toy, tiny, tmp_path):
    """A run's folder, with the checkpoint of its first epoch."""

    def interrupt(epoch, batch, batches):
        if epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(toy, 0, tiny, tmp_path / "run", CPU, interrupt)
    return tmp_path / "run"


def test_in_a_checkpoint_it_stops_training(toy, tiny, interrupted):
    flip(interrupted / CHECKPOINT, -1000)
    with pytest.raises(ArtifactError, match=r"is damaged .*changed or damaged.*--restart"):
        train(toy, 0, tiny, interrupted, CPU)


def test_a_workflow_starts_over_from_a_checkpoint_that_has_one(toy, tiny, toy_run, interrupted):
    flip(interrupted / CHECKPOINT, -1000)
    heard = []
    train(toy, 0, tiny, interrupted, CPU, restart="unusable", on_restart=heard.append)
    assert "checkpoint.safetensors is damaged" in heard[0]
    last = "last.safetensors"
    assert (interrupted / last).read_bytes() == (toy_run / last).read_bytes()


def test_in_images_it_is_found_wherever_it_is(tiny_folder):
    path = tiny_folder / "images.npy"
    whole, chance = path.read_bytes(), random.Random(0)
    for position in [*range(128), *chance.choices(range(128, len(whole)), k=20)]:
        flip(path, position)
        with pytest.raises(DataError, match="no usable data set"):
            prepared.read(tiny_folder)
        path.write_bytes(whole)


def test_initial_weights_that_have_one_start_nothing(run, toy):
    flip(run / "last.safetensors", -1000)
    with pytest.raises(ArtifactError, match="changed or damaged"):
        trained.load(run, "last", CPU)
