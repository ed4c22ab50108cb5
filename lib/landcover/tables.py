"""Results -> tables: one function per table of the report, and three ways to write any of them.

A table is a DataFrame with every digit, ours and the authors' in columns of their own; that is its
CSV. What people read (the page, Markdown, LaTeX) are the table's `Column`s, each a way to say one
thing about a row.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

import pandas as pd

from landcover.experiments import Experiment
from landcover.results import PARAMETERS, WEIGHTS, Authors, Profile, Result
from landcover.stats import Confusion, Spread, confusions, mean_table, row_percent, spread

NONE = "–"
BYTES_PER_VALUE = 4  # an activation in single precision
CLASS_SCORES = ("precision", "recall", "f1")
TOP_PAIRS = 8

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    heading: str
    show: Callable[[Row], str]
    authors: bool = False  # their number, not ours
    number: bool = True
    expected: Callable[[Row], str] | None = (
        None  # the authors' choice; another one of ours is marked
    )
    remark: Callable[[Row], str] | None = None  # where there is no badge to say it

    def differs(self, row: Row) -> bool:
        return self.expected is not None and self.show(row) != self.expected(row)

    def text(self, row: Row) -> str:
        """As one string: `128 (authors: 512)`."""
        told = f" (authors: {self.expected(row)})" if self.expected and self.differs(row) else ""
        return self.show(row) + told + (self.remark(row) if self.remark else "")


def headline(results: Sequence[Result], authors: Authors) -> pd.DataFrame:
    """A row per experiment; accuracies in percent on the split that chose the best epoch."""
    return pd.DataFrame(
        [
            {
                "experiment": result.name,
                "split": result.entry.experiment.selection_split,
                "images": ", ".join(fidelities(result)),
                "backbone": ", ".join(result.backbones),
                "seeds": len(result.runs),
                "seeds_missing": len(result.missing),
                **_percent("best", result.best),
                **_percent("last", result.last),
                "authors_best": authors.best(result.entry),
                "authors_last": authors.last(result.entry),
                "authors_stated": authors.stated(result.entry),
                "other_settings": "; ".join(result.stale),
                "other_code": result.made_by_other_code,
            }
            for result in results
        ]
    )


def table1(profile: Profile | None, authors: Authors) -> pd.DataFrame:
    """The paper's 16 rows, the row's first layer alone as there; then the sums. Times in µs.

    Without a profile, ours stays empty.
    """
    theirs = authors.layers[authors.layers["in_table1"] == 1]
    rows = [
        {
            "layer": row["table1_row"],
            "authors_parameters": row["params"],
            "authors_memory_kb": _memory_kb(row["activation_elements"]),
            "authors_cold_us": row["time_s"] * 1e6,
            **_our_row(profile, row["table1_row"]),
        }
        for row in theirs.to_dict("records")
    ]
    our_rows, our_layers = (profile.rows, profile.layers) if profile else (None, None)
    names = (
        f"Sum, {len(theirs)} rows",
        f"Sum, {len(authors.layers)} layers",
    )
    sums = [
        _sum(names[0], theirs, our_rows),
        _sum(names[1], authors.layers, our_layers) | _whole(profile),
    ]
    return pd.DataFrame(rows + sums)


def table2(
    results: Sequence[Result], as_published: Mapping[str, Experiment], authors: Authors
) -> pd.DataFrame:
    """A row per experiment of a task: what it changes, its time and its accuracy.

    `as_published` has the same experiments with nothing capped by a preset.
    """
    return pd.DataFrame(
        [
            {
                "experiment": result.name,
                **_settings(result.entry.experiment),
                **{
                    f"authors_{key}": value
                    for key, value in _settings(as_published[result.name]).items()
                },
                "seeds": len(result.runs),
                "seconds": result.seconds.mean if result.seconds else math.nan,
                "authors_seconds": authors.seconds(result.entry),
                **_percent("best", result.best),
                "authors_best": authors.best(result.entry),
                "authors_stated": authors.stated(result.entry),
            }
            for result in results
        ]
    )


def table3(results: Sequence[Result], authors: Authors) -> pd.DataFrame:
    """A row per model: its parameters, its time, and what it gets right; accuracies in percent."""
    return pd.DataFrame(
        [
            {
                "experiment": result.name,
                "backbone": ", ".join(result.backbones),
                "seeds": len(result.runs),
                **{key: result.parameters.get(key) for key in PARAMETERS},
                **{
                    f"authors_{key}": authors.number(result.entry.authors, f"params_{key}")
                    for key in PARAMETERS
                },
                "seconds": result.seconds.mean if result.seconds else math.nan,
                "authors_seconds": authors.seconds(result.entry),
                **_percent("val_best", result.best),
                "authors_val_best": authors.best(result.entry),
                "authors_val_last": authors.last(result.entry),
                "authors_stated": authors.stated(result.entry),
                **_percent("test_best", result.score("best", "test", "accuracy")),
                **_percent("test_last", result.score("last", "test", "accuracy")),
                "authors_test": authors.number(result.entry.authors, "test/accuracy_pct"),
            }
            for result in results
        ]
    )


def class_scores(result: Result, authors: Authors) -> pd.DataFrame:
    """Precision, recall and F1 of each class on the test images in percent; then their means."""
    ours = result.per_class("best", "test")
    theirs = authors.confusions.get(result.entry.authors, pd.DataFrame())
    classes = list(dict.fromkeys([*ours["class"], *theirs.index]))
    rows = [
        {
            "class": name,
            **_class_scores(ours[ours["class"] == name]),
            **{
                f"authors_{score}": _times_100(
                    authors.number(result.entry.authors, f"test/{score}/{name}")
                )
                for score in CLASS_SCORES
            },
            "authors_support": authors.number(result.entry.authors, f"test/support/{name}"),
        }
        for name in classes
    ]
    return pd.DataFrame([*rows, _mean_scores(result, authors)])


def confused_pairs(result: Result, authors: Authors) -> pd.DataFrame:
    """The pairs of classes that are taken for one another most often, ours and the authors'."""
    ours, theirs = _confusions(result, authors)
    return pd.DataFrame(
        [
            {"rank": rank, **_pairs(*pair)}
            for rank, pair in enumerate(islice(zip_longest(ours, theirs), TOP_PAIRS), 1)
        ]
    )


def top_pairs(results: Sequence[Result], authors: Authors) -> pd.DataFrame:
    """A row per experiment: the one pair of classes that it confuses most."""
    return pd.DataFrame(
        [
            {"experiment": result.name, "backbone": ", ".join(result.backbones)}
            | _pairs(*(next(iter(found), None) for found in _confusions(result, authors)))
            for result in results
        ]
    )


def confusion(result: Result, authors: Authors) -> pd.DataFrame:
    """Every pair of a true and a predicted class: images, and percent of the true class's."""
    ours = {
        f"{weights}_{unit}": mean_table(
            [show(counts) for counts in result.confusions(weights, "test")]
        )
        for weights in WEIGHTS
        for unit, show in (("images", lambda counts: counts), ("percent", row_percent))
        if result.evaluations
    }
    theirs = authors.confusions.get(result.entry.authors)
    if theirs is not None:
        ours |= {"authors_images": theirs, "authors_percent": row_percent(theirs)}
    long = [pd.Series(table.stack(), name=name) for name, table in ours.items()]
    return pd.DataFrame(pd.concat(long, axis=1).reset_index())


def fidelities(result: Result) -> list[str]:
    return sorted({run.fidelity for run in result.runs})


# How values read. A number that is not there is a dash, never a zero.


def percent(value: float | None, digits: int = 2) -> str:
    return NONE if _absent(value) else f"{value:.{digits}f}"


def plus_minus(row: Row, name: str) -> str:
    """`83.52 ± 0.41`, or `83.52 (n=1)`."""
    mean, sd = row[f"{name}_mean"], row[f"{name}_sd"]
    if _absent(mean):
        return NONE
    return f"{percent(mean)} (n=1)" if _absent(sd) else f"{percent(mean)} ± {percent(sd)}"


def duration(seconds: float | None) -> str:
    """`3 m 12 s`, as the paper writes times."""
    if seconds is None or _absent(seconds):
        return NONE
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or f"{seconds:.1f} s"


def images(count: float | None) -> str:
    """A mean over seeds need not be whole."""
    if count is None or _absent(count):
        return NONE
    return integer(count) if count == round(count) else f"{count:,.1f}"


def integer(value: float | None) -> str:
    return NONE if value is None or _absent(value) else f"{round(value):,}"


def microseconds(value: float | None) -> str:
    if value is None or _absent(value):
        return NONE
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def kilobytes(value: float | None) -> str:
    """Two decimals, as the paper prints them; 1 KB = 1000 bytes."""
    return NONE if _absent(value) else f"{value:,.2f}"


def _yes(value: float, as_text: str) -> str:
    return as_text if value else "No"


def _setting(heading: str, key: str, show: Callable[[Any], str]) -> Column:
    return Column(
        heading,
        show=lambda row: show(row[key]),
        expected=lambda row: show(row[f"authors_{key}"]),
    )


def _parameters(heading: str, key: str) -> Column:
    """In parentheses the authors' number, where nothing of ours was run."""

    def show(row: Row) -> str:
        theirs = integer(row[f"authors_{key}"])
        return (
            integer(row[key]) if not _absent(row[key]) else f"({theirs})".replace(f"({NONE})", NONE)
        )

    def expected(row: Row) -> str:
        comparable = not _absent(row[key]) and not _absent(row[f"authors_{key}"])
        return integer(row[f"authors_{key}"]) if comparable else show(row)

    return Column(heading, show, expected=expected)


def _score(heading: str, key: str) -> tuple[Column, Column]:
    return (
        Column(f"{heading}, ours", lambda row: plus_minus(row, key).removesuffix(" (n=1)")),
        Column(f"{heading}, authors", lambda row: percent(row[f"authors_{key}"]), authors=True),
    )


EXPERIMENT = Column(
    "Experiment", lambda row: row["experiment"], number=False,
    remark=lambda row: " (random backbone)" if "random" in row.get("backbone", "") else "",
)  # fmt: skip
PAIR = (
    Column("Pair, ours", lambda row: row["pair"] or NONE, number=False),
    Column("Images, ours", lambda row: images(row["images"])),
    Column("%, ours", lambda row: percent(row["percent"], 1)),
    Column("Pair, authors", lambda row: row["authors_pair"] or NONE, authors=True, number=False),
    Column("Images, authors", lambda row: images(row["authors_images"]), authors=True),
    Column("%, authors", lambda row: percent(row["authors_percent"], 1), authors=True),
)
HEADLINE = (
    EXPERIMENT,
    Column("Split", lambda row: row["split"], number=False),
    Column("Best, ours (%)", lambda row: plus_minus(row, "best")),
    Column("Last, ours (%)", lambda row: plus_minus(row, "last")),
    Column("Seeds", lambda row: f"{row['seeds']} of {row['seeds'] + row['seeds_missing']}"),
    Column("Best, authors' log (%)", lambda row: percent(row["authors_best"]), authors=True),
    Column("Last, authors' log (%)", lambda row: percent(row["authors_last"]), authors=True),
    Column("The paper says (%)", lambda row: percent_as_stated(row), authors=True),
    Column("Images", lambda row: row["images"] or NONE, number=False),
)
TABLE1 = (
    Column("Layer", lambda row: row["layer"], number=False),
    Column("Output", lambda row: row["output"] or NONE, number=False),
    Column("Parameters", lambda row: row["formula"] or integer(row["parameters"] or None)),
    Column("Operation", lambda row: row["operation"] or NONE, number=False),
    Column("Memory, ours (KB)", lambda row: kilobytes(row["memory_kb"])),
    Column("Memory, authors (KB)", lambda row: kilobytes(row["authors_memory_kb"]), authors=True),
    Column("Cold, ours (µs)", lambda row: microseconds(row["cold_us"])),
    Column("Cold, authors (µs)", lambda row: integer(row["authors_cold_us"]), authors=True),
    Column("Warm, ours: median [IQR] (µs)", lambda row: _median_and_quartiles(row)),
)
TABLE2 = (
    EXPERIMENT,
    _setting("Batch", "batch_size", str),
    _setting("Augmentation", "augmentation", str),
    _setting("Batch norm", "batch_norm", lambda on: _yes(on, "Yes")),
    _setting("Dropout", "dropout", lambda rate: _yes(rate, f"{rate:.0%}")),
    _setting("L2", "weight_decay", lambda decay: _yes(decay, f"{decay:g}")),
    _setting("Epochs", "epochs", str),
    Column("Time, ours", lambda row: duration(row["seconds"])),
    Column("Time, authors", lambda row: duration(row["authors_seconds"]), authors=True),
    Column("Best, ours (%)", lambda row: plus_minus(row, "best")),
    Column("Best, authors' log (%)", lambda row: percent(row["authors_best"]), authors=True),
    Column("The paper says (%)", lambda row: percent_as_stated(row), authors=True),
)

TABLE3 = (
    EXPERIMENT,
    _parameters("Parameters", "total"),
    _parameters("Trainable", "trainable"),
    _parameters("Frozen", "frozen"),
    Column("Time, ours", lambda row: duration(row["seconds"])),
    Column("Time, authors", lambda row: duration(row["authors_seconds"]), authors=True),
    Column("Validation, best: ours (%)", lambda row: plus_minus(row, "val_best")),
    Column("Authors' log (%)", lambda row: percent(row["authors_val_best"]), authors=True),
    Column("The paper says (%)", lambda row: percent_as_stated(row), authors=True),
    Column("Test, best weights: ours (%)", lambda row: plus_minus(row, "test_best")),
    Column("Test, last weights: ours (%)", lambda row: plus_minus(row, "test_last")),
    Column("Test, authors (%)", lambda row: percent(row["authors_test"]), authors=True),
)
CLASS_SCORE_COLUMNS = (
    Column("Class", lambda row: row["class"], number=False),
    *_score("Precision", "precision"),
    *_score("Recall", "recall"),
    *_score("F1", "f1"),
    Column("Images, ours", lambda row: integer(row["support"])),
    Column("Images, authors", lambda row: integer(row["authors_support"]), authors=True),
)
CONFUSED_PAIRS = (Column("Rank", lambda row: str(row["rank"])), *PAIR)
TOP_PAIR = (EXPERIMENT, *PAIR)


def percent_as_stated(row: Row) -> str:
    """With no more digits than the paper gives."""
    stated = row["authors_stated"]
    return NONE if _absent(stated) else f"{stated:g}"


def markdown(table: pd.DataFrame, columns: Sequence[Column]) -> str:
    rules = [("---:" if column.number else "---") for column in columns]
    lines = [[column.heading for column in columns], rules, *_texts(table, columns)]
    return "".join(f"| {' | '.join(_escaped(line, MARKDOWN))} |\n" for line in lines)


def latex(table: pd.DataFrame, columns: Sequence[Column]) -> str:
    """A tabular for the booktabs package."""
    letters = "".join("r" if column.number else "l" for column in columns)
    head, *body = [
        " & ".join(_escaped(line, LATEX)) + r" \\"
        for line in ([column.heading for column in columns], *_texts(table, columns))
    ]
    lines = [rf"\begin{{tabular}}{{{letters}}}", r"\toprule", head, r"\midrule", *body]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


MARKDOWN = {"\\": r"\\", "|": r"\|"}
LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "±": r"$\pm$", "×": r"$\times$", "µ": r"\textmu{}", "–": "--",
    # an optional argument of the \\ before it, were it to open a row
    "[": "{[}", "]": "{]}",
}  # fmt: skip


def _escaped(texts: Iterable[str], replacements: Mapping[str, str]) -> list[str]:
    characters = str.maketrans(dict(replacements))
    return [text.translate(characters) for text in texts]


def _texts(table: pd.DataFrame, columns: Sequence[Column]) -> list[list[str]]:
    return [[column.text(row) for column in columns] for row in records(table)]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows that columns are shown of."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _percent(name: str, found: Spread | None) -> dict[str, float | None]:
    """Of a spread of fractions."""
    if found is None:
        return dict.fromkeys((f"{name}_mean", f"{name}_sd", f"{name}_low", f"{name}_high"))
    values = {"mean": found.mean, "sd": found.sd, "low": found.low, "high": found.high}
    return {f"{name}_{k}": None if v is None else 100 * v for k, v in values.items()}


def _times_100(fraction: float | None) -> float | None:
    return None if fraction is None else 100 * fraction


def _class_scores(found: pd.DataFrame) -> dict[str, float | None]:
    """Of one class, its rows those of the seeds."""
    spreads = {score: spread([*found[score]]) if len(found) else None for score in CLASS_SCORES}
    scores = {k: v for name, values in spreads.items() for k, v in _percent(name, values).items()}
    return scores | {"support": found["support"].mean() if len(found) else None}


def _mean_scores(result: Result, authors: Authors) -> dict[str, Any]:
    """The last row: macro averages, and all images."""
    row: dict[str, Any] = {"class": "Mean of the classes"}
    for score in CLASS_SCORES:
        row |= _percent(score, result.score("best", "test", f"macro_{score}"))
        row[f"authors_{score}"] = _times_100(
            authors.number(result.entry.authors, f"test/macro_{score}")
        )
    ours, theirs = (counts.to_numpy().sum() or None for counts in _test_counts(result, authors))
    return row | {"support": ours, "authors_support": theirs}


def _test_counts(result: Result, authors: Authors) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ours with the best weights, a mean over seeds, and the authors'; empty where none."""
    ours = result.confusions("best", "test")
    theirs = authors.confusions.get(result.entry.authors, pd.DataFrame())
    return mean_table(ours) if ours else pd.DataFrame(), theirs


def _confusions(result: Result, authors: Authors) -> tuple[list[Confusion], list[Confusion]]:
    ours, theirs = (confusions(counts) for counts in _test_counts(result, authors))
    return ours, theirs


def _pairs(ours: Confusion | None, theirs: Confusion | None) -> dict[str, Any]:
    return {
        f"{owner}{key}": value
        for owner, found in (("", ours), ("authors_", theirs))
        for key, value in (
            ("pair", " / ".join(found.classes) if found else ""),
            ("images", found.images if found else None),
            ("percent", found.percent if found else None),
        )
    }


def _settings(experiment: Experiment) -> dict[str, Any]:
    added = "+ original" if experiment.concat_original else "only"
    return {
        "batch_size": experiment.batch_size,
        "augmentation": "No" if experiment.augment == "none" else f"{experiment.augment} {added}",
        "batch_norm": experiment.batch_norm,
        "dropout": experiment.dropout,
        "weight_decay": experiment.weight_decay,
        "epochs": experiment.epochs,
    }


def _our_row(profile: Profile | None, name: str) -> dict[str, Any]:
    found = [] if profile is None else profile.rows[profile.rows["name"] == name].to_dict("records")
    if profile is None or not found:
        words = dict.fromkeys(("output", "formula", "operation"), "")
        return words | dict.fromkeys(("parameters", "memory_kb", "cold_us", "warm_us", "q1", "q3"))
    row = found[0]
    first = profile.layers.set_index("name").loc[row["leaves"][0]]
    return {
        "output": row["output_size"],
        "formula": row["formula"],
        "operation": row["operation"],
        "parameters": row["parameters"],
        "memory_kb": row["memory_kb"],
        "cold_us": row["cold_time_seconds"] * 1e6,
        "warm_us": row["warm_time_median_seconds"] * 1e6,
        "q1": first["warm_time_q1_seconds"] * 1e6,
        "q3": first["warm_time_q3_seconds"] * 1e6,
    }


def _sum(name: str, theirs: pd.DataFrame, ours: pd.DataFrame | None) -> dict[str, Any]:
    """Medians have no sum, so the warm times stay empty."""
    row = {
        "layer": name,
        **_our_row(None, name),
        "authors_parameters": theirs["params"].sum(),
        "authors_memory_kb": _memory_kb(theirs["activation_elements"].sum()),
        "authors_cold_us": theirs["time_s"].sum() * 1e6,
    }
    if ours is None:
        return row
    return row | {
        "parameters": ours["parameters"].sum(),
        "memory_kb": ours["memory_kb"].sum(),
        "cold_us": ours["cold_time_seconds"].sum() * 1e6,
    }


def _whole(profile: Profile | None) -> dict[str, Any]:
    """The warm time of the whole forward, which is measured on its own."""
    if profile is None:
        return {}
    keys = {"warm_us": "median", "q1": "q1", "q3": "q3"}
    return {k: profile.facts[f"warm_time_{v}_seconds"] * 1e6 for k, v in keys.items()}


def _memory_kb(elements: float) -> float:
    return elements * BYTES_PER_VALUE / 1000


def _median_and_quartiles(row: Row) -> str:
    if _absent(row["warm_us"]):
        return NONE
    median, q1, q3 = (microseconds(row[key]) for key in ("warm_us", "q1", "q3"))
    return f"{median} [{q1}, {q3}]"


def _absent(value: float | None) -> bool:
    return value is None or math.isnan(value)
