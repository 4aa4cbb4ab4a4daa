"""The same question on DuckDB, PostgreSQL and Spark: the same fingerprint, and how long each takes.

Made-up records as Parquet for DuckDB and Spark, as a table for PostgreSQL; a real server of each, started for
this and ended afterwards. Spark's start is told apart from its answer. Questions by code and by point; those
that are named in part are asked alone.

    python benchmarks/engines.py [--rows 2_000_000] [--engines duckdb,postgres,spark]
        [--only "counts by code"] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import shapely

from commonweal.sources.filter import parse_filter
from commonweal.sources.query import (
    ByCode,
    ByPoint,
    Cells,
    Distinct,
    File,
    Number,
    Query,
    Stored,
    Tally,
    Totals,
)
from records import COLUMNS, WARDS, write

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

SIDE = 20
MONTHS = {f"{year}-{month:02}": (year,) for year in range(2010, 2020) for month in range(1, 13)}
QUESTIONS: dict[str, tuple[Cells | Distinct, ...]] = {
    "counts": (Cells((Tally(where=parse_filter("kind = 'burglary'")),)),),
    "sums, groups and people": (
        Cells((Tally("sum", number=Number("x", 4)), Tally("squares", number=Number("x", 4))), by=("kind",)),
        Distinct("id", MONTHS),
    ),
}
Engine = Callable[..., Totals]


def links() -> dict[str, ByCode | ByPoint]:
    """Wards by their code, and squares by points."""
    edges = np.linspace(0, 1, SIDE + 1)
    corners = [(edges[i], edges[j]) for i in range(SIDE) for j in range(SIDE)]
    squares = np.array([shapely.box(x, y, x + 1 / SIDE, y + 1 / SIDE) for x, y in corners])
    shapely.prepare(squares)
    codes = tuple(f"S{i:03}" for i in range(len(squares)))
    return {
        "by code": ByCode("ward", tuple(f"E05{number:06d}" for number in range(WARDS))),
        "by point": ByPoint("x", "y", codes, squares, same),
    }


def questions(only: str) -> dict[str, tuple[ByCode | ByPoint, tuple[Cells | Distinct, ...]]]:
    """Each question by each link whose name has `only` in it."""
    return {
        f"{question} {way}": (link, asks)
        for way, link in links().items()
        for question, asks in QUESTIONS.items()
        if only in f"{question} {way}"
    }


def same(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x, y


@contextmanager
def engine_of(name: str, path: Path) -> Iterator[tuple[Engine, tuple[File, ...] | Stored]]:
    """An engine that is up, and the records as it has them."""
    files = (File(path, "parquet", COLUMNS),)
    if name == "duckdb":
        from commonweal.sources.backends import duckdb

        yield duckdb.total, files
    elif name == "postgres":
        import psycopg
        from postgres_server import binaries, postgres_server

        from commonweal.sources.backends import postgres

        programs = binaries()
        if programs is None:
            raise SystemExit("PostgreSQL is not installed: make database")
        with postgres_server(programs) as server, psycopg.connect(server.address) as connection:
            fill(connection, path)
            yield postgres.total, postgres.describe(server.address, "records")
    else:
        os.environ["PYSPARK_PYTHON"] = sys.executable
        from pyspark.sql import SparkSession

        from commonweal.sources.backends import spark

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            session = spark.start(SparkSession.builder, "local[*]")
        try:
            yield partial(spark.total, master="local[*]"), files
        finally:
            session.stop()


def fill(connection: object, path: Path) -> None:
    """The records as a table of text."""
    import duckdb

    copied = path.with_suffix(".csv")
    duckdb.execute(f"copy (from '{path}') to '{copied}' (format csv, header false)")
    connection.execute(f"create table records ({', '.join(f'{name} text' for name in COLUMNS)})")
    with connection.cursor().copy("copy records from stdin (format csv)") as into, copied.open("rb") as rows:
        while block := rows.read(1 << 20):
            into.write(block)
    connection.execute("analyze records")
    connection.commit()
    copied.unlink()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=lambda n: int(n.replace("_", "")), default=2_000_000)
    arguments.add_argument("--engines", default="duckdb,postgres,spark")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--folder", type=Path)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        path = Path(folder) / "records.parquet"
        write(path, given.rows)
        print(f"{given.rows:,} records")
        seconds: dict[tuple[str, str], float] = {}
        prints: dict[str, set[str]] = {}
        for name in given.engines.split(","):
            with ExitStack() as stack:
                started = time.perf_counter()
                engine, source = stack.enter_context(engine_of(name, path))
                print(f"{name}: up in {time.perf_counter() - started:.1f} s, filling included")
                for question, (link, asks) in questions(given.only).items():
                    query = Query(source, link, asks, "day")
                    started = time.perf_counter()
                    found = engine(query, scratch=Path(folder) / "scratch")
                    seconds[name, question] = time.perf_counter() - started
                    prints.setdefault(question, set()).add(found.fingerprint())
        if any(len(different) > 1 for different in prints.values()):
            raise SystemExit("the engines disagree")
        for (name, question), taken in seconds.items():
            first = seconds.get(("duckdb", question), taken)
            print(f"{question}: {name} {taken:.2f} s, {taken / first:.1f} x DuckDB")
        print("all engines have the same fingerprint for each question")


if __name__ == "__main__":
    main()
