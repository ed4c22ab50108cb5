"""How far a network's probabilities can be trusted, and one temperature that corrects them.

The temperature divides all logits; it changes no prediction (Guo et al., 2017, "On Calibration of
Modern Neural Networks").
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

BINS = 15  # of equal width, as in the paper above
LARGEST = 20.0  # the search for a temperature goes from its inverse to this


def temperature(logits: Floats, labels: Labels) -> float:
    """Returns the temperature that gives logits (N, classes) the least cross-entropy."""
    from scipy.optimize import minimize_scalar  # takes a second to import

    def loss(log_temperature: float) -> float:
        return cross_entropy(logits / np.exp(log_temperature), labels)

    bound = np.log(LARGEST)
    found = minimize_scalar(loss, bounds=(-bound, bound), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def cross_entropy(logits: Floats, labels: Labels) -> float:
    shifted = logits - logits.max(1, keepdims=True)
    of_labels = np.take_along_axis(shifted, labels[:, None], 1)[:, 0]
    return float((np.log(np.exp(shifted).sum(1)) - of_labels).mean())


def probabilities(logits: Floats) -> Floats:
    """Returns the softmax of each row: (N, classes)."""
    powers = np.exp(logits - logits.max(1, keepdims=True))
    normed: Floats = powers / powers.sum(1, keepdims=True)
    return normed


def reliability(logits: Floats, labels: Labels) -> pd.DataFrame:
    """Returns a row per bin of confidence: low, high, n, mean confidence and accuracy.

    The confidence of a prediction is its probability. Mean values of an empty bin are missing.
    """
    found = probabilities(logits)
    confidence, is_right = found.max(1), found.argmax(1) == labels
    bins = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    with np.errstate(invalid="ignore"):  # an empty bin has 0 / 0
        means = (np.bincount(bins, values, BINS) / counts for values in (confidence, is_right))
        columns = dict(zip(("confidence", "accuracy"), means, strict=True))
    edges = np.arange(BINS + 1) / BINS
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "n": counts, **columns})


def expected_error(bins: pd.DataFrame) -> float:
    """Returns the expected calibration error (ECE): |confidence - accuracy|, weighted by n."""
    gaps = (bins["confidence"] - bins["accuracy"]).abs()
    return float((gaps * bins["n"]).sum() / bins["n"].sum())
