"""A server of Spark Connect and a standalone cluster answer as DuckDB does, points and nearest areas too."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import asked_of_spark
import pytest
from spark_servers import Served

from commonweal.errors import CommonwealError
from commonweal.sources.backends import duckdb
from commonweal.sources.backends import spark as engine

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

#: No answer takes longer, on a busy machine too.
SECONDS = 400


def test_a_spark_elsewhere_has_the_same_answers(spark_elsewhere: Served, tmp_path: Path) -> None:
    """It is asked by a process of its own, since one has only one Spark."""
    plain = asked_of_spark.answers(duckdb.total, tmp_path)
    done = subprocess.run(
        [sys.executable, asked_of_spark.__file__, spark_elsewhere.address, tmp_path],
        capture_output=True,
        text=True,
        env=spark_elsewhere.environment,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout) == plain


def test_a_part_of_the_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark Connect needs more than Spark itself does."""
    monkeypatch.setitem(sys.modules, "grpc_status", None)
    with pytest.raises(CommonwealError, match=r"EXTRA-MISSING .*pip install 'commonweal\[spark\]'"):
        engine.describe("sc://127.0.0.1:1", "records")
