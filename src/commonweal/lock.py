"""A lock on a file, which dies with the process that holds it."""

from __future__ import annotations

import sys
from typing import IO


def hold(handle: IO[bytes]) -> bool:
    """Lock an open file without waiting; the system lets go of it when the process ends.

    Returns whether it was free.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
