"""Life expectancy from deaths and people by age: an abridged life table, with its interval."""

from __future__ import annotations

from typing import Final

import numpy as np

from commonweal.arrays import Floats
from commonweal.methods.interval import Z

#: With no more people than this, all ages together, a life expectancy is not worked out.
FEW: Final = 5000
#: Nor is it given where its 95 % interval is wider than this, in years.
WIDE: Final = 20.0
#: The share of the first year that those live who die in it; in other bands it is one half.
INFANT: Final = 0.1


def life_expectancy(deaths: Floats, population: Floats, widths: Floats) -> tuple[Floats, Floats]:
    """Years still to live at the start of each age band, shape (areas, bands), and 95 % limits (..., 2).

    `deaths` and `population` have the shape (areas, bands); `widths`, shape (bands,), are the bands' years,
    the last of which is open. The first band is the first year of life. By Chiang's second method: with
    M = deaths/population and a the share of a band lived by those who die in it, q = M n / (1 + M n (1 - a)),
    1 where that is more and in the last band; l from 1, l' = l (1 - q); L = n (l' + a (l - l')), in the last
    band l/M; e = sum L / l. Its variance is the sum over this and later bands of
    l^2 ((1 - a) n + e')^2 q^2 (1 - q) / deaths, over l^2; for the last Silcocks' term l^2 / (deaths M^2).

    An area has nothing (nan) where a band has nobody or more deaths than people, or all bands have 5,000
    people or fewer; an age has nothing where its interval is wider than 20 years or, with no deaths in the
    last band, has no end.

    Sources: Chiang 1968, Introduction to Stochastic Processes in Biostatistics; Silcocks, Jenner and Reza
    2001, doi:10.1136/jech.55.1.38; Eayres and Williams 2004, doi:10.1136/jech.2003.009654.

    >>> deaths, people = np.array([[1.0, 2.0, 40.0]]), np.array([[100.0, 5000.0, 1000.0]])
    >>> years, limits = life_expectancy(deaths, people, np.array([1.0, 64.0, np.inf]))
    >>> years.round(2).tolist(), limits[0, 0].round(2).tolist()
    ([[87.68, 87.56, 25.0]], [79.77, 95.6])
    """
    usable = (population > 0).all(axis=1) & (deaths <= population).all(axis=1)
    usable &= population.sum(axis=1) > FEW
    died = np.where(usable[:, None], deaths, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        years, error = _table(died, population, np.asarray(widths, dtype=float))
    told = np.isfinite(years) & np.isfinite(error) & (2 * Z * error <= WIDE)
    years, error = (np.where(told, part, np.nan) for part in (years, error))
    return years, np.stack([years - Z * error, years + Z * error], axis=-1)


def _table(deaths: Floats, population: Floats, widths: Floats) -> tuple[Floats, Floats]:
    """Years to live, and their standard errors: infinite where nobody died in the last band."""
    n = widths[:-1]
    a = np.where(np.arange(len(n)) == 0, INFANT, 0.5)
    rate = deaths / population
    closed = rate[:, :-1]
    dying = np.minimum(closed * n / (1 + closed * n * (1 - a)), 1.0)
    dying = np.where(deaths[:, :-1] * n * a > population[:, :-1], 1.0, dying)
    alive = np.cumprod(np.concatenate([np.ones((len(deaths), 1)), 1 - dying], axis=1), axis=1)
    lived = n * (alive[:, 1:] + a * (alive[:, :-1] - alive[:, 1:]))
    last = alive[:, -1:] / rate[:, -1:]
    # everyone dead before the last band: nobody lives in it
    last = np.where(alive[:, -1:] == 0, 0.0, last)
    total = _from_here_up(np.concatenate([lived, last], axis=1))
    years = total / np.where(alive > 0, alive, np.nan)
    after = np.where(alive[:, 1:] > 0, years[:, 1:], 0.0)
    chance = np.where(deaths[:, :-1] > 0, dying**2 * (1 - dying) / deaths[:, :-1], 0.0)
    parts = alive[:, :-1] ** 2 * ((1 - a) * n + after) ** 2 * chance
    open_end = np.where(alive[:, -1] > 0, alive[:, -1] ** 2 / (deaths[:, -1] * rate[:, -1] ** 2), 0.0)
    spread = _from_here_up(np.concatenate([parts, open_end[:, None]], axis=1))
    return years, np.sqrt(spread) / np.where(alive > 0, alive, np.nan)


def _from_here_up(parts: Floats) -> Floats:
    """The sum of each band and those after it."""
    return np.cumsum(parts[:, ::-1], axis=1)[:, ::-1]
