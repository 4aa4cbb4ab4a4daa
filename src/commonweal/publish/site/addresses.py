"""Names of page files: safe on every disk and in every address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")
#: Names that Windows keeps for devices, with any ending.
_DEVICES: Final = {"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in range(10)}


def file_names(ids: Iterable[str]) -> dict[str, str]:
    """Each id with the name of its page: no character that needs care, no two alike whatever their case.

    >>> file_names(["E05000026", "a/b", "A b", "con"])
    {'E05000026': 'E05000026.html', 'a/b': 'a-b.html', 'A b': 'A-b-2.html', 'con': 'con-.html'}
    """
    taken: set[str] = set()
    names = {}
    for id in ids:
        stem = _UNSAFE.sub("-", id).strip("-")[:80] or "page"
        stem = f"{stem}-" if stem.lower() in _DEVICES else stem
        name, number = stem, 1
        while name.lower() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.lower())
        names[id] = f"{name}.html"
    return names
