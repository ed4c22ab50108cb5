"""Values for the captions of several kinds of items."""

from typing import Any

from landcover.results.authors import Authors
from landcover.results.insides import Inside
from landcover.results.runs import Result
from landcover.style import LABELS


def on_test_images(result: Result, authors: Authors) -> dict[str, Any]:
    """Returns the values for a caption about test images and accuracies of an experiment."""
    counts = {e.scores["best", "test"]["n"] for e in result.evaluations}
    return {
        "images": max(counts, default=None),
        "seeds": len(result.evaluations),
        "best": result.score("best", "test", "accuracy"),
        "last": result.score("last", "test", "accuracy"),
        "authors_test": authors.number(result.entry.authors, "test/accuracy_pct"),
        "authors_stated": authors.number(result.entry.authors, "reported/test_accuracy_pct"),
    }


def looked_at(inside: Inside) -> str:
    """Returns the images that a network was shown, in words."""
    count, split = inside.about["images"], LABELS[inside.about["split"]]
    return f"{count:,} {split} images of {inside.image_records[0]}"
