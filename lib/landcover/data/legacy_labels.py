"""The authors' numbering of Terrassa's classes, which they took from a Python set in each split.

The order of a set of strings depends on the seed of Python's hashes and, where two collide, on the
order in which they came. So one split's number for a building could be another's for a church, and
the network was taught classes by the names that the test split reads otherwise.
"""

import json
import os
import subprocess
import sys

import numpy as np

from landcover.data.prepared import Prepared

LISTED = "import json, sys; json.dump(list(set(json.load(sys.stdin))), sys.stdout)"
READ_BY = "test"
SEEDS = 2**32  # that Python takes


def numbering(names: list[str], hash_seed: int) -> list[str]:
    """Classes in the order of a set of the names, in a Python whose hashes have that seed."""
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed % SEEDS or 1)}  # 0: no hashing
    answer = subprocess.run(
        [sys.executable, "-S", "-c", LISTED],
        input=json.dumps(names), capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    return list(map(str, json.loads(answer.stdout)))


def mistaught(data: Prepared, split: str, hash_seed: int) -> dict[str, str]:
    """Each class of a split and the class that its images are taught as, once the test split reads.

    The same classes for "test" itself.
    """
    orders = {
        name: numbering(_names(data, name), hash_seed) for name in dict.fromkeys((split, READ_BY))
    }
    return dict(sorted(zip(orders[split], orders[READ_BY], strict=True)))


def _names(data: Prepared, split: str) -> list[str]:
    """One an image, in the order of the split."""
    chosen: list[str] = np.array(data.classes)[data.labels[data.rows(split)]].tolist()
    return chosen
