"""The numbers that the authors logged and stated: the files of workflow/reference."""

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
class TopImage:
    """One of the images to which a unit of theirs responds most, from their figures."""

    rank: int  # from 1
    class_name: str  # of the image of the data set that looks like it
    rms: float  # root mean square difference of the two images' pixels


@dataclass(frozen=True)
class Authors:
    folder: Path
    curves: pd.DataFrame
    metrics: Mapping[tuple[str, str], float]
    layers: pd.DataFrame
    confusions: Mapping[str, pd.DataFrame]  # counts on the test split, by experiment
    tops: pd.DataFrame  # the images that their figures show: figure_source, layer, unit, rank, ...
    splits: pd.DataFrame  # of EuroSAT: split, n, sha256 of the sorted names
    published: Mapping[str, Experiment]  # their settings, by our names of the experiments

    @cached_property
    def points(self) -> dict[tuple[str, str, str], pd.DataFrame]:
        """Returns every curve (epoch, value, kind), by experiment, split and metric."""
        rows = self.curves.sort_values("epoch").groupby(["experiment", "split", "metric"])
        return {(str(e), str(s), str(m)): points for (e, s, m), points in rows}

    @cached_property
    def top_images(self) -> dict[tuple[str, str], dict[int, list[TopImage]]]:
        """Returns the images in their figures, by figure and layer, then by unit, by rank."""
        of_layers: dict[tuple[str, str], dict[int, list[TopImage]]] = {}
        for row in self.tops.sort_values(["unit", "rank"]).to_dict("records"):
            units = of_layers.setdefault((str(row["figure_source"]), str(row["layer"])), {})
            image = TopImage(int(row["rank"]), str(row["identified_class"]), float(row["rms"]))
            units.setdefault(int(row["unit"]), []).append(image)
        return of_layers

    def curve(self, experiment: str, split: str, metric: str) -> "pd.Series[float]":
        """Returns a curve by epoch, from 1; empty if there is none. Accuracy is in percent."""
        return self._points(experiment, split, metric).set_index("epoch")["value"]

    def origin(self, experiment: str, split: str, metric: str) -> str:
        """Returns where a curve comes from: their "log", their "plot", or "log and plot"."""
        kinds = set(self._points(experiment, split, metric)["kind"])
        words = {"log": "log", "digitised": "plot"}
        return " and ".join(word for kind, word in words.items() if kind in kinds)

    def _points(self, experiment: str, split: str, metric: str) -> pd.DataFrame:
        return self.points.get((experiment, split, metric), self.curves[:0])

    def number(self, experiment: str, *metrics: str) -> float | None:
        """Returns the first of the metrics that they have for an experiment, or None."""
        values = (self.metrics.get((experiment, metric)) for metric in metrics)
        return next((value for value in values if value is not None), None)

    def best(self, entry: Entry) -> float | None:
        """Returns the best accuracy in percent, as logged."""
        return self.number(entry.authors, f"best_{entry.experiment.selection_split}_accuracy_pct")

    def last(self, entry: Entry) -> float | None:
        """Returns the last accuracy in percent, as logged; None if the log ends before the plot."""
        split = entry.experiment.selection_split
        kinds = self._points(entry.authors, split, "accuracy")["kind"]
        if "digitised" in kinds.tail(1).values:
            return None
        return self.number(entry.authors, f"last_{split}_accuracy_pct")

    def stated(self, entry: Entry) -> float | None:
        """Returns the accuracy in percent that the text or a table of the paper states."""
        split = entry.experiment.selection_split
        names = ("best_accuracy_pct", "accuracy_pct", f"{split}_accuracy_pct")
        return self.number(entry.authors, *(f"reported/{name}" for name in names))

    def seconds(self, entry: Entry) -> float | None:
        return self.number(entry.authors, "train_time_s")

    def figure_run(self, entry: Entry) -> str:
        """Returns the run in the paper's figure if it is not the logged one; else ""."""
        name = f"{entry.authors}_figrun"
        return name if (self.curves["experiment"] == name).any() else ""


def read(folder: Path) -> Authors:
    """Reads workflow/reference."""
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
