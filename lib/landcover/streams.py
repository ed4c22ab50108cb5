"""Seeds of random numbers: one for each purpose, so that none depends on what another drew."""

import numpy as np

PURPOSES = {"weights": 0, "order": 1, "augment": 2, "dropout": 3, "evaluation": 4}


def stream(seed: int, epoch: int, purpose: str) -> int:
    """A 63-bit seed of its own for every purpose in every epoch; epoch 0 is before the first."""
    sequence = np.random.SeedSequence([seed, epoch, PURPOSES[purpose]])
    return int(sequence.generate_state(1, np.uint64)[0] >> 1)
