"""Put a finished folder in the place of an old one, whole or not at all, whenever the process is killed.

A new tree grows in ``.OUT.partial``. Complete, it becomes ``.OUT.new`` (one rename: the mark that it is
whole), then trades places with OUT: in one exchange where the system has one, else in two renames that the
next command completes. A lock that dies with its process keeps a second build out.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from commonweal.errors import refusal
from commonweal.lock import hold
from commonweal.model.record import RECORD

#: What a system says of a place that can't be written to.
_REFUSED: Final = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR,
)  # fmt: skip
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where an output goes, and the hidden names beside it that a build uses."""

    out: Path

    def beside(self, role: str) -> Path:
        """The hidden sibling of OUT for a role: partial, new, old or lock."""
        return self.out.parent / f".{self.out.name}.{role}"


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Give an empty folder to fill; when the block ends well, it takes the place of `out`.

    Raises OUT-LOCKED where another build runs, OUT-FOREIGN where `out` holds something else, OUT-FROZEN where
    it lies in an edition that was frozen, OUT-WRITE where nothing can be written.
    """
    place = Place(out.absolute())
    _refuse_frozen(place.out)
    with writing(out):
        place.out.parent.mkdir(parents=True, exist_ok=True)
    with writing(out), locked(place):
        recover(place)
        _refuse_foreign(place.out)
        partial = place.beside("partial")
        partial.mkdir()
        try:
            yield partial
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        partial.rename(place.beside("new"))
        _swap_in(place)
        recover(place)


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Tell a disk that takes nothing more, or nothing from this user, as the fault that it is: OUT-WRITE."""
    try:
        yield
    except OSError as error:
        # libraries give the system's words, and not always its number
        why = next((os.strerror(n) for n in _REFUSED if n == error.errno or os.strerror(n) in str(error)), "")
        if not why:
            raise
        what = f"{out} can't be written: {why.lower()}"
        remedy = "Free some room, or name another folder with --out; what was there before is whole."
        raise refusal("OUT-WRITE", what, remedy) from error


def recover(place: Place) -> None:
    """Complete or undo whatever an interrupted build left beside `out`."""
    partial, new, old = place.beside("partial"), place.beside("new"), place.beside("old")
    shutil.rmtree(partial, ignore_errors=True)
    if not place.out.exists():
        if new.exists():
            new.rename(place.out)
        elif old.exists():
            old.rename(place.out)
    for leftover in (new, old):
        if leftover.exists():
            shutil.rmtree(leftover)


def _swap_in(place: Place) -> None:
    new, old = place.beside("new"), place.beside("old")
    if not place.out.exists():
        new.rename(place.out)
    elif not _exchange(new, place.out):
        place.out.rename(old)
        new.rename(place.out)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two paths in one step where the system can; say whether it did."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


def is_frozen(path: Path) -> bool:
    """Whether a path lies in an edition that was frozen: an output whose folder nobody may write in."""
    return any(
        (folder / RECORD).is_file() and not folder.stat().st_mode & stat.S_IWUSR
        for folder in (path, *path.parents)
    )


def _refuse_frozen(out: Path) -> None:
    if is_frozen(out):
        raise refusal(
            "OUT-FROZEN",
            f"{out} lies in an edition that was frozen",
            "Name another folder with --out; an edition is never written to.",
        )


def _refuse_foreign(out: Path) -> None:
    if not out.exists():
        return
    if out.is_dir() and (not any(out.iterdir()) or (out / RECORD).is_file()):
        return
    raise refusal(
        "OUT-FOREIGN",
        f"{out} exists and is not the output of a build",
        "Name another folder with --out, or move that one away; nothing was touched.",
    )


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Hold `place` alone while the block runs. Raises OUT-LOCKED where another process holds it."""
    with place.beside("lock").open("a+b") as handle:
        if not hold(handle):
            raise refusal(
                "OUT-LOCKED",
                f"another build is writing {place.out}",
                "Wait until it has finished, or name another folder with --out.",
            )
        yield
