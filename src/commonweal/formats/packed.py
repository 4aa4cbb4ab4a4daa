"""Unpacks a .gz file into memory, but not one that would fill it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Final

from commonweal.errors import refusal

#: A table or a file of outlines is held in memory whole; records are not, and may be larger.
LARGEST: Final = 2_000_000_000


def unpacked(path: Path) -> bytes:
    """The contents of a .gz file. Raises FILE-FORMAT where it is broken or unpacks to very much."""
    try:
        with gzip.open(path) as file:
            held = file.read(LARGEST + 1)
    except (OSError, EOFError) as error:
        raise refusal("FILE-FORMAT", "the file is not whole gzip", "Pack it again.", str(path)) from error
    if len(held) > LARGEST:
        what = f"the file unpacks to more than {LARGEST / 1e9:g} GB"
        raise refusal("FILE-FORMAT", what, "Keep the rows or areas that are needed.", str(path))
    return held
