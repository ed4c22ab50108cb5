"""Weights from elsewhere are tensors or refused: nothing that a pickle asks for is run."""

import os
import pickle
import re
import tarfile
from pathlib import Path

import pytest
import torch

from landcover import weights
from landcover.data import cifar10
from landcover.data.download import md5
from landcover.errors import ArtifactError, DataError
from landcover.models.pretrained import imagenet

ROOT = Path(__file__).parents[2]


class Payload:
    """Writes a file as soon as somebody unpickles it."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (str(self.trace),)


def pickled(path, payload):
    path.write_bytes(pickle.dumps(payload))


def saved_by_torch(path, payload):
    torch.save(payload, path)


def saved_by_old_torch(path, payload):
    torch.save(payload, path, _use_new_zipfile_serialization=False)


WRITERS = (pickled, saved_by_torch, saved_by_old_torch)


def test_the_payload_is_live(tmp_path):
    pickled(tmp_path / "x.pth", Payload(tmp_path / "trace"))
    pickle.loads((tmp_path / "x.pth").read_bytes())  # noqa: S301, to show what is refused below
    assert (tmp_path / "trace").exists()


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("name", ["x.pth", "x.pt", "x.bin", "x.safetensors"])
@pytest.mark.parametrize("around", [lambda x: x, lambda x: {"conv1.weight": x}])
def test_a_pickle_instead_of_weights_is_refused_and_not_run(tmp_path, write, name, around):
    write(tmp_path / name, around(Payload(tmp_path / "trace")))
    with pytest.raises(ArtifactError, match=name):
        weights.read_foreign(tmp_path / name)
    assert not (tmp_path / "trace").exists()


def test_nor_is_one_in_the_place_of_published_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    checkpoints = tmp_path / "hub" / "checkpoints"
    checkpoints.mkdir(parents=True)
    saved_by_torch(checkpoints / "vgg16-397923af.pth", Payload(tmp_path / "trace"))
    with pytest.raises(ArtifactError, match=r"vgg16-397923af\.pth"):
        imagenet("vgg16")
    assert not (tmp_path / "trace").exists()


def test_nor_is_one_among_the_batches_of_cifar10(tmp_path):
    pickled(tmp_path / "data_batch_1", Payload(tmp_path / "trace"))
    archive = tmp_path / "cifar-10-python.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(tmp_path / "data_batch_1", "cifar-10-batches-py/data_batch_1")
    with pytest.raises(DataError, match=r"mkdir is not part of an array"):
        cifar10.read_batches(archive, md5(archive))
    assert not (tmp_path / "trace").exists()


def test_a_header_of_exabytes_is_one_sentence(tmp_path):
    """The header of safetensors begins with its own length."""
    (tmp_path / "x.safetensors").write_bytes(b"\xff" * 8 + b"{}")
    with pytest.raises(ArtifactError, match=r"x\.safetensors cannot be read"):
        weights.read_foreign(tmp_path / "x.safetensors")


def test_the_project_unpickles_nowhere_else():
    unpickling = re.compile(
        r"pickle\.loads?\(|Unpickler|allow_pickle=True|weights_only=False|joblib|read_pickle"
    )
    sources = [path for part in ("lib", "cli") for path in (ROOT / part).rglob("*.py")]
    found = {path.name for path in sources if unpickling.search(path.read_text())}
    assert found == {"cifar10.py"}  # whose unpickler builds arrays only
