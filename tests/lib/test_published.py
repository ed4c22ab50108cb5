import pytest
import torch

from landcover.errors import ArtifactError, SpecError
from landcover.models import Architecture, build, imagenet_categories, is_published, published
from landcover.models.guarded_torchvision import torchvision


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """An empty cache of torch's hub, and no network."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    (tmp_path / "hub/checkpoints").mkdir(parents=True)
    return tmp_path / "hub/checkpoints"


def test_published_weights_come_from_the_hub_cache_head_and_all(hub):
    torch.manual_seed(1)
    original = torchvision.models.resnet50().eval()
    torch.save(original.state_dict(), hub / "resnet50-0676ba61.pth")
    images = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(published("resnet50", "imagenet")(images), original(images))


def test_absent_weights_name_file_and_folder(hub):
    with pytest.raises(ArtifactError, match=rf"put resnet50-0676ba61\.pth .* into {hub}"):
        published("resnet50", "imagenet")


def test_weights_of_another_network_are_refused(hub):
    torch.save({"fc.weight": torch.zeros(1)}, hub / "resnet50-0676ba61.pth")
    with pytest.raises(ArtifactError, match="is not torchvision's resnet50"):
        published("resnet50", "imagenet")


def test_random_weights_are_always_the_same_and_leave_the_generator_alone():
    torch.manual_seed(5)
    one = published("resnet50", "random").fc.weight
    after = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(after, torch.rand(1))
    assert torch.equal(one, published("resnet50", "random").fc.weight)


def test_a_published_state_is_told_from_one_with_the_authors_head():
    with torch.device("meta"):
        for name in ("vgg16", "resnet50"):
            assert is_published(name, published(name, "random").state_dict())
            assert not is_published(name, build(Architecture(name, 64, 10)).state_dict())
    assert not is_published("customcnn", {})


def test_there_are_1000_categories():
    assert len(imagenet_categories()) == 1000


def test_what_was_never_published_is_one_sentence():
    with pytest.raises(SpecError, match="there are no published weights of 'customcnn', only of"):
        published("customcnn", "random")
