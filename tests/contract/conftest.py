"""Real servers for the engines that need one: each is started once and ended with the session."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from postgres_server import Server, binaries, postgres_server
from spark_servers import Served, cluster, connect_server


def absent(says: str) -> None:
    """Where everything is to be run, an engine that is not there is a failure."""
    (pytest.fail if "CI" in os.environ else pytest.skip)(says)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL of its own."""
    programs = binaries()
    if programs is None or not find_spec("psycopg"):
        absent("PostgreSQL or psycopg is not installed: make test")
    with postgres_server(programs) as server:
        yield server


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark in this process; while it runs, our own sessions are part of it, which saves their start."""
    if shutil.which("java") is None or not find_spec("pyspark"):
        absent("Java or pyspark is not installed: make test")
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


@pytest.fixture(params=[connect_server, cluster])
def spark_elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """A Spark that does not run in the process of whoever asks it, behind Spark Connect or as a cluster."""
    if shutil.which("java") is None or not find_spec("pyspark") or not find_spec("grpc_status"):
        absent("Java or pyspark[connect] is not installed: make test")
    with request.param(tmp_path / "server") as served:
        yield served
