"""Random towns on disk, of many kinds: what is asked of their records, and what nobody else should know.

Two sources that share people, a table, standardised ratios, pooled and shrunken figures, wards of another
year, all presets, up to thirty areas; and the same town a year on.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

Held = tuple[str, str, str, bool]
SEXES, TYPES, BANDS, ELSEWHERE = ("F", "M"), ("a", "b", "c"), ("young", "old"), (False, True)
MONTHS = tuple(f"{year}-{month:02}" for year in (2015, 2016, 2017) for month in range(1, 13))
PERIODS = (
    ("2016", "2017"),
    ("2016", "2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4"),
    ("2016", "2016/17", "2017"),
    ("2016", "2017-Q1", "12 months to 2017-03"),
    ("2016-01", "2016-02", "2016-03", "2016-Q1"),
)
#: Column -> what the filters ask for; `also` is no column: who is in the other source.
WHERES = (
    {}, {"type": "a"}, {"type": "ab"}, {"sex": "F"}, {"sex": "M"}, {"type": "c", "sex": "M"},
    {"band": "young"}, {"band": "old", "type": "a"},
)  # fmt: skip
PRESETS = ("nhs", "gss", "ons", "own", "controlled")
RULES = {"nhs": (7, 5), "gss": (4, 5), "ons": (9, 5), "own": (5, 3), "controlled": (4, 5)}
#: What nobody may find in anything that is published.
PLANTED = ("Quillfeather", "QX9 7ZZ", "PERSON-", "witchday")


@dataclass(frozen=True)
class Asked:
    """A measure: its kind, filter, the filter of its base, and how many periods are pooled."""

    kind: str
    where: Mapping[str, str]
    among: Mapping[str, str]
    also: bool = False
    pool: int = 1
    shrink: bool = False


@dataclass(frozen=True)
class Town:
    """A project, and what nobody else should know: its records (area, month, what each holds, person)."""

    root: Path
    areas: tuple[str, ...]
    periods: tuple[str, ...]
    asked: Mapping[str, Asked]
    preset: str
    minimum_base: int
    records: tuple[tuple[str, str, Held, str], ...]
    table: Mapping[tuple[str, str], tuple[int, int]]
    seed: int = 0
    moved: bool = False
    revised: frozenset[str] = frozenset()

    @property
    def rule(self) -> tuple[int, int]:
        return RULES[self.preset]


def months_of(period: str) -> frozenset[str]:
    if period.startswith("12 months to "):
        end = MONTHS.index(period[-7:])
        return frozenset(MONTHS[end - 11 : end + 1])
    if "-Q" in period:
        quarter = int(period[-1])
        return frozenset(f"{period[:4]}-{month:02}" for month in range(3 * quarter - 2, 3 * quarter + 1))
    if "/" in period:
        start = MONTHS.index(f"{period[:4]}-04")
        return frozenset(MONTHS[start : start + 12])
    return frozenset(month for month in MONTHS if month.startswith(period))


def counted_in(period: str, pool: int) -> frozenset[str]:
    """The months of a period and of the years before it that are pooled with it."""
    if pool == 1:
        return months_of(period)
    return frozenset().union(*(months_of(str(int(period) - i)) for i in range(pool)))


def meets(held: Held, where: Mapping[str, str], also: bool = False) -> bool:
    sex, type_, band, elsewhere = held
    return (
        sex in where.get("sex", sex)
        and type_ in where.get("type", type_)
        and band == where.get("band", band)
        and (elsewhere or not also)
    )


def new_town(root: Path, seed: int) -> Town:
    """A town by a seed."""
    draw = np.random.default_rng(seed)
    areas = tuple(
        f"W{i:02}" for i in range(int(draw.choice([2, 3, 4, 6, 30], p=[0.2, 0.3, 0.25, 0.2, 0.05])))
    )
    periods = PERIODS[draw.integers(len(PERIODS))]
    asked = {f"m{i}": _asked(draw, periods, first=not i) for i in range(draw.integers(2, 6))}
    preset = str(draw.choice(PRESETS, p=[0.4, 0.2, 0.15, 0.15, 0.1]))
    minimum = int(draw.choice([0, 0, 0, 15]))
    months = sorted(set().union(*(counted_in(p, a.pool) for p in periods for a in asked.values())))
    mean = draw.choice([0.5, 1.5, 4.0]) / len(months)
    records, number = [], 0
    for area, month, *held in product(areas, months, SEXES, TYPES, BANDS, ELSEWHERE):
        for _ in range(draw.poisson(mean * (1 + int(area[1:]) % 3) / 2)):
            number += 1
            records.append(
                (area, month, tuple(held), f"PERSON-{int(held[3])}{draw.integers(number // 2 + 3)}")
            )
    bases = {(a, p): int(draw.integers(1, 60)) for a in areas for p in periods[1:] or periods}
    table = {place: (int(draw.integers(0, base + 1)), base) for place, base in bases.items()}
    if "-Q4" in periods[-1]:  # the parts make up the whole
        for area in areas:
            counts, wholes = zip(*(table[area, period] for period in periods[1:]), strict=True)
            table[area, periods[0]] = sum(counts), sum(wholes)
    elif len(periods) == 2:
        table |= {(a, periods[0]): (int(draw.integers(0, 20)), int(draw.integers(20, 40))) for a in areas}
    return Town(root, areas, periods, asked, preset, minimum, tuple(records), table, seed)


def later(town: Town, seed: int) -> Town:
    """The town a year on: more is asked, of other periods, by another rule, and some records have come."""
    draw = np.random.default_rng([seed, 1])
    asked = {
        **town.asked,
        **{f"n{i}": _asked(draw, town.periods, first=False) for i in range(draw.integers(0, 3))},
    }
    periods = (
        town.periods
        if draw.random() < 0.5
        else tuple(town.periods[i] for i in sorted(draw.permutation(len(town.periods))[1:]))
    )
    preset = town.preset if draw.random() < 0.6 else str(draw.choice(["nhs", "gss", "ons"]))
    records, revised = town.records, frozenset[str]()
    if draw.random() < 0.5:
        area = town.areas[-1]
        revised = frozenset({area})
        kept = [r for r in records if r[0] != area or draw.random() < 0.95]
        of_area = [r for r in records if r[0] == area] or list(records)
        records = (*kept, *(of_area[i] for i in draw.integers(0, len(of_area), draw.integers(0, 4))))
    if town.preset == "controlled":
        return replace(town, asked=asked, periods=periods, records=records, revised=revised)
    preset = "nhs" if preset == "controlled" else preset
    return replace(town, asked=asked, periods=periods, preset=preset, records=records, revised=revised)


def _asked(draw: np.random.Generator, periods: tuple[str, ...], *, first: bool) -> Asked:
    yearly = periods == ("2016", "2017")
    kind = str(draw.choice(["count", "rate", "percentage", "distinct", "standardised_ratio", "also"]))
    where, among = ({**WHERES[draw.integers(len(WHERES))]} for _ in range(2))
    if first:
        return Asked("count", where, {})
    pooled = yearly and kind in ("rate", "percentage", "standardised_ratio") and draw.random() < 0.5
    shrink = kind in ("rate", "percentage") and draw.random() < 0.3
    if kind == "also":
        return Asked("percentage", where, among, True)
    if kind == "percentage":
        where = where or {"sex": "F"}
    return Asked(kind, where, among if kind == "percentage" else {}, False, 2 if pooled else 1, shrink)


def people(area: str, band: str) -> int:
    """Where people live is public."""
    return 700 + 137 * int(area[1:]) if band == "young" else 200 + 61 * (int(area[1:]) * 5 % 7)


def filter_text(where: Mapping[str, str]) -> str:
    several = {"ab": "type in ('a', 'b')"}
    return " and ".join(several.get(text, f"{column} = '{text}'") for column, text in where.items())


#: Wards of another year, whose records are dealt out.
_OLD_WARDS = "area: {type: ward, vintage: 2010}, "
_LOOKUP = (
    "lookups:\n  - {from: {type: ward, vintage: 2010}, to: {type: ward, vintage: 2020}, path: lookup.csv,\n"
    "     weight: people}\n"
)


def write_town(town: Town) -> None:
    """The project of a town on disk."""
    (town.root / "data").mkdir(parents=True, exist_ok=True)
    months = sorted({m for p in town.periods for a in town.asked.values() for m in counted_in(p, a.pool)})
    more = {
        "rate": ", per: 1000, denominator: people", "distinct": ", value: person",
        "standardised_ratio": ", per: 100, denominator: people, by: [band]",
    }  # fmt: skip
    measures = "".join(
        f"  {name}: {{records: r, kind: {m.kind}, may_be_empty: true{more.get(m.kind, '')}"
        + (f', where: "{filter_text(m.where)}"' if m.where else "")
        + (f', among: "{filter_text(m.among)}"' if m.among else "")
        + (", also_in: s" if m.also else "")
        + (f", pool: {m.pool}" if m.pool > 1 else "")
        + (", shrink: borough" if m.shrink else "")
        + "}\n"
        for name, m in town.asked.items()
    )
    hide, step = town.rule
    own = f", hide_to: {hide}, round_to: {step}, reason: ours" if town.preset == "own" else ""
    shared = any(m.also for m in town.asked.values())
    person = 'person: {column: person, secret: "${ATTACK_KEY}"}, ' if shared else ""
    second = (
        f"  s: {{path: data/s.csv, subject: person, date: month, {person}link: {{by: code, column: ward}},\n"
        f"      covers: [{', '.join(map(repr, months))}]}}\n"
        if person
        else ""
    )
    (town.root / "commonweal.yaml").write_text(
        "project: {title: Made, place: Town, framework: framework.csv}\n"
        f"periods: {{publish: [{', '.join(map(repr, town.periods))}]}}\n"
        f"areas: {{type: ward, vintage: 2020, table: areas.csv}}\n{_LOOKUP * town.moved}"
        "denominators: {people: {path: data/people.csv, by: [band]}}\n"
        "values:\n  - {path: data/t.csv, layout: long, subject: person, kind: percentage}\n"
        f"records:\n  r: {{path: data/r.csv, subject: person, date: month, {person}\n"
        f"      {_OLD_WARDS * town.moved}link: {{by: code, column: ward}},\n"
        f"      covers: [{', '.join(map(repr, months))}], wider: true}}\n{second}"
        f"measures:\n{measures}"
        "recipe: {treat: none, impute: none, normalise: rank, weigh: equal}\n"
        f"protect: {{preset: {town.preset}{own}, minimum_base: {town.minimum_base}}}\n"
    )
    nodes = "".join(f"{name},{name.upper()},index,indicator,1\n" for name in (*town.asked, "t"))
    (town.root / "framework.csv").write_text(f"id,name,parent,level,direction\nindex,Index,,index,\n{nodes}")
    (town.root / "areas.csv").write_text("code,name\n" + "".join(f"{a},Ward {a}\n" for a in town.areas))
    ahead = {area: town.areas[(i + 1) % len(town.areas)] for i, area in enumerate(town.areas)}
    pairs = "".join(
        f"{a},{a},{people(a, 'old')}\n{a},{b},{people(b, 'young') // 3}\n" for a, b in ahead.items()
    )
    (town.root / "lookup.csv").write_text("from,to,people\n" + pairs)
    living = "".join(f"{a},2015,{b},{people(a, b)}\n" for a in town.areas for b in BANDS)
    (town.root / "data" / "people.csv").write_text("area,period,band,value\n" + living)
    values = "".join(
        f"{area},{period},t,{'' if not base else 100 * count / base},{count},{base}\n"
        for (area, period), (count, base) in sorted(town.table.items())
        if base
    )
    (town.root / "data" / "t.csv").write_text("area,period,indicator,value,numerator,denominator\n" + values)
    rows = [
        (who, "Ada Quillfeather", "QX9 7ZZ", area, month, *held[:3])
        for area, month, held, who in town.records
    ]
    rows += [("PERSON-9", "Bo Quillfeather", "QX9 7ZZ", "Z", "witchday", "F", "a", "old")] * (town.seed % 4)
    also = sorted({who for _, _, held, who in town.records if held[3]})
    others = [(who, "W00", months[i % len(months)]) for i, who in enumerate(also)]
    for name, heading, written in (
        ("r", ("person", "name", "postcode", "ward", "month", "sex", "type", "band"), rows),
        ("s", ("person", "ward", "month"), [*others, *(("", "W00", month) for month in months)]),
    ):
        with (town.root / "data" / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([heading, *written])
