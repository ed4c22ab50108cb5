import torch
from torch import nn

from landcover.views import mean_logits, views


def test_the_eight_views_are_different_and_the_first_is_the_image():
    images = torch.rand(2, 3, 8, 8)
    seen = list(views(images))
    assert torch.equal(seen[0], images)
    assert len({tuple(view[0].flatten().tolist()) for view in seen}) == 8


def test_a_turned_or_mirrored_image_has_the_same_mean():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 4)).eval()
    images = torch.rand(2, 3, 8, 8)
    with torch.no_grad():
        wanted = mean_logits(model, images, "fp32")
        for view in views(images):
            assert torch.allclose(mean_logits(model, view, "fp32"), wanted, atol=1e-6)
        chances = torch.stack([model(view.contiguous()).softmax(1) for view in views(images)])
    assert torch.allclose(wanted.exp(), chances.mean(0), atol=1e-6)
