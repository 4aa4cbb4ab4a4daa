"""Means, sums and ratios about people: which a single record stands out in, and which give those back.

A sum has no value where few people are behind it, or where a single record is most of it. The sum of a year
less those of three quarters is the fourth, so a hidden sum has to stay as open as the rule leaves the largest
record of a shown one. What is shown is taken as exact, and a mean or ratio as if its sums were shown.

Source: A. Hundepool and others, Statistical Disclosure Control, Wiley 2012, chapter 4 (dominance rule,
protection levels).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import polars as pl

from commonweal.model.observation import Status
from commonweal.model.source import Protection
from commonweal.sources.protect.counting import apart
from commonweal.sources.protect.disclosure.suppress import suppress
from commonweal.sources.protect.disclosure.system import Figure, Switch, System
from commonweal.sources.protect.known import Known, Role, cost
from commonweal.sources.protect.layout import Tie
from commonweal.sources.protect.overlaps import Source, key_of, laid_out
from commonweal.sources.protect.rule import Rule
from commonweal.sources.protect.worlds import as_known

#: The kinds of observations that are made of amounts.
MADE: Final = ("mean", "sum", "ratio")
#: A hidden amount stays open by at least this share of it either way, whatever may dominate.
LEAST_OPEN: Final = 0.1
#: The largest amount of a column and area becomes this much, so that a solver's tolerance is small beside it.
LARGEST: Final = 1e6
#: A shown amount is known to this, on that scale: to more than the 12 digits that are published.
EXACTLY: Final = 1e-5


@dataclass(frozen=True, slots=True)
class Sums:
    """Rows (`row#`) that a single record stands out in, those hidden for them or for other hidden ones, and
    how many amounts had to stay open."""

    dominated: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()
    guarded: int = 0


class Amount(NamedTuple):
    """What a figure is made of in one column, above or below 0: its row, how many people, how much."""

    row: int
    cell: tuple[str, str]
    area: str
    people: float
    amount: float


def sums(
    sources: Sequence[Source],
    safe: pl.DataFrame,
    amounts: pl.DataFrame,
    rule: Rule,
    *,
    dominance: float,
) -> Sums:
    """Which means, sums and ratios have no value beside those without one in `safe` (protected, `row#`).

    `amounts` has the columns of `AMOUNTS`. No record may be more than `dominance` per cent of the amounts
    without their sign; a hidden amount is open where it may be (100 - dominance) per cent less or more. A sum
    that is a difference of shown ones is treated as a figure that is hidden, where few people are behind it.
    """
    shown = dict(safe.select("row#", pl.col("value").is_not_null()).rows())
    rows = _placed(sources, amounts)
    parts = rows.with_columns((pl.col("above") + pl.col("below")).alias("whole"))
    dominates = pl.col("largest") * 100 > pl.col("whole") * dominance
    dominated = {row for row in parts.filter(dominates)["row#"] if shown[row]}
    hidden = {row for row in rows["row#"] if not shown[row]} | dominated
    open_by = max(1 - dominance / 100, LEAST_OPEN)
    columns = [column for source in sources for column in _columns(source, rows)]
    others, guarded = _hidden_for(columns, hidden, rule, open_by)
    return Sums(frozenset(dominated), frozenset(others), guarded)


def without_sums(safe: pl.DataFrame, found: Sums) -> pl.DataFrame:
    """Protected observations (`row#`), with no value where that would tell of a single record or of few.

    The number of people behind it stays.
    """
    gone = pl.col("row#").is_in(sorted(found.dominated | found.others))
    return safe.with_columns(
        *(pl.when(gone).then(None).otherwise(pl.col(n)).alias(n) for n in ("value", "lower", "upper")),
        pl.when(gone).then(pl.lit(Status.SUPPRESSED.value)).otherwise(pl.col("status")).alias("status"),
    )


def say_sums(safe: pl.DataFrame, protection: Protection) -> list[str]:
    """What was done with means, sums and ratios, in sentences; none where there are none.

    How many are hidden for which reason is not said: it would tell hidden figures apart.
    """
    if not safe["kind"].is_in(list(MADE)).any():
        return []
    return [
        "A mean, sum or ratio has no value where few people are behind it, where a single record is more than"
        f" {protection.dominance:g} per cent of it, or where it would give another one back."
    ]


def _placed(sources: Sequence[Source], amounts: pl.DataFrame) -> pl.DataFrame:
    """The amounts behind the figures of some sources, with the number and people of each row."""
    names = ["row#", "source", "indicator", "period", "area", "denominator"]
    rows = [source.rows.select(names) for source in sources]
    if not rows:
        return pl.DataFrame(schema={**amounts.schema, "row#": pl.UInt32, "denominator": pl.Float64})
    on = ["indicator", "period", "area"]
    return pl.concat(rows).join(amounts, on=on, how="inner", maintain_order="left_right")


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """The amounts of a source's figures in one column, above or below 0, and the atoms of each in an area.

    `parts` are for each figure, an indicator and period, those that lie in it, the largest first.
    """

    amounts: tuple[Amount, ...]
    size: int
    ties: tuple[Tie, ...]
    atoms: Mapping[tuple[str, str], frozenset[int]]
    parts: Mapping[tuple[str, str], tuple[tuple[str, str], ...]]

    def differences(
        self, shown: Mapping[tuple[str, str], Amount]
    ) -> Iterator[tuple[frozenset[int], float, float]]:
        """What shown figures of an area leave over of one another: atoms, people, amount.

        Of each less one that lies in it; and less as many as share nothing, the largest first: a year less
        the quarters that are shown.
        """
        for cell, whole in shown.items():
            within = [other for other in self.parts[cell] if other in shown]
            rest, taken = (self.atoms[cell], whole.people, whole.amount), 0
            for other in within:
                part, own = shown[other], self.atoms[other]
                yield self.atoms[cell] - own, whole.people - part.people, whole.amount - part.amount
                if own <= rest[0]:
                    rest, taken = (rest[0] - own, rest[1] - part.people, rest[2] - part.amount), taken + 1
            if taken > 1 and rest[0]:
                yield rest


def _columns(source: Source, rows: pl.DataFrame) -> Iterator[_Column]:
    """The columns of numbers that a source's figures are made of; those of nothing are left out."""
    own = rows.filter(pl.col("source") == source.name) if rows.height else rows
    for (_,), part in own.group_by("column", maintain_order=True):
        for side in ("above", "below"):
            names = ("row#", "indicator", "period", "area", "denominator", side)
            found = tuple(
                Amount(row, (indicator, period), area, people, amount)
                for row, indicator, period, area, people, amount in part.select(names).iter_rows()
            )
            if any(item.amount for item in found):
                yield _laid(source, found)


def _laid(source: Source, found: tuple[Amount, ...]) -> _Column:
    """A column with what holds of it in general: what holds of amounts is tried as it is of counts."""
    scale = LARGEST / max(item.amount for item in found)
    counts = {cell: replace(source.counts[cell], numerator=source.counts[cell].base, people="", grouped=None)
              for cell in sorted({item.cell for item in found})}  # fmt: skip
    rows = pl.DataFrame(
        {
            "row#": [item.row for item in found],
            "indicator": [item.cell[0] for item in found],
            "period": [item.cell[1] for item in found],
            "area": [item.area for item in found],
            "kind": "count",
            "numerator": [item.amount * scale for item in found],
            "denominator": pl.Series([None] * len(found), dtype=pl.Float64),
        }
    )
    amounts = Source(source.name, rows, counts)
    known = as_known(amounts) or apart(amounts)
    keys = {cell: key_of(count, Role.COUNT) for cell, count in known.counts.items()}
    laid, _ = laid_out(keys.values(), known.worlds, everyone=False)
    atoms = {cell: frozenset(laid.atoms[key]) for cell, key in keys.items()}
    by_size = sorted(atoms, key=lambda cell: (-len(atoms[cell]), cell))
    parts = {cell: tuple(o for o in by_size if atoms[o] and atoms[o] < atoms[cell]) for cell in atoms}
    return _Column(found, laid.size, laid.ties, atoms, parts)


def _hidden_for(
    columns: Sequence[_Column], hidden: Collection[int], rule: Rule, open_by: float
) -> tuple[set[int], int]:
    """Rows to hide so that no amount of those hidden comes back, and how many amounts are guarded.

    What is hidden leaves other differences between what is shown, so it is looked at until none is new.
    """
    others: set[int] = set()
    while True:
        build = _Build(rule, open_by, frozenset(hidden), frozenset(others))
        for column in columns:
            build.add(column)
        more = build.narrowing()
        if not more:
            return others, build.guarded
        others |= more


class _Build:
    """The system of all amounts: shown ones are known, hidden ones have to stay open.

    Of what is hidden for `others` nothing is known, and it may be found out.
    """

    def __init__(self, rule: Rule, open_by: float, hidden: frozenset[int], others: frozenset[int]) -> None:
        self.rule, self.open_by, self.hidden, self.others = rule, open_by, hidden, others
        self.atoms = self.guarded = 0
        self.figures: list[Figure] = []
        self.prices: list[Switch] = []
        self.switches: dict[int, int] = {}

    def add(self, column: _Column) -> None:
        """A column of every area."""
        by_area: dict[str, list[Amount]] = {}
        for item in column.amounts:
            by_area.setdefault(item.area, []).append(item)
        for own in by_area.values():
            self._area(column, own)

    def _area(self, column: _Column, own: Sequence[Amount]) -> None:
        scale = LARGEST / (max(item.amount for item in own) or 1.0)
        first = self.atoms
        self.atoms += column.size

        def moved(atoms: Collection[int]) -> tuple[int, ...]:
            return tuple(first + atom for atom in sorted(atoms))

        for tie in column.ties:
            self.figures.append(Figure(moved(tie.atoms), tie.low, tie.high, less=moved(tie.less)))
        shown: dict[tuple[str, str], Amount] = {}
        for item in own:
            atoms = moved(column.atoms[item.cell])
            if item.row in self.hidden:
                self._open(atoms, item.people, item.amount * scale)
            elif item.row not in self.others:
                shown[item.cell] = item
                self._shown(atoms, item, item.amount * scale)
        for left, people, amount in column.differences(shown):
            if people <= self.rule.hide_to:
                self._open(moved(left), people, amount * scale)

    def _shown(self, atoms: tuple[int, ...], item: Amount, amount: float) -> None:
        if item.row not in self.switches:
            self.switches[item.row] = len(self.prices)
            self.prices.append(Switch(cost(Known(Role.BASE, item.people, item.people))))
        low, high, switch = max(amount - EXACTLY, 0), amount + EXACTLY, self.switches[item.row]
        self.figures.append(Figure(atoms, low, high, switch=switch))

    def _open(self, atoms: tuple[int, ...], people: float, amount: float) -> None:
        if people > 0:
            keep = max(math.ceil(amount * (1 + self.open_by)), 1)
            keep_from = max(math.floor(amount * (1 - self.open_by)), 0)
            self.guarded += 1
            self.figures.append(Figure(atoms, 0, math.inf, keep, keep_from=keep_from))

    def narrowing(self) -> set[int]:
        """The shown rows that have to be hidden so that all that is guarded stays open."""
        if not self.guarded:
            return set()
        figures = [figure for figure in self.figures if figure.atoms or figure.less]
        levels = suppress(System.of(figures, self.prices, whole=False), self.rule).levels
        return {row for row, switch in self.switches.items() if levels[switch]}
