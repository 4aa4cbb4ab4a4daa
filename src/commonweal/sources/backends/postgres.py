"""Records to totals in PostgreSQL: the kernel where the records lie, in one transaction that can only read.

Points leave the server in batches, with no column but those that questions need, and are tallied here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import polars as pl

from commonweal.errors import CommonwealError, refusal
from commonweal.sources.backends import duckdb, kernel, table_repeats
from commonweal.sources.backends.extra import wanted
from commonweal.sources.backends.sql import Dialect
from commonweal.sources.query import ByCode, ByPoint, Query, Stored, Totals, ordered, schema

#: So many bytes of points are taken apart at a time.
_BLOCK: Final = 16_000_000
_SECONDS: Final = 15
_HOURS: Final = 1
#: What a session is set to: texts are then the same whoever asks, and nothing is written or waited for long.
_SETTINGS: Final = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "statement_timeout": f"{_HOURS}h",
    "lock_timeout": "1min",
}
#: Real numbers of these types have an exponent as text from here on.
_PLAIN_FROM: Final = {"real": "1e6", "double precision": "1e15"}
#: Numbers written like this are real numbers as they stand.
_SIMPLE: Final = " *[+-]?[0-9]{1,15}([.][0-9]{0,15})? *"
#: An exponent of five digits or more, far out of range and more than a numeric can hold.
_FAR: Final = "[eE][+]?0*[1-9][0-9]{4,} *"
_NEAR_ZERO: Final = "[eE]-0*[1-9][0-9]{4,} *"
#: From here on numbers round to infinity, and up to here to zero; given just so that no cast fails.
_LARGEST: Final = "1.797693134862315807e308"
_SMALLEST: Final = "2.4703282292062327209e-324"


class PostgreSQL(Dialect):
    """PostgreSQL fails on a text that it can't read, so every text is checked first."""

    text_type = "text"
    real_type = "double precision"

    def matches(self, held: str, pattern: str) -> str:
        """Whether the whole of a text fits a regular expression."""
        return f"{held} ~ {self.text(f'^({pattern})$')}"

    def like(self, held: str, pattern: str) -> str:
        """Whether a text fits a pattern of % and _, in which nothing escapes them."""
        return f"{held} like {self.text(pattern)} escape ''"

    def attempt(self, held: str, kind: str) -> str:
        """A text of the right form as another type; a real number out of range is infinite or zero."""
        if kind != self.real_type:
            return f"cast({held} as {kind})"
        size = f"abs(cast({held} as numeric))"
        infinite = f"case when trim({held}) like '-%' then float8 '-Infinity' else float8 'Infinity' end"
        return (
            f"case when {self.matches(held, _SIMPLE)} then cast({held} as {kind})"
            f" when {self.matches(held, ' *[+-]?[0.]+([eE].*)?')} then 0"
            f" when {self.matches(held, '.*' + _NEAR_ZERO)} then 0"
            f" when {self.matches(held, '.*' + _FAR)} then {infinite}"
            f" when {size} >= {_LARGEST} then {infinite}"
            f" when {size} <= {_SMALLEST} then 0 else cast({held} as {kind}) end"
        )

    def scaled(self, number: str, decimals: int) -> str:
        """A decimal number as a whole one; numeric, whose sums and squares have room."""
        return f"cast({number} * {10**decimals} as numeric(38, 0))"

    def square(self, whole: str) -> str:
        """The square of a whole number."""
        return f"({whole} * {whole})"

    def month_of(self, seconds: str) -> str:
        """The month of seconds since 1970."""
        since = f"make_interval(secs => cast({seconds} as double precision))"
        return f"to_char(timestamp '1970-01-01' + {since}, 'YYYY-MM')"


_DIALECT: Final = PostgreSQL()


def total(query: Query, /, *, scratch: Path) -> Totals:
    """Answer `query` about a table. Raises EXTRA-MISSING, and RECORDS-DATABASE where the database fails."""
    assert isinstance(query.source, Stored)
    with _reading(query.source) as connection:
        records = _texts(connection, query.source)
        # the server's own functions are found before any other of the same name
        first = "select set_config('search_path', 'pg_catalog,' || current_setting('search_path'), true)"
        connection.execute(first)
        identical, differing = 0, 0
        if query.key:
            named = (records, query.key, query.source.columns, _DIALECT)
            ((identical, differing),) = connection.execute(table_repeats.count(*named)).fetchall()
            if identical or differing:
                records = f"{table_repeats.kept(*named)} as kept"
        if isinstance(query.link, ByCode):
            answers = tuple(_answer(connection, query, i, records) for i in range(len(query.asks)))
        else:
            answers = _answer_points(connection, query, query.link, records, scratch)
    return Totals(answers, identical, differing)


def describe(address: str, table: str) -> Stored:
    """A table, `schema.table` or the first of that name on the search path, with its columns in order.

    Raises EXTRA-MISSING, and RECORDS-DATABASE where the database fails or has no such table.
    """
    schema_name, _, name = table.rpartition(".")
    asked = Stored(address, (schema_name, name) if schema_name else (name,), ())
    with _reading(asked) as connection:
        found = connection.execute(_FIND, {"schema": schema_name or None, "table": name}).fetchone()
        if found is None:
            raise _fault(
                asked, "there is no such table or view that may be read", "Write it as schema.table."
            )
        columns = connection.execute(_COLUMNS, found[2:]).fetchall()
    return Stored(address, (found[0], found[1]), tuple(column for column, _ in columns))


#: Tables of a name: in the schema given, or in the order in which this user's sessions look for them.
_FIND: Final = """
    select nspname, relname, pg_class.oid from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    left join unnest(current_schemas(false)) with ordinality as looked (schema, place) on schema = nspname
    where relname = %(table)s and relkind in ('r', 'v', 'm', 'f', 'p')
      and (nspname = %(schema)s or (%(schema)s::text is null and place is not null))
      and has_schema_privilege(pg_namespace.oid, 'usage')
      and has_any_column_privilege(pg_class.oid, 'select')
    order by place limit 1
"""
#: The columns of a table that may be read, with their types; a domain counts as what it is made of.
_COLUMNS: Final = """
    select attname, coalesce(nullif(typbasetype, 0), atttypid)::regtype::text
    from pg_attribute join pg_type on pg_type.oid = atttypid
    where attrelid = %s and attnum > 0 and not attisdropped
      and has_column_privilege(attrelid, attnum, 'select')
    order by attnum
"""


@contextmanager
def _reading(stored: Stored) -> Iterator[Any]:
    """A transaction that sees one state of the database and can't write; no fault tells the address."""
    psycopg = wanted("psycopg", "postgres")
    connected = False
    try:
        with psycopg.connect(
            stored.address,
            connect_timeout=_SECONDS,
            application_name="commonweal",
            client_encoding="UTF8",
            prepare_threshold=None,
        ) as connection:
            connected = True
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            for name, value in _SETTINGS.items():
                connection.execute("select set_config(%s, %s, true)", [name, value])
            yield connection
    except psycopg.Error as error:
        raise _fault(stored, *_said(error.sqlstate or "", connected)) from None


def _said(state: str, connected: bool) -> tuple[str, str]:
    """What went wrong by the state that the server gave, if it did, and what to do; never its own words."""
    if not connected:
        remedy = "Check that it runs, and the address, name and password that `url` names."
        return "the database can't be reached or refuses the name or password", remedy
    if state == "57014":
        return f"an answer took longer than {_HOURS} hour", "Ask again when the database is less busy."
    if state in ("42501", "42P01", "42703"):
        return "the table or a column of it is gone or may not be read", "Ask for the right to read it."
    if not state or state.startswith(("08", "57P")):
        return (
            "the database went away in the middle of an answer",
            "Run the command again; nothing was changed.",
        )
    return (
        f"the database failed with the state {state}",
        "Look that state up in PostgreSQL's list of error codes.",
    )


def _fault(stored: Stored, what: str, remedy: str) -> CommonwealError:
    return refusal("RECORDS-DATABASE", f"{what} (table {'.'.join(stored.name)!r})", remedy)


def _texts(connection: Any, stored: Stored) -> str:
    """The table as a relation whose columns are all text, null where empty, compared letter by letter."""
    table = ".".join(map(_DIALECT.name, stored.name))
    identifier = connection.execute("select to_regclass(%s)::oid", [table]).fetchone()
    types = dict(connection.execute(_COLUMNS, identifier).fetchall())
    texts = ", ".join(
        f"nullif({_text(name, types.get(column, ''))}, '') collate \"C\" as {name}"
        for column, name in ((column, _DIALECT.name(column)) for column in stored.columns)
    )
    return f"(select {texts} from {table}) as records"


def _text(column: str, kind: str) -> str:
    """A value as text; real numbers as DuckDB writes them."""
    if kind not in _PLAIN_FROM:
        return f"cast({column} as text)"
    written = f"cast({column} + cast(0 as {kind}) as text)"
    return (
        f"case when abs({column}) >= {_PLAIN_FROM[kind]} and abs({column}) < 1e16"
        f" then cast(cast({written} as numeric) as text)"
        f" else lower(replace({written}, 'Infinity', 'inf')) end"
    )


def _answer(connection: Any, query: Query, ask: int, records: str) -> pl.DataFrame:
    """The answer to one question about records that are linked by code."""
    rows = f"({kernel.rows(query, _DIALECT, records)}) as read"
    parts = f"({kernel.part(query, ask, _DIALECT, rows)})"
    small: list[str] = []
    values: dict[str, list[str] | list[int]] = {}
    for name, (texts, numbers) in kernel.small_tables(query).items():
        small.append(
            f"{name}(name, number) as (select * from unnest(%({name}_0)s::text[], %({name}_1)s::bigint[]))"
        )
        values |= {f"{name}_0": texts, f"{name}_1": numbers}
    statement = kernel.whole(query, ask, _DIALECT, parts).replace("%", "%%")
    found = connection.execute(f"with {', '.join(small)} {statement}", values).fetchall()
    asked = query.asks[ask]
    given = {name: pl.String if kind == pl.Int128 else kind for name, kind in schema(asked).items()}
    return ordered(pl.DataFrame(found, schema=given, orient="row"), asked)


def _answer_points(
    connection: Any, query: Query, link: ByPoint, records: str, scratch: Path
) -> tuple[pl.DataFrame, ...]:
    """The answers about records that are linked by point; they leave the server a block at a time."""
    from pyarrow import PythonFile, csv

    rows = kernel.rows(query, _DIALECT, records)
    with (
        connection.cursor().copy(f"copy ({rows}) to stdout (format csv)") as copied,
        duckdb.closed_room([], scratch) as engine,
    ):
        duckdb.small_tables(engine, query)
        types = _types(query)
        reader = csv.open_csv(
            PythonFile(io.BufferedReader(_Copied(copied)), mode="r"),
            read_options=csv.ReadOptions(block_size=_BLOCK, column_names=list(types)),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["t"],
                false_values=["f"],
            ),
        )
        return duckdb.answer_points(engine, query, link, reader)


def _types(query: Query) -> dict[str, Any]:
    """The columns of `kernel.rows` for points."""
    import pyarrow as pa

    held = kernel.values(query)
    return {
        "x": pa.float64(),
        "y": pa.float64(),
        "dated": pa.string(),
        **{f"s{i}": pa.string() for i in range(len(held.texts))},
        **{f"n{i}": pa.int64() for i in range(len(held.numbers))},
        **{f"f{i}": pa.bool_() for i in range(len(held.conditions))},
    }


class _Copied(io.RawIOBase):
    """What the server copies out, as a file to read from."""

    def __init__(self, copied: Any) -> None:
        self._blocks = iter(copied)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """It is only read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As much as fits of what is there; none at the end."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
