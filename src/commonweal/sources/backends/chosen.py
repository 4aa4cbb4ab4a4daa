"""Which engine counts a source, and the table it counts there; each engine is imported when it is needed."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial

from commonweal.errors import CommonwealError, refusal
from commonweal.model.source import Records
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
    name = records.url.removeprefix("${").removesuffix("}")
    address = os.environ.get(name, "")
    if not address:
        what, remedy = f"the environment variable {name} is not set", f"Set {name} to the database's address."
        raise refusal("PATH-VARIABLE", what, remedy)
    return address
