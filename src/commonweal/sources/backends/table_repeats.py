"""Repeats in a table, which has no order: the row of a key that comes first by all columns is kept.

SQL text, for engines whose records are a table of text columns.
"""

from __future__ import annotations

from collections.abc import Sequence

from commonweal.sources.backends.sql import Dialect


def count(records: str, key: str, columns: Sequence[str], dialect: Dialect) -> str:
    """A select of how many rows repeat the first of their key, and how many differ from it."""
    ranked = _ranked(records, key, columns, dialect)
    return (
        "select cast(coalesce(sum(case when nth = 1 then times - 1 else 0 end), 0) as bigint) as identical,"
        " cast(coalesce(sum(case when nth > 1 then times else 0 end), 0) as bigint) as differing"
        f" from {ranked} as ranked"
    )


def kept(records: str, key: str, columns: Sequence[str], dialect: Dialect) -> str:
    """The records without repeats, as a relation; those without a key are all kept."""
    names = ", ".join(map(dialect.name, columns))
    return (
        f"(select {names} from {_ranked(records, key, columns, dialect)} as ranked where nth = 1"
        f" union all select {names} from {records} where {dialect.name(key)} is null)"
    )


def _ranked(records: str, key: str, columns: Sequence[str], dialect: Dialect) -> str:
    """Each different row that has a key: how many times it stands, and its place among those of its key."""
    names = ", ".join(map(dialect.name, columns))
    order = ", ".join(f"{dialect.name(column)} nulls first" for column in columns)
    held = dialect.name(key)
    return (
        f"(select {names}, times, row_number() over (partition by {held} order by {order}) as nth"
        f" from (select {names}, count(*) as times from {records} where {held} is not null"
        f" group by {names}) as grouped)"
    )
