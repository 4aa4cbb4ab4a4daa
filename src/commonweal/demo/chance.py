"""Streams of random numbers that depend on a seed and on what they are for, never on the order of work."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """A Philox generator of its own for each purpose, so that parts can be made in any order.

    >>> stream(1, "crimes", 2021).random() == stream(1, "crimes", 2021).random()
    True
    >>> stream(1, "crimes", 2021).random() == stream(1, "crimes", 2022).random()
    False
    """
    words = [part if isinstance(part, int) else crc32(part.encode()) for part in purpose]
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *words])))
