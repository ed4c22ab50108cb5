from dataclasses import replace

import pytest
import torch
from torch import nn

from landcover import optimisers


def rates(toy, share, epochs, batches):
    spec = replace(toy, one_cycle=share, epochs=epochs, learning_rate=0.1)
    optimizer = optimisers.optimizer(spec, nn.Linear(2, 1))
    schedule = optimisers.one_cycle(spec, optimizer, batches)
    taken = []
    for _ in range(epochs * batches):
        taken.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return taken


def test_the_rate_rises_in_its_share_of_the_steps_and_then_falls_almost_to_zero(toy):
    taken = rates(toy, 0.25, 10, 8)
    peak = taken.index(max(taken))
    assert peak == pytest.approx(80 * 0.25, abs=1)
    assert max(taken) == pytest.approx(0.1, rel=0.05)
    assert taken == sorted(taken[: peak + 1]) + sorted(taken[peak + 1 :], reverse=True)
    assert 0 < taken[-1] < 0.1 / 50


@pytest.mark.parametrize(("epochs", "batches"), [(1, 1), (1, 2), (1, 4), (4, 1)])
def test_a_cycle_may_be_as_short_as_it_likes(toy, epochs, batches):
    assert len(rates(toy, 0.25, epochs, batches)) == epochs * batches


def test_the_average_forgets_as_its_formula_says(toy):
    model = nn.BatchNorm1d(1)
    average = optimisers.average(replace(toy, average_decay=0.5), model)
    wanted = None
    for step, value in enumerate([1.0, 2.0, 4.0, 8.0]):
        with torch.no_grad():
            model.weight.fill_(value)
        model.running_mean.fill_(-value)
        model.num_batches_tracked.fill_(step)
        average.update_parameters(model)
        kept = min(0.5, (1 + step) / (10 + step))
        wanted = value if wanted is None else kept * wanted + (1 - kept) * value
        assert average.module.weight.item() == pytest.approx(wanted)
        assert average.module.running_mean.item() == pytest.approx(-wanted)
        assert average.module.num_batches_tracked == step


def test_what_is_off_is_not_made(toy):
    model = nn.Linear(2, 1)
    optimizer = optimisers.optimizer(toy, model)
    assert type(optimizer) is torch.optim.Adam
    assert optimisers.plateau(toy, optimizer) is None
    assert optimisers.one_cycle(toy, optimizer, 3) is None
    assert optimisers.average(toy, model) is None
