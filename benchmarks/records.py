"""Records to ward x month totals, beside the SQL one would write by hand; the goal is at most 1.3 x its time.

Both sides are DuckDB on the same file, each in a process of its own, timed once everything is loaded, and
must give the same totals. Ours also finds rows that can't be taken apart, checks the codes and dates, and
accounts for every record. Several numbers of records show how time and memory grow.

    python benchmarks/records.py [--rows 5_000_000,20_000_000] [--format csv|parquet] [--folder DIR]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

WARDS = 700
ROUNDS = 3
COLUMNS = ("id", "day", "ward", "kind", "x", "y")
BY_HAND = """
    select ward, substr(day, 1, 7) as month, count(*) as records,
           count(*) filter (where kind = 'burglary') as burglaries
    from {reader} group by all order by all
"""


def write(path: Path, rows: int) -> None:
    """Made-up records, the same each time: a day of ten years, a ward, a kind, a point."""
    import duckdb

    form = "format csv, header" if path.suffix == ".csv" else "format parquet"
    duckdb.execute(
        f"""
        copy (
            select 'R' || i as id,
                   strftime(date '2010-01-01' + cast(hash(i) % 3652 as integer), '%Y-%m-%d') as day,
                   'E05' || lpad(cast(hash(i + 1) % {WARDS} as varchar), 6, '0') as ward,
                   ['burglary', 'robbery', 'theft', 'other'][cast(hash(i + 2) % 4 as integer) + 1] as kind,
                   (hash(i + 3) % 1000000) / 1e6 as x,
                   (hash(i + 4) % 1000000) / 1e6 as y
            from range({rows}) as made(i)
        ) to '{path}' ({form})
        """
    )


def ours(path: Path) -> Callable[[], int]:
    import duckdb  # noqa: F401  loaded before the clock starts, as on the other side
    import pyarrow  # noqa: F401  as duckdb

    from commonweal.sources.backends.duckdb import total
    from commonweal.sources.filter import parse_filter
    from commonweal.sources.query import ByCode, Cells, File, Query, Tally

    codes = tuple(f"E05{number:06d}" for number in range(WARDS))
    burglary = parse_filter("kind = 'burglary'")
    kind: Literal["csv", "parquet"] = "csv" if path.suffix == ".csv" else "parquet"
    query = Query(
        (File(path, kind, COLUMNS),), ByCode("ward", codes), (Cells((Tally(where=burglary),)),), "day"
    )

    def run() -> int:
        cells = total(query, scratch=path.parent / "scratch").cells
        return int(cells["records"].sum() + cells["t0"].sum())

    return run


def by_hand(path: Path) -> Callable[[], int]:
    import duckdb

    reader = f"read_csv('{path}', all_varchar = true)" if path.suffix == ".csv" else f"'{path}'"
    statement = BY_HAND.format(reader=reader)
    return lambda: sum(row[2] + row[3] for row in duckdb.sql(statement).fetchall())


@dataclass(frozen=True, order=True)
class Run:
    """One side, once: seconds, seconds of processors, peak megabytes, and the sum of all totals."""

    seconds: float
    processor: float
    megabytes: float
    answer: int


def timed(side: str, path: Path) -> Run:
    done = subprocess.run(
        [sys.executable, __file__, "--side", side, "--file", str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, processor, megabytes, answer = done.stdout.split()
    return Run(float(seconds), float(processor), float(megabytes), int(answer))


def one_side(side: str, path: Path) -> None:
    run = ours(path) if side == "ours" else by_hand(path)
    started, spent = time.perf_counter(), time.process_time()
    answer = run()
    seconds, processor = time.perf_counter() - started, time.process_time() - spent
    print(seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, answer)


def both_sides(rows: int, form: str, folder: Path | None) -> float:
    """Print the ratio for so many records; the seconds that ours took."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        path = Path(made) / f"records.{form}"
        write(path, rows)
        print(f"{rows:,} records, {path.stat().st_size / 1e6:,.0f} MB of {form}")
        # the sides take turns, so that a busy moment of the machine meets both
        rounds = [(timed("ours", path), timed("by_hand", path)) for _ in range(ROUNDS)]
    if len({run.answer for both in rounds for run in both}) != 1:
        raise SystemExit("the two sides disagree")
    our, hand = (min(side) for side in zip(*rounds, strict=True))
    for name, best in (("ours", our), ("by hand", hand)):
        print(f"{name}: {best.seconds:.2f} s, {best.processor:.2f} s of processors, {best.megabytes:,.0f} MB")
    processor = min(o.processor for o, _ in rounds) / min(h.processor for _, h in rounds)
    print(f"ratio {our.seconds / hand.seconds:.2f}, of processors {processor:.2f}; goal 1.3 and 2,000 MB")
    return our.seconds


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=numbers, default=[5_000_000])
    arguments.add_argument("--format", choices=("csv", "parquet"), default="csv")
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--side", choices=("ours", "by_hand"), help=argparse.SUPPRESS)
    arguments.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.side:
        one_side(given.side, given.file)
        return
    seconds = [both_sides(rows, given.format, given.folder) for rows in given.rows]
    for rows, taken in zip(given.rows[1:], seconds[1:], strict=True):
        print(f"{rows / given.rows[0]:.1f} x the records take {taken / seconds[0]:.1f} x the time")


def numbers(text: str) -> list[int]:
    return [int(number.replace("_", "")) for number in text.split(",")]


if __name__ == "__main__":
    main()
