"""Likely neighbours, and the test images that have one among the training images."""

from typing import Any

import numpy as np
import pandas as pd

from landcover.data.prepared import Prepared
from landcover.explore.contents import Floats, Ints
from landcover.explore.duplicates import pair_table
from landcover.explore.seams import Matches, Search

CURVE_POINTS = 41
TRAINED, TESTED = "train", "test"


def pairs(data: Prepared, search: Search, *, mirrored: bool = False) -> pd.DataFrame:
    """Returns both images, side (b is right of a, or below it) and score; the surest first."""
    matches = pd.concat([_above(match, search.threshold, mirrored) for match in search.matches])
    table = pair_table(data, matches)
    return table.sort_values("score", ascending=False, kind="stable").reset_index(drop=True)


def _above(match: Matches, threshold: float | None, mirrored: bool) -> pd.DataFrame:
    image, score = (
        (match.mirrored, match.mirrored_score) if mirrored else (match.image, match.score)
    )
    rows: Ints = np.flatnonzero(score >= (np.inf if threshold is None else threshold))
    columns = {"a": rows, "b": image[rows], "side": match.side, "score": score[rows]}
    return pd.DataFrame(columns)


def curve(search: Search) -> pd.DataFrame:
    """Returns, for other thresholds, the pairs, the mirrored pairs and the share of seams found."""
    straight, mirrored = scores(search)
    top = max(straight.max(), mirrored.max())
    levels = np.linspace(0, max(top, 1), CURVE_POINTS)
    rows = [
        (level, *(int((score >= level).sum()) for score in (straight, mirrored)),
         float((search.seams >= level).mean()))
        for level in levels
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["threshold", "found", "mirrored", "seams"])


def scores(search: Search) -> tuple[Floats, Floats]:
    """Returns the scores of the best matches on both sides, and of the best mirrored ones."""
    straight = np.concatenate([match.score for match in search.matches])
    return straight, np.concatenate([match.mirrored_score for match in search.matches])


def tested_beside_trained(table: pd.DataFrame) -> int:
    """Counts the test images that are in a pair with a training image."""
    files = set(table["file_a"][(table["split_a"] == TESTED) & (table["split_b"] == TRAINED)])
    files |= set(table["file_b"][(table["split_b"] == TESTED) & (table["split_a"] == TRAINED)])
    return len(files)


def summary(data: Prepared, search: Search) -> dict[str, Any]:
    """Counts the likely neighbours, and those that the same search finds by chance."""
    likely, chance = pairs(data, search), pairs(data, search, mirrored=True)
    patches = pd.concat([likely["file_a"], likely["file_b"]]).nunique()
    sensitivity = search.sensitivity
    return {
        "threshold": search.threshold,
        "pairs": len(likely),
        "pairs_by_chance": len(chance),
        "pairs_of_one_class": int((likely["class_a"] == likely["class_b"]).sum()),
        "images": int(patches),
        "test_images_beside_train": tested_beside_trained(likely),
        "test_images_beside_train_by_chance": tested_beside_trained(chance),
        "test_images": int(data.manifest["images"].get(TESTED, 0)),
        "sensitivity": sensitivity,
        "pairs_estimated": (len(likely) - len(chance)) / sensitivity if sensitivity else None,
    }
