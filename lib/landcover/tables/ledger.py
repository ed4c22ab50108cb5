"""The claim ledger: what the paper says, what its logs say, and what was measured here."""

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


COLUMNS = (
    Column("Claim", lambda row: row["id"], number=False),
    Column("Section", lambda row: row["section"], number=False),
    Column("In words", lambda row: row["claim"], number=False),
    Column("Verdict", lambda row: row["verdict"], number=False),
    Column("The paper says", lambda row: value(row["reported"]), authors=True),
    Column("Their logs say", lambda row: value(row["logged"]), authors=True),
    Column("Measured", measured),
    Column("Seeds", lambda row: str(row["n"] or NONE)),
)
