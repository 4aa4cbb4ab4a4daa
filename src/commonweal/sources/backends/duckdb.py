"""Records to totals in DuckDB: out of core, without extensions, reading no file but those named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import polars as pl

from commonweal.errors import CommonwealError
from commonweal.sources.backends import kernel
from commonweal.sources.backends.located import with_area
from commonweal.sources.backends.sql import Dialect, distinct_names
from commonweal.sources.query import (
    PLACES,
    ByCode,
    ByPoint,
    File,
    Query,
    Totals,
    Unreadable,
    ordered,
)
from commonweal.sources.read.written import no_room, unreadable

_BATCH: Final = 1_000_000
_MEMORY: Final = "1500MB"
#: A column of our own beside those of the records.
_LINE: Final = '"commonweal line"'


class DuckDB(Dialect):
    """DuckDB reads a day faster than it matches a pattern."""

    def is_day(self, held: str) -> str:
        """Read as a day and written again, a real day is the same."""
        return f"length({held}) = 10 and cast(try_cast({held} as date) as varchar) = {held}"


_DIALECT: Final = DuckDB()


def total(query: Query, /, *, scratch: Path) -> Totals:
    """Answer `query`.

    Raises RECORDS-UNREADABLE where a file breaks off or is not what it seems, SCRATCH-FULL where there is no
    room for what does not fit in memory.
    """
    import duckdb

    with closed_room([file.path for file in query.files], scratch) as engine:
        try:
            return _total(engine, query)
        except duckdb.Error as error:
            # what is wrong inside a Parquet file may be an error of no kind
            of_files = isinstance(error, duckdb.InvalidInputException | duckdb.IOException)
            if not of_files and type(error) is not duckdb.Error:
                raise
            raise _told(query, str(error), scratch) from None


def _told(query: Query, message: str, scratch: Path) -> CommonwealError:
    """What an engine's error means; its own words may hold a record, so they are dropped."""
    if str(scratch) in message and "write" in message:
        return CommonwealError(no_room(scratch))
    return CommonwealError([unreadable(file) for file in _named(query, message)])


def _named(query: Query, message: str) -> list[Path]:
    """The files that an engine's message is about."""
    paths = [file.path for file in query.files]
    return [path for path in paths if path.as_posix() in message.replace("\\", "/")] or paths


@contextmanager
def closed_room(paths: list[Path], scratch: Path) -> Iterator[Any]:
    """An engine with no extension, no network, no file but `paths` and the scratch folder."""
    import duckdb

    scratch.mkdir(parents=True, exist_ok=True)
    engine = duckdb.connect()
    try:
        allowed = ", ".join(_DIALECT.text(str(path)) for path in paths)
        for setting in (
            f"temp_directory = {_DIALECT.text(str(scratch))}",
            f"memory_limit = '{_MEMORY}'",
            "allow_community_extensions = false",
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            "preserve_insertion_order = true",
            "TimeZone = 'UTC'",
            f"allowed_paths = [{allowed}]",
            "enable_external_access = false",
            "enable_progress_bar = false",
            "lock_configuration = true",
        ):
            engine.execute(f"set {setting}")
        yield engine
    finally:
        engine.close()


def _total(engine: Any, query: Query) -> Totals:
    small_tables(engine, query)
    relation = _relation(engine, query)
    kept, identical, differing = _repeats(engine, query, relation)
    answers = answer(engine, query, kept)
    unreadable_rows = _rejected(engine, query)
    return Totals(answers, identical, differing, len(unreadable_rows), tuple(unreadable_rows[:PLACES]))


def small_tables(engine: Any, query: Query) -> None:
    """What the kernel joins: codes to areas, and dates to periods."""
    for name, (texts, numbers) in kernel.small_tables(query).items():
        engine.execute(
            f"create table {name} as select unnest($1::varchar[]) as name, unnest($2::bigint[]) as number",
            [texts, numbers],
        )


def answer(engine: Any, query: Query, records: str) -> tuple[pl.DataFrame, ...]:
    """The answers to all questions of a query about the records of a relation."""
    rows = kernel.rows(query, _DIALECT, records)
    if isinstance(query.link, ByCode):
        return tuple(
            _whole(engine, query, i, f"({kernel.part(query, i, _DIALECT, f'({rows}) as read')})")
            for i in range(len(query.asks))
        )
    with engine.sql(rows).to_arrow_reader(_BATCH) as reader:
        return answer_points(engine.cursor(), query, query.link, reader)


def answer_points(engine: Any, query: Query, link: ByPoint, reader: Any) -> tuple[pl.DataFrame, ...]:
    """The answers about rows that come in batches of Arrow: each is tallied before the next comes."""
    _take(engine, query, with_area(reader.schema.empty_table(), link), "create or replace table part_{} as")
    for batch in reader:
        _take(engine, query, with_area(batch, link), "insert into part_{}")
    return tuple(_whole(engine, query, i, f"part_{i}") for i in range(len(query.asks)))


def _take(engine: Any, query: Query, located: Any, how: str) -> None:
    """Keep the tallies of one batch."""
    engine.register("located", located)
    for i in range(len(query.asks)):
        engine.execute(f"{how.format(i)} {kernel.part(query, i, _DIALECT, 'located')}")
    engine.unregister("located")


def _whole(engine: Any, query: Query, ask: int, parts: str) -> pl.DataFrame:
    found = pl.from_arrow(engine.sql(kernel.whole(query, ask, _DIALECT, parts)).to_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return ordered(found, query.asks[ask])


def _relation(engine: Any, query: Query) -> str:
    """All files as one relation, in order; files of the same form are read together."""
    parts = []
    for _, run in groupby(query.files, key=lambda f: (f.kind, f.columns, f.delimiter, f.folders)):
        alike = list(run)
        paths = ", ".join(_DIALECT.text(str(file.path)) for file in alike)
        if alike[0].kind == "csv":
            parts.append(_from_csv(alike[0], f"[{paths}]"))
        else:
            parts.append(_from_parquet(engine, query, alike[0], f"[{paths}]"))
    return "(" + " union all by name ".join(parts) + ")"


def _from_csv(file: File, paths: str) -> str:
    columns = ", ".join(f"{_DIALECT.text(name)}: 'VARCHAR'" for name in distinct_names(file.columns))
    return (
        f"select * from read_csv({paths}, auto_detect = false, header = true,"
        f" delim = {_DIALECT.text(file.delimiter)}, quote = '\"', escape = '\"', nullstr = '',"
        f" columns = {{{columns}}}, store_rejects = true)"
    )


def _from_parquet(engine: Any, query: Query, file: File, paths: str) -> str:
    """Columns of any type as text: conditions, codes and dates are about what would be written.

    An empty text is made none where a condition or a comparison of rows would tell them apart. Elsewhere the
    kernel does not, and looking at every cell for it costs a third of a plain count.
    """
    read = f"read_parquet({paths}, union_by_name = false, hive_partitioning = false)"
    held = engine.sql(f"select * from {read} limit 0")
    types = {name: str(kind) for name, kind in zip(held.columns, held.types, strict=True)}
    given = dict(file.folders)
    own = [name for name in file.columns if name not in given]
    told_apart = own if query.key else kernel.columns_of_conditions(query)
    texts = [
        f"{_or_none(text) if n in told_apart else text} as {_DIALECT.name(n)}"
        for n, text in ((n, text_of(_DIALECT.name(n), types[n])) for n in own)
    ]
    texts += [f"cast({_text_or_null(value)} as varchar) as {_DIALECT.name(n)}" for n, value in given.items()]
    return f"select {', '.join(texts)} from {read}"


def text_of(column: str, kind: str) -> str:
    """A value as text; a whole number without a point or a sign of zero, whatever its type.

    >>> print(text_of("fare", "DECIMAL(6,2)"))
    cast(fare as varchar)
    """
    if kind not in ("FLOAT", "DOUBLE"):
        return f"cast({column} as varchar)"
    return f"regexp_replace(cast({column} + cast(0 as {kind}) as varchar), '[.]0$', '')"


def _or_none(text: str) -> str:
    return f"nullif({text}, '')"


def _text_or_null(value: str | None) -> str:
    return "null" if value is None else _DIALECT.text(value)


def _repeats(engine: Any, query: Query, relation: str) -> tuple[str, int, int]:
    """The relation without every row whose key came before, in order of files and lines.

    Says also how many of the rows left out equal the first of their key in every column, and how many differ.
    """
    if not query.key:
        return relation, 0, 0
    key = _DIALECT.name(query.key)
    numbered = f"select row_number() over () as line, held as row from {relation} as held"
    engine.execute(
        f"""
        create or replace temp table repeats as
        with several as (
            select {key} as key from {relation} where {key} is not null group by 1 having count(*) > 1
        ),
        ranked as (
            select line, row, row_number() over together as nth, first_value(row) over together as first
            from ({numbered}) as numbered join several on numbered.row.{key} = several.key
            window together as (partition by several.key order by line)
        )
        select line, row is not distinct from first as same from ranked where nth > 1
        """
    )
    ((same, all_of_them),) = engine.execute(
        "select count(*) filter (where same), count(*) from repeats"
    ).fetchall()
    if not all_of_them:
        return relation, 0, 0
    lined = f"select row_number() over () as {_LINE}, * from {relation}"
    kept = f"(select * from ({lined}) as lined anti join repeats on repeats.line = lined.{_LINE})"
    return kept, same, all_of_them - same


def _rejected(engine: Any, query: Query) -> list[Unreadable]:
    """The rows that could not be taken apart."""
    if all(file.kind == "parquet" for file in query.files):
        return []
    rows = engine.execute(
        "select distinct file_path, line from reject_errors join reject_scans using (scan_id, file_id)"
        " order by all"
    )
    return [Unreadable(Path(path), int(line)) for path, line in rows.fetchall()]
