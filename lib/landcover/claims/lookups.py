"""The functions of a claim's measurement that look something up: in the table, in results, in logs.

Each says of which kind its arguments are, so that one that points nowhere is found before anything
is measured. Accuracies and scores are percentages, times seconds.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.experiments import Experiment
from landcover.results import (
    HISTORY,
    PARAMETERS,
    SCORES,
    WEIGHTS,
    Authors,
    Evaluation,
    Profile,
    Result,
    Run,
    profile_file,
)

PROFILED = "customcnn"
NETWORKS = ("vgg16",)  # looked into as published
OUR_CHOICE = ("seed", "precision", "pretrained")  # no cap; where a backbone is from is told apart


class MissingError(Exception):
    """What a claim needs was not run; says what."""


@dataclass(frozen=True)
class Ground:
    """All that claims are judged by."""

    results: Path
    reference: Path
    found: dict[str, Result]
    published: dict[str, Experiment]  # with nothing capped by a preset
    prepared: dict[str, str]  # by data set, the folder below data/ with its largest images
    authors: Authors
    tops: pd.DataFrame  # what the authors' figures show: figure_source, layer, unit, rank, class
    profile: Profile | None


@dataclass
class Evidence:
    """One seed's view of it, and what was looked at; the seed is 0 where none matters."""

    ground: Ground
    seed: int = 0
    files: set[Path] = field(default_factory=set)
    fidelities: set[str] = field(default_factory=set)
    doubts: set[str] = field(default_factory=set)  # why ours cannot be held against the paper's

    def run(self, experiment: str) -> Run:
        """Of this seed, whose images matter to the claim."""
        run = self._run(experiment)
        self.fidelities.add(run.fidelity)
        self.doubts.update(_doubts(run, self.ground.published[experiment]))
        return run

    def counted(self, experiment: str) -> Run:
        """Of this seed, for what its images do not change."""
        return self._run(experiment)

    def evaluation(self, experiment: str) -> Evaluation:
        run = self.run(experiment)
        if run.evaluation is None:
            raise MissingError(f"{experiment}, seed {self.seed}, was not evaluated")
        self.files.add(run.folder / "metrics.json")
        return run.evaluation

    def logged(self, name: str) -> None:
        self.files.add(self.ground.reference / name)

    def _run(self, experiment: str) -> Run:
        runs = self.ground.found[experiment].runs
        run = next((run for run in runs if run.seed == self.seed), None)
        if run is None:
            raise MissingError(f"{experiment}, seed {self.seed}, was not run")
        self.files |= {run.folder / "run.json", run.folder / "history.csv"}
        return run


def _doubts(run: Run, published: Experiment) -> list[str]:
    """In what a run is not the authors'; the precision of the sums is ours to choose."""
    ours, theirs = dict(run.spec), published.as_dict()
    is_random = run.backbone == "random"
    drawn = [f"the backbone of {run.experiment} was drawn at random"] if is_random else []
    return drawn + [
        f"{run.experiment} has {key} {ours.get(key, 'off')} instead of {theirs.get(key, 'off')}"
        for key in sorted(ours | theirs)
        if ours.get(key) != theirs.get(key) and key not in OUR_CHOICE
    ]


@dataclass(frozen=True)
class Lookup:
    arguments: tuple[str, ...]  # kinds, keys of `known`
    read: Callable[..., Any]  # called with an Evidence and the arguments
    of_runs: bool = False  # one value for each seed


def known(ground: Ground) -> dict[str, Collection[Any] | None]:
    """What an argument of each kind may be; None where anything may."""
    authors = ground.authors
    settings = Experiment.__dataclass_fields__
    classes = sorted({str(c) for counts in authors.confusions.values() for c in counts.index})
    return {
        "experiment": ground.published,
        "dataset": ground.prepared,
        "setting": settings,
        "count": PARAMETERS,
        "column": HISTORY,
        "weights": WEIGHTS,
        "score": SCORES,
        "class score": ("precision", "recall", "f1", "support"),
        "class": classes,
        "split": ("train", "val", "test"),
        "their experiment": sorted(
            {name for name, _ in authors.metrics} | set(authors.curves["experiment"])
        ),
        "their metric": sorted({metric for _, metric in authors.metrics}),
        "their curve": ("loss", "accuracy"),
        "their matrix": sorted(authors.confusions),
        "their figure": sorted(set(ground.tops["figure_source"])),
        "dense layer": ("fc1", "fc2", "fc3"),
        "their number": set(authors.metrics),
        "their curves": set(
            authors.curves[["experiment", "split", "metric"]].itertuples(index=False, name=None)
        ),
        "network": [*ground.published, *NETWORKS],
        "unit": None,
        "of a unit": ("purity", "entropy_bits", "dead"),
        "separation": (
            "trustworthiness", "map_knn_accuracy", "map_silhouette",
            "raw_knn_accuracy", "raw_silhouette",
        ),
        "their layer": ("params", "activation_elements", "memory_KB", "time_s", "in_table1"),
        "module": list(authors.layers["module"]),
        "our layer": (
            "parameters", "activation_elements", "memory_kb", "macs",
            "cold_time_seconds", "warm_time_median_seconds",
        ),
    }  # fmt: skip


def _setting(seen: Evidence, experiment: str, key: str) -> Any:
    return getattr(seen.ground.published[experiment], key)


def _parameters(seen: Evidence, experiment: str, key: str) -> int:
    return int(seen.counted(experiment).parameters[key])


def _outputs(seen: Evidence, experiment: str) -> int:
    run = seen.counted(experiment)
    return len(artifacts.read_json(run.folder / "run.json")["classes"])


def _train_images(seen: Evidence, experiment: str) -> int:
    run = seen.run(experiment)
    return run.train_images * (2 if seen.ground.published[experiment].concat_original else 1)


def _first(seen: Evidence, experiment: str) -> float:
    return 100 * seen.run(experiment).first_accuracy


def _best(seen: Evidence, experiment: str) -> float:
    return 100 * seen.run(experiment).best_accuracy


def _last(seen: Evidence, experiment: str) -> float:
    return 100 * seen.run(experiment).last_accuracy


def _curve(seen: Evidence, experiment: str, column: str) -> list[float]:
    scale = 100 if column == "eval_accuracy" else 1
    return [scale * float(value) for value in seen.run(experiment).history[column]]


def _seconds(seen: Evidence, experiment: str) -> float:
    return seen.run(experiment).seconds


def _test(seen: Evidence, experiment: str, weights: str, score: str) -> float:
    value = seen.evaluation(experiment).scores[weights, "test"][score]
    return value if score in ("loss", "n") else 100 * value


def _of_class(seen: Evidence, experiment: str, name: str, score: str) -> float:
    table = seen.evaluation(experiment).per_class["best", "test"].set_index("class")
    return _cell(table, name, score) * (1 if score == "support" else 100)


def _of_classes(seen: Evidence, experiment: str, score: str) -> list[float]:
    table = seen.evaluation(experiment).per_class["best", "test"]
    return [float(value) * (1 if score == "support" else 100) for value in table[score]]


def _mixed(seen: Evidence, experiment: str, one: str, other: str) -> float:
    """Test images of either class taken for the other."""
    counts = seen.evaluation(experiment).confusions["best", "test"]
    return _cell(counts + counts.T, one, other)


def _most_mixed(seen: Evidence, experiment: str, one: str, other: str) -> float:
    """As `mixed`, less what the most mixed other pair has."""
    return _lead(seen.evaluation(experiment).confusions["best", "test"], one, other)


def _taken_for(seen: Evidence, experiment: str, true: str, predicted: str) -> float:
    return _cell(seen.evaluation(experiment).confusions["best", "test"], true, predicted)


def _images(seen: Evidence, dataset: str, split: str) -> int:
    manifest = _manifest(seen, dataset)
    return int(manifest["images"].get(split, 0))


def _class_images(seen: Evidence, dataset: str, name: str) -> int:
    _manifest(seen, dataset)
    file = seen.ground.results / "data" / seen.ground.prepared[dataset] / "index.csv"
    seen.files.add(file)
    return int((artifacts.read_csv(file, ("class",))["class"] == name).sum())


def _pixels(seen: Evidence, dataset: str) -> int:
    return int(_manifest(seen, dataset)["image_size"])


def _classes(seen: Evidence, dataset: str) -> int:
    return len(_manifest(seen, dataset)["classes"])


def _manifest(seen: Evidence, dataset: str) -> dict[str, Any]:
    file = seen.ground.results / "data" / seen.ground.prepared[dataset] / "manifest.json"
    if not file.exists():
        raise MissingError(f"the images of {dataset} were not prepared")
    seen.files.add(file)
    manifest = artifacts.read_json(file)
    seen.fidelities.add(str(manifest["fidelity"]))
    return manifest


def _layer(seen: Evidence, module: str, column: str) -> float:
    layers = _profile(seen).layers.set_index("name")
    return _cell(layers, module, column)


def _layers(seen: Evidence, column: str) -> list[float]:
    return [float(value) for value in _profile(seen).layers[column]]


def _rows(seen: Evidence, column: str) -> list[float]:
    """Of the rows of Table 1."""
    return [float(value) for value in _profile(seen).rows[column]]


def _profile(seen: Evidence) -> Profile:
    if seen.ground.profile is None:
        raise MissingError(f"the profile of {PROFILED} was not measured")
    seen.files.add(profile_file(seen.ground.results, PROFILED))
    return seen.ground.profile


def _convolutions(seen: Evidence, network: str) -> int:
    folder = _inside(seen, network, "filters")
    return len(_csv(seen, folder / "layers.csv", "layer"))


def _top(seen: Evidence, network: str, layer: str, unit: int) -> list[str]:
    """The classes of the images that a unit of ours answers to most."""
    rows = _csv(seen, _inside(seen, network, "topk") / "images.csv", "layer", "unit", "class")
    rows = rows[(rows["layer"] == layer) & (rows["unit"] == unit)]
    return [str(name) for name in rows.sort_values("rank")["class"]]


def _tops(seen: Evidence, network: str, layer: str) -> list[str]:
    rows = _csv(seen, _inside(seen, network, "topk") / "images.csv", "layer", "class")
    return [str(name) for name in rows.loc[rows["layer"] == layer, "class"]]


def _units(seen: Evidence, network: str, layer: str, column: str) -> list[float]:
    """Of every unit of a layer."""
    rows = _csv(seen, _inside(seen, network, "topk") / "units.csv", "layer", column)
    return [float(value) for value in rows.loc[rows["layer"] == layer, column]]


def _separation(seen: Evidence, network: str, layer: str, measure: str) -> float:
    file = _inside(seen, network, "tsne") / "separation.csv"
    return _cell(_csv(seen, file, "layer", measure).set_index("layer"), layer, measure)


def _inside(seen: Evidence, network: str, method: str) -> Path:
    """The folder of what was seen in a network, whose weights and images matter to the claim."""
    folder = seen.ground.results / "interpret" / network / method
    if not (folder / "summary.json").exists():
        raise MissingError(f"{network} was not looked into ({method})")
    summary = artifacts.read_json(folder / "summary.json")
    seen.fidelities.add(str(summary["data"]["fidelity"]))
    if summary["weights"] == "random":
        seen.doubts.add(f"{network} was drawn at random")
    for run in seen.ground.found[network].runs if network in seen.ground.found else ():
        if run.seed == summary["seed"]:
            seen.doubts.update(_doubts(run, seen.ground.published[network]))
    return folder


def _csv(seen: Evidence, file: Path, *columns: str) -> pd.DataFrame:
    seen.files.add(file)
    return artifacts.read_csv(file, columns)


def _authors(seen: Evidence, experiment: str, metric: str) -> float:
    seen.logged("final_metrics.csv")
    return seen.ground.authors.metrics[experiment, metric]


def _authors_curve(seen: Evidence, experiment: str, split: str, metric: str) -> list[float]:
    seen.logged("curves.csv")
    return [float(v) for v in seen.ground.authors.curve(experiment, split, metric)]


def _authors_layer(seen: Evidence, module: str, column: str) -> float:
    seen.logged("table1_profile.csv")
    return _cell(seen.ground.authors.layers.set_index("module"), module, column)


def _authors_layers(seen: Evidence, column: str) -> list[float]:
    seen.logged("table1_profile.csv")
    return [float(value) for value in seen.ground.authors.layers[column]]


def _authors_rows(seen: Evidence, column: str) -> list[float]:
    """Of the rows of Table 1."""
    seen.logged("table1_profile.csv")
    layers = seen.ground.authors.layers
    return [float(value) for value in layers.loc[layers["in_table1"] == 1, column]]


def _authors_mixed(seen: Evidence, experiment: str, one: str, other: str) -> float:
    counts = _their_counts(seen, experiment)
    return _cell(counts + counts.T, one, other)


def _authors_most_mixed(seen: Evidence, experiment: str, one: str, other: str) -> float:
    return _lead(_their_counts(seen, experiment), one, other)


def _authors_taken_for(seen: Evidence, experiment: str, true: str, predicted: str) -> float:
    return _cell(_their_counts(seen, experiment), true, predicted)


def _authors_class(seen: Evidence, experiment: str, name: str) -> float:
    """Test images of a class."""
    row: Any = _their_counts(seen, experiment).loc[name]
    return float(row.sum())


def _their_counts(seen: Evidence, experiment: str) -> pd.DataFrame:
    seen.logged("confusion_matrices_test.csv")
    return seen.ground.authors.confusions[experiment]


def _lead(counts: pd.DataFrame, one: str, other: str) -> float:
    both = counts + counts.T
    others = (set(pair) for pair in combinations(both.index, 2))
    return _cell(both, one, other) - max(
        _cell(both, *sorted(pair)) for pair in others if pair != {one, other}
    )


def _cell(table: pd.DataFrame, row: str, column: str) -> float:
    value: Any = table.loc[row, column]
    return float(value)


def _authors_top(seen: Evidence, figure: str, layer: str, unit: int) -> list[str]:
    """The classes of the images that a unit of theirs answers to most, as identified since."""
    rows = _their_tops(seen, figure, layer)
    return [str(name) for name in rows.loc[rows["unit"] == unit, "identified_class"]]


def _authors_purities(seen: Evidence, figure: str, layer: str) -> list[float]:
    rows = _their_tops(seen, figure, layer)
    return [
        float(classes.value_counts(normalize=True).max())
        for _, classes in rows.groupby("unit")["identified_class"]
    ]


def _authors_tops(seen: Evidence, figure: str, layer: str) -> list[str]:
    return [str(name) for name in _their_tops(seen, figure, layer)["identified_class"]]


def _their_tops(seen: Evidence, figure: str, layer: str) -> pd.DataFrame:
    seen.logged("topk_identified.csv")
    tops = seen.ground.tops
    return tops[(tops["figure_source"] == figure) & (tops["layer"] == layer)].sort_values("rank")


LOOKUPS: dict[str, Lookup] = {
    "setting": Lookup(("experiment", "setting"), _setting),
    "parameters": Lookup(("experiment", "count"), _parameters, of_runs=True),
    "outputs": Lookup(("experiment",), _outputs, of_runs=True),
    "train_images": Lookup(("experiment",), _train_images, of_runs=True),
    "first": Lookup(("experiment",), _first, of_runs=True),
    "best": Lookup(("experiment",), _best, of_runs=True),
    "last": Lookup(("experiment",), _last, of_runs=True),
    "curve": Lookup(("experiment", "column"), _curve, of_runs=True),
    "seconds": Lookup(("experiment",), _seconds, of_runs=True),
    "test": Lookup(("experiment", "weights", "score"), _test, of_runs=True),
    "of_class": Lookup(("experiment", "class", "class score"), _of_class, of_runs=True),
    "of_classes": Lookup(("experiment", "class score"), _of_classes, of_runs=True),
    "mixed": Lookup(("experiment", "class", "class"), _mixed, of_runs=True),
    "most_mixed": Lookup(("experiment", "class", "class"), _most_mixed, of_runs=True),
    "taken_for": Lookup(("experiment", "class", "class"), _taken_for, of_runs=True),
    "images": Lookup(("dataset", "split"), _images),
    "class_images": Lookup(("dataset", "class"), _class_images),
    "pixels": Lookup(("dataset",), _pixels),
    "classes": Lookup(("dataset",), _classes),
    "layer": Lookup(("module", "our layer"), _layer),
    "layers": Lookup(("our layer",), _layers),
    "rows": Lookup(("our layer",), _rows),
    "convolutions": Lookup(("network",), _convolutions),
    "top": Lookup(("network", "dense layer", "unit"), _top),
    "tops": Lookup(("network", "dense layer"), _tops),
    "units": Lookup(("network", "dense layer", "of a unit"), _units),
    "separation": Lookup(("network", "dense layer", "separation"), _separation),
    "authors": Lookup(("their experiment", "their metric"), _authors),
    "authors_curve": Lookup(("their experiment", "split", "their curve"), _authors_curve),
    "authors_layer": Lookup(("module", "their layer"), _authors_layer),
    "authors_layers": Lookup(("their layer",), _authors_layers),
    "authors_rows": Lookup(("their layer",), _authors_rows),
    "authors_mixed": Lookup(("their matrix", "class", "class"), _authors_mixed),
    "authors_most_mixed": Lookup(("their matrix", "class", "class"), _authors_most_mixed),
    "authors_taken_for": Lookup(("their matrix", "class", "class"), _authors_taken_for),
    "authors_class": Lookup(("their matrix", "class"), _authors_class),
    "authors_top": Lookup(("their figure", "dense layer", "unit"), _authors_top),
    "authors_tops": Lookup(("their figure", "dense layer"), _authors_tops),
    "authors_purities": Lookup(("their figure", "dense layer"), _authors_purities),
}
