"""What several seeds say together, in a row: four cells, which read as one."""

from landcover.stats import Spread
from landcover.tables.column import Row
from landcover.tables.values import NONE, is_absent, percent


def in_percent(name: str, found: Spread | None) -> dict[str, float | None]:
    """The cells of a spread of fractions."""
    if found is None:
        return dict.fromkeys((f"{name}_mean", f"{name}_sd", f"{name}_low", f"{name}_high"))
    values = {"mean": found.mean, "sd": found.sd, "low": found.low, "high": found.high}
    return {f"{name}_{k}": None if v is None else 100 * v for k, v in values.items()}


def plus_minus(row: Row, name: str) -> str:
    """`83.52 ± 0.41`, or `83.52 (n=1)`."""
    mean, sd = row[f"{name}_mean"], row[f"{name}_sd"]
    if is_absent(mean):
        return NONE
    return f"{percent(mean)} (n=1)" if is_absent(sd) else f"{percent(mean)} ± {percent(sd)}"
