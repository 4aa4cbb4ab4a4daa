"""Which engine counts a source, and the table it counts there; each engine is imported when it is needed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from commonweal.errors import CommonwealError
from commonweal.model.source import Records
from commonweal.model.variable import name_of, value_of
from commonweal.sources.query import Backend, Stored


def engine_of(records: Records) -> Backend:
    """The engine that a source names."""
    if records.backend == "postgres":
        from commonweal.sources.backends import postgres

        return postgres.total
    if records.backend == "spark":
        from commonweal.sources.backends import spark

        return partial(spark.total, master=records.spark)
    from commonweal.sources.backends import duckdb

    return duckdb.total


def table_of(records: Records) -> Stored:
    """The table that a source without files lies in, with its columns.

    Raises EXTRA-MISSING, PATH-VARIABLE, and RECORDS-DATABASE or RECORDS-SPARK where the engine fails or has
    no such table; each placed where the project names the source.
    """
    try:
        if records.backend == "spark":
            from commonweal.sources.backends import spark

            return spark.describe(records.spark, records.table)
        from commonweal.sources.backends import postgres

        return postgres.describe(_address(records), records.table)
    except CommonwealError as error:
        path = ("records", records.name, "table")
        raise CommonwealError([replace(fault, path=path) for fault in error.faults]) from None


def _address(records: Records) -> str:
    """The address of a database, from the environment variable that `url` names."""
    return value_of(name_of(records.url), "the database's address")
