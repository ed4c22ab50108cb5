"""The code that made a result, as the result itself states, and whether it is today's."""

from collections.abc import Mapping
from typing import Any

from landcover.provenance import code_sha256


def code_record(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns what `provenance` wrote, with "" for what an earlier version did not write.

    Raises KeyError, TypeError or ValueError if the result does not state it.
    """
    told = dict(facts["provenance"])
    versions = {str(name): str(version) for name, version in dict(told.get("versions", {})).items()}
    texts = {key: str(told.get(key, "")) for key in ("code_sha256", "commit", "python")}
    return told | texts | {"versions": versions}


def is_of_other_code(record: Mapping[str, Any], stage: str) -> bool:
    """Tells whether another version of the library made it, which could give other numbers."""
    return bool(record["code_sha256"] != code_sha256(stage))
