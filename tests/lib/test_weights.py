import pytest
import torch
from torch import nn

from landcover import weights
from landcover.errors import ArtifactError
from landcover.models import Architecture, build


@pytest.fixture
def model():
    return build(Architecture("customcnn", 32, 10))


def test_the_same_tensors_give_the_same_bytes(model, tmp_path):
    for name in ("a", "b"):
        weights.write(tmp_path / name, model.state_dict(), {"epoch": 1, "seed": 2})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_tensors_and_notes_are_read_back(model, tmp_path):
    weights.write(tmp_path / "x.safetensors", model.state_dict(), {"epoch": 3})
    tensors, notes = weights.read(tmp_path / "x.safetensors")
    assert notes == {"epoch": 3}
    assert all(torch.equal(tensors[name], t) for name, t in model.state_dict().items())


def test_a_state_dict_from_elsewhere_is_read(model, tmp_path):
    torch.save(model.state_dict(), tmp_path / "x.pth")
    assert weights.read_foreign(tmp_path / "x.pth").keys() == model.state_dict().keys()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (nn.Linear(1, 1), "holds more than tensors and was not opened"),
        ({"epoch": 3, "fc1.weight": torch.zeros(1)}, "more than tensors .'epoch'"),
        ([torch.zeros(1)], "no file of weights"),
    ],
)
def test_anything_but_tensors_is_refused(tmp_path, content, message):
    torch.save(content, tmp_path / "x.pth")
    with pytest.raises(ArtifactError, match=message):
        weights.read_foreign(tmp_path / "x.pth")


@pytest.mark.parametrize("content", [b"", b"not weights at all"])
@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_a_file_that_is_none_is_one_sentence(tmp_path, content, suffix):
    (tmp_path / f"x.{suffix}").write_bytes(content)
    with pytest.raises(ArtifactError, match=f"x.{suffix} "):
        weights.read_foreign(tmp_path / f"x.{suffix}")


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(ArtifactError, match="No such file"):
        weights.read_foreign(tmp_path / "x.pth")


def test_a_wrong_shape_names_the_layer_and_both_shapes(model, tmp_path):
    other = build(Architecture("customcnn", 32, 13)).state_dict()
    with pytest.raises(ArtifactError, match=r"'fc2.weight' has the shape \(13, 128\).*\(10, 128\)"):
        weights.load(model, other, tmp_path / "x.pth")


def test_missing_and_extra_tensors_are_named(model, tmp_path):
    tensors = model.state_dict()
    with pytest.raises(ArtifactError, match="lacks the tensor 'conv1"):
        weights.load(model, {}, tmp_path)
    with pytest.raises(ArtifactError, match="has the tensor 'extra'"):
        weights.load(model, {**tensors, "extra": torch.zeros(1)}, tmp_path)
