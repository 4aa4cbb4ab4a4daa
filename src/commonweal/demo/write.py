"""Writes the demo project: a folder that `commonweal build` takes as it stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Final

import polars as pl

from commonweal.demo import events, registers, tables
from commonweal.demo.borough import YEARS
from commonweal.demo.outline import geojson
from commonweal.files import need_empty, write_text
from commonweal.model.project import PROJECT_FILE

#: (seed, year, part) -> the records of one year of the borough as it is at scale 1.
Chunk = Callable[[int, int, int], pl.DataFrame]

RECORDS: Final[dict[str, Chunk]] = {
    "crimes.parquet": events.crimes,
    "street-reports.csv": events.reports,
    "housing-register.csv": registers.housing,
    "claims.parquet": registers.claims,
    "pupils.parquet": registers.pupils,
    "food-inspections.csv": registers.inspections,
}
_ROWS_AT_ONCE: Final = 500_000  # of a Parquet file: a row group, and all that is held in memory


def write(target: str | Path, *, scale: int = 1, seed: int = 2026) -> None:
    """Write the demo of a fictional borough to `target`, which must not exist or be empty.

    At `scale` N the borough is N times as populous and has N times the records (about 260,000 at 1), so
    that rates stay as they are; records are written as they are drawn, in bounded memory. The same
    scale and seed give the same bytes. Raises TARGET-NOT-EMPTY.
    """
    target = Path(target)
    need_empty(target)
    records = target / "data" / "records"
    records.mkdir(parents=True)
    write_text(
        target / PROJECT_FILE,
        resources.files(__package__).joinpath(PROJECT_FILE).read_text("utf-8"),
    )
    write_text(target / "areas.geojson", json.dumps(geojson(), separators=(",", ":")) + "\n")
    for name, frame in _tables(scale, seed).items():
        frame.write_csv(target / name)
    for name, chunk in RECORDS.items():
        _write_records(records / name, _chunks(chunk, scale, seed))


def _tables(scale: int, seed: int) -> dict[str, pl.DataFrame]:
    return {
        "framework.csv": tables.framework(),
        "areas.csv": tables.areas(scale),
        "data/population.csv": tables.denominator("population", scale),
        "data/households.csv": tables.denominator("households", scale),
        "data/published.csv": tables.published(seed),
        "data/survey.csv": tables.survey(seed),
        "data/elections.csv": tables.elections(seed),
        "data/census-2021.csv": tables.census(seed),
        "data/service-users.csv": tables.counted(tables.SERVICE_USERS, seed, scale),
        "data/care.csv": tables.counted(tables.CARE, seed, scale),
        "data/wexmoor-county.csv": tables.county(seed),
    }


def _chunks(chunk: Chunk, scale: int, seed: int) -> Iterator[pl.DataFrame]:
    return (chunk(seed, year, part) for year in YEARS for part in range(scale))


def _write_records(path: Path, chunks: Iterator[pl.DataFrame]) -> None:
    if path.suffix == ".parquet":
        _write_parquet(path, chunks)
    else:
        _write_csv(path, chunks)


def _write_csv(path: Path, chunks: Iterator[pl.DataFrame]) -> None:
    with path.open("wb") as file:
        for i, frame in enumerate(chunks):
            frame.write_csv(file, include_header=i == 0)


def _write_parquet(path: Path, chunks: Iterator[pl.DataFrame]) -> None:
    import pyarrow.parquet as pq

    first = next(chunks)
    schema = first.to_arrow(compat_level=pl.CompatLevel.oldest()).schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for frame in _gathered(chain([first], chunks)):
            writer.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))


def _gathered(chunks: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Chunks joined until they make a row group."""
    held: list[pl.DataFrame] = []
    for frame in chunks:
        held.append(frame)
        if sum(part.height for part in held) >= _ROWS_AT_ONCE:
            yield pl.concat(held)
            held = []
    if held:
        yield pl.concat(held)
