"""Table 3: the parameters of each model, its time, and what it gets right."""

from collections.abc import Sequence

import pandas as pd

from landcover.results.authors import Authors
from landcover.results.runs import Result
from landcover.stats import Spread
from landcover.tables import experiment
from landcover.tables.column import Column
from landcover.tables.spread import in_percent, plus_minus
from landcover.tables.values import percent

AUGMENTED = "train-augmented"  # as evaluation calls it


def table(results: Sequence[Result], authors: Authors) -> pd.DataFrame:
    """A row per model; accuracies in percent."""
    return pd.DataFrame(
        [
            {
                "experiment": result.name,
                "backbone": ", ".join(result.backbones),
                "seeds": len(result.runs),
                **experiment.parameters(result, authors),
                **experiment.times(result, authors),
                **in_percent("val_best", result.best),
                "authors_val_best": authors.best(result.entry),
                "authors_val_last": authors.last(result.entry),
                "authors_stated": authors.stated(result.entry),
                **in_percent("test_best", result.score("best", "test", "accuracy")),
                **in_percent("test_last", result.score("last", "test", "accuracy")),
                "authors_test": authors.number(result.entry.authors, "test/accuracy_pct"),
                **in_percent("augmented", _augmented(result)),
                "authors_augmented": authors.number(
                    result.entry.authors, "train_augmented/accuracy_pct"
                ),
            }
            for result in results
        ]
    )


def _augmented(result: Result) -> Spread | None:
    """Of the training images, augmented anew; with the last weights, as theirs seem to be."""
    scored = all(("last", AUGMENTED) in found.scores for found in result.evaluations)
    return result.score("last", AUGMENTED, "accuracy") if scored else None


COLUMNS = (
    experiment.NAME,
    *experiment.PARAMETERS,
    *experiment.TIMES,
    Column("Validation, best: ours (%)", lambda row: plus_minus(row, "val_best")),
    Column("Authors' log (%)", lambda row: percent(row["authors_val_best"]), authors=True),
    experiment.STATED,
    Column("Test, best weights: ours (%)", lambda row: plus_minus(row, "test_best")),
    Column("Test, last weights: ours (%)", lambda row: plus_minus(row, "test_last")),
    Column("Test, authors (%)", lambda row: percent(row["authors_test"]), authors=True),
    Column("Augmented training images: ours (%)", lambda row: plus_minus(row, "augmented")),
    Column("Authors (%)", lambda row: percent(row["authors_augmented"]), authors=True),
)
