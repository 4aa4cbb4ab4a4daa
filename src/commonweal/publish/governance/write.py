"""Writes the governance pack: one page that prints, the data log as a table, and all of it as JSON."""

from __future__ import annotations

import csv
import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Final

from jinja2 import Environment, StrictUndefined

from commonweal.publish.governance.pack import Pack

PAGE: Final = "governance.html"
LOG: Final = "data-log.csv"
DATA: Final = "governance.json"
_PUBLIC: Final = {True: "yes", False: "no", None: ""}
_TEMPLATE: Final = files("commonweal.publish.governance") / "templates" / "pack.html"


def write_pack(pack: Pack, folder: Path) -> tuple[Path, ...]:
    """Write the pack into `folder`, each file whole or not at all; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(d=pack)
    texts = {
        PAGE: page,
        LOG: _log(pack),
        DATA: json.dumps(pack.document(), ensure_ascii=False, indent=1) + "\n",
    }
    for name, text in texts.items():
        partial = folder / f".{name}.partial"
        partial.write_text(text, encoding="utf-8", newline="")
        partial.replace(folder / name)
    return tuple(folder / name for name in texts)


def _log(pack: Pack) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["source", "where", "about", "public", "columns_read", "linked", "counted", "held", "indicators"]
    )
    for source in pack.sources:
        writer.writerow(
            [
                source.name, source.where, source.about, _PUBLIC[source.public],
                "; ".join(source.columns), source.linked, source.counted, source.held,
                "; ".join(source.indicators),
            ]
        )  # fmt: skip
    return text.getvalue()
