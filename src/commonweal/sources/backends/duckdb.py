"""Records to totals in DuckDB: out of core, without extensions, reading no file but those named.

Nothing else imports the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import polars as pl

from commonweal.errors import CommonwealError
from commonweal.sources.backends import sql
from commonweal.sources.link.point import locate
from commonweal.sources.query import (
    PLACES,
    ByCode,
    ByPoint,
    File,
    Query,
    Totals,
    Unlinked,
    Unreadable,
    condition_names,
    ordered,
    schema,
)
from commonweal.sources.read.describe import unreadable as unreadable_fault

_BATCH: Final = 1_000_000
_MEMORY: Final = "1500MB"
_BAD_TEXT: Final = "INVALID ENCODING"


def total(query: Query, /, *, scratch: Path) -> Totals:
    """Answer `query`. Raises RECORDS-UNREADABLE where a file breaks off or is not what it seems."""
    import duckdb

    with _connection(query, scratch) as engine:
        try:
            return _total(engine, query)
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            raise CommonwealError([unreadable_fault(file) for file in _named(query, str(error))]) from None


def _named(query: Query, message: str) -> list[Path]:
    """The files that an engine's message is about; its own words may hold a record, so they are dropped."""
    paths = [file.path for file in query.files]
    return [path for path in paths if path.as_posix() in message.replace("\\", "/")] or paths


@contextmanager
def _connection(query: Query, scratch: Path) -> Iterator[Any]:
    """A closed room: no extension, no network, no file but the records and the scratch folder."""
    import duckdb

    scratch.mkdir(parents=True, exist_ok=True)
    engine = duckdb.connect()
    try:
        paths = ", ".join(sql.text(str(file.path)) for file in query.files)
        for setting in (
            f"temp_directory = {sql.text(str(scratch))}",
            f"memory_limit = '{_MEMORY}'",
            "allow_community_extensions = false",
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            "preserve_insertion_order = true",
            f"allowed_paths = [{paths}]",
            "enable_external_access = false",
            "enable_progress_bar = false",
            "lock_configuration = true",
        ):
            engine.execute(f"set {setting}")
        yield engine
    finally:
        engine.close()


def _total(engine: Any, query: Query) -> Totals:
    if isinstance(query.link, ByCode):
        _areas(engine, query.link)
    latin: frozenset[Path] = frozenset()
    scans = 0
    while True:
        relation = _relation(query.files, latin)
        cells = _cells(engine, query, relation)
        unreadable = [place for place, bad_text in _rejected(engine, query, scans) if not bad_text]
        identical, differing = _repeats(engine, query, relation) if query.key else (0, 0)
        odd = {place.file for place, bad_text in _rejected(engine, query, scans) if bad_text}
        if odd <= latin:
            break
        # a file with a letter that is not UTF-8 is read again, all of it, as Latin-1
        latin, scans = latin | odd, _scans(engine)
    if identical or differing:
        cells = _less(cells, _cells(engine, query, "repeated"), query)
    where = tuple(unreadable[:PLACES])
    return Totals(ordered(cells, query), identical, differing, len(unreadable), where)


def _relation(files: tuple[File, ...], latin: frozenset[Path]) -> str:
    """All files as one relation, in order; files of the same form are read together."""
    parts = []
    for _, run in groupby(files, key=lambda f: (f.kind, f.columns, f.delimiter, f.path in latin)):
        alike = list(run)
        paths = ", ".join(sql.text(str(file.path)) for file in alike)
        if alike[0].kind == "csv":
            parts.append(_from_csv(alike[0], paths, alike[0].path in latin))
        else:
            parts.append(_from_parquet(alike[0], paths))
    return "(" + " union all by name ".join(parts) + ")"


def _from_csv(file: File, paths: str, latin: bool) -> str:
    columns = ", ".join(f"{sql.text(name)}: 'VARCHAR'" for name in _distinct(file.columns))
    return (
        f"select * from read_csv([{paths}], auto_detect = false, header = true,"
        f" delim = {sql.text(file.delimiter)}, quote = '\"', escape = '\"', nullstr = '',"
        f" columns = {{{columns}}}, store_rejects = true, encoding = '{'latin-1' if latin else 'utf-8'}')"
    )


def _from_parquet(file: File, paths: str) -> str:
    """Columns of any type as text: conditions, codes and dates are about what would be written."""
    texts = ", ".join(
        f"nullif(cast({name} as varchar), '') as {name}" for name in map(sql.name, file.columns)
    )
    return f"select {texts} from read_parquet([{paths}], union_by_name = false, hive_partitioning = false)"


def _distinct(columns: tuple[str, ...]) -> list[str]:
    """Names an engine can tell apart; a column that is used never stands twice, so those keep theirs."""
    seen: set[str] = set()
    names = []
    for position, name in enumerate(columns):
        given = name if name and name.casefold() not in seen else f"{name}#{position}"
        seen.add(given.casefold())
        names.append(given)
    return names


def _areas(engine: Any, link: ByCode) -> None:
    engine.execute("create temp table areas (code varchar, area bigint)")
    rows = ", ".join(f"({sql.text(code)}, {index})" for index, code in enumerate(link.codes))
    if rows:
        engine.execute(f"insert into areas values {rows}")


def _at(query: Query) -> str:
    """The date as written, or its month where it is a day, so that there are few of them."""
    if not query.date:
        return "cast(null as varchar)"
    raw = sql.name(query.date)
    trimmed = f"nullif(trim({raw}), '')"
    timed = f"length({trimmed}) > 10 and substr({trimmed}, 11, 1) in ('T', ' ')"
    day = f"case when {timed} then substr({trimmed}, 1, 10) else {trimmed} end"
    # the plain case is asked first: trimming and cutting a date costs more than counting it
    return (
        f"case when {_is_day(raw)} then substr({raw}, 1, 7)"
        f" when {_is_day(day)} then substr({day}, 1, 7) else {day} end"
    )


def _is_day(text: str) -> str:
    """Whether a text is a real day, written in full: read as a day and written again it is the same."""
    return f"length({text}) = 10 and cast(try_cast({text} as date) as varchar) = {text}"


def _cells(engine: Any, query: Query, relation: str) -> pl.DataFrame:
    link = query.link
    return (
        _by_code(engine, query, link, relation)
        if isinstance(link, ByCode)
        else _by_point(engine, query, link, relation)
    )


def _by_code(engine: Any, query: Query, link: ByCode, relation: str) -> pl.DataFrame:
    counts = ["count(*)"] + [f"count(*) filter (where {sql.condition(c)})" for c in query.conditions]
    named = ", ".join(
        f"cast({count} as bigint) as {name}"
        for count, name in zip(counts, ["records", *condition_names(query)], strict=True)
    )
    code = f"trim({sql.name(link.column)})"
    return _frame(
        engine,
        f"""
        select case when code is null or code = '' then {int(Unlinked.EMPTY_CODE)}
                    else coalesce((select area from areas where areas.code = totals.code),
                                  {int(Unlinked.UNKNOWN_CODE)}) end as area,
               totals.* exclude (code)
        from (select {code} as code, {_at(query)} as at, {named} from {relation} group by all) as totals
        """,
        query,
    )


def _by_point(engine: Any, query: Query, link: ByPoint, relation: str) -> pl.DataFrame:
    """Rows leave the engine in batches, find their area, and are counted before the next batch comes."""
    flags = ", ".join(
        f"cast(coalesce({sql.condition(c)}, false) as tinyint) as {name}"
        for c, name in zip(query.conditions, condition_names(query), strict=True)
    )
    rows = engine.sql(
        f"select {sql.number(link.x)} as x, {sql.number(link.y)} as y, {_at(query)} as at"
        f"{', ' + flags if flags else ''} from {relation}"
    )
    with rows.to_arrow_reader(_BATCH) as batches:
        parts = [_counted(_arrow(batch), link, query) for batch in batches]
    return _add(parts, query)


def _counted(batch: pl.DataFrame, link: ByPoint, query: Query) -> pl.DataFrame:
    x, y = (batch[name].fill_null(float("nan")).to_numpy() for name in ("x", "y"))
    area = pl.Series("area", locate(link, x, y))
    sums = [pl.col(name).cast(pl.Int64).sum() for name in condition_names(query)]
    return (
        batch.with_columns(area).group_by("area", "at").agg(pl.len().cast(pl.Int64).alias("records"), *sums)
    )


def _arrow(table: Any) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _frame(engine: Any, statement: str, query: Query) -> pl.DataFrame:
    return _add([_arrow(engine.sql(statement).to_arrow_table())], query)


def _add(parts: list[pl.DataFrame], query: Query) -> pl.DataFrame:
    together = pl.concat([pl.DataFrame(schema=schema(query)), *parts], how="diagonal_relaxed")
    counts = ["records", *condition_names(query)]
    return together.group_by("area", "at").agg(pl.col(name).sum() for name in counts)


def _less(cells: pl.DataFrame, taken: pl.DataFrame, query: Query) -> pl.DataFrame:
    """Totals are additive: those of all rows less those of the repeats."""
    counts = ["records", *condition_names(query)]
    return _add([cells, taken.with_columns(-pl.col(name) for name in counts)], query)


def _repeats(engine: Any, query: Query, relation: str) -> tuple[int, int]:
    """Keep in the table `repeated` every row whose key came before, in order of files and lines.

    Returns how many of them equal the first row of their key in every column, and how many differ.
    """
    key = sql.name(query.key)
    engine.execute(
        f"""
        create or replace temp table repeats as
        with numbered as (
            select row_number() over () as line, {key} as key, held as row from {relation} as held
        ),
        several as (
            select {key} as key from {relation} where {key} is not null group by 1 having count(*) > 1
        ),
        ranked as (
            select numbered.row, row_number() over together as nth, first_value(row) over together as first
            from numbered join several using (key)
            window together as (partition by key order by line)
        )
        select row, row is not distinct from first as same from ranked where nth > 1
        """
    )
    engine.execute("create or replace temp table repeated as select unnest(row) from repeats")
    ((same, all_of_them),) = engine.execute(
        "select count(*) filter (where same), count(*) from repeats"
    ).fetchall()
    return same, all_of_them - same


def _rejected(engine: Any, query: Query, after: int) -> list[tuple[Unreadable, bool]]:
    """The rows that the scans after number `after` could not take apart, and if it was for their letters."""
    if all(file.kind == "parquet" for file in query.files):
        return []
    rows = engine.execute(
        f"""
        select file_path, line, bool_and(error_type = '{_BAD_TEXT}')
        from reject_errors join reject_scans using (scan_id, file_id)
        where scan_id > {after} group by all order by all
        """
    )
    return [(Unreadable(Path(path), int(line)), bad_text) for path, line, bad_text in rows.fetchall()]


def _scans(engine: Any) -> int:
    return int(engine.execute("select coalesce(max(scan_id), 0) from reject_scans").fetchall()[0][0])
