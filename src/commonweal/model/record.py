"""What the writer and the reader of an edition's folder agree on."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

#: The file that makes a folder an edition: what it is, and the fingerprint of every other file.
RECORD: Final = "edition.json"
#: Its form; raised when a reader of it would have to change.
FORMAT: Final = 1
#: Where a project keeps its editions.
EDITIONS: Final = "editions"


def fingerprint(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
