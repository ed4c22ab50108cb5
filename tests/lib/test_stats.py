import numpy as np
import pandas as pd
import pytest
from scipy import stats as oracle
from sklearn.metrics import confusion_matrix

from landcover.stats import Confusion, confusions, row_percent, spread

SEEDS = [0.8352, 0.8291, 0.8405, 0.8317, 0.8266]


def test_mean_and_sd_are_those_of_numpy():
    found = spread(SEEDS)
    assert (found.n, found.mean) == (5, pytest.approx(np.mean(SEEDS)))
    assert found.sd == pytest.approx(np.std(SEEDS, ddof=1))


@pytest.mark.parametrize("n", [2, 3, 5])
def test_the_interval_is_scipys(n):
    values = SEEDS[:n]
    low, high = oracle.t.interval(0.95, n - 1, np.mean(values), oracle.sem(values))
    found = spread(values)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_one_seed_has_a_value_and_no_spread():
    found = spread([0.8])
    assert (found.n, found.mean, found.sd, found.low, found.high) == (1, 0.8, None, None, None)


@pytest.mark.parametrize("values", [[], [0.8, float("nan")]])
def test_nothing_and_not_a_number_are_refused(values):
    with pytest.raises(ValueError, match="finite"):
        spread(values)


def test_row_percentages_are_scikit_learns():
    rng = np.random.default_rng(0)
    true, predicted = rng.integers(0, 4, (2, 200))
    ours = row_percent(pd.DataFrame(confusion_matrix(true, predicted)))
    assert ours.to_numpy() / 100 == pytest.approx(
        confusion_matrix(true, predicted, normalize="true")
    )


def test_a_confusion_counts_both_directions_of_a_pair():
    counts = pd.DataFrame([[8, 2, 0], [1, 9, 0], [0, 5, 5]], [*"abc"], [*"abc"], dtype=float)
    assert confusions(counts) == [
        Confusion(("b", "c"), 5, 25), Confusion(("a", "b"), 3, 15)
    ]  # fmt: skip
