"""The authors' numbering of Terrassa's classes, which they took from a Python set in each split.

The order of a set of strings depends on the seed of Python's hashes and, if two hashes collide, on
the order of insertion. So a class could have one number in the training split and another one in
the test split. The network was then trained with labels that mean other classes in the test.
"""

import json
import os
import subprocess
import sys

import numpy as np

from landcover.data.prepared import Prepared

LISTED = "import json, sys; json.dump(list(set(json.load(sys.stdin))), sys.stdout)"
READ_BY = "test"
SEEDS = 2**32  # that Python accepts


def numbering(names: list[str], hash_seed: int) -> list[str]:
    """Returns the classes in the order of a set of the names, in a Python with that hash seed."""
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed % SEEDS or 1)}  # 0: not random
    answer = subprocess.run(
        [sys.executable, "-S", "-c", LISTED],
        input=json.dumps(names), capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    return list(map(str, json.loads(answer.stdout)))


def mistaught(data: Prepared, split: str, hash_seed: int) -> dict[str, str]:
    """Returns, for each class of a split, the class with the same number in the test split.

    For "test" itself both are the same.
    """
    orders = {
        name: numbering(_names(data, name), hash_seed) for name in dict.fromkeys((split, READ_BY))
    }
    return dict(sorted(zip(orders[split], orders[READ_BY], strict=True)))


def _names(data: Prepared, split: str) -> list[str]:
    """Returns the class name of each image, in the order of the split."""
    chosen: list[str] = np.array(data.classes)[data.labels[data.rows(split)]].tolist()
    return chosen
