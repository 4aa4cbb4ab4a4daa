"""The ranking: a table whose middle column is the chart, a dot or a bar for each area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from commonweal.insight import words
from commonweal.publish.site.scale import Axis, percent

#: What a whisker on a score is.
WHISKERS: Final = "Whiskers hold 9 in 10 of the scores that chance alone could give, and the score itself."


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a row shows: a dot or a bar, a whisker, or the range of a hidden figure. All in percent."""

    dot: str = ""
    bar_from: str = ""
    bar: str = ""
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class RankRow:
    """One area: rank, name, drawing, and the figures in the columns after it."""

    rank: str
    name: str
    href: str
    drawing: Drawing
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The table ready to be written; `line` is the benchmark's place along the axis, if there is one."""

    caption: str
    noun: str
    axis: str
    ticks: tuple[Tick, ...]
    columns: tuple[str, ...]
    rows: tuple[RankRow, ...]
    line: str = ""
    note: str = ""
    #: what is to be known of ranges from chance before reading
    chance: str = ""
    #: names of areas that can't be told apart, best first
    together: tuple[tuple[str, ...], ...] = ()


def ticks(axis: Axis) -> tuple[Tick, ...]:
    """The marks of an axis as text."""
    return tuple(Tick(percent(axis.at(t)), words.number(t, axis.places)) for t in axis.ticks)


def dots_or_bars(values: Sequence[float], others: Sequence[float] = ()) -> tuple[Axis, bool]:
    """The axis for figures, and whether bars suit it.

    Bars start at zero. Where all figures lie in a narrow stretch far from zero (life expectancy) bars
    would look alike, so dots on an axis of their own are used.

    >>> dots_or_bars([1.8, 9.7])[1], dots_or_bars([78.1, 84.0])[1]
    (True, False)
    """
    low, high = min(values), max(values)
    narrow = low > 0 and high - low < 0.25 * high
    return Axis.over([*values, *others], zero=not narrow), not narrow


def drawing(axis: Axis, value: float, low: float | None, high: float | None, *, bar: bool) -> Drawing:
    """The picture of one figure with its interval."""
    ends = ("", "") if low is None or high is None else (percent(axis.at(low)), percent(axis.at(high)))
    if not bar:
        return Drawing(dot=percent(axis.at(value)), low=ends[0], high=ends[1])
    zero, at = axis.at(0.0), axis.at(value)
    return Drawing("", percent(min(zero, at)), percent(abs(at - zero)), *ends)


def only_range(axis: Axis, low: float | None, high: float | None) -> Drawing:
    """The picture of a hidden figure: the range that it is in."""
    if low is None or high is None:
        return Drawing()
    return Drawing(low=percent(axis.at(low)), high=percent(axis.at(high)))
