"""Keeping, comparing and handing on editions, as a user types it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_project import YAML, write_small_project, write_values

from commonweal.project.edition import broken_files, read_record


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, command) -> Path:
    """A small project with the edition 2024 kept, and a build that differs from it in one value."""
    folder = write_small_project(tmp_path_factory.mktemp("editions") / "town")
    done = command("freeze", folder, "--name", "2024")
    assert done.returncode == 0, done.stderr
    assert "read-only" in done.stdout
    write_values(folder, {("A", "2025", "jobs"): 70.0})
    assert command("build", folder).returncode == 0
    return folder


@pytest.mark.parametrize("name", ["freeze", "diff", "export"])
def test_help_shows_an_example(command, name: str) -> None:
    assert f"Example: commonweal {name}" in command(name, "--help").stdout


def test_an_edition_is_kept_once(command, town: Path) -> None:
    done = command("freeze", town, "--name", "2024")
    assert done.returncode == 2
    assert "EDITION-EXISTS" in done.stderr


def test_diff_names_what_moved_and_why(command, town: Path) -> None:
    done = command("diff", town / "editions" / "2024", town / "build")
    assert done.returncode == 0, done.stderr
    assert "Moved in data: 1 figures" in done.stdout
    assert "Scores or ranks that moved" in done.stdout


def test_diff_as_json_adds_up(command, town: Path) -> None:
    document = json.loads(command("diff", town / "editions" / "2024", town / "build", "--json").stdout)
    assert document["data"][0]["new_value"] == 70.0
    for row in document["scores"]:
        parts = sum(row[step] for step in ("data", "goalposts", "weights", "method"))
        assert parts == pytest.approx(row["change"], abs=1e-9)


def test_diff_of_no_edition(command, town: Path) -> None:
    done = command("diff", town, town / "build")
    assert done.returncode == 2
    assert "EDITION-MISSING" in done.stderr


def test_diff_of_equal_editions(command, town: Path) -> None:
    done = command("diff", town / "build", town / "build")
    assert done.stdout.strip() == "No figure moved."


def test_new_writes_a_workbook_and_begins_from_it(command, tmp_path: Path) -> None:
    assert command("new", tmp_path / "t", "--template").returncode == 0
    done = command("new", tmp_path / "p", "--from", tmp_path / "t" / "workbook.xlsx")
    assert done.returncode == 0, done.stderr
    assert command("check", tmp_path / "p").returncode == 0


def test_new_from_something_else(command, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    done = command("new", tmp_path / "p", "--from", tmp_path / "notes.txt")
    assert done.returncode == 2
    assert "INTERCHANGE-FORM" in done.stderr
    assert not (tmp_path / "p").exists()


def test_export_writes_the_pair(command, town: Path, tmp_path: Path) -> None:
    done = command("export", town / "editions" / "2024", "--to", "iData", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "iData.csv").read_text().startswith("uName,uCode,Time,crime,fires,jobs,pay\n")


@pytest.mark.slow
def test_a_freeze_that_is_killed_leaves_all_or_nothing(command, tmp_path: Path) -> None:
    town = write_small_project(tmp_path / "town", yaml=YAML)
    assert command("build", town).returncode == 0
    for attempt in range(4):
        arguments = [sys.executable, "-m", "commonweal", "freeze", str(town), "--name", f"e{attempt}"]
        process = subprocess.Popen(arguments, env=os.environ, stdout=subprocess.DEVNULL)
        time.sleep(0.4 + 0.4 * attempt)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = town / "editions" / f"e{attempt}"
        assert not kept.exists() or not broken_files(kept, read_record(kept))
    done = command("freeze", town, "--name", "last")
    assert done.returncode == 0, done.stderr
    assert not broken_files(town / "editions" / "last", read_record(town / "editions" / "last"))
