"""Random projects on disk, and someone who sets up everything that is published of them by himself.

Nothing of the gate is used here but the figures it lets out. An atom is a kind of record that may exist: its
area, a stretch of months that no published period cuts, and what its columns hold.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Atoms = dict[int, float]
SEXES, TYPES, NUMBERS = ("F", "M"), ("a", "b", "c"), (0, 1, 2, 3)
#: (sex, type, number) of a record -> whether it meets the filter
FILTERS: Mapping[str, Callable[[str, str, int], bool]] = {
    "": lambda sex, type_, number: True,
    "type = 'a'": lambda sex, type_, number: type_ == "a",
    "type in ('a', 'b')": lambda sex, type_, number: type_ != "c",
    "not type = 'a'": lambda sex, type_, number: type_ != "a",
    "sex = 'F'": lambda sex, type_, number: sex == "F",
    "type = 'b' or sex = 'M'": lambda sex, type_, number: type_ == "b" or sex == "M",
    "number >= 2": lambda sex, type_, number: number >= 2,
    "number = 3 and sex = 'F'": lambda sex, type_, number: number == 3 and sex == "F",
}
PERIODS = (
    ("2016", "2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4"),
    ("2016", "2016/17", "2017"),
    ("2016-Q1", "2016-Q2", "6 months to 2016-06"),
    ("2016-01", "2016-02", "2016-03", "2016-Q1"),
)
MONTHS = tuple(f"{year}-{month:02}" for year in (2016, 2017) for month in range(1, 13))
KINDS = ("count", "rate", "percentage", "percentage", "distinct", "mean", "sum", "median")
RULES = {"nhs": (7, 5), "gss": (4, 5), "ons": (9, 5)}


@dataclass(frozen=True)
class Asked:
    """A measure: its kind, filter, and the filter of its base."""

    kind: str
    where: str
    among: str = ""


@dataclass(frozen=True)
class Made:
    """A project that was written, its rule, and the records that nobody else should know."""

    root: Path
    areas: tuple[str, ...]
    periods: tuple[str, ...]
    asked: Mapping[str, Asked]
    hide_to: int
    round_to: int
    minimum_base: int
    records: tuple[tuple[str, str, str, str, str, int], ...]


def months_of(period: str) -> set[str]:
    if period.startswith("6 months to "):
        end = MONTHS.index(period[-7:])
        return set(MONTHS[end - 5 : end + 1])
    if "-Q" in period:
        quarter = int(period[-1])
        return {f"{period[:4]}-{month:02}" for month in range(3 * quarter - 2, 3 * quarter + 1)}
    return set(MONTHS[3:15]) if "/" in period else {m for m in MONTHS if m.startswith(period)}


def write_project(root: Path, seed: int) -> Made:
    """A project by a seed: a few areas, a few measures that overlap, few records."""
    draw = np.random.default_rng(seed)
    areas = tuple("ABCD"[: draw.integers(2, 5)])
    periods = PERIODS[draw.integers(len(PERIODS))]
    months = sorted(set().union(*map(months_of, periods)))
    mean = draw.choice([0.3, 1.0, 2.5]) / len(months)
    bias = dict(zip(areas, draw.choice([0.3, 1.0, 2.0], len(areas)), strict=True))
    records, number = [], 0
    for area, month, *held in product(areas, months, SEXES, TYPES, NUMBERS):
        for _ in range(draw.poisson(mean * bias[area])):
            number += 1
            records.append((f"P{draw.integers(number // 2 + 3)}", area, month, *held))
    asked = {}
    for i in range(draw.integers(2, 6)):
        kind, where, among = (str(draw.choice(list(some))) for some in (KINDS, FILTERS, FILTERS))
        kind = kind if i else "count"  # there is something in every period
        where = where or "sex = 'F'" if kind == "percentage" else where
        asked[f"m{i}"] = Asked(kind, where, among if kind == "percentage" else "")
    preset, minimum = str(draw.choice(sorted(RULES))), int(draw.choice([0, 0, 15]))
    made = Made(root, areas, periods, asked, *RULES[preset], minimum, tuple(records))
    _write(made, preset, months)
    return made


def _write(made: Made, preset: str, months: list[str]) -> None:
    more = {
        "rate": ", per: 1000, denominator: people", "distinct": ", value: person",
        "mean": ", value: number, decimals: 0",
        "sum": ", value: number, decimals: 0", "median": ", value: number, decimals: 0",
    }  # fmt: skip
    lines = [
        f"  {name}: {{records: r, kind: {m.kind}, may_be_empty: true{more.get(m.kind, '')}"
        + (f', where: "{m.where}"' if m.where else "")
        + (f', among: "{m.among}"' if m.among else "")
        + "}\n"
        for name, m in made.asked.items()
    ]
    (made.root / "data").mkdir(parents=True)
    (made.root / "commonweal.yaml").write_text(
        "project: {title: Made, place: Town, framework: framework.csv}\n"
        f"periods: {{publish: [{', '.join(map(repr, made.periods))}]}}\n"
        "areas: {type: ward, table: areas.csv}\n"
        "denominators: {people: data/people.csv}\n"
        "records:\n  r: {path: data/r.csv, subject: person, date: month, link: {by: code, column: ward},\n"
        f"      covers: [{', '.join(map(repr, months))}], wider: true}}\n"
        f"measures:\n{''.join(lines)}"
        "recipe: {treat: none, impute: none, normalise: rank, weigh: equal}\n"
        f"protect: {{preset: {preset}, minimum_base: {made.minimum_base}}}\n"
    )
    rows = "".join(f"{name},{name.upper()},index,indicator,1\n" for name in made.asked)
    (made.root / "framework.csv").write_text(f"id,name,parent,level,direction\nindex,Index,,index,\n{rows}")
    (made.root / "areas.csv").write_text("code,name\n" + "".join(f"{a},Ward {a}\n" for a in made.areas))
    people = "".join(f"{area},2016,{1000 + 137 * i}\n" for i, area in enumerate(made.areas))
    (made.root / "data" / "people.csv").write_text("area,period,value\n" + people)
    with (made.root / "data" / "r.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("person", "ward", "month", "sex", "type", "number"), *made.records])


@dataclass
class Attack:
    """What is published of a project as ranges of sums of atoms, and the hidden counts to be narrowed."""

    made: Made
    rows: list[tuple[Atoms, float, float]] = field(default_factory=list)
    hidden: dict[tuple[str, ...], Atoms] = field(default_factory=dict)

    def __post_init__(self) -> None:
        made = self.made
        slices = {tuple(m in months_of(p) for p in made.periods) for m in MONTHS}
        kinds = product(made.areas, sorted(s for s in slices if any(s)), SEXES, TYPES, NUMBERS)
        self.atoms = list(kinds)
        self.size = len(self.atoms)
        self.people: dict[tuple[str, str, str], Atoms] = {}
        with (made.root / "build" / "project" / "data" / "observations.csv").open() as file:
            for row in csv.DictReader(file):
                self._read(row)
        self._people_of_parts()

    def _sum(self, area: str, period: str, *filters: str) -> Atoms:
        place = self.made.periods.index(period)
        return {
            i: 1.0
            for i, (where, when, *held) in enumerate(self.atoms)
            if where == area and when[place] and all(FILTERS[f](*held) for f in filters)
        }

    def _met(self, area: str, period: str, *filters: str) -> list[str]:
        """The person of every record that truly counts."""
        return [
            person
            for person, where, month, *held in self.made.records
            if where == area and month in months_of(period) and all(FILTERS[f](*held) for f in filters)
        ]

    def _interval(self, shown: float) -> tuple[float, float]:
        step = self.made.round_to
        counts = [0] if not shown else range(self.made.hide_to + 1, int(shown) + step)
        fits = [n for n in counts if step * math.floor(n / step + 0.5) == shown]
        return fits[0], fits[-1]

    def _say(self, atoms: Atoms, ends: tuple[float, float]) -> None:
        self.rows.append((atoms, *ends))

    def _aim(self, place: tuple[str, ...], atoms: Atoms, count: int) -> None:
        if 1 <= count <= self.made.hide_to:
            self.hidden[place] = atoms

    def _read(self, row: Mapping[str, str]) -> None:
        area, period, name = row["area"], row["period"], row["indicator"]
        given = {key: float(text) for key, text in row.items() if text and _is_number(text)}
        asked = self.made.asked[name]
        place = (name, asked.kind, area, period)
        if asked.kind == "percentage":
            self._percentage(place, asked, given, row["status"])
        elif asked.kind in ("count", "rate", "distinct"):
            self._count(place, asked, given)
        else:
            self._value(place, asked, given)

    def _count(self, place: tuple[str, ...], asked: Asked, given: Mapping[str, float]) -> None:
        _, kind, area, period = place
        atoms, met = self._sum(area, period, asked.where), self._met(area, period, asked.where)
        if kind == "distinct":
            atoms, met = self._persons(area, period, asked.where), sorted(set(met))
        if "numerator" in given:
            self._say(atoms, self._interval(given["numerator"]))
        elif "lower" in given:
            scale = given["denominator"] / given["per"] if kind == "rate" else 1.0
            self._say(atoms, (round(given["lower"] * scale), round(given["upper"] * scale)))
        self._aim(place, atoms, len(met))

    def _persons(self, area: str, period: str, where: str) -> Atoms:
        """Different people are no sum of records, but no more than those."""
        if (area, period, where) not in self.people:
            self.people[area, period, where] = {self.size: 1.0}
            records = dict.fromkeys(self._sum(area, period, where), -1.0)
            self._say({**records, self.size: 1.0}, (-math.inf, 0))
            self.size += 1
        return self.people[area, period, where]

    def _people_of_parts(self) -> None:
        """Who is counted in a part is counted in the whole; the parts of a time are at least the whole."""
        for (area, period, where), whole in self.people.items():
            over = set(self._sum(area, period, where))
            for other, part in self.people.items():
                if part is not whole and set(self._sum(*other)) <= over:
                    self._say({**whole, **dict.fromkeys(part, -1.0)}, (0, math.inf))
            times = [p for p in self.made.periods if months_of(p) < months_of(period)]
            parts = [self.people[area, p, where] for p in times if (area, p, where) in self.people]
            if set().union(*map(months_of, times)) == months_of(period) and len(parts) == len(times):
                self._say({a: 1.0 for p in parts for a in p} | dict.fromkeys(whole, -1.0), (0, math.inf))

    def _percentage(
        self, place: tuple[str, ...], asked: Asked, given: Mapping[str, float], status: str
    ) -> None:
        _, _, area, period = place
        base, counted = (
            self._sum(area, period, asked.among),
            self._sum(area, period, asked.among, asked.where),
        )
        rest = {atom: 1.0 for atom in base if atom not in counted}
        below, top = (len(self._met(area, period, *f)) for f in ((asked.among,), (asked.among, asked.where)))
        if "denominator" in given:
            self._say(base, self._interval(given["denominator"]))
            self._say(base, (self.made.minimum_base, math.inf))
            if "numerator" in given:
                self._say(counted, self._interval(given["numerator"]))
            elif "lower" in given:
                self._side(counted, rest, given)
        elif "lower" not in given and status == "suppressed":
            self._say(base, (0, self.made.minimum_base - 1))
            return
        self._aim((*place, "count"), counted, top)
        self._aim((*place, "rest"), rest, below - top)
        self._aim((*place, "base"), base, below)

    def _side(self, counted: Atoms, rest: Atoms, given: Mapping[str, float]) -> None:
        """A range over a base is of those counted if it is one that counts have, else of those left over."""
        whole = given["denominator"]
        low, high = (round(given[end] * whole / 100) for end in ("lower", "upper"))
        starts = {0, 1} | {self._interval(n)[0] for n in self._shown(whole)}
        ends = {self.made.hide_to} | {self._interval(n)[1] for n in self._shown(whole)}
        of_counted = low in starts and (high in ends or high >= whole)
        of_rest = whole - high in starts and (whole - low in ends or not low)
        if of_counted and not of_rest:
            self._say(counted, (low, high if high < whole else math.inf))
        elif of_rest and not of_counted:
            self._say(rest, (whole - high, whole - low if low else math.inf))

    def _shown(self, most: float) -> list[float]:
        step = self.made.round_to
        first = step * math.floor((self.made.hide_to + 1) / step + 0.5)
        return [float(n) for n in range(first, int(most) + 2 * step, step)]

    def _value(self, place: tuple[str, ...], asked: Asked, given: Mapping[str, float]) -> None:
        """A sum, a mean and a median say something of how many have which number."""
        _, kind, area, period = place
        base = self._sum(area, period, asked.where)
        if "denominator" in given:
            self._say(base, self._interval(given["denominator"]))
            self._say(base, (self.made.minimum_base, math.inf))
        if "value" in given:
            value = given["value"]
            numbers = {atom: float(self.atoms[atom][-1]) for atom in base}
            match kind:
                case "sum":
                    self._say(numbers, (value, value))
                case "mean":
                    self._say({atom: n - value for atom, n in numbers.items()}, (-1e-7, 1e-7))
                case "median":
                    self._say({a: 1.0 if n <= value else -1.0 for a, n in numbers.items()}, (0, math.inf))
                    self._say({a: 1.0 if n >= value else -1.0 for a, n in numbers.items()}, (0, math.inf))
        if "value" not in given or not self.made.minimum_base:
            self._aim((*place, "base"), base, len(self._met(area, period, asked.where)))

    def narrowed(self) -> list[tuple[tuple[str, ...], float, float]]:
        """Every hidden count that can't be each of 1 to the end of what is hidden, with its range."""
        every = [atoms for atoms, _, _ in self.rows] + list(self.hidden.values())
        matrix = np.zeros((len(every), self.size))
        for number, atoms in enumerate(every):
            matrix[number, list(atoms)] = list(atoms.values())
        matrix = np.unique(matrix, axis=1)
        known, aims = matrix[: len(self.rows)], matrix[len(self.rows) :]
        ranges = LinearConstraint(known, [low for _, low, _ in self.rows], [high for _, _, high in self.rows])
        found = []
        for place, aim in zip(self.hidden, aims, strict=True):
            least, most = (_end(sign * aim, ranges) * sign for sign in (1, -1))
            if least > 1 + 1e-5 or most < self.made.hide_to - 1e-5:
                found.append((place, least, most))
        return found


def _end(cost: np.ndarray, ranges: LinearConstraint) -> float:
    found = milp(cost, constraints=ranges, bounds=Bounds(0, math.inf))
    assert found.status != 2, "no counts fit what is published"
    return float(found.fun) if found.status == 0 else -math.inf


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("e-", "", 1).lstrip("-").isdigit()
