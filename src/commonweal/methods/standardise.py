"""Rates as if all areas had the same people: by a standard population, or by what was to be expected."""

from __future__ import annotations

from typing import Final

import numpy as np

from commonweal.arrays import Floats
from commonweal.methods.interval import EXACT_BELOW, poisson_limits

#: The European standard population 2013 by age, of 100,000: 0 and 1 to 4 joined, and 90 and over.
#: Source: Eurostat 2013, Revision of the European Standard Population, doi:10.2785/11470.
EUROPEAN_2013: Final[dict[str, float]] = {
    "0-4": 5000.0, "5-9": 5500.0, "10-14": 5500.0, "15-19": 5500.0, "20-24": 6000.0, "25-29": 6000.0,
    "30-34": 6500.0, "35-39": 7000.0, "40-44": 7000.0, "45-49": 7000.0, "50-54": 7000.0, "55-59": 6500.0,
    "60-64": 6000.0, "65-69": 5500.0, "70-74": 5000.0, "75-79": 4000.0, "80-84": 2500.0, "85-89": 1500.0,
    "90+": 1000.0,
}  # fmt: skip


def direct(events: Floats, population: Floats, weights: Floats, per: float = 1.0) -> tuple[Floats, Floats]:
    """Directly standardised rates, shape (areas,), and their 95 % limits by Dobson, shape (areas, 2).

    `events` and `population` have the shape (areas, groups), `weights` (groups,).
    rate = per sum(w x/n) / sum w; variance = sum(w^2 x/n^2) / (sum w)^2; with O = sum x and B Byar's limit
    of O, limit = rate + per sqrt(variance / O) (B - O); a lower limit below 0 is 0. With fewer than 10 events
    or a group without people there is no rate (nan), as English public health practice has it.

    Source: Dobson et al. 1991, doi:10.1002/sim.4780100317.

    >>> rate, limits = direct(np.array([[8.0, 12.0]]), np.array([[400.0, 200.0]]), np.array([3.0, 1.0]), 1000)
    >>> rate.tolist(), limits.round(2).tolist()
    ([30.0], [[18.08, 46.67]])
    """
    x = np.asarray(events, dtype=float)
    n = np.where(population > 0, population, np.nan)
    share = weights / weights.sum()
    observed = x.sum(axis=1)
    enough = np.where(observed >= EXACT_BELOW, observed, np.nan)
    rate = per * (share * x / n).sum(axis=1)
    deviation = per * np.sqrt((share**2 * x / n**2).sum(axis=1) / enough)
    limits = rate[:, None] + deviation[:, None] * (poisson_limits(enough) - enough[:, None])
    limits[:, 0] = np.maximum(limits[:, 0], 0.0)
    return np.where(np.isnan(enough), np.nan, rate), limits


def expected(population: Floats, events: Floats) -> Floats:
    """The events each area would have at the rates of all areas together, shape (areas,).

    `population` and `events` have the shape (areas, groups); E = sum over groups of n x (X / N), with X and N
    the groups' totals over all areas. A group in which nobody lives anywhere adds nothing; a missing
    population makes the area's figure missing, and leaves area and events out of the totals.

    >>> expected(np.array([[100.0, 100.0], [300.0, 100.0]]), np.array([[1.0, 4.0], [7.0, 6.0]])).tolist()
    [7.0, 11.0]
    """
    known = np.isfinite(population.sum(axis=1))
    there = np.where(known[:, None], population, 0.0)
    people = there.sum(axis=0)
    happened = np.where(known[:, None], events, 0.0).sum(axis=0)
    rates = np.divide(happened, people, out=np.zeros_like(people), where=people > 0)
    return np.where(known, (there * rates).sum(axis=1), np.nan)
