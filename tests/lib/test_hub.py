import hashlib
from time import monotonic

import pytest
import torch

from landcover import hub
from landcover.architectures import PUBLISHED
from landcover.data.catalog import dataset
from landcover.errors import ArtifactError
from landcover.fetch import fetch_weights, is_obtainable
from landcover.models.guarded_torchvision import torchvision


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    hub.folder().mkdir(parents=True)
    return hub.folder()


def test_files_and_addresses_are_torchvisions(cache):
    assert set(hub.FILES) == set(PUBLISHED)
    for name, file in hub.FILES.items():
        weights = torchvision.models.get_model_weights(name).IMAGENET1K_V1
        assert weights.url == f"{hub.URL}/{file}"
    assert str(cache) == f"{torch.hub.get_dir()}/checkpoints"


def test_what_is_cached_can_be_had_without_asking(cache, monkeypatch):
    monkeypatch.setattr(hub, "_server_answers", lambda: False)
    (cache / hub.FILES["vgg16"]).touch()
    assert hub.is_obtainable("vgg16")
    assert not hub.is_obtainable("vgg19")
    assert str(cache) in hub.how_to_get("vgg19")


def test_images_can_be_had_from_a_source_the_cache_or_a_mirror(tmp_path, monkeypatch):
    cifar10, paris = dataset("cifar10"), dataset("paris", 32)
    monkeypatch.setattr(hub, "answers", lambda _: False)
    assert not is_obtainable(cifar10, None, tmp_path)
    assert not is_obtainable(paris, None, tmp_path)  # published nowhere
    assert is_obtainable(paris, tmp_path, tmp_path)
    (tmp_path / cifar10.archive.name).touch()
    assert is_obtainable(cifar10, None, tmp_path)
    monkeypatch.setattr(hub, "answers", lambda url: url == cifar10.archive.urls[-1])
    assert is_obtainable(cifar10, None, tmp_path / "elsewhere")


def test_no_server_is_no_long_wait():
    started = monotonic()
    assert not hub.answers("http://192.0.2.1/file")  # an address that belongs to nobody
    assert monotonic() - started < 2 * hub.TIMEOUT_SECONDS


def test_a_file_with_another_hash_is_refused(cache, monkeypatch):
    state = torchvision.models.resnet50().state_dict()
    file = cache / hub.FILES["resnet50"]
    torch.save(state, file)
    with pytest.raises(ArtifactError, match="is damaged; remove it"):
        fetch_weights("resnet50")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    monkeypatch.setattr(hub, "sha256_start", lambda name: digest[:8])
    facts = fetch_weights("resnet50")
    assert (facts["sha256"], facts["size_bytes"]) == (digest, file.stat().st_size)
