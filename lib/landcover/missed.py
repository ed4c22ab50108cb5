"""The test images that every seed of an experiment classifies wrongly.

Networks that differ only in their seed make many mistakes by chance. What all of them get wrong
says more about the images and their labels.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from landcover import artifacts
from landcover.data.prepared import Prepared
from landcover.errors import ArtifactError, DataError
from landcover.experiments import Table
from landcover.provenance import provenance
from landcover.results import layout, packed
from landcover.style import STYLE, WIDTH, save, show

READ = ("weights", "split", "file", "true", "predicted", "probability")
OF_BEST, OF_TEST = "best", "test"
COLUMNS = 7  # of the figure
MOST_DRAWN = 56
ROW_INCHES = 1.7


def missed(runs: Sequence[Path], images: Prepared, out: Path) -> dict[str, Any]:
    """Finds the test images that all runs miss with their best weights, and draws them.

    `runs` are evaluated seeds of one experiment, distilled or not; `images` are those that they
    were evaluated on. Writes missed.csv, missed.svg and missed.png to `out`, and summary.json last;
    returns its content.
    Raises ArtifactError for runs of several experiments or on different images, and DataError if
    `images` are others.
    """
    specs, measured = (
        [artifacts.read_json(run / name) for run in runs] for name in (layout.SPEC, layout.METRICS)
    )
    _check_same(runs, [spec["name"] for spec in specs], "is a run of {}")
    _check_same(runs, [one["data"]["sha256"] for one in measured], "was evaluated on images {}")
    if measured[0]["data"]["sha256"] != images.identity["sha256"]:
        raise DataError(
            f"{images.place} does not hold the images that {runs[0]} was evaluated on; name theirs "
            "with --data"
        )
    predictions = [_predictions(run) for run in runs]
    _check_same(runs, [f"{len(one)}" for one in predictions], "has predictions of {} test images")
    wrong = [one["true"] != one["predicted"] for one in predictions]
    table = _by_confidence(predictions, np.logical_and.reduce(wrong))
    artifacts.write_csv(out / layout.MISSED, table)
    save(_drawn(table.head(MOST_DRAWN), images), out, Path(layout.MISSED).stem)
    summary = {
        "experiment": specs[0]["name"],
        "seeds": [spec["seed"] for spec in specs],
        "n": len(predictions[0]),
        "wrong": [int(one.sum()) for one in wrong],
        "wrong_in_any": int(np.logical_or.reduce(wrong).sum()),
        "wrong_in_all": len(table),
        "same_class_in_all": int((table["seeds"] == len(runs)).sum()),
        "drawn": min(len(table), MOST_DRAWN),
        "data": measured[0]["data"],
        "device": measured[0]["device"],
        "provenance": provenance("missed"),
    }
    artifacts.write_json(out / layout.SUMMARY, summary)
    return summary


def of_table(table: Table, results: Path, name: str) -> tuple[Path, ...]:
    """Returns the evaluated runs of an experiment. Raises ArtifactError if there is none."""
    name = table[name].experiment.name
    if runs := layout.evaluated(results, ((name, seed) for seed in table.seeds(name))):
        return runs
    raise ArtifactError(
        f"{results} has no evaluated run of {name}; train and evaluate it first, or name runs with "
        "--run"
    )


def _check_same(runs: Sequence[Path], facts: Sequence[str], what: str) -> None:
    for run, fact in zip(runs, facts, strict=True):
        if fact != facts[0]:
            raise ArtifactError(
                f"{runs[0]} {what.format(facts[0])}, but {run} {what.format(fact)}; name seeds of "
                "one experiment"
            )


def _predictions(run: Path) -> pd.DataFrame:
    """Returns the predictions of the test images with the best weights, in the order of files."""
    file, table = packed.read_csv(run / layout.PREDICTIONS, READ, READ[:-1])
    rows = table[(table["weights"] == OF_BEST) & (table["split"] == OF_TEST)]
    if rows.empty:
        raise ArtifactError(f"{file} has no predictions of test images; evaluate {run} again")
    return rows.set_index("file").sort_index()


def _by_confidence(predictions: Sequence[pd.DataFrame], chosen: Any) -> pd.DataFrame:
    """Returns a row per chosen image, those first of which the runs are most confident.

    `predicted` is the class that most runs say, `seeds` how many do, and `probability` is the mean
    over these.
    """
    every = pd.concat([one[chosen] for one in predictions])
    groups = every.groupby(["file", "true", "predicted"])["probability"]
    votes: pd.DataFrame = groups.agg(seeds="count", probability="mean").reset_index()
    votes = votes.sort_values(["seeds", "probability", "file"], ascending=[False, False, True])
    votes = votes.drop_duplicates("file")
    return votes.sort_values(["probability", "file"], ascending=[False, True], ignore_index=True)


def _drawn(table: pd.DataFrame, images: Prepared) -> Figure:
    """Draws each image under its label and the class that was predicted."""
    places = {file: place for place, file in enumerate(images.files)}
    rows = max(1, -(-len(table) // COLUMNS))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, ROW_INCHES * rows), layout="constrained")
        panels = figure.subplots(rows, COLUMNS, squeeze=False).flatten()
        for panel in panels:
            panel.set_axis_off()
        for panel, row in zip(panels, table.itertuples(), strict=False):
            show(panel, images.pixels[places[row.file]])
            title = f"{row.true}\n→ {row.predicted}\n{row.probability:.2f}"
            panel.set_title(title, fontsize=6.5, fontweight="normal")
        if table.empty:
            figure.text(0.5, 0.5, "No test image is missed by every seed.", ha="center")
    return figure
