"""Real servers for the engines that need one: each is started once and ended with the session."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from postgres_server import Server, binaries, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL of its own."""
    pytest.importorskip("psycopg")
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: make database")
    with postgres_server(programs) as server:
        yield server


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark in this process; while it runs, our own sessions are part of it, which saves their start."""
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: make java")
    from pyspark.sql import SparkSession

    from commonweal.sources.backends import spark as engine

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        # workers import this very source
        patch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
        # compiling each question costs more than asking it of so few records
        builder = SparkSession.builder.config("spark.sql.codegen.wholeStage", "false")
        builder = builder.config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        # where it keeps tables that a test makes
        builder = builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        session = engine.start(builder, "local[2]")
        yield session
        session.stop()
