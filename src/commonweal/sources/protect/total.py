"""Whether a published total would give a hidden count back."""

from __future__ import annotations

import math
from collections.abc import Sequence

from commonweal.sources.protect.rule import HIDDEN_TO

#: The least and the most that a count can be, for a reader of what is published.
Range = tuple[float, float]

#: A part of a total of which nothing is published.
UNPUBLISHED: Range = (0, math.inf)


def gives_back(shown: Sequence[Range], hidden: int, total: Range) -> bool:
    """Whether a reader of `total` and its parts could tell a hidden count from another of 1 to 7.

    The parts of the total are the `shown` ones, each somewhere in its range, and a number of `hidden`
    ones, each 1 to 7. With the total in T, the shown parts adding up to S and k hidden parts, one of the
    hidden is at least min T - max S - 7 (k - 1) and at most max T - min S - (k - 1). Every one of 1 to 7
    has to stay possible, so a total that lifts the lower end above 1 or brings the upper one below 7 gives
    something back.

    55 as it is, less 20 and 31 as they are, leaves 4 for the one that is hidden:

    >>> gives_back([(20, 20), (31, 31)], 1, (55, 55))
    True

    Rounding alone does not help where there are four hidden parts and a total of at least 28:

    >>> gives_back([], 4, (28, 32))
    True

    Two shown parts of 20 and 35 leave room for all of 1 to 7 under a total shown as 60:

    >>> gives_back([(18, 22), (33, 37)], 1, (58, 62))
    False
    """
    if not hidden:
        return False
    least = total[0] - sum(high for _, high in shown) - HIDDEN_TO * (hidden - 1)
    most = total[1] - sum(low for low, _ in shown) - (hidden - 1)
    return least > 1 or most < HIDDEN_TO
