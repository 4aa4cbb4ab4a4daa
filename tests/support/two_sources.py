"""A project of two sources that share a pupil number: the one that the how-to page writes out."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "person-keys.md"
SECRET = "a-secret-that-nobody-would-guess-0123456789"
FRAMEWORK = """id,name,parent,level,direction,unit
index,Index,,index,,
excluded,Children in need who were excluded,index,indicator,-1,%
"""
HEAD = """project: {title: Children, place: Town, framework: framework.csv}
areas: {type: ward, table: areas.csv}
periods: {publish: ["2018"]}
recipe: {normalise: {method: minmax, rule: pooled}}
protect: {preset: none, reason: these children are made up}
"""


def written() -> str:
    """What the page writes out of commonweal.yaml."""
    blocks = re.findall(r"(?:^ {4}.*\n)+", PAGE.read_text(encoding="utf-8"), re.M)
    found = [block for block in blocks if block.startswith(("    records:", "    measures:"))]
    return "".join(line[4:] + "\n" for block in found for line in block.splitlines())


def tables() -> dict[str, str]:
    """The tables of the page as CSV, by the file that stands above each."""
    text = PAGE.read_text(encoding="utf-8")
    found = {}
    for name, table in re.findall(r"`(data/\S+\.csv)`:?\n\n((?:\|.*\n)+)", text):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        held = io.StringIO()
        csv.writer(held, lineterminator="\n").writerows([rows[0], *rows[2:]])
        found[name] = held.getvalue()
    return found


def write_two_sources(root: Path, *, yaml: str | None = None) -> Path:
    """Write the project of the page to `root`, or one of other records and measures."""
    (root / "data").mkdir(parents=True)
    (root / "commonweal.yaml").write_text(HEAD + (yaml or written()))
    (root / "framework.csv").write_text(FRAMEWORK)
    (root / "areas.csv").write_text("code,name\nA,Ward A\nB,Ward B\n")
    for name, text in tables().items():
        (root / name).write_text(text)
    return root
