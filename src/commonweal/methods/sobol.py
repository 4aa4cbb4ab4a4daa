"""Which input moves a result: first-order and total Sobol indices, and the points to run a model at.

Sources: Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018 (first order, table 2 b), Jansen 1999,
doi:10.1016/S0010-4655(98)00154-4 (total); points: Joe and Kuo 2008, doi:10.1137/070709359, scrambled by a
random linear matrix and a digital shift, Matousek 1998, doi:10.1006/jcom.1998.0489.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from commonweal.arrays import Floats, Positions

#: Joe and Kuo's primitive polynomials and initial direction numbers, from the second dimension on.
_POLYNOMIALS: Final = (
    3, 7, 11, 13, 19, 25, 37, 41, 47, 55, 59, 61, 67, 91, 97, 103, 109, 115, 131, 137, 143, 145, 157,
)  # fmt: skip
_INITIAL: Final = (
    (1,), (1, 3), (1, 3, 1), (1, 1, 1), (1, 1, 3, 3), (1, 3, 5, 13), (1, 1, 5, 5, 17), (1, 1, 5, 5, 5),
    (1, 1, 7, 11, 19), (1, 1, 5, 1, 1), (1, 1, 1, 3, 11), (1, 3, 5, 5, 31), (1, 3, 3, 9, 7, 49),
    (1, 1, 1, 15, 21, 21), (1, 3, 1, 13, 27, 49), (1, 1, 1, 15, 7, 5), (1, 3, 1, 15, 13, 25),
    (1, 1, 5, 5, 19, 61), (1, 3, 7, 11, 23, 15, 103), (1, 3, 7, 13, 13, 15, 69), (1, 1, 3, 13, 7, 35, 63),
    (1, 3, 5, 9, 1, 25, 53), (1, 3, 1, 13, 9, 35, 107),
)  # fmt: skip
_BITS: Final = 32
#: The most inputs that indices can be had of: each takes two dimensions of points.
MOST_INPUTS: Final = (len(_POLYNOMIALS) + 1) // 2


def points(count: int, dimensions: int, random: np.random.Generator | None = None) -> Floats:
    """The first `count` Sobol points, shape (count, dimensions), each coordinate from 0 up to 1.

    Scrambled where `random` is given. At most 24 dimensions.

    >>> points(4, 2).tolist()
    [[0.0, 0.0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]
    """
    found = np.zeros((count, dimensions), dtype=np.uint64)
    for d in range(dimensions):
        directions = _directions(d)
        shift = np.uint64(0)
        if random is not None:
            directions = _scrambled(directions, random)
            shift = np.uint64(random.integers(0, 2**_BITS))
        at = np.zeros(count, dtype=np.uint64)
        gray = np.arange(count, dtype=np.uint64)
        gray ^= gray >> np.uint64(1)
        for bit in range(max(1, int(count - 1).bit_length() + 1)):
            at ^= np.where(gray >> np.uint64(bit) & np.uint64(1), directions[bit], np.uint64(0))
        found[:, d] = at ^ shift
    result: Floats = found / 2.0**_BITS
    return result


def _directions(dimension: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """The direction numbers of one dimension, as whole numbers of 2^-32."""
    if dimension == 0:
        return np.array([1 << (_BITS - 1 - j) for j in range(_BITS)], dtype=np.uint64)
    polynomial, start = _POLYNOMIALS[dimension - 1], _INITIAL[dimension - 1]
    degree = len(start)
    m = list(start)
    for j in range(degree, _BITS):
        new = m[j - degree] ^ (m[j - degree] << degree)
        for k in range(1, degree):
            if polynomial >> (degree - k) & 1:
                new ^= m[j - k] << k
        m.append(new)
    return np.array([value << (_BITS - 1 - j) for j, value in enumerate(m)], dtype=np.uint64)


def _scrambled(
    directions: np.ndarray[tuple[int], np.dtype[np.uint64]], random: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Direction numbers times a random lower triangular matrix of bits with ones on its diagonal."""
    place = np.uint64(1) << np.arange(_BITS - 1, -1, -1, dtype=np.uint64)
    bits = ((directions[:, None] & place) > 0).astype(np.int64)  # (numbers, digits), the largest digit first
    matrix = np.tril(random.integers(0, 2, (_BITS, _BITS)), -1) + np.eye(_BITS, dtype=np.int64)
    mixed = (bits @ matrix.T) % 2
    result: np.ndarray[tuple[int], np.dtype[np.uint64]] = (mixed.astype(np.uint64) * place).sum(axis=1)
    return result


def design(count: int, inputs: int, random: np.random.Generator) -> Floats:
    """The runs of Saltelli's design: blocks A, B, AB_1 ... AB_inputs of `count` rows, one below the other.

    AB_i is A with column i taken from B. Shape (count (inputs + 2), inputs). Raises ValueError for more
    than `MOST_INPUTS` inputs.
    """
    if inputs > MOST_INPUTS:
        raise ValueError(f"at most {MOST_INPUTS} inputs, not {inputs}")
    both = points(count, 2 * inputs, random)
    first, second = both[:, :inputs], both[:, inputs:]
    mixed = []
    for i in range(inputs):
        block = first.copy()
        block[:, i] = second[:, i]
        mixed.append(block)
    return np.concatenate([first, second, *mixed])


@dataclass(frozen=True, slots=True, eq=False)
class Indices:
    """First-order and total indices of each input, and the ends of their intervals, (inputs, 2)."""

    first: Floats
    total: Floats
    first_between: Floats
    total_between: Floats


def indices(results: Floats, inputs: int, resamples: int = 500) -> Indices:
    """The Sobol indices of `inputs` from the results of a design, shape (count (inputs + 2),).

    With V the variance (divisor n - 1) of y over A and B together,
    S_i = mean(y_B (y_ABi - y_A)) / V and ST_i = mean((y_A - y_ABi)^2) / (2 V). Neither is cut to 0-1. Rows
    with a result that is missing in any block are left out of all. Intervals are the middle 90 % of
    resamples of rows. nan where nothing varies.

    >>> y = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])  # a model of one input, y = x: A, B, AB_1
    >>> indices(y, 1, resamples=0).total.tolist()
    [1.5]
    """
    blocks = results.reshape(inputs + 2, -1)
    blocks = blocks[:, ~np.isnan(blocks).any(axis=0)]
    rows = np.arange(blocks.shape[1])
    first, total = _indices(blocks, rows[None])
    ends = np.full((2, inputs, 2), np.nan)
    if resamples and len(rows):
        stream = np.random.default_rng(0)
        drawn = _indices(blocks, stream.integers(0, len(rows), (resamples, len(rows))))
        with np.errstate(invalid="ignore"):
            ends = np.stack([np.quantile(d, [0.05, 0.95], axis=0).T for d in drawn])
    return Indices(first[0], total[0], ends[0], ends[1])


def _indices(blocks: Floats, rows: Positions) -> tuple[Floats, Floats]:
    """Indices (samples, inputs) over samples of rows (samples, rows)."""
    a, b, mixed = blocks[0][rows], blocks[1][rows], blocks[2:, rows]
    both = np.concatenate([a, b], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = both.var(axis=1, ddof=1)
        first = (b * (mixed - a)).mean(axis=2) / variance
        total = ((a - mixed) ** 2).mean(axis=2) / (2 * variance)
    usable = variance > 0
    return np.where(usable, first, np.nan).T, np.where(usable, total, np.nan).T
