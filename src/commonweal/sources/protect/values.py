"""Means, sums and quantiles about people: what a reader can tell from values that are shown as they are.

A value that hardly more or fewer people set apart from an earlier edition's is not shown. What remains of the
others is said in plain words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from commonweal.model.observation import Status
from commonweal.model.project import Project
from commonweal.model.published import PublishedBefore
from commonweal.sources.protect.earlier import KEY
from commonweal.sources.protect.gate import Gated
from commonweal.sources.protect.presets import rule_of
from commonweal.sources.protect.rule import Rule

#: Kinds of observations that are made of people's own numbers, and what several of them are called.
_CALLED: Final = {"mean": "means", "median": "quantiles", "sum": "sums", "ratio": "ratios"}
#: So many areas of one indicator are named in a note; all are in `.commonweal/protection.json`.
_NAMED: Final = 6

#: What a reader can tell from a mean, and from a quantile.
DIGITS: Final = (
    "The digits of a mean give away of how many people it is: 7.453125 is of 32 people, or a multiple of 32."
    " Only where that number is hidden has a mean no value."
)
OUTERMOST: Final = (
    "A median or other quantile is the number of someone in the records, and so are the ends of its interval:"
    " of eight to twenty people an end, or a high or low quantile, can be the number of one of the outermost."
)


@dataclass(frozen=True, slots=True)
class Differing:
    """Values of an indicator that differ from an edition, of hardly more or fewer people: where, and when."""

    indicator: str
    called: str
    edition: str
    places: tuple[tuple[str, str], ...]

    def say(self, names: Mapping[str, str], places: Mapping[str, str], rule: Rule) -> str:
        """In a sentence, with the areas and periods and never a value.

        >>> found = Differing("wait", "means", "2025", (("A", "2016"), ("A", "2017")))
        >>> print(found.say({"wait": "Days waited"}, {"A": "Abbey"}, Rule()))
        2 means of Days waited differ from edition 2025 although their numbers of people hardly do (by fewer \
than 8, as far as shown): the difference can be one person's value, so they are not shown: Abbey (2016, 2017).
        """
        one = len(self.places) == 1
        by_area: dict[str, list[str]] = {}
        for area, period in self.places:
            by_area.setdefault(area, []).append(period)
        where = [f"{places.get(area, area)} ({', '.join(periods)})" for area, periods in by_area.items()]
        more = f" and {len(where) - _NAMED} more areas" if len(where) > _NAMED + 1 else ""
        listed = ", ".join(where[:_NAMED] if more else where)
        return (
            f"{len(self.places):,} {self.called.removesuffix('s') if one else self.called} of"
            f" {names.get(self.indicator, self.indicator)} {'differs' if one else 'differ'} from edition"
            f" {self.edition} although {'its number' if one else 'their numbers'} of people hardly"
            f" {'does' if one else 'do'} (by fewer than {rule.hide_to + 1}, as far as shown): the difference"
            f" can be one person's value, so {'it is' if one else 'they are'} not shown: {listed}{more}."
        )

    def document(self) -> dict[str, Any]:
        """The same for the notes that stay in the project: with its places it is never published."""
        return {
            "indicator": self.indicator,
            "edition": self.edition,
            "places": [{"area": area, "period": period} for area, period in self.places],
        }


def say_hidden(rule: Rule) -> str:
    """What the protection page says of values that are not shown for an earlier edition's sake.

    >>> print(say_hidden(Rule()))
    A mean, sum, ratio or quantile has no value where it differs from an earlier edition's and fewer than 8 \
people more or fewer, as far as shown, are behind it: the difference can be one person's value.
    """
    return (
        "A mean, sum, ratio or quantile has no value where it differs from an earlier edition's and fewer"
        f" than {rule.hide_to + 1} people more or fewer, as far as shown, are behind it: the difference can"
        " be one person's value."
    )


def with_values_told(gated: Gated, project: Project, editions: Mapping[str, PublishedBefore]) -> Gated:
    """What has passed the gate, without the values that an edition may make one person's.

    Only the notes in `told` and `details` name the places: a page that did would point to the person.
    `editions` holds what earlier editions published, by name.
    """
    passed = gated.observations.frame
    own = passed.filter(pl.col("kind").is_in(list(_CALLED)), pl.col("round_to").is_not_null())
    if not own.height:
        return gated
    rule = rule_of(project.protection)
    found = differing(editions, own, rule)
    names = {node.id: node.name for node in project.framework}
    told = tuple(each.say(names, project.areas.names, rule) for each in found)
    shown = _without(passed, found)
    documents = [each.document() for each in found]
    return replace(
        gated,
        observations=replace(gated.observations, frame=shown),
        says=(*gated.says, *of_values(own), *((say_hidden(rule),) if found else ())),
        summary={**gated.summary, "differ_from_editions": sum(len(each.places) for each in found)},
        details={**gated.details, "differ_from_editions": documents} if found else gated.details,
        told=told,
    )


def _without(passed: pl.DataFrame, found: tuple[Differing, ...]) -> pl.DataFrame:
    """The observations without those values and their numerators; the people stay counted."""
    hide = {(each.indicator, *place) for each in found for place in each.places}
    keys = passed.select("indicator", "area", "period").iter_rows()
    gone = pl.Series([key in hide for key in keys], dtype=pl.Boolean)
    return passed.with_columns(
        *(
            pl.when(gone).then(None).otherwise(pl.col(name)).alias(name)
            for name in ("value", "lower", "upper", "numerator")
        ),
        pl.when(gone).then(pl.lit(Status.SUPPRESSED.value)).otherwise(pl.col("status")).alias("status"),
    )


def differing(
    editions: Mapping[str, PublishedBefore], own: pl.DataFrame, rule: Rule
) -> tuple[Differing, ...]:
    """The means and the like that differ from an edition's, of numbers of people that may hardly differ.

    Both sides are as they are published: what is found here a reader can find too.
    """
    own = own.filter(pl.col("value").is_not_null())
    found = []
    for edition, published in sorted(editions.items()):
        then = published.observations.select(*KEY, "value", "denominator", "round_to").filter(
            pl.col("value").is_not_null()
        )
        both = own.join(then, on=list(KEY), suffix="_then").filter(pl.col("value") != pl.col("value_then"))
        for (indicator, kind), rows in both.sort(KEY).group_by("indicator", "kind", maintain_order=True):
            places = tuple(
                (row["area"], row["period"])
                for row in rows.sort("area", "period").iter_rows(named=True)
                if _least_between(row) <= rule.hide_to
            )
            if places:
                found.append(Differing(str(indicator), _CALLED[str(kind)], edition, places))
    return tuple(found)


def _least_between(row: Mapping[str, Any]) -> float:
    """By how many people two values differ at least, as far as their numbers are shown.

    >>> _least_between({"denominator": 25, "denominator_then": 10, "round_to": 5, "round_to_then": 5})
    11.0
    """
    now, then = row["denominator"], row["denominator_then"]
    if now is None or then is None:
        return 0.0
    apart = sum((step or 1) // 2 for step in (row["round_to"], row["round_to_then"]))
    return max(0.0, float(abs(now - then) - apart))


def of_values(safe: pl.DataFrame) -> Iterator[str]:
    """What is to be known of the means and quantiles among some figures."""
    kinds = set(safe["kind"])
    if "mean" in kinds:
        yield DIGITS
    if "median" in kinds:
        yield OUTERMOST
