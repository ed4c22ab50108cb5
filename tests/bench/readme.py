"""Puts the last result of `make bench` into tests/README.md: `python tests/bench/readme.py`."""

import json
from pathlib import Path
from typing import Any

RESULT = Path(__file__).parent / "result.json"
README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- make bench -->\n", "<!-- end -->\n"


def block(result: dict[str, Any]) -> str:
    """Returns the machine and a table of all rows, as Markdown."""
    flags, commit = ", ".join(result["flags"]), result["provenance"]["commit"][:8]
    machine = (
        f"Measured on {result['device']} ({flags}; {result['cores']} cores, {result['threads']} "
        f"threads), commit {commit}, {result['date'][:10]}; the median of {result['repeats']} "
        "rounds, the least and the most.\n"
    )
    head = "\n| what | against | median | spread | goal | met |\n|---|---|---|---|---|---|\n"
    left_out = "".join(f"\nLeft out: {one['what']} ({one['why']}).\n" for one in result["left_out"])
    return machine + head + "".join(map(_line, result["rows"])) + left_out


def _line(row: dict[str, Any]) -> str:
    least, most = row["spread"]
    sign = "≤" if row["at_most"] else "≥"
    cells = (
        row["what"],
        row["against"],
        f"{row['median']:.3g} {row['unit']}",
        f"{least:.3g} – {most:.3g}",
        "" if row["goal"] is None else f"{sign} {row['goal']:g}",
        {True: "yes", False: "no", None: ""}[row["met"]],
    )
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    before, _, rest = README.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    made = block(json.loads(RESULT.read_text()))
    README.write_text(f"{before}{BEGIN}{made}{END}{after}")


if __name__ == "__main__":
    main()
