"""A build's output appears whole or not at all, whatever happens to the process."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from commonweal.errors import CommonwealError
from commonweal.model.record import RECORD
from commonweal.pipeline import exchange
from commonweal.pipeline.exchange import Place, recover, replacing


def write(out: Path, text: str) -> None:
    with replacing(out) as tree:
        (tree / RECORD).write_text(text)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_first_and_second_output(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, "one")
    write(out, "two")
    assert (out / RECORD).read_text() == "two"
    assert names(tmp_path) == ["build"]


def test_without_an_exchange_two_renames_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_exchange", lambda one, other: False)
    out = tmp_path / "build"
    write(out, "one")
    write(out, "two")
    assert (out / RECORD).read_text() == "two"
    assert names(tmp_path) == ["build"]


def test_failure_leaves_the_old_output(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(out, "one")

    def fail() -> None:
        with replacing(out) as tree:
            (tree / RECORD).write_text("two")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (out / RECORD).read_text() == "one"
    assert names(tmp_path) == ["build"]


@pytest.mark.parametrize(
    ("state", "left"),
    [
        ({"build": "one", ".build.partial": "tw"}, "one"),
        ({"build": "one", ".build.new": "two"}, "one"),
        ({".build.old": "one", ".build.new": "two"}, "two"),
        ({"build": "two", ".build.old": "one"}, "two"),
        ({".build.old": "one"}, "one"),
        ({".build.partial": "on"}, None),
    ],
    ids=["while filling", "before the swap", "between renames", "before tidying", "undo", "first ever"],
)
def test_recovery_from_every_state(tmp_path: Path, state: dict[str, str], left: str | None) -> None:
    for name, text in state.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / RECORD).write_text(text)
    recover(Place(tmp_path / "build"))
    assert names(tmp_path) == ([] if left is None else ["build"])
    assert left is None or (tmp_path / "build" / RECORD).read_text() == left


@pytest.mark.parametrize("moment", ["mkdir", "rename", "rmtree"])
def test_killed_at_a_moment(tmp_path: Path, moment: str) -> None:
    """The process dies without a word (os._exit) at the n-th call of a file operation."""
    out = tmp_path / "build"
    write(out, "one")
    patch = {
        "mkdir": "pathlib.Path.mkdir = lambda *a, **k: os._exit(9)",
        "rename": "pathlib.Path.rename = lambda *a, **k: os._exit(9)",
        "rmtree": "shutil.rmtree = lambda p, **k: os._exit(9) if '.new' in str(p) else None",
    }[moment]
    program = f"""
import os, pathlib, shutil
from commonweal.model.record import RECORD
from commonweal.pipeline import exchange
with exchange.replacing(pathlib.Path({str(out)!r})) as tree:
    (tree / RECORD).write_text("two")
    {patch}
"""
    if moment == "mkdir":
        program = program.replace("with exchange", f"{patch}\nwith exchange", 1)
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    assert (out / RECORD).read_text() in {"one", "two"}
    write(out, "three")
    assert (out / RECORD).read_text() == "three"
    assert names(tmp_path) == ["build"]


def test_a_second_build_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "build"
    with replacing(out) as tree:
        (tree / RECORD).write_text("one")
        with pytest.raises(CommonwealError, match="OUT-LOCKED"), replacing(out):
            pass
    assert (out / RECORD).read_text() == "one"


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError("No space left on device (os error 28)"),  # as polars says it
        PermissionError(errno.EACCES, os.strerror(errno.EACCES)),
    ],
)
def test_a_disk_that_takes_no_more_is_told_and_the_old_output_is_whole(
    tmp_path: Path, error: OSError
) -> None:
    out = tmp_path / "build"
    write(out, "one")
    with pytest.raises(CommonwealError, match=r"OUT-WRITE .*can't be written: (no space|permission)"):
        _fails(out, error)
    assert (out / RECORD).read_text() == "one"
    assert names(tmp_path) == ["build"]


def test_another_fault_of_the_system_is_not_the_users(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        _fails(tmp_path / "build", FileNotFoundError(errno.ENOENT, "gone"))


def test_an_output_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    with pytest.raises(CommonwealError, match="OUT-WRITE"):
        write(tmp_path / "a" / "b" / "build", "one")


def _fails(out: Path, error: OSError) -> None:
    with replacing(out) as tree:
        (tree / RECORD).write_text("two")
        raise error


def test_a_folder_that_is_no_output_is_never_replaced(tmp_path: Path) -> None:
    out = tmp_path / "photos"
    out.mkdir()
    (out / "holiday.jpg").write_bytes(os.urandom(8))
    with pytest.raises(CommonwealError, match="OUT-FOREIGN"):
        write(out, "one")
    assert names(out) == ["holiday.jpg"]
