"""The kernel: SQL text for the questions of a query, written once for every engine.

Three steps, each a select. `rows` reads from each record what any question needs, as simple values. `part`
tallies rows by place, date and groups. `whole` adds the parts up by area. An engine runs them one inside the
other; where points find their areas on the way, it stops after `rows` and gives `part` rows with an area.
Nothing is divided and nothing is a float, so every engine gives the same integers.
"""

from __future__ import annotations

from dataclasses import dataclass

from commonweal.sources.backends.sql import Dialect
from commonweal.sources.filter import EVERY, Condition, columns_of
from commonweal.sources.query import (
    CAPITALS,
    SECONDS,
    SMALL,
    ByCode,
    Distinct,
    Number,
    Query,
    Tally,
    Unlinked,
    part_columns,
)

#: The small table that leads from codes to areas.
AREAS = "commonweal_areas"


def periods(ask: int) -> str:
    """The name of the small table that leads from dates to the periods of a question."""
    return f"commonweal_periods_{ask}"


@dataclass(frozen=True, slots=True)
class Values:
    """What is read from each record: texts s0, s1, ..., numbers n0, ..., and conditions met f0, ..."""

    texts: tuple[str, ...]
    numbers: tuple[Number, ...]
    conditions: tuple[Condition, ...]


def values(query: Query) -> Values:
    """Every value that any question of a query needs, once.

    >>> from commonweal.sources.query import Cells
    >>> ask = Cells((Tally("sum", number=Number("cost")), Tally("least", number=Number("cost"))), by=("sex",))
    >>> values(Query((), ByCode("ward", ()), (ask,)))
    Values(texts=('sex',), numbers=(Number(column='cost', decimals=0),), conditions=())
    """
    texts: dict[str, None] = {}
    numbers: dict[Number, None] = {}
    conditions: dict[Condition, None] = {}
    for ask in query.asks:
        if isinstance(ask, Distinct):
            texts[ask.column] = None
            conditions[ask.where] = None
            continue
        texts.update(dict.fromkeys(ask.by))
        numbers.update(dict.fromkeys(n for n in (ask.bins, *(t.number for t in ask.tallies)) if n))
        conditions.update(dict.fromkeys(tally.where for tally in ask.tallies))
    conditions.pop(EVERY, None)
    return Values(tuple(texts), tuple(numbers), tuple(conditions))


def columns_of_conditions(query: Query) -> frozenset[str]:
    """The columns in which an empty text must be none already; elsewhere the kernel takes it for none."""
    return frozenset().union(*map(columns_of, values(query).conditions))


def rows(query: Query, dialect: Dialect, records: str) -> str:
    """What is read of each record of a relation: its place (code, or x and y), date and values."""
    held = values(query)
    link, name = query.link, dialect.name
    if isinstance(link, ByCode):
        # as written: its form is put right once a part, which is far less often than once a record
        place = [f"{name(link.column)} as code"]
    else:
        place = [f"{dialect.real(name(link.x))} as x", f"{dialect.real(name(link.y))} as y"]
    read = [
        *place,
        f"{_at(query, dialect)} as dated",
        *(f"{_trimmed(name(column))} as s{i}" for i, column in enumerate(held.texts)),
        *(f"{dialect.whole(name(n.column), n.decimals)} as n{i}" for i, n in enumerate(held.numbers)),
        *(f"{dialect.condition(c)} as f{i}" for i, c in enumerate(held.conditions)),
    ]
    return f"select {', '.join(read)} from {records}"


def part(query: Query, ask: int, dialect: Dialect, read: str) -> str:
    """The tallies of question number `ask` over rows, by place, date and groups; not yet one row a cell."""
    asked, held = query.asks[ask], values(query)
    place = "code" if isinstance(query.link, ByCode) else "area"
    if isinstance(asked, Distinct):
        who = f"s{held.texts.index(asked.column)}"
        met = [f"{who} is not null", *_met(asked.where, held)]
        return f"select distinct {place}, dated, {who} as who from {read} where {' and '.join(met)}"
    groups = [
        place,
        "dated",
        *(f"s{held.texts.index(column)} as g{i}" for i, column in enumerate(asked.by)),
        *([f"n{held.numbers.index(asked.bins)} as value"] if asked.bins else []),
    ]
    tallies = [f"{_tally(tally, held, dialect)} as t{i}" for i, tally in enumerate(asked.tallies)]
    by = ", ".join(str(i + 1) for i in range(len(groups)))
    return f"select {', '.join([*groups, 'count(*) as records', *tallies])} from {read} group by {by}"


def whole(query: Query, ask: int, dialect: Dialect, parts: str) -> str:
    """The answer to question number `ask` from a relation of its parts; sums and squares as text."""
    asked = query.asks[ask]
    area, found = "parts.area", f"{parts} as parts"
    if isinstance(query.link, ByCode):
        code = _code("parts.code", query.link, dialect)
        area, found = _area(code), f"{found} left join {AREAS} as areas on areas.name = {code}"
    if isinstance(asked, Distinct):
        return (
            f"select {area} as area, periods.number as period, count(distinct parts.who) as people"
            f" from {found} join {periods(ask)} as periods"
            " on periods.name = coalesce(parts.dated, '') group by 1, 2"
        )
    groups = [
        f"parts.{'dated' if name == 'at' else name} as {name}"
        for name in part_columns(asked)
        if name != "area"
    ]
    sums = ["cast(sum(parts.records) as bigint) as records"]
    sums += [f"{_sum(tally, f'parts.t{i}', dialect)} as t{i}" for i, tally in enumerate(asked.tallies)]
    by = ", ".join(str(i + 1) for i in range(len(groups) + 1))
    return f"select {', '.join([f'{area} as area', *groups, *sums])} from {found} group by {by}"


def small_tables(query: Query) -> dict[str, tuple[list[str], list[int]]]:
    """The tables that `whole` joins, each of two columns, name and number: codes to areas, dates to periods.

    No date is the empty text, which no date is.
    """
    tables = {}
    if isinstance(query.link, ByCode):
        tables[AREAS] = (list(query.link.index), list(query.link.index.values()))
    for i, ask in enumerate(query.asks):
        if isinstance(ask, Distinct):
            pairs = [(at or "", period) for at, found in ask.periods.items() for period in found]
            tables[periods(i)] = ([at for at, _ in pairs], [period for _, period in pairs])
    return tables


def _tally(tally: Tally, held: Values, dialect: Dialect) -> str:
    number = f"n{held.numbers.index(tally.number)}" if tally.number else "*"
    match tally.kind:
        case "count":
            plain = f"count({number})"
        case "sum":
            plain = f"sum({number})"
        case "squares":
            plain = f"sum({dialect.square(number)})"
        case "least":
            plain = f"min({number})"
        case "most":
            plain = f"max({number})"
    met = _met(tally.where, held)
    return f"{plain} filter (where {met[0]})" if met else plain


def _met(condition: Condition, held: Values) -> list[str]:
    return [] if condition == EVERY else [f"f{held.conditions.index(condition)}"]


def _sum(tally: Tally, column: str, dialect: Dialect) -> str:
    match tally.kind:
        case "count":
            return f"cast(sum({column}) as bigint)"
        case "sum" | "squares":
            return f"cast(coalesce(sum({column}), 0) as {dialect.text_type})"
        case "least":
            return f"cast(min({column}) as bigint)"
        case "most":
            return f"cast(max({column}) as bigint)"


def _area(code: str) -> str:
    empty, unknown = int(Unlinked.EMPTY_CODE), int(Unlinked.UNKNOWN_CODE)
    none = f"parts.code is null or {code} = ''"
    return f"case when {none} then {empty} else coalesce(areas.number, {unknown}) end"


def _code(held: str, link: ByCode, dialect: Dialect) -> str:
    """A text in the form of a link; `query.code_text` says the same in Python."""
    match link.form:
        case "code":
            return f"trim({held})"
        case "postcode":
            return f"translate({held}, {dialect.text(SMALL)}, {dialect.text(CAPITALS)})"
        case "uprn":
            return f"trim(leading '0' from trim({held}))"


def _trimmed(held: str) -> str:
    return f"nullif(trim({held}), '')"


def _at(query: Query, dialect: Dialect) -> str:
    """The date as written, or its month where it is a day or seconds since 1970, so that there are few."""
    if not query.date:
        return f"cast(null as {dialect.text_type})"
    raw = dialect.name(query.date)
    trimmed = _trimmed(raw)
    timed = f"length({trimmed}) > 10 and substr({trimmed}, 11, 1) in ('T', ' ')"
    day = f"case when {timed} then substr({trimmed}, 1, 10) else {trimmed} end"
    # the plain case is asked first: trimming and cutting a date costs more than counting it
    return (
        f"case when {dialect.is_day(raw)} then substr({raw}, 1, 7)"
        f" when {dialect.is_day(day)} then substr({day}, 1, 7)"
        f" when {dialect.matches(trimmed, SECONDS)} then {dialect.month_of(f'substr({trimmed}, 1, 10)')}"
        f" else {day} end"
    )
