"""The totals of a source as observations: for each measure and period, what its records come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.model.observation import SCHEMA
from commonweal.model.period import Period
from commonweal.model.project import Project
from commonweal.model.source import Measure
from commonweal.sources.dates import Month, months, parts_of
from commonweal.sources.filter import Condition, both
from commonweal.sources.link.transfer import move, to_move
from commonweal.sources.measure.amounts import AMOUNTS, amounts, with_largest
from commonweal.sources.measure.form import Held, form, group_columns
from commonweal.sources.measure.grouped import Grouped, grouped
from commonweal.sources.measure.kinds import KINDS
from commonweal.sources.measure.observe import Window, denominators_for, kind_of, observations
from commonweal.sources.measure.reads import usable
from commonweal.sources.measure.strata import BY_GROUP, Strata, strata
from commonweal.sources.measure.times import Times
from commonweal.sources.plan import Plan
from commonweal.sources.query import Totals

#: Indicator, period, and what is true of it.
Note = tuple[str, str, str]
#: Tallies that are not added up, and how those of several cells become one.
_ENDS: Final = {"least": pl.min, "most": pl.max}


@dataclass(frozen=True, slots=True)
class Counted:
    """What the figures of an indicator in a period count: records of which source that meet which condition.

    `base` is the condition of what the denominator counts, where it counts records; `months` are those that
    were counted. `people` names the column whose different texts are counted, where it is those; `grouped`
    are the groups of people that are compared, where there are any.
    """

    source: str
    numerator: Condition
    base: Condition
    months: frozenset[Month]
    people: str = ""
    grouped: Grouped | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """The observations of a source, what each counts, and what the reader should know.

    `aside` are those (indicator, period) that other measures are made of and no one sees; `amounts` are what
    means, sums and ratios about people are made of.
    """

    frame: pl.DataFrame
    counted: Mapping[tuple[str, str], Counted]
    aside: frozenset[tuple[str, str]]
    notes: tuple[str, ...]
    amounts: pl.DataFrame


def stretches(plan: Plan, times: Times) -> tuple[Period, ...]:
    """The stretches in which different people are counted, in order; the second query numbers them so."""
    asking = [m for m in plan.measures if plan.needs[m.indicator].people is not None]
    return tuple(sorted({window.over for measure in asking for window in times.windows(measure)}))


def numbered(times: Times, over: tuple[Period, ...]) -> dict[str | None, tuple[int, ...]]:
    """For each date as written the numbers of the stretches that it lies in."""
    within = [set(times.within(stretch)) for stretch in over]
    return {text: tuple(i for i, texts in enumerate(within) if text in texts) for text in times.spans}


def gather(project: Project, plan: Plan, times: Times, totals: Totals, people: Totals | None) -> Gathered:
    """Form the measures of a source; `people` answers its second query."""
    notes: list[Note] = []
    tables, made_of = [pl.DataFrame(schema=SCHEMA)], [pl.DataFrame(schema=AMOUNTS)]
    counted, aside = {}, set()
    for measure in plan.measures:
        read = usable(project, plan, totals, measure)
        if measure.helper and measure.indicator not in times.back:
            continue
        for window in times.windows(measure):
            cell = (measure.indicator, window.period.label)
            hidden = measure.helper or window.period not in times.wanted
            said = [] if hidden else notes
            said += _part_covered(measure, window)
            if window.share < 1 and not (window.share > 0 and measure.annualise):
                continue
            cells = _cells(project, plan, measure, times, window, totals, people)
            held = Held(measure, window, project.areas.codes, cells, *_bases(project, measure, window, said))
            tables.append(_led_to(plan, observations(measure, window, form(held), project.areas.codes)))
            counted[cell] = replace(
                _counted(plan, measure, window, times.covered, read), grouped=_grouped(held, plan, totals)
            )
            made_of += [amounts(held)] if plan.records.about_people else []
            aside |= {cell} if hidden else set()
            said += [*_pooled(measure, window), *_shrunken(measure, window)]
    return Gathered(pl.concat(tables), counted, frozenset(aside), tuple(together(notes)), pl.concat(made_of))


def _cells(
    project: Project,
    plan: Plan,
    measure: Measure,
    times: Times,
    window: Window,
    totals: Totals,
    people: Totals | None,
) -> pl.DataFrame:
    """What was asked for a measure in one stretch, by area of the project and whatever else parts it."""
    asked = plan.needs[measure.indicator]
    if asked.people is not None:
        assert people is not None
        return _people(plan, times, window, asked.people, people)
    cells = plan.cells(totals, measure)
    names = list(asked.tallies)
    parts = [name for name in cells.columns if name not in ("at", *names)]
    within = pl.col("at").is_in(times.within(window.over), nulls_equal=True)
    added = [pl.col(name).sum() for name in names if name not in _ENDS]
    ends = [end(name) for name, end in _ENDS.items() if name in names]
    here = cells.filter((pl.col("area") >= 0) & within).group_by(parts).agg(*added, *ends).sort(parts)
    here = with_largest(here)
    if lookup := to_move(plan.records):
        names = [name for name in here.columns if name not in parts]
        wholes = {"numerator": "base"} if measure.kind == "percentage" else {}
        here = move(here, names, lookup, project.areas.codes, wholes).filter(pl.col("area") >= 0)
    return here


def _led_to(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    """Without areas that no old one leads to: nothing is known of them, and 0 would be said."""
    lookup = plan.records.lookup
    return rows if lookup is None else rows.filter(pl.col("area").is_in(list(lookup.ends)))


def _people(
    plan: Plan, times: Times, window: Window, asked: tuple[str, Condition], people: Totals
) -> pl.DataFrame:
    number = stretches(plan, times).index(window.over)
    answer = people.answers[plan.counted_once.index(asked)]
    return answer.filter((pl.col("period") == number) & (pl.col("area") >= 0)).select("area", "people")


def _bases(
    project: Project, measure: Measure, window: Window, notes: list[Note]
) -> tuple[Array | None, Strata | None]:
    """The denominators of a measure in a window, of all its periods together, whole or by group."""
    if not measure.denominator:
        return None, None
    periods = parts_of(window.period, measure.pool)
    codes = project.areas.codes
    older: dict[str, int] = {}
    held = None
    if measure.kind in BY_GROUP:
        held, said = strata(project, measure, codes, periods)
        older |= said
        found = held.population.sum(axis=1)
    else:
        table = project.denominators.filter(pl.col("name") == measure.denominator)
        found = np.zeros(len(codes))
        for period in periods:
            one, said = denominators_for(table, codes, period)
            found += one
            older |= said
    told = [
        f"the {measure.denominator} of {label} is used for {_areas(n)}." for label, n in sorted(older.items())
    ]
    if lacking := int((~(found > 0)).sum()):
        told.append(f"{measure.denominator} is not known for {_areas(lacking)}: missing.")
    notes += [(measure.indicator, window.period.label, text) for text in told]
    return found, held


def _counted(
    plan: Plan, measure: Measure, window: Window, covered: frozenset[Month], read: Condition
) -> Counted:
    numerator, base = (both(condition, read) for condition in plan.conditions[measure.indicator])
    kind = KINDS[kind_of(measure)]
    # a mean counts the things it is made of as its base
    own = numerator if kind.denominator and not kind.numerator else base
    people = measure.value if measure.kind == "distinct" else ""
    return Counted(plan.records.name, numerator, own, months(window.over) & covered, people)


def _grouped(held: Held, plan: Plan, totals: Totals) -> Grouped | None:
    if held.strata is None:
        return None
    cells = plan.cells(totals, held.measure)
    texts = [set(cells[column].drop_nulls()) for column in group_columns(held.measure)]
    return grouped(held.measure, held.strata, held.by_group("numerator"), held.areas, texts)


def _areas(count: int) -> str:
    return f"{count} area{'s' * (count != 1)}"


def _part_covered(measure: Measure, window: Window) -> Iterator[Note]:
    size = len(window.over.months)
    held = round(window.share * size)
    if held and window.share < 1:
        outcome = "scaled up to the whole" if measure.annualise else "missing"
        text = f"records cover {held} of {size} months: {outcome}."
        yield measure.indicator, window.period.label, text


def _pooled(measure: Measure, window: Window) -> Iterator[Note]:
    if window.over != window.period:
        yield measure.indicator, window.period.label, f"{window.over.label}."


#: Towards what figures are drawn -> how a reader is told.
_TOWARDS: Final[Mapping[str, str]] = {
    "borough": "towards those of all areas together",
    "neighbours": "towards those of their neighbours",
    "deprivation-index-rule": "by the rule of the English indices of deprivation",
}


def _shrunken(measure: Measure, window: Window) -> Iterator[Note]:
    if measure.shrink:
        text = f"figures of small areas are drawn {_TOWARDS[measure.shrink]}: estimated."
        yield measure.indicator, window.period.label, text


def together(notes: list[Note]) -> list[str]:
    """Each thing that is to be said of an indicator once, with all periods it is true of.

    >>> together([("crime", "2016", "is missing."), ("crime", "2017", "is missing.")])
    ['crime, 2016 and 2017: is missing.']
    """
    periods: dict[tuple[str, str], list[str]] = {}
    for indicator, label, text in notes:
        periods.setdefault((indicator, text), []).append(label)
    return [
        f"{indicator}, {', '.join(labels[:-1])}{' and ' * (len(labels) > 1)}{labels[-1]}: {text}"
        for (indicator, text), labels in periods.items()
    ]
