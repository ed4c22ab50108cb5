"""The claim ledger: what the paper and its authors' files say, what was measured, both verdicts."""

from typing import Any

from landcover.tables.column import Column, Row
from landcover.tables.values import NONE


def value(found: Any) -> str:
    """With as many digits as tell it apart."""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, int):
        return f"{found:,}"
    if isinstance(found, float):
        return f"{round(found):,}" if found == round(found) else f"{found:.4g}"
    return str(found) or NONE


def measured(row: Row) -> str:
    """With the interval over the seeds, where there is one."""
    shown = value(row["measured"])
    return f"{shown} [{value(row['low'])}, {value(row['high'])}]" if row["low"] != "" else shown


def sample(row: Row) -> str:
    """Of how many seeds, networks and which images it was measured; "" where none matters."""
    seeds = {0: "", 1: "a single seed"}.get(row["n"], f"{row['n']} seeds")
    networks = {0: "", "published": "the published network", 1: "a single network"}
    return ", ".join(filter(None, (seeds, networks[row["networks"]], row["fidelity"])))


def chance(row: Row) -> str:
    """p of an ordering, corrected for all of them; "" of all else."""
    return "" if row["corrected_p"] == "" else f"corrected p {row['corrected_p']:.2g}"


COLUMNS = (
    Column("Id", lambda row: row["id"], number=False),
    Column("Section", lambda row: row["section"], number=False),
    Column("In words", lambda row: row["text"], number=False),
    Column("The paper says", lambda row: value(row["reported"]), authors=True),
    Column("Their files say", lambda row: value(row["authors"]), authors=True),
    Column("Paper against files", lambda row: row["paper"], number=False),
    Column("Measured", measured),
    Column("Seeds", lambda row: str(row["n"] or NONE)),
    Column("Ours against paper", lambda row: row["ours"], number=False),
)
