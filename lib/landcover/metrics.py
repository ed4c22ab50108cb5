"""Numbers from predictions, as the paper states them."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Labels = npt.NDArray[np.int64]


def confusion(true: Labels, predicted: Labels, classes: tuple[str, ...]) -> pd.DataFrame:
    """Returns the confusion matrix, a row for every pair of classes: true, predicted, count."""
    counts = _counts(true, predicted, len(classes))
    pairs = [(t, p) for t in range(len(classes)) for p in range(len(classes))]
    return pd.DataFrame(
        [(classes[t], classes[p], int(counts[t, p])) for t, p in pairs],
        columns=["true", "predicted", "count"],
    )


def per_class(true: Labels, predicted: Labels, classes: tuple[str, ...]) -> pd.DataFrame:
    """Returns precision, recall, F1 (0 if they are 0/0) and support of each class."""
    counts = _counts(true, predicted, len(classes))
    right, support, named = np.diag(counts), counts.sum(1), counts.sum(0)
    return pd.DataFrame(
        {
            "class": classes,
            "precision": _ratio(right, named),
            "recall": _ratio(right, support),
            "f1": _ratio(2 * right, named + support),
            "support": support,
        }
    )


def summary(true: Labels, predicted: Labels, classes: tuple[str, ...]) -> dict[str, float]:
    """Returns accuracy, and macro averages over the classes that have images, as fractions."""
    table = per_class(true, predicted, classes).query("support > 0")
    averages = {
        f"macro_{name}": float(table[name].mean()) for name in ("precision", "recall", "f1")
    }
    return {"accuracy": float((true == predicted).mean()), **averages}


def _counts(true: Labels, predicted: Labels, classes: int) -> npt.NDArray[np.int64]:
    """Returns the confusion matrix (classes, classes); its rows are the true classes."""
    return np.bincount(true * classes + predicted, minlength=classes**2).reshape(classes, classes)


def _ratio(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
