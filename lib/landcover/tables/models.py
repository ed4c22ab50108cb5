"""Table 3: the parameters of each model, its time, and what it gets right."""

from collections.abc import Sequence

import pandas as pd

from landcover.results import PARAMETERS, Authors, Result
from landcover.tables import experiment
from landcover.tables.column import Column, Row
from landcover.tables.spread import in_percent, plus_minus
from landcover.tables.values import NONE, integer, is_absent, percent


def table(results: Sequence[Result], authors: Authors) -> pd.DataFrame:
    """A row per model; accuracies in percent."""
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
                **experiment.times(result, authors),
                **in_percent("val_best", result.best),
                "authors_val_best": authors.best(result.entry),
                "authors_val_last": authors.last(result.entry),
                "authors_stated": authors.stated(result.entry),
                **in_percent("test_best", result.score("best", "test", "accuracy")),
                **in_percent("test_last", result.score("last", "test", "accuracy")),
                "authors_test": authors.number(result.entry.authors, "test/accuracy_pct"),
            }
            for result in results
        ]
    )


def _parameters(heading: str, key: str) -> Column:
    """In parentheses the authors' number, where nothing of ours was run."""

    def show(row: Row) -> str:
        theirs = integer(row[f"authors_{key}"])
        if not is_absent(row[key]):
            return integer(row[key])
        return NONE if theirs == NONE else f"({theirs})"

    def expected(row: Row) -> str:
        comparable = not is_absent(row[key]) and not is_absent(row[f"authors_{key}"])
        return integer(row[f"authors_{key}"]) if comparable else show(row)

    return Column(heading, show, expected=expected)


COLUMNS = (
    experiment.NAME,
    _parameters("Parameters", "total"),
    _parameters("Trainable", "trainable"),
    _parameters("Frozen", "frozen"),
    *experiment.TIMES,
    Column("Validation, best: ours (%)", lambda row: plus_minus(row, "val_best")),
    Column("Authors' log (%)", lambda row: percent(row["authors_val_best"]), authors=True),
    experiment.STATED,
    Column("Test, best weights: ours (%)", lambda row: plus_minus(row, "test_best")),
    Column("Test, last weights: ours (%)", lambda row: plus_minus(row, "test_last")),
    Column("Test, authors (%)", lambda row: percent(row["authors_test"]), authors=True),
)
