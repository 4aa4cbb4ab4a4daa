"""A project in memory: its files, and where each of their rows came from. Written whole or not at all."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from commonweal.errors import CommonwealError, Fault
from commonweal.files import need_empty
from commonweal.project.load import load

_NOT_IN_IDS: Final = re.compile(r"[^a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file was made from: its name in messages, and the row behind each line (line 2 first)."""

    label: str
    rows: tuple[int, ...] = ()

    def place(self, fault: Fault) -> Fault:
        """A fault of the file, at the place where it can be put right."""
        known = 2 <= fault.line < len(self.rows) + 2
        line = self.rows[fault.line - 2] if known else fault.line if not self.rows else min(fault.line, 1)
        return fault.at(self.label, line)


@dataclass(frozen=True, slots=True)
class Draft:
    """The files of a project, by name, and their origins. `says` is what the user should know."""

    files: Mapping[str, str | bytes]
    origins: Mapping[str, Origin]
    says: tuple[str, ...] = field(default=())


def write_draft(draft: Draft, target: Path) -> None:
    """Write the project to `target`, a new or empty folder, once it has been read without a fault.

    Raises TARGET-NOT-EMPTY, and each fault at the file, sheet and row that it came from.
    """
    need_empty(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.absolute().with_name(f".{target.absolute().name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        _write(draft.files, partial)
        load(partial)
        if target.exists():
            target.rmdir()
        partial.rename(target)
    except CommonwealError as error:
        raise CommonwealError(_placed(fault, draft.origins) for fault in error.faults) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(files: Mapping[str, str | bytes], folder: Path) -> None:
    for name, held in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held.encode() if isinstance(held, str) else held)


def _placed(fault: Fault, origins: Mapping[str, Origin]) -> Fault:
    return origins[fault.file].place(fault) if fault.file in origins else fault


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV, a line a row: line ends inside cells become spaces."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([" ".join(str(cell).split("\n")) for cell in row] for row in rows)
    return out.getvalue()


def as_yaml(settings: Mapping[str, Any], comment: str) -> str:
    """commonweal.yaml with a comment above."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.default_flow_style = False
    yaml.width = 100
    out = io.StringIO()
    yaml.dump(dict(settings), out)
    return "".join(f"# {line}\n" for line in comment.splitlines()) + out.getvalue()


def node_ids(codes: Iterable[str]) -> dict[str, str]:
    """An id for each code that other programs use: small letters, and told apart where two fall together.

    >>> node_ids(["ConSpeed", "p.01", "P 01"])
    {'ConSpeed': 'conspeed', 'p.01': 'p-01', 'P 01': 'p-01-2'}
    """
    ids: dict[str, str] = {}
    for code in codes:
        plain = _NOT_IN_IDS.sub("-", code.lower()).strip("-_") or "node"
        again = 1
        while (id := plain if again == 1 else f"{plain}-{again}") in ids.values():
            again += 1
        ids[code] = id
    return ids
