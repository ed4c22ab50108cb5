import pytest
import torch

from landcover.errors import ArtifactError, SpecError
from landcover.models import Architecture, backbone_and_head, build, is_steady, load_backbone
from landcover.models.guarded_torchvision import torchvision

NAMES = ["vgg16", "vgg19", "resnet50", "resnet152"]


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """An empty cache of torch's hub, and no network."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    return tmp_path / "hub/checkpoints"


def test_published_weights_are_found_in_the_hub_cache(hub):
    torch.manual_seed(1)
    published = torchvision.models.resnet50()
    hub.mkdir(parents=True)
    torch.save(published.state_dict(), hub / "resnet50-0676ba61.pth")
    model = build(Architecture("resnet50", 64, 10, freeze="backbone"))
    load_backbone(model, "resnet50", "imagenet")
    assert torch.equal(model.layer4[2].conv3.weight, published.layer4[2].conv3.weight)
    assert torch.equal(model.bn1.running_var, published.bn1.running_var)


def test_absent_weights_name_file_and_folder(hub):
    model = build(Architecture("resnet50", 64, 10))
    with pytest.raises(ArtifactError, match=rf"put resnet50-0676ba61\.pth .* into {hub}"):
        load_backbone(model, "resnet50", "imagenet")


@pytest.mark.parametrize("content", [{"conv1.weight": torch.zeros(1)}, torch.nn.ReLU(), b"half"])
def test_a_file_that_holds_something_else_is_refused(hub, content):
    hub.mkdir(parents=True)
    path = hub / "resnet50-0676ba61.pth"
    path.write_bytes(content) if isinstance(content, bytes) else torch.save(content, path)
    with pytest.raises(ArtifactError, match="resnet50"):
        load_backbone(build(Architecture("resnet50", 64, 10)), "resnet50", "imagenet")


@pytest.mark.parametrize("name", ["vgg16", "resnet50"])
def test_backbone_and_head_make_the_model(name):
    torch.manual_seed(0)
    model = build(Architecture(name, 64, 10, freeze="backbone")).eval()
    backbone, head = backbone_and_head(model, name)
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.allclose(head(backbone(images)), model(images), atol=1e-6)
    assert is_steady(backbone) == name.startswith("vgg")
    assert not any(p.requires_grad for p in backbone.parameters())
    assert all(p.requires_grad for p in head.parameters())


def test_a_random_backbone_is_always_the_same():
    one, two = (build(Architecture("vgg16", 64, 10)) for _ in range(2))
    for model in (one, two):
        load_backbone(model, "vgg16", "random")
    assert torch.equal(one.features[0].weight, two.features[0].weight)


def test_an_image_too_small_for_five_halvings_is_refused():
    with pytest.raises(SpecError, match="at least 32"):
        build(Architecture("vgg16", 16, 10))
