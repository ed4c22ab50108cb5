"""Puts the results of the committed run into README.md: `python tests/headline.py`."""

import csv
import json
from pathlib import Path
from statistics import fmean

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "results/reference"
README = ROOT / "README.md"
BEGIN, END = "<!-- headline -->\n", "<!-- end -->\n"
HEAD = (
    "| experiment | images | seeds | the paper says (%) | the authors' log (%) | ours (%) | on |\n"
    "|---|---|---|---|---|---|---|\n"
)


def block() -> str:
    """Returns the experiments of the committed run as a table in Markdown."""
    with (REFERENCE / "report/tables/headline.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["seeds"])]
    return HEAD + "".join(map(_line, rows))


def _line(row: dict[str, str]) -> str:
    runs = sorted((REFERENCE / "runs" / row["experiment"]).glob("seed*/metrics.json"))
    tested = [json.loads(file.read_text())["best"]["test"]["accuracy"] for file in runs]
    best, test = float(row["best_mean"]), 100 * fmean(tested)
    is_test = row["split"] == "test"
    ours = f"{test:.2f}" if is_test else f"{best:.2f}, test {test:.2f}"
    where = "test, best epoch" if is_test else "validation, best epoch"
    stated, logged = (row[key] for key in ("authors_stated", "authors_best"))
    theirs = [f"{float(value):.4g}" if value else "–" for value in (stated, logged)]
    cells = (f"`{row['experiment']}`", row["images"], row["seeds"], *theirs, ours, where)
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    before, _, rest = README.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}{block()}{END}{after}")


if __name__ == "__main__":
    main()
