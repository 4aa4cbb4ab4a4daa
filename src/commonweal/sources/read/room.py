"""A folder for what does not fit in memory; it is gone afterwards, even if a process was killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Final

from commonweal.errors import CommonwealError
from commonweal.lock import hold
from commonweal.sources.read.packed import FULL
from commonweal.sources.read.written import no_room

#: Where records may be laid out while they are read; never in what is published.
SCRATCH: Final = ".commonweal/scratch"
_PREFIX: Final = "read-"
_LOCK: Final = "lock"


@contextmanager
def room(root: Path) -> Iterator[Path]:
    """A folder of one's own in the scratch folder of the project at `root`.

    It goes when the block ends; those of processes that were killed go when the next one comes. Raises
    SCRATCH-FULL where there is no room for it. Faults about it name the scratch folder.
    """
    scratch = root / SCRATCH
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        _sweep(scratch)
        folder, handle = _own(scratch)
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise CommonwealError(no_room(scratch)) from error
    try:
        yield folder
    except CommonwealError as error:
        here = str(folder)
        raise CommonwealError(
            [replace(f, file=str(scratch)) if f.file == here else f for f in error.faults]
        ) from error
    finally:
        handle.close()
        shutil.rmtree(folder, ignore_errors=True)
        for emptied in (scratch, scratch.parent):
            with suppress(OSError):
                emptied.rmdir()


def _own(scratch: Path) -> tuple[Path, IO[bytes]]:
    """A new folder and its lock, held; another process may sweep it away before it is, so then once more."""
    while True:
        folder = Path(mkdtemp(prefix=_PREFIX, dir=scratch))
        handle = (folder / _LOCK).open("a+b")
        if hold(handle) and (folder / _LOCK).exists():
            return folder, handle
        handle.close()


def _sweep(scratch: Path) -> None:
    """Take away the folders that nobody holds any more."""
    for folder in sorted(scratch.glob(f"{_PREFIX}*")):
        with suppress(OSError):
            with (folder / _LOCK).open("r+b") as handle:
                forgotten = hold(handle)
            if forgotten:
                shutil.rmtree(folder, ignore_errors=True)
