"""One seed -> named random generators. Nothing in the library seeds globally.

The name keeps streams apart: a new consumer of chance does not shift the others.
"""

import hashlib

import numpy as np


def derive(seed: int, name: str) -> int:
    """A 63-bit seed for the stream ``name`` of the run ``seed``."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def generator(seed: int, name: str) -> np.random.Generator:
    """A NumPy generator for the stream ``name`` of the run ``seed``."""
    return np.random.default_rng(derive(seed, name))
