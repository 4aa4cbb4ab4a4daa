"""Checks the keys that say where the records of a source are, and which of them go together."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from commonweal.errors import Fault, refusal
from commonweal.formats.kinds import kind_of
from commonweal.model.variable import name_of
from commonweal.project.positions import Document, Keys
from commonweal.project.schema import RecordKeys

#: Something with a scheme, such as postgresql://, which is never the path of a file.
_ADDRESS: Final = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")

#: Key -> the kind of file whose part it names, and what that part is.
_PARTS: Final = {
    "sheet": ("sheet", "workbook", "the sheet"),
    "table": ("database", "database", "the table"),
    "record": ("xml", "XML file", "the element that is repeated"),
}


def place_faults(document: Document, above: Keys, keys: RecordKeys, names: Iterable[str]) -> list[Fault]:
    """What is wrong with the keys of a source whose files are called `names`.

    Faults: RECORDS-KEYS, RECORDS-URL, PATH-VARIABLE. No address is ever repeated.
    """

    def fault(code: str, key: str, what: str, remedy: str) -> Fault:
        return document.fault(code, what, remedy, (*above, key) if key else above)

    found = [fault("RECORDS-KEYS", key, what, remedy) for key, what, remedy in _clashes(keys)]
    found += [fault("RECORDS-KEYS", key, what, remedy) for key, what, remedy in _parts(keys, set(names))]
    name = name_of(keys.url or "")
    if keys.url and not name:
        found.append(fault("RECORDS-URL", "url", _WRITTEN_OUT, _NAME_IT))
    elif keys.url and not os.environ.get(name):
        what = f"the environment variable {name} is not set"
        found.append(fault("PATH-VARIABLE", "url", what, f"Set {name} to the database's address."))
    return found


def refuse_addresses(patterns: Iterable[str]) -> None:
    """Raise RECORDS-URL where a path is an address, before anything repeats it."""
    if any(_ADDRESS.match(pattern) for pattern in patterns):
        raise refusal("RECORDS-URL", _WRITTEN_OUT, f"{_NAME_IT} {_OF_A_CLUSTER}")


_WRITTEN_OUT: Final = "an address is written out, and may hold a password"
_NAME_IT: Final = "Write `url: ${NAME}` and `table:`, and put the address in the environment variable NAME."
_OF_A_CLUSTER: Final = "Files that only a cluster sees are a `table:` of Spark, with `backend: spark`."


def _clashes(keys: RecordKeys) -> Iterator[tuple[str, str, str]]:
    """Key, what is wrong and what to do, for keys that don't go together."""
    in_spark = keys.backend == "spark" and bool(keys.table)
    if keys.path and keys.url:
        yield "url", "both path and url are given", "Keep the one that holds the records."
    if not keys.path and not keys.url and not in_spark:
        remedy = "Write `path:` (files), or `url:` and `table:` (a database)."
        yield "", "nothing says where the records are", remedy
    if keys.url and not keys.table:
        yield "url", "a database is named, but no table", "Name the table, or schema.table, with `table:`."
    if keys.url and keys.backend not in (None, "postgres"):
        what = f"{keys.backend} does not count the records of a database"
        yield "backend", what, "Take it out: records of a `url` are counted where they are."
    if keys.path and keys.backend == "postgres":
        remedy = "Take it out, or name the database with `url:`."
        yield "backend", "postgres does not count the records of files", remedy
    if keys.spark and keys.backend != "spark":
        yield "spark", "it is said where Spark runs, but Spark does not count", "Add `backend: spark`."


def _parts(keys: RecordKeys, names: set[str]) -> Iterator[tuple[str, str, str]]:
    """The same for the keys that name a part of a file."""
    kinds = {kind_of(name) for name in names}
    # what is in an archive without an ending of its own is not known here
    packed = any(name.lower().endswith(".zip") and not PurePosixPath(name).stem.count(".") for name in names)
    for key, (kind, called, part) in _PARTS.items():
        given = bool(getattr(keys, key))
        if kind in kinds and not given and key != "sheet":
            yield key, f"the {called} has parts, and none is named", f"Name {part} with `{key}:`."
        elif given and names and kind not in kinds and not (packed and key == "record"):
            yield key, f"{key} is given, but there is no {called}", "Take it out, or correct the path."
