"""Whether another version of the library made a result, which could give other numbers."""

from collections.abc import Mapping
from typing import Any

from landcover.provenance import code_sha256


def is_of_other_code(provenance: Mapping[str, Any], stage: str) -> bool:
    return bool(provenance.get("code_sha256") != code_sha256(stage))
