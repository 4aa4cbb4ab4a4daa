"""The rule on one count about people: what is shown of it, and what a reader can tell from that.

Preset nhs: 0 is shown, 1 to 7 is hidden, every other count is shown to the nearest 5. Whole counts never
lie half-way. Totals go through the same rule by themselves, so shown parts need not add up.

Source: NHS England, Disclosure control methodology for Hospital Episode Statistics (HES) and the Emergency
Care Data Set (ECDS).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]

#: The largest count that is hidden; 0 is not.
HIDDEN_TO: Final = 7
#: Other counts are shown to the nearest multiple of this.
ROUND_TO: Final = 5
#: What stands for a hidden count where a figure is needed: the middle of 1 to 7.
MIDDLE: Final = (1 + HIDDEN_TO) / 2


def is_hidden(count: Array) -> Array:
    """Whether a count is hidden; nan is not.

    >>> is_hidden(np.array([0, 1, 7, 8])).tolist()
    [False, True, True, False]
    """
    hidden: Array = (count > 0) & (count < HIDDEN_TO + 1)
    return hidden


def shown(count: Array) -> Array:
    """A count as shown: nan where it is hidden.

    >>> shown(np.array([0, 3, 8, 12, 13])).tolist()
    [0.0, nan, 10.0, 10.0, 15.0]
    """
    rounded = ROUND_TO * np.rint(np.asarray(count, dtype=float) / ROUND_TO)
    return np.where(is_hidden(count), np.nan, rounded)


def interval(figure: float | None) -> tuple[int, int]:
    """The counts that a shown figure may stand for, both ends included; None is a hidden count.

    >>> [interval(figure) for figure in (None, 0, 10, 15)]
    [(1, 7), (0, 0), (8, 12), (13, 17)]
    """
    if figure is None:
        return 1, HIDDEN_TO
    if figure == 0:
        return 0, 0
    return max(HIDDEN_TO + 1, int(figure) - 2), int(figure) + 2
