"""Seeds of random numbers: each purpose has its own, so that they do not depend on each other."""

import numpy as np

PURPOSES = {"weights": 0, "order": 1, "augment": 2, "dropout": 3, "evaluation": 4}


def stream(seed: int, epoch: int, purpose: str) -> int:
    """Returns a 63-bit seed, different for each purpose and epoch (0: before the first)."""
    sequence = np.random.SeedSequence([seed, epoch, PURPOSES[purpose]])
    return int(sequence.generate_state(1, np.uint64)[0] >> 1)
