"""Records to totals in Spark: in this process, on a cluster, or through Spark Connect.

The kernel is the one of every engine. Points find their areas on the workers, which need Commonweal too. A
row of a file that can't be taken apart is counted, but Spark does not know its line.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import unquote, urlparse

import polars as pl

from commonweal.errors import CommonwealError, refusal
from commonweal.sources.backends import kernel, table_repeats
from commonweal.sources.backends.extra import wanted
from commonweal.sources.backends.located import with_area
from commonweal.sources.backends.sql import Dialect, distinct_names
from commonweal.sources.query import ByPoint, File, Query, Stored, Totals, ordered

#: What a session is set to: texts are then the same whoever asks.
_SETTINGS: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    "spark.sql.groupByOrdinal": "true",
}
#: What Spark in this process is set to besides: nothing listens but on loopback, and little is said.
_LOCAL: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    "spark.log.level": "OFF",
}
_RECORDS: Final = "commonweal_records"
_ROWS: Final = "commonweal_rows"
_RANKED: Final = "commonweal_ranked"
_ORDER: Final = "commonweal_order"
#: Columns of our own beside those of the records.
_BROKEN: Final = "commonweal broken"
_FILE: Final = "commonweal file"
_PLACE: Final = "commonweal place"


class Spark(Dialect):
    """Spark quotes names with backticks, and reads a backslash in a text."""

    text_type = "string"

    def name(self, column: str) -> str:
        """A quoted name."""
        return "`" + column.replace("`", "``") + "`"

    def text(self, value: str) -> str:
        """A quoted text."""
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def matches(self, held: str, pattern: str) -> str:
        """Whether the whole of a text fits a regular expression."""
        return f"{held} rlike {self.text(f'^({pattern})' + chr(92) + 'z')}"

    def like(self, held: str, pattern: str) -> str:
        """Whether a text fits a pattern of % and _, in which nothing escapes them."""
        escaped = pattern.replace("\\", "\\\\")
        return f"{held} like {self.text(escaped)}"

    def month_of(self, seconds: str) -> str:
        """The month, written like 2016-04, of seconds since 1970 in universal time."""
        return f"date_format(timestamp_seconds(cast({seconds} as bigint)), 'yyyy-MM')"

    def scaled(self, number: str, decimals: int) -> str:
        """A decimal number as a whole one; decimal, whose sums and squares have room."""
        return f"cast({number} * {10**decimals} as decimal(16, 0))"

    def square(self, whole: str) -> str:
        """The square of a whole number."""
        return f"({whole} * {whole})"


_DIALECT: Final = Spark()


def total(query: Query, /, *, scratch: Path, master: str) -> Totals:
    """Answer `query` in the Spark at `master`: local[*], spark://host:7077, or sc://host for Spark Connect.

    Raises EXTRA-MISSING, and RECORDS-SPARK where Spark fails.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder, _session(master) as spark:
        broken = 0
        if isinstance(query.source, Stored):
            (name,) = query.source.name
            _view(_texts(spark.table(name), query.source.columns), _RECORDS)
            records, identical, differing = _table_repeats(spark, query, query.source)
        else:
            files = [_shown(file, Path(folder) / str(i)) for i, file in enumerate(query.source)]
            frame, broken = _files(spark, files)
            _view(frame, _RECORDS)
            records, identical, differing = _file_repeats(spark, query, files)
        for name, (texts, numbers) in kernel.small_tables(query).items():
            _view(_small(spark, texts, numbers), name)
        return Totals(_answers(spark, query, records), identical, differing, broken)


def describe(master: str, table: str) -> Stored:
    """A table by the name that Spark knows it by, or ``parquet.`address` ``, with its columns in order.

    Raises EXTRA-MISSING, and RECORDS-SPARK where Spark fails or has no such table.
    """
    with _session(master) as spark:
        return Stored(master, (table,), tuple(spark.table(table).columns))


@contextmanager
def _session(master: str) -> Iterator[Any]:
    """A session of its own, in the Spark that runs already or in one that is ended afterwards."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    wanted("pyspark", "spark")
    if master.startswith("sc://"):
        wanted("grpc_status", "spark")
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    with warnings.catch_warnings():
        # about versions of pandas, which is not used, and about a setting that has an older spelling
        for category in (FutureWarning, UserWarning):
            warnings.simplefilter("ignore", category)
        running = SparkSession.getActiveSession()
        started = False
        try:
            spark = running or start(SparkSession.builder, master)
            started = True
            session = spark.newSession()
            for name, value in _SETTINGS.items():
                session.conf.set(name, value)
            yield session
        except (PySparkException, Py4JError) as error:
            raise _failed(error, started) from None
        finally:
            if started and running is None:
                spark.stop()


def start(builder: Any, master: str) -> Any:
    """Spark in this process, on a cluster or behind Spark Connect, as `builder` of its sessions makes it."""
    named = builder.appName("commonweal")
    if master.startswith("sc://"):
        return named.remote(master).getOrCreate()
    named = named.master(master)
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        for name, value in _LOCAL.items():
            named = named.config(name, value)
    return named.getOrCreate()


def _failed(error: Any, started: bool) -> CommonwealError:
    """What went wrong by the name Spark gives it; its own words may hold a record, so they are dropped."""
    named = error.getCondition() if hasattr(error, "getCondition") else None
    kind = named or type(error).__name__
    if kind == "TABLE_OR_VIEW_NOT_FOUND":
        return refusal(
            "RECORDS-SPARK",
            "Spark knows no table of that name",
            "Write it as schema.table, as Spark knows it.",
        )
    if kind == "PATH_NOT_FOUND":
        remedy = "Put the files where its workers see them under the same path, or give it a `table:`."
        return refusal("RECORDS-SPARK", "Spark does not see a file that is on this machine", remedy)
    if not started:
        remedy = "Install Java 17 or newer, or correct the address that `spark` gives."
        return refusal("RECORDS-SPARK", f"Spark can't be started or reached ({kind})", remedy)
    remedy = "Look that name up in Spark's list of error conditions, and in the log of the cluster."
    return refusal("RECORDS-SPARK", f"Spark failed with {kind}", remedy)


def _texts(frame: Any, columns: tuple[str, ...], *others: str) -> Any:
    """Columns of any type as text, null where empty, as DuckDB writes them; and others as they are."""
    types = {field.name: field.dataType.typeName() for field in frame.schema.fields}
    texts = (f"nullif({_text(name, types[column])}, '') as {name}" for column, name in _quoted(columns))
    return frame.selectExpr(*texts, *others)


def _quoted(columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return ((column, _DIALECT.name(column)) for column in columns)


def _text(name: str, kind: str) -> str:
    written = f"cast({name} as string)"
    if kind == "timestamp":
        return f"concat({written}, '+00')"
    if kind not in ("float", "double"):
        return written
    written = f"cast({name} + cast(0 as {kind}) as string)"
    plain = f"rtrim('0', cast(cast({written} as decimal(38, 22)) as string))"
    mantissa = f"replace(substring_index({written}, 'E', 1), '.0', '')"
    exponent = f"abs(cast(substring_index({written}, 'E', -1) as int))"
    sign = f"if({written} like '%E-%', '-', '+')"
    return (
        f"case when {name} = cast('NaN' as double) then 'nan'"
        f" when abs({name}) = cast('Infinity' as double) then if({name} < 0, '-inf', 'inf')"
        f" when {written} not like '%E%' then regexp_replace({written}, '[.]0$', '')"
        f" when abs({name}) >= 1e-4D and abs({name}) < 1e16D then rtrim('.', {plain})"
        f" else concat({mantissa}, 'e', {sign}, lpad({exponent}, greatest(2, length({exponent})), '0')) end"
    )


def _shown(file: File, shown: Path) -> File:
    """A file under a name that Spark does not pass over, as it does without a word where one is hidden."""
    if not file.path.name.startswith(("_", ".")):
        return file
    shown = shown.absolute().with_name(shown.name + file.path.name)
    shown.symlink_to(file.path.absolute())
    return replace(file, path=shown)


def _files(spark: Any, files: list[File]) -> tuple[Any, int]:
    """All files as one frame of texts, with file and place of each row, and how many rows are broken."""
    frames, broken = [], 0
    for _, run in groupby(files, key=lambda f: (f.kind, f.columns, f.delimiter, f.folders)):
        alike = list(run)
        if alike[0].kind == "csv":
            frame = _csv(spark, alike)
            # Spark looks at the column of broken rows only beside another
            beside = (_BROKEN, frame.columns[0])
            counts = frame.selectExpr(*(f"count({_DIALECT.name(name)})" for name in beside))
            broken += counts.collect()[0][0]
            frames.append(frame.where(f"{_DIALECT.name(_BROKEN)} is null").drop(_BROKEN))
        else:
            frames.append(_parquet(spark, alike))
    together = frames[0]
    for frame in frames[1:]:
        together = together.unionByName(frame, allowMissingColumns=True)
    return together, broken


def _csv(spark: Any, files: list[File]) -> Any:
    columns = distinct_names(files[0].columns)
    schema = ", ".join(f"{_DIALECT.name(column)} string" for column in (*columns, _BROKEN))
    frame = spark.read.csv(
        [_address(file.path) for file in files],
        schema=schema,
        columnNameOfCorruptRecord=_BROKEN,
        header=True,
        sep=files[0].delimiter,
        quote='"',
        escape='"',
        multiLine=True,
        mode="PERMISSIVE",
        nullValue="",
        emptyValue="",
        ignoreLeadingWhiteSpace=False,
        ignoreTrailingWhiteSpace=False,
        maxCharsPerColumn=-1,
    )
    texts = (f"nullif({name}, '') as {name}" for _, name in _quoted(columns))
    return frame.selectExpr(*texts, _DIALECT.name(_BROKEN), *_places())


def _parquet(spark: Any, files: list[File]) -> Any:
    frame = spark.read.parquet(*(_address(file.path) for file in files))
    given = dict(files[0].folders)
    own = tuple(column for column in files[0].columns if column not in given)
    read = _texts(frame, own, *_places())
    for column, value in given.items():
        written = "null" if value is None else _DIALECT.text(value)
        read = read.selectExpr("*", f"cast({written} as string) as {_DIALECT.name(column)}")
    return read


def _address(path: Path) -> str:
    return f"file://{path.absolute()}"


def _places() -> tuple[str, ...]:
    """Where a row stands: its file, and a number that grows within it."""
    block = "lpad(cast(_metadata.file_block_start as string), 20, '0')"
    row = "lpad(cast(monotonically_increasing_id() as string), 20, '0')"
    return (
        f"_metadata.file_path as {_DIALECT.name(_FILE)}",
        f"concat({block}, {row}) as {_DIALECT.name(_PLACE)}",
    )


def _table_repeats(spark: Any, query: Query, stored: Stored) -> tuple[str, int, int]:
    """The records of a table without repeats; how many equal the first of their key, and how many differ."""
    if not query.key:
        return _RECORDS, 0, 0
    named = (_RECORDS, query.key, stored.columns, _DIALECT)
    identical, differing = spark.sql(table_repeats.count(*named)).collect()[0]
    return table_repeats.kept(*named) if identical or differing else _RECORDS, identical, differing


def _file_repeats(spark: Any, query: Query, files: list[File]) -> tuple[str, int, int]:
    """The same where the records are rows of files, in order of files and places."""
    if not query.key:
        return _RECORDS, 0, 0
    frame = spark.table(_RECORDS)
    order = [str(file.path.absolute()) for file in files]
    read = {unquote(urlparse(address).path): address for address in frame.inputFiles()}
    addresses = [re.sub("^file:/+", "file:/", read[path]) for path in order]
    _view(_small(spark, addresses, list(range(len(addresses)))), _ORDER)
    key, file, place = map(_DIALECT.name, (query.key, _FILE, _PLACE))
    names = [_DIALECT.name(column) for column in frame.columns if column not in (_FILE, _PLACE)]
    row = f"struct({', '.join(names)})"
    ranked = spark.sql(
        f"select *, row_number() over together as nth, {row} <=> first_value({row}) over together as same"
        f" from (select * from {_RECORDS} where {key} is not null) as keyed"
        f" join {_ORDER} as files on files.name = keyed.{file}"
        f" window together as (partition by {key} order by files.number, {place})"
    )
    _view(ranked, _RANKED)
    counts = f"select count_if(same), count_if(not same) from {_RANKED} where nth > 1"
    identical, differing = spark.sql(counts).collect()[0]
    if not identical and not differing:
        return _RECORDS, 0, 0
    kept = (
        f"(select {', '.join(names)} from {_RANKED} where nth = 1"
        f" union all select {', '.join(names)} from {_RECORDS} where {key} is null)"
    )
    return kept, identical, differing


def _view(frame: Any, name: str) -> None:
    frame.createOrReplaceTempView(name)


def _small(spark: Any, texts: list[str], numbers: list[int]) -> Any:
    import pyarrow as pa

    schema = pa.schema({"name": pa.string(), "number": pa.int64()})
    return spark.createDataFrame(pa.table({"name": texts, "number": numbers}, schema))


def _answers(spark: Any, query: Query, records: str) -> tuple[pl.DataFrame, ...]:
    rows = spark.sql(kernel.rows(query, _DIALECT, records))
    if isinstance(query.link, ByPoint):
        rows = rows.mapInArrow(_locating(query.link), f"{_schema(rows)}, area bigint")
    if len(query.asks) == 1:
        _view(rows, _ROWS)
        return (_answer(spark, query, 0),)
    # what several questions need is read, and points are found, once
    rows = rows.persist()
    try:
        _view(rows, _ROWS)
        return tuple(_answer(spark, query, i) for i in range(len(query.asks)))
    finally:
        rows.unpersist()


def _schema(frame: Any) -> str:
    return ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in frame.schema.fields)


def _locating(link: ByPoint) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What workers do with their rows; outlines are prepared again there, since that does not travel."""

    def located(batches: Iterator[Any]) -> Iterator[Any]:
        import shapely

        shapely.prepare(link.outlines)
        return (with_area(batch, link) for batch in batches)

    return located


def _answer(spark: Any, query: Query, ask: int) -> pl.DataFrame:
    parts = f"({kernel.part(query, ask, _DIALECT, _ROWS)})"
    found = pl.from_arrow(spark.sql(kernel.whole(query, ask, _DIALECT, parts)).toArrow())
    assert isinstance(found, pl.DataFrame)
    return ordered(found, query.asks[ask])
