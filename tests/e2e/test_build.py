"""The main job from a user's chair: whole outputs, the same bytes, the same scores again, nothing leaked."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from commonweal.publish.datapackage import COLUMNS, TABLES

pytestmark = pytest.mark.xdist_group("demo")


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_outputs_are_complete(demo_build: Path) -> None:
    record = json.loads((demo_build / "edition.json").read_text(encoding="utf-8"))
    assert record["areas"]["count"] == 17
    assert record["nodes"] == {"indicator": 53, "component": 12, "dimension": 3, "index": 1}
    assert len(record["periods"]) == 5
    written = fingerprints(demo_build)
    written.pop("edition.json")
    assert record["files"] == written


def test_every_node_area_and_period_has_a_row(demo_build: Path) -> None:
    with (demo_build / "data" / "scores.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5 * 17 * (53 + 12 + 3 + 1)
    assert len({(r["period"], r["area"], r["node"]) for r in rows}) == len(rows)
    assert all((r["score"] == "") == (r["status"] in {"missing", "not_applicable"}) for r in rows)


def test_each_table_is_described(demo_build: Path) -> None:
    package = json.loads((demo_build / "data" / "datapackage.json").read_text(encoding="utf-8"))
    described = {r["path"] for r in package["resources"]}
    assert described == {path.name for path in (demo_build / "data").glob("*.csv")}
    assert described <= set(TABLES)
    for resource in package["resources"]:
        header = (demo_build / "data" / resource["path"]).read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == [field["name"] for field in resource["schema"]["fields"]]
        assert all(field["description"] == COLUMNS[field["name"]] for field in resource["schema"]["fields"])


def test_two_builds_are_equal_byte_for_byte(
    demo_project: Path, demo_build: Path, command, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    assert command("build", demo_project, "--out", again).returncode == 0
    assert fingerprints(again) == fingerprints(demo_build)


def test_the_open_project_builds_the_same_scores(demo_build: Path, command, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(demo_build / "project", copy)
    done = command("build", copy)
    assert done.returncode == 0, done.stderr
    scores = Path("data") / "scores.csv"
    assert (copy / "build" / scores).read_bytes() == (demo_build / scores).read_bytes()
    again = copy / "build" / "project"
    for file in ("data/observations.csv", "framework.csv", "areas.csv", "areas.geojson"):
        assert (again / file).read_bytes() == (demo_build / "project" / file).read_bytes(), file


def test_no_record_reaches_the_output(demo_project: Path, demo_build: Path) -> None:
    """No key of a record stands anywhere in what is published."""
    records = demo_project / "data" / "records"
    tables = [pl.read_csv(path, infer_schema=False) for path in sorted(records.glob("*.csv"))]
    tables += [pl.read_parquet(path) for path in sorted(records.glob("*.parquet"))]
    keys = {str(key) for table in tables for key in table.to_series(0).gather_every(table.height // 50)}
    assert len(keys) > 250
    published = b"\n".join(path.read_bytes() for path in sorted(demo_build.rglob("*")) if path.is_file())
    assert not [key for key in keys if key.encode() in published]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills a process group")
def test_killed_at_any_moment(demo_project: Path, demo_build: Path, tmp_path: Path) -> None:
    """A build killed with no warning leaves the previous output whole, and the next one completes."""
    out = tmp_path / "out"
    shutil.copytree(demo_build, out)
    whole = fingerprints(out)
    build = [sys.executable, "-m", "commonweal", "build", str(demo_project), "--out", str(out)]
    started = time.monotonic()
    subprocess.run(build, check=True, capture_output=True)
    length = time.monotonic() - started
    moments = random.Random(17)
    for _ in range(6):
        with subprocess.Popen(build, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(moments.uniform(0.4, 1.0) * length)
            os.kill(process.pid, signal.SIGKILL)
        assert fingerprints(out) == whole
    assert subprocess.run(build, check=False, capture_output=True).returncode == 0
    assert fingerprints(out) == whole
    assert [path.name for path in tmp_path.iterdir() if path.name not in {"out", ".out.lock"}] == []
