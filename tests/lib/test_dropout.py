import pytest
import torch

from landcover.models.dropout import Dropout

FORMATS = [torch.contiguous_format, torch.channels_last]


@pytest.mark.parametrize("memory_format", FORMATS)
@pytest.mark.parametrize("probability", [0.1, 0.25, 0.5])
def test_an_element_is_dropped_with_its_probability_and_else_scaled(memory_format, probability):
    torch.manual_seed(0)
    x = torch.ones(50, 8, 16, 16).contiguous(memory_format=memory_format)
    y = Dropout(probability)(x)
    share = (y == 0).double().mean().item()
    assert share == pytest.approx(probability, abs=5 * (0.25 / x.numel()) ** 0.5)
    assert torch.allclose(y[y != 0], torch.tensor(1 / (1 - probability)))
    assert y.is_contiguous(memory_format=memory_format)


def test_neighbours_are_dropped_independently():
    torch.manual_seed(0)
    dropped = (Dropout(0.5)(torch.ones(100_000)) == 0).double()
    for distance in (1, 2, 3, 4, 5):
        together = (dropped[:-distance] * dropped[distance:]).mean().item()
        assert together == pytest.approx(0.25, abs=0.01)


def test_the_gradient_passes_where_the_element_did():
    x = torch.ones(1000, requires_grad=True)
    y = Dropout(0.25)(x)
    y.sum().backward()
    assert torch.equal(x.grad, y.detach())


def test_in_evaluation_nothing_changes():
    x = torch.randn(10, 3)
    assert torch.equal(Dropout(0.5).eval()(x), x)


def test_the_seed_decides():
    masks = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        masks.append(Dropout(0.5)(torch.ones(64)))
    assert torch.equal(masks[0], masks[1])
    assert not torch.equal(masks[0], masks[2])


def test_odd_and_empty_sizes_work():
    for n in (0, 1, 3, 5):
        assert Dropout(0.5)(torch.ones(n)).shape == (n,)
