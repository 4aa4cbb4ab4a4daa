"""Text and JSON as every file of ours is written, the same bytes on every machine; and a folder for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commonweal.errors import refusal


def json_text(document: Any) -> str:
    """A document as JSON that people can read too.

    >>> print(json_text({"place": "Ynys Môn"}))
    {
     "place": "Ynys Môn"
    }
    """
    return json.dumps(document, ensure_ascii=False, indent=1)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, its lines ended alike everywhere."""
    path.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, document: Any) -> None:
    """Write a document as `json_text` has it, with a last line end."""
    write_text(path, json_text(document) + "\n")


def need_empty(target: Path) -> None:
    """Raise TARGET-NOT-EMPTY unless `target` is an empty folder, or not there yet."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise refusal("TARGET-NOT-EMPTY", f"{str(target)!r} is not empty", "Name a new or an empty folder.")
