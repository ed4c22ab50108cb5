"""Numbers from predictions, as the report states them."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

Labels = npt.NDArray[np.int64]


def confusion(true: Labels, predicted: Labels, classes: tuple[str, ...]) -> pd.DataFrame:
    """Long form: true, predicted, count, with a row for every pair of classes."""
    counts = confusion_matrix(true, predicted, labels=range(len(classes)))
    pairs = [(t, p) for t in range(len(classes)) for p in range(len(classes))]
    return pd.DataFrame(
        [(classes[t], classes[p], int(counts[t, p])) for t, p in pairs],
        columns=["true", "predicted", "count"],
    )


def per_class(true: Labels, predicted: Labels, classes: tuple[str, ...]) -> pd.DataFrame:
    """Precision, recall, F1 (0 where they are 0/0) and support of each class."""
    columns = precision_recall_fscore_support(
        true, predicted, labels=range(len(classes)), zero_division=0.0
    )
    names = ("precision", "recall", "f1", "support")
    return pd.DataFrame({"class": classes} | dict(zip(names, columns, strict=True)))


def summary(true: Labels, predicted: Labels, classes: tuple[str, ...]) -> dict[str, float]:
    """Accuracy, and macro averages over the classes that have images, as fractions."""
    table = per_class(true, predicted, classes).query("support > 0")
    averages = {
        f"macro_{name}": float(table[name].mean()) for name in ("precision", "recall", "f1")
    }
    return {"accuracy": float((true == predicted).mean()), **averages}
