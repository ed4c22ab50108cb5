"""Values of combined networks, against one network on the same test images."""

from landcover.claims.evidence import Evidence, Lookup
from landcover.claims.expression import MissingError


def _combined(seen: Evidence, combination: str, column: str) -> float:
    """Returns an accuracy, a difference or a bound of its interval in percent, or a weight."""
    table = seen.combinations(f"{combination} {column}").table.set_index("combination")
    if combination not in table.index:
        raise MissingError(f"'{combination}' is not among what was combined")
    value = float(table.loc[combination, column])  # type: ignore[arg-type]
    return value if column == "weight" else 100 * value


LOOKUPS = {"combined": Lookup(("combination", "of a combination"), _combined)}
