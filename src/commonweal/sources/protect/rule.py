"""The rule on one count about people: what is shown of it, and what a reader can tell from that.

0 is shown, 1 to `hide_to` is hidden, every other count is shown to the nearest `round_to`, halves upwards.
Totals go through the same rule by themselves, so shown parts need not add up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonweal.arrays import Array


@dataclass(frozen=True, slots=True)
class Rule:
    """Up to where counts are hidden, and to which multiples the others are shown.

    Counts that are published alike are a *class*: class 0 is 0 itself, class 1 what is hidden, class 2 the
    first counts that are shown, and so on. Raises ValueError where a count above 0 could be shown as 0.

    >>> nhs = Rule(hide_to=7, round_to=5)
    >>> nhs.shown(np.array([0, 3, 8, 12, 13])).tolist()
    [0.0, nan, 10.0, 10.0, 15.0]
    """

    hide_to: int = 7
    round_to: int = 5

    def __post_init__(self) -> None:
        if self.hide_to < 1 or self.round_to < 1 or self.round_to > 2 * self.hide_to + 1:
            raise ValueError(f"counts of up to {self.hide_to} hidden, others to the nearest {self.round_to}")

    @property
    def middle(self) -> float:
        """What stands for a hidden count where a figure is needed: the middle of its range."""
        return (1 + self.hide_to) / 2

    @property
    def small_base(self) -> int:
        """The largest base beside which a hidden side of a percentage would be narrowed.

        A base shown as 10 stands for 8 to 12 people. With 8 or more on one side no more than 4 are left for
        the other. A base has to leave room for a hidden count beside a side that is not hidden, whichever of
        the counts that it is shown for it is.

        >>> Rule(7, 5).small_base
        12
        """
        class_ = 2
        while self.high(class_) < 2 * self.hide_to + 1:
            class_ += 1
        return self.low(class_) - 1

    def is_hidden(self, count: Array) -> Array:
        """Whether a count is hidden; nan is not.

        >>> Rule().is_hidden(np.array([0, 1, 7, 8])).tolist()
        [False, True, True, False]
        """
        hidden: Array = (count > 0) & (count < self.hide_to + 1)
        return hidden

    def shown(self, count: Array) -> Array:
        """A count as shown: nan where it is hidden."""
        rounded = self.round_to * np.floor(np.asarray(count, dtype=float) / self.round_to + 0.5)
        return np.where(self.is_hidden(count), np.nan, rounded)

    def interval(self, figure: float | None) -> tuple[int, int]:
        """The counts that a shown figure may stand for, both ends included; None is a hidden count.

        >>> [Rule().interval(figure) for figure in (None, 0, 10, 15)]
        [(1, 7), (0, 0), (8, 12), (13, 17)]
        """
        if figure is None:
            return 1, self.hide_to
        class_ = 0 if figure == 0 else int(figure) // self.round_to - self._first + 2
        return self.low(class_), self.high(class_)

    def class_of(self, count: float) -> int:
        """The class of a count.

        >>> [Rule().class_of(count) for count in (0, 4, 8, 13, 17)]
        [0, 1, 2, 3, 3]
        """
        if count <= self.hide_to:
            return int(count > 0)
        return int((count + self.round_to / 2) // self.round_to) - self._first + 2

    def low(self, class_: int) -> int:
        """The least count of a class."""
        if class_ < 2:
            return class_
        return max(self.hide_to + 1, (class_ - 2 + self._first) * self.round_to - self.round_to // 2)

    def high(self, class_: int) -> int:
        """The largest count of a class."""
        return self.low(class_ + 1) - 1 if class_ else 0

    def block(self, class_: int, level: int) -> tuple[int, int]:
        """The range of 2^level classes side by side that a class is one of.

        Where blocks begin does not depend on the count, so that its range tells no more than the range.

        >>> [Rule().block(3, level) for level in (0, 1, 2)]
        [(13, 17), (8, 17), (0, 17)]
        """
        first = class_ >> level << level
        return self.low(first), self.high(first + (1 << level) - 1)

    @property
    def _first(self) -> int:
        """The first figure shown, in multiples."""
        return int((self.hide_to + 1 + self.round_to / 2) // self.round_to)
