"""A second reader, who has OUT and the editions of a made town and nothing else: written apart from the gate.

What is published becomes ranges of sums of atoms, and exact linear programmes say how far each hidden count
is open. An atom is a kind of record that may exist: its area, a stretch of months that no period cuts, and
what its columns hold.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np
from made_town import (
    BANDS,
    ELSEWHERE,
    MONTHS,
    SEXES,
    TYPES,
    Asked,
    Town,
    counted_in,
    meets,
    people,
)
from open_ranges import Atoms, matrix_of, short

Place = tuple[str, str, str, str]
Given = Mapping[str, float]
NUMBERS = ("value", "lower", "upper", "numerator", "denominator", "per")


@dataclass
class Reader:
    """What OUT and the editions say of a town, as ranges of sums of atoms; and the hidden counts.

    `before` is the town as an earlier edition was made of it, in `editions`.
    """

    town: Town
    before: Town | None = None
    edition: str = "one"
    rows: list[tuple[Atoms, float, float]] = field(default_factory=list)
    old: list[bool] = field(default_factory=list)
    hidden: dict[Place, Atoms] = field(default_factory=dict)

    def __post_init__(self) -> None:
        towns = [t for t in (self.town, self.before) if t]
        counted = {counted_in(p, a.pool) for t in towns for p in t.periods for a in t.asked.values()}
        self.stretches = sorted(counted, key=sorted)
        slices = sorted({when for m in MONTHS if any(when := tuple(m in s for s in self.stretches))})
        self.atoms = list(product(self.town.areas, slices, SEXES, TYPES, BANDS, ELSEWHERE))
        self.size = len(self.atoms)
        self.named: dict[tuple[object, ...], Atoms] = {}
        if self.before:
            self._read_all(self.town.root / "editions" / self.edition, self.before, old=True)
        self._read_all(self.town.root / "build", self.town, old=False)

    # ---- what is counted ----

    def _sum(self, area: str, months: frozenset[str], where: Mapping[str, str], also: bool = False) -> Atoms:
        place = self.stretches.index(months)
        return {
            i: 1.0
            for i, (own, when, *held) in enumerate(self.atoms)
            if own == area and when[place] and meets(tuple(held), where, also)
        }

    def _met(self, area: str, months: frozenset[str], *filters: tuple[Mapping[str, str], bool]) -> list[str]:
        """The person of every record that truly counts."""
        return [
            who
            for own, month, held, who in self.town.records
            if own == area and month in months and all(meets(held, *one) for one in filters)
        ]

    def _own(self, *name: object) -> Atoms:
        """A number of its own, by name."""
        if name not in self.named:
            self.named[name] = {self.size: 1.0}
            self.size += 1
        return self.named[name]

    # ---- what is said ----

    def _say(self, atoms: Atoms, ends: tuple[float, float]) -> None:
        self.rows.append((atoms, *ends))
        self.old.append(self.is_old)

    def _aim(self, place: Place, atoms: Atoms, count: int) -> None:
        if not self.is_old and 1 <= count <= self.town.rule[0]:
            self.hidden[place] = atoms

    def _interval(self, shown: float) -> tuple[float, float]:
        """The counts that a figure stands for."""
        hide, step = self.said.rule
        if self.said.preset == "controlled":
            return max(shown - step + 1, 0), shown + step - 1
        counts = [0] if not shown else range(hide + 1, int(shown) + step)
        fits = [n for n in counts if step * math.floor(n / step + 0.5) == shown]
        return fits[0], fits[-1]

    def _read_all(self, out: Path, town: Town, *, old: bool) -> None:
        self.said, self.is_old = town, old
        with (out / "project" / "data" / "observations.csv").open() as file:
            rows = list(csv.DictReader(file))
        # a table's period may stand in for one that ends with it
        counted = {row["period"] for row in rows if row["indicator"] != "t"}
        assert counted <= set(town.periods), "a period that nobody asked for"
        for row in rows:
            self._read(row, {name: float(row[name]) for name in NUMBERS if row[name]})
        for name, asked in town.asked.items():
            if asked.kind == "standardised_ratio" and not (old and self.town.revised):
                for period in town.periods:
                    self._expected(name, asked, period, rows)
        self._people_of_parts()
        with (out / "data" / "ledger.csv").open() as file:
            self._ledger({r["fate"]: r["records"] for r in csv.DictReader(file) if r["source"] == "r"})

    def _read(self, row: Mapping[str, str], given: Given) -> None:
        area, period, name = row["area"], row["period"], row["indicator"]
        if self.is_old and area in self.town.revised:
            return
        if name == "t":
            self._table(area, period, given, row["status"])
            return
        asked = self.said.asked[name]
        months = counted_in(period, asked.pool)
        place = (name, asked.kind, area, period)
        if asked.kind != "percentage":
            self._count(place, asked, months, given)
            return
        among, where = (asked.among, False), (asked.where, asked.also)
        base, met = self._sum(area, months, *among), self._sum(area, months, *where)
        count = {atom: 1.0 for atom in base if atom in met}
        true = len(self._met(area, months, among, where)), len(self._met(area, months, among))
        without = {k: v for k, v in given.items() if not asked.shrink or k not in ("lower", "upper")}
        self._percentage(place, base, count, true, without, row["status"])

    def _count(self, place: Place, asked: Asked, months: frozenset[str], given: Given) -> None:
        area = place[2]
        atoms, met = self._sum(area, months, asked.where), self._met(area, months, (asked.where, False))
        count = len(met)
        if asked.kind == "distinct":
            atoms, count = self._persons(area, months, asked), len(set(met))
        if "numerator" in given:
            self._say(atoms, self._interval(given["numerator"]))
            if asked.kind == "distinct" and given["numerator"] == 0 and self.said.preset != "controlled":
                self._say(self._sum(area, months, asked.where), (0, 0))
        elif "lower" in given and not asked.shrink:
            scale = (
                given["denominator"] / given["per"] if asked.kind in ("rate", "standardised_ratio") else 1.0
            )
            self._say(atoms, (round(given["lower"] * scale), round(given["upper"] * scale)))
        if not self.said.minimum_base or "lower" in given:
            self._aim(place, atoms, count)

    def _persons(self, area: str, months: frozenset[str], asked: Asked) -> Atoms:
        """Different people are no sum of records, but no more than those."""
        key = (area, months, tuple(sorted(asked.where.items())))
        if key not in self.named:
            records = dict.fromkeys(self._sum(area, months, asked.where), -1.0)
            self._say({**records, **self._own(*key)}, (-math.inf, 0))
        return self._own(*key)

    def _people_of_parts(self) -> None:
        """Who is counted in a part is counted in the whole; the parts of a time are at least the whole."""
        known = {
            key: atoms for key, atoms in self.named.items() if len(key) == 3 and isinstance(key[1], frozenset)
        }
        for (area, months, where), whole in known.items():
            over = set(self._sum(area, months, dict(where)))
            for (other, times, narrower), part in known.items():
                if (
                    part is not whole
                    and other == area
                    and set(self._sum(other, times, dict(narrower))) <= over
                ):
                    self._say({**whole, **dict.fromkeys(part, -1.0)}, (0, math.inf))
            parts = [k for k in known if k[0] == area and k[2] == where and k[1] < months]
            if parts and frozenset().union(*(k[1] for k in parts)) == months:
                self._say(
                    {a: 1.0 for k in parts for a in known[k]} | dict.fromkeys(whole, -1.0), (0, math.inf)
                )

    def _percentage(
        self, place: Place, base: Atoms, count: Atoms, true: tuple[int, int], given: Given, status: str
    ) -> None:
        rest = {**base, **{a: base.get(a, 0.0) - n for a, n in count.items()}}
        rest = {a: n for a, n in rest.items() if n}
        if "denominator" in given:
            self._say(base, self._interval(given["denominator"]))
            if self.said.preset != "controlled":
                self._say(base, (self.said.minimum_base, math.inf))
            if "numerator" in given:
                self._say(count, self._interval(given["numerator"]))
            elif "lower" in given:
                self._side(count, rest, given)
        elif status == "suppressed" and "value" not in given and self.said.minimum_base:
            self._say(base, (0, self.said.minimum_base - 1))
            return
        elif status == "missing":
            self._say(base, (0, 0))
        self._aim((*place[:3], f"{place[3]} count"), count, true[0])
        self._aim((*place[:3], f"{place[3]} rest"), rest, true[1] - true[0])
        self._aim((*place[:3], f"{place[3]} base"), base, true[1])

    def _side(self, count: Atoms, rest: Atoms, given: Given) -> None:
        """A range over a base is of those counted if it is one that counts have, else of those left over."""
        hide, step = self.said.rule
        whole = given["denominator"]
        low, high = (round(given[end] * whole / 100) for end in ("lower", "upper"))
        first = step * math.floor((hide + 1) / step + 0.5)
        shown = [float(n) for n in range(first, int(whole) + 2 * step, step)]
        starts = {0, 1} | {self._interval(n)[0] for n in shown}
        ends = {hide} | {self._interval(n)[1] for n in shown}
        of_count = low in starts and (high in ends or high >= whole)
        of_rest = whole - high in starts and (whole - low in ends or not low)
        if of_count and not of_rest:
            self._say(count, (low, high if high < whole else math.inf))
        elif of_rest and not of_count:
            self._say(rest, (whole - high, whole - low if low else math.inf))

    def _table(self, area: str, period: str, given: Given, status: str) -> None:
        """Figures of a table: a year is the sum of its quarters, others have nothing in common."""
        quarters = tuple(f"2016-Q{i}" for i in (1, 2, 3, 4))
        parts = quarters if (area, quarters[-1]) in self.town.table and period == "2016" else (period,)
        count = {a: 1.0 for p in parts for a in self._own("t", area, p, "count")}
        rest = {a: 1.0 for p in parts for a in self._own("t", area, p, "rest")}
        met, of = self.town.table.get((area, period), (0, 0))
        self._percentage(("t", "table", area, period), {**count, **rest}, count, (met, of), given, status)

    def _expected(self, name: str, asked: Asked, period: str, rows: list[dict[str, str]]) -> None:
        """Where people live is public, so the totals that those expected are made of come out of them."""
        own = {r["area"]: r["denominator"] for r in rows if (r["indicator"], r["period"]) == (name, period)}
        known = [i for i, area in enumerate(self.town.areas) if own.get(area)]
        living = np.array([[people(area, band) for band in BANDS] for area in self.town.areas], dtype=float)
        share = (living / living.sum(axis=0))[known]
        if np.linalg.matrix_rank(share) < len(BANDS):
            return
        due = np.array([float(own[self.town.areas[i]]) for i in known])
        months = counted_in(period, asked.pool)
        for band, total in zip(BANDS, np.linalg.lstsq(share, due, rcond=None)[0], strict=True):
            of_band = {"band": band} if asked.where.get("band", band) == band else {"band": ""}
            sums = [self._sum(area, months, {**asked.where, **of_band}) for area in self.town.areas]
            self._say({a: 1.0 for atoms in sums for a in atoms}, self._by_itself(total))

    def _by_itself(self, total: float) -> tuple[float, float]:
        """The counts that a total by itself stands for: a hidden one is given as the middle of its range."""
        hide, step = self.said.rule
        if abs(total - (1 + hide) / 2) < 1e-4:
            return 1, hide
        shown = step * round(total / step)
        assert abs(total - shown) < 1e-4
        return (max(hide + 1, shown - step // 2), shown + (step - 1) // 2) if shown else (0, 0)

    def _ledger(self, fates: Mapping[str, str]) -> None:
        """Records counted are the atoms; those read are these and all others.

        Of two editions that count different months they have nothing to do with each other.
        """
        parts = {fate: self._own("ledger", self.is_old, fate) for fate in fates}
        if not self.before:
            parts["counted"] = dict.fromkeys(range(len(self.atoms)), 1.0)
            parts["read"] = {a: 1.0 for fate in sorted(fates.keys() - {"read"}) for a in parts[fate]}
        for fate, text in fates.items():
            if text:
                self._say(parts[fate], self._by_itself(float(text)))

    # ---- how far each is open ----

    def narrowed(self) -> Iterator[tuple[Place, float, float]]:
        """Hidden counts that can't be each of 1 to the end of what is hidden, if no edition alone did it."""
        places = list(self.hidden)
        every = matrix_of([*(row[0] for row in self.rows), *self.hidden.values()], self.size)
        known, aims = every[: len(self.rows)], every[len(self.rows) :]
        low, high = (np.array([row[i] for row in self.rows]) for i in (1, 2))
        old, last = np.array(self.old), float(self.town.rule[0])
        for upper in (True, False):
            found = short(known, low, high, aims, last, upper=upper)
            told = list(found) if old.any() else []
            before = short(known[old], low[old], high[old], aims[told], last, upper=upper) if told else {}
            for i, end in found.items():
                if i not in [told[place] for place in before]:
                    yield (places[i], 1, end) if upper else (places[i], end, last)
