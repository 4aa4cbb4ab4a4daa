"""The folder that records are laid out in goes, also after a process that was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from commonweal.errors import CommonwealError
from commonweal.sources.read.room import SCRATCH, room
from commonweal.sources.read.written import no_room

CODE = """
import sys
from pathlib import Path
from commonweal.sources.read.room import room
with room(Path(sys.argv[1])) as folder:
    (folder / "records.parquet").write_text("secret")
    print(folder, flush=True)
    input()
"""


def other(root: Path) -> tuple[subprocess.Popen[str], Path]:
    """Another process that has laid out records and waits."""
    running = subprocess.Popen(
        [sys.executable, "-c", CODE, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    return running, Path(running.stdout.readline().strip())


def test_it_goes_with_all_above_it(tmp_path: Path) -> None:
    with room(tmp_path) as folder:
        (folder / "a" / "b").mkdir(parents=True)
        assert folder.parent == tmp_path / SCRATCH
    assert list(tmp_path.iterdir()) == []


def test_two_at_once_leave_each_other_alone(tmp_path: Path) -> None:
    running, theirs = other(tmp_path)
    with room(tmp_path) as mine:
        assert mine != theirs
        assert (theirs / "records.parquet").exists()
    assert (theirs / "records.parquet").exists()
    running.communicate("\n")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_taken_away_by_the_next(tmp_path: Path) -> None:
    running, theirs = other(tmp_path)
    running.kill()
    running.communicate()
    assert (theirs / "records.parquet").exists()
    with room(tmp_path):
        assert not theirs.exists()
    assert list(tmp_path.iterdir()) == []


def test_faults_about_it_name_no_folder_of_the_moment(tmp_path: Path) -> None:
    with pytest.raises(CommonwealError) as caught, room(tmp_path) as folder:
        raise CommonwealError(no_room(folder))
    assert [Path(fault.file) for fault in caught.value.faults] == [tmp_path / SCRATCH]
