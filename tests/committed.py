"""Makes the page of the committed run again, and the texts that quote it.

Run `python tests/committed.py` after a change of the report or of the ledger, and after
`lc-cli distill`.
"""

import csv
import json
from pathlib import Path
from statistics import fmean

from landcover.report.table import percent
from lc_cli import main as command

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "results/reference"
README = ROOT / "README.md"
OURS = ("task5-residual", "task5-residual-small")  # that the authors have nothing like
BEGIN, END = "<!-- headline -->\n", "<!-- end -->\n"
HEAD = (
    "| experiment | images | seeds | the paper says (%) | the authors' log (%) | ours (%) "
    "| measured on |\n"
    "|---|---|---|---|---|---|---|\n"
)


def block() -> str:
    """Returns the experiments of the committed run as a table in Markdown, and what is missing."""
    with (REFERENCE / "report/tables/headline.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    shown = [row for row in rows if row["authors_best"] or row["experiment"] in OURS]
    missing = [f"`{row['experiment']}`" for row in shown if not int(row["seeds"])]
    told = f"\nLogged by the authors, not run here yet: {', '.join(missing)}.\n" if missing else ""
    return HEAD + "".join(_line(row) for row in shown if int(row["seeds"])) + told


def _line(row: dict[str, str]) -> str:
    runs = sorted((REFERENCE / "runs" / row["experiment"]).glob("seed*/metrics.json"))
    tested = [json.loads(file.read_text())["best"]["test"]["accuracy"] for file in runs]
    best, test = float(row["best_mean"]), 100 * fmean(tested)
    is_test = row["split"] == "test"
    ours = percent(test) if is_test else f"{percent(best)}, test {percent(test)}"
    where = "test, best epoch" if is_test else "validation, best epoch"
    stated, logged = (row[key] for key in ("authors_stated", "authors_best"))
    theirs = [f"{float(value):.4g}" if value else "–" for value in (stated, logged)]
    cells = (f"`{row['experiment']}`", row["images"], row["seeds"], *theirs, ours, where)
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    command(["report", "--results", str(REFERENCE)], standalone_mode=False)
    before, _, rest = README.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}{block()}{END}{after}")


if __name__ == "__main__":
    main()
