import numpy as np
import pytest

from landcover import calibration


def sampled(count, sharpness, seed=0):
    """Logits whose labels are drawn from their own softmax, then made too sure of themselves."""
    draws = np.random.default_rng(seed)
    logits = draws.normal(size=(count, 5)) * 2
    chances = calibration.probabilities(logits)
    labels = np.array([draws.choice(5, p=row) for row in chances])
    return logits * sharpness, labels


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_what_made_logits_too_sure(sharpness):
    logits, labels = sampled(20_000, sharpness)
    assert calibration.temperature(logits, labels) == pytest.approx(sharpness, rel=0.05)


def test_one_temperature_mends_the_error_and_changes_no_prediction():
    logits, labels = sampled(20_000, 3.0)
    before, after = (calibration.reliability(logits / t, labels) for t in (1.0, 3.0))
    assert calibration.expected_error(before) > 0.1
    assert calibration.expected_error(after) < 0.02
    assert before["n"].sum() == after["n"].sum() == len(labels)


def test_the_error_of_a_hand_made_case():
    # confidences 0.9 and 0.6, of which one in two and all are right
    logits = np.log([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.4, 0.6]])
    bins = calibration.reliability(logits, np.array([0, 1, 1, 1]))
    assert calibration.expected_error(bins) == pytest.approx((2 * 0.4 + 2 * 0.4) / 4)
    full = bins[bins["n"] > 0]
    assert full["accuracy"].tolist() == [1.0, 0.5]
    assert full["confidence"].tolist() == pytest.approx([0.6, 0.9])


def test_cross_entropy_is_torchs():
    torch = pytest.importorskip("torch")
    logits, labels = sampled(50, 1.0)
    theirs = torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels))
    assert calibration.cross_entropy(logits, labels) == pytest.approx(theirs.item())
