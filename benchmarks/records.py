"""Records to ward x month totals, beside the SQL one would write by hand; the goal is at most 1.3 x its time.

Both sides are DuckDB on the same file, each in a process of its own, timed once everything is loaded, and
must give the same totals. Ours also finds rows that can't be taken apart, checks the codes and dates, and
accounts for every record.

    python benchmarks/records.py [--rows 5_000_000] [--format csv|parquet] [--folder DIR]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
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


def timed(side: str, path: Path) -> tuple[float, float, int]:
    """Seconds, peak megabytes and the sum of all totals of one side in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--side", side, "--file", str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, megabytes, answer = done.stdout.split()
    return float(seconds), float(megabytes), int(answer)


def one_side(side: str, path: Path) -> None:
    run = ours(path) if side == "ours" else by_hand(path)
    started = time.perf_counter()
    answer = run()
    seconds = time.perf_counter() - started
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, answer)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=lambda n: int(n.replace("_", "")), default=5_000_000)
    arguments.add_argument("--format", choices=("csv", "parquet"), default="csv")
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--side", choices=("ours", "by_hand"), help=argparse.SUPPRESS)
    arguments.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.side:
        one_side(given.side, given.file)
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        path = Path(folder) / f"records.{given.format}"
        write(path, given.rows)
        print(f"{given.rows:,} records, {path.stat().st_size / 1e6:,.0f} MB of {given.format}")
        # the sides take turns, so that a busy moment of the machine meets both
        rounds = [(timed("ours", path), timed("by_hand", path)) for _ in range(ROUNDS)]
    if len({answer for both in rounds for *_, answer in both}) != 1:
        raise SystemExit("the two sides disagree")
    best = [min(side) for side in zip(*rounds, strict=True)]
    for name, (seconds, megabytes, _) in zip(("ours", "by hand"), best, strict=True):
        print(f"{name}: {seconds:.2f} s, {megabytes:,.0f} MB")
    print(f"ratio {best[0][0] / best[1][0]:.2f}; goal 1.3 and 2,000 MB")


if __name__ == "__main__":
    main()
