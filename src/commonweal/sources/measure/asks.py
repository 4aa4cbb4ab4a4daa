"""What each kind of measure needs of the records of its source, in the words of the door to the engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from commonweal.model.source import Measure
from commonweal.sources.filter import Compare, Condition, Empty, Like, Not, both
from commonweal.sources.query import Cells, Number, Tally


@dataclass(frozen=True, slots=True)
class Need:
    """Tallies by name, over records parted by area and date, by the texts of `by` and the number `bins`.

    `people` asks for the different texts of a column instead, among the records that meet a condition: the
    periods of that question are known when the dates have been read.
    """

    tallies: Mapping[str, Tally] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    bins: Number | None = None
    people: tuple[str, Condition] | None = None


def need(measure: Measure, where: Condition, base: Condition) -> Need:
    """What a measure needs: `where` says which records count, `base` which are counted among.

    >>> from commonweal.sources.filter import EVERY
    >>> list(need(Measure("cost", "visits", "mean", value="cost"), EVERY, EVERY).tallies)
    ['n', 'sum', 'squares']
    """
    number = Number(measure.value, measure.decimals)
    match measure.kind:
        case "percentage" | "ratio" if not measure.value:
            return Need({"numerator": Tally(where=where), "base": Tally(where=base)})
        case "mean" | "sum":
            return Need(
                {
                    "n": Tally("count", where, number),
                    "sum": Tally("sum", where, number),
                    "squares": Tally("squares", where, number),
                }
            )
        case "median":
            return Need({"n": Tally(where=where)}, bins=number)
        case "ratio":
            return Need({"n": Tally(where=where)}, by=(measure.over,), bins=number)
        case "distinct":
            return Need(people=(measure.value, where))
        case "standardised_ratio" | "standardised_rate" | "life_expectancy":
            return Need({"numerator": Tally(where=where)}, by=tuple(column for _, column in measure.by))
        case _:
            return Need({"numerator": Tally(where=where)})


def contributions(measure: Measure, where: Condition) -> Mapping[str, Tally]:
    """What tells how much of a mean or sum about people a single record is: the least and the most of the
    numbers, and the sum of those below 0. A ratio has all of its numbers anyway."""
    if measure.kind not in ("mean", "sum"):
        return {}
    number = Number(measure.value, measure.decimals)
    return {
        "least": Tally("least", where, number),
        "most": Tally("most", where, number),
        "below": Tally("sum", both(where, Compare(measure.value, "<", 0.0)), number),
    }


def number_columns(measure: Measure) -> tuple[str, ...]:
    """The columns of records that a measure reads numbers from."""
    if measure.kind not in ("mean", "median", "sum", "ratio"):
        return ()
    return tuple(column for column in (measure.value, measure.over) if column)


def named_columns(measure: Measure) -> Mapping[str, tuple[str, ...]]:
    """The columns of records that a measure names beside its filters, by the key that names them."""
    by = tuple(column for _, column in measure.by)
    return {
        "value": (measure.value,) * bool(measure.value),
        "over": (measure.over,) * bool(measure.over),
        "by": by,
    }


def reading(measure: Measure, where: Condition, column: str) -> Mapping[str, Tally]:
    """How a column of numbers reads where records count: filled, with a number, with more decimals."""
    number = Number(column, measure.decimals)
    longer = Like(column, f"%.{'_' * (measure.decimals + 1)}%")
    return {
        "records": Tally(where=where),
        "filled": Tally(where=both(where, Not(Empty(column)))),
        "read": Tally("count", where, number),
        "longer": Tally(where=both(where, longer)),
    }


def asks(
    conditions: Mapping[str, tuple[Condition, Condition]],
    needs: Mapping[str, Need],
    read: Mapping[tuple[str, str], Mapping[str, Tally]],
) -> tuple[Cells, ...]:
    """The fewest questions that answer all needs: one without parts, then one for each kind of parts."""
    plain = [Tally(where=condition) for pair in conditions.values() for condition in pair]
    plain += [tally for tallies in read.values() for tally in tallies.values()]
    asked: dict[tuple[tuple[str, ...], Number | None], list[Tally]] = {((), None): plain}
    for wanted in needs.values():
        if wanted.people is None:
            asked.setdefault((wanted.by, wanted.bins), []).extend(wanted.tallies.values())
    return tuple(
        Cells(tuple(sorted({*tallies} - {Tally()}, key=repr)), by, bins)
        for (by, bins), tallies in sorted(
            asked.items(), key=lambda item: (item[0] != ((), None), repr(item[0]))
        )
    )
