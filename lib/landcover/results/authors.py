"""What the authors logged and stated: every file of workflow/reference, each read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from landcover import artifacts
from landcover.experiments import Entry, Experiment, from_dict
from landcover.results.numbers import square
from landcover.yaml_source import YamlSource

CURVES, METRICS = "curves.csv", "final_metrics.csv"
LAYERS, CONFUSIONS = "table1_profile.csv", "confusion_matrices_test.csv"
PUBLISHED = "published.yaml"
TOPS, SPLITS = "topk_identified.csv", "eurosat_split_sha256.csv"
COLUMNS = {
    CURVES: ("experiment", "epoch", "split", "metric", "value", "kind"),
    METRICS: ("experiment", "metric", "value"),
    LAYERS: (
        "module", "type", "output_size", "params", "activation_elements", "memory_KB", "time_s",
        "in_table1", "table1_row",
    ),
    CONFUSIONS: ("experiment", "true", "predicted", "count"),
    TOPS: ("figure_source", "layer", "unit", "rank", "identified_class", "rms"),
    SPLITS: ("split", "n", "sha256_of_sorted_relpaths_LF"),
}  # fmt: skip


@dataclass(frozen=True)
class Authors:
    folder: Path
    curves: pd.DataFrame
    metrics: Mapping[tuple[str, str], float]
    layers: pd.DataFrame
    confusions: Mapping[str, pd.DataFrame]  # counts on the test split, by experiment
    tops: pd.DataFrame  # the images that their figures show: figure_source, layer, unit, rank, ...
    splits: pd.DataFrame  # of EuroSAT: split, n, sha256 of the sorted names
    published: Mapping[str, Experiment]  # their settings, by the names that ours have

    @cached_property
    def points(self) -> dict[tuple[str, str, str], pd.DataFrame]:
        """Every curve by experiment, split and metric: values by epoch, and of which kind."""
        rows = self.curves.sort_values("epoch").groupby(["experiment", "split", "metric"])
        return {(str(e), str(s), str(m)): points for (e, s, m), points in rows}

    @cached_property
    def drawn(self) -> dict[tuple[str, str], dict[int, pd.DataFrame]]:
        """The images of every unit that a figure shows, by figure and layer, then by unit."""
        rows = self.tops.sort_values("rank").groupby(["figure_source", "layer", "unit"])
        found: dict[tuple[str, str], dict[int, pd.DataFrame]] = {}
        for (figure, layer, unit), images in rows:
            found.setdefault((str(figure), str(layer)), {})[int(str(unit))] = images
        return found

    def curve(self, experiment: str, split: str, metric: str) -> "pd.Series[float]":
        """By epoch, from 1; empty where there is none. Accuracy in percent."""
        found = self.curves.query(
            "experiment == @experiment and split == @split and metric == @metric"
        )
        return found.set_index("epoch")["value"].sort_index()

    def origin(self, experiment: str, split: str, metric: str) -> str:
        """Where a curve was read: in their "log", off their "plot", or "log and plot"."""
        found = self.curves.query(
            "experiment == @experiment and split == @split and metric == @metric"
        )
        words = {"log": "log", "digitised": "plot"}
        return " and ".join(word for kind, word in words.items() if kind in set(found["kind"]))

    def is_read_off(self, experiment: str, metric: str) -> bool:
        """Whether a curve comes from the picture of a plot, for want of a log."""
        found = self.curves.query("experiment == @experiment and metric == @metric")
        return bool((found["kind"] == "digitised").all())

    def number(self, experiment: str, *metrics: str) -> float | None:
        """The first of the metrics that they have of an experiment."""
        found = (self.metrics.get((experiment, metric)) for metric in metrics)
        return next((value for value in found if value is not None), None)

    def best(self, entry: Entry) -> float | None:
        """Percent, as logged."""
        return self.number(entry.authors, f"best_{entry.experiment.selection_split}_accuracy_pct")

    def last(self, entry: Entry) -> float | None:
        return self.number(entry.authors, f"last_{entry.experiment.selection_split}_accuracy_pct")

    def stated(self, entry: Entry) -> float | None:
        """Percent, as the paper's text or tables have it."""
        split = entry.experiment.selection_split
        names = ("best_accuracy_pct", "accuracy_pct", f"{split}_accuracy_pct")
        return self.number(entry.authors, *(f"reported/{name}" for name in names))

    def seconds(self, entry: Entry) -> float | None:
        return self.number(entry.authors, "train_time_s")

    def figure_run(self, entry: Entry) -> str:
        """The curves that the paper's figure draws, where those are not the logged run's; or ""."""
        name = f"{entry.authors}_figrun"
        return name if (self.curves["experiment"] == name).any() else ""


def read(folder: Path) -> Authors:
    """Returns what is in workflow/reference."""
    tables = {name: artifacts.read_csv(folder / name, columns) for name, columns in COLUMNS.items()}
    metrics = tables[METRICS]
    keys = zip(metrics["experiment"], metrics["metric"], strict=True)
    counted = tables[CONFUSIONS].groupby("experiment")
    return Authors(
        folder=folder,
        curves=tables[CURVES],
        metrics=dict(zip(keys, metrics["value"].astype(float), strict=True)),
        layers=tables[LAYERS],
        confusions={str(name): square(rows) for name, rows in counted},
        tops=tables[TOPS],
        splits=tables[SPLITS],
        published=_published(folder / PUBLISHED),
    )


def _published(file: Path) -> dict[str, Experiment]:
    specs = YamlSource.read(file).content
    return {name: from_dict({"name": name, **spec}) for name, spec in specs.items()}
