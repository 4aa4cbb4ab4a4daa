"""A project on disk with a measure of every kind: those that the how-to page writes out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "measures.md"
WARDS = ("A", "B", "C")
YEARS = ("2016", "2017", "2018")
BANDS = ("0", "1-4", *(f"{age}-{age + 4}" for age in range(5, 90, 5)), "90+")
HELPERS = ("failed", "helped")


def sections() -> dict[str, dict[str, Any]]:
    """What the page writes out of commonweal.yaml, all blocks of a section together."""
    found: dict[str, dict[str, Any]] = {}
    for block in re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", PAGE.read_text(encoding="utf-8"), re.M):
        for section, items in YAML(typ="safe").load(block).items():
            found.setdefault(section, {}).update(items)
    return found


def write_measured_project(root: Path, *, subject: str = "person") -> Path:
    """Write it to `root`, with records and denominators that follow a plain rule."""
    (root / "data").mkdir(parents=True)
    written = sections()
    for source in written["records"].values():
        source["subject"] = subject
    indicators = sorted(set(written["measures"]) - set(HELPERS))
    document = {
        "project": {"title": "Measured", "place": "Town", "framework": "framework.csv"},
        "periods": {"publish": ["2018"], "carry": 2},
        "areas": {"type": "ward", "table": "areas.csv"},
        **written,
        "recipe": {"normalise": {"method": "minmax", "rule": "pooled"}, "aggregate": "arithmetic"},
    }
    with (root / "commonweal.yaml").open("w") as file:
        YAML().dump(document, file)
    rows = "".join(f"{id},{id.capitalize()},index,indicator,1\n" for id in indicators)
    (root / "framework.csv").write_text(f"id,name,parent,level,direction\nindex,Index,,index,\n{rows}")
    (root / "areas.csv").write_text("code,name\n" + "".join(f"{w},Ward {w}\n" for w in WARDS))
    (root / "data" / "visits.csv").write_text(_visits())
    (root / "data" / "deaths.csv").write_text(_deaths())
    (root / "data" / "people.csv").write_text(_people())
    return root


def _visits() -> str:
    rows = ["ward,month,person,age,sex,wait,cost,hours,outcome"]
    for w, ward in enumerate(WARDS):
        for y, year in enumerate(YEARS):
            for i in range(120 + 60 * w + 10 * y):
                outcome = "failed" if i % (3 + w) == y else "" if i % 11 == 5 else "helped"
                cells = (
                    ward, f"{year}-{i % 12 + 1:02}", f"p{i % (70 + 20 * w)}", i % 90, "FM"[i % 2],
                    f"{(i * 7 + w) % 40 + 0.5}", f"{(i * 13) % 90 + 10}.{i % 100:02}", i % 5 + 1, outcome,
                )  # fmt: skip
                rows.append(",".join(map(str, cells)))
    return "\n".join(rows) + "\n"


def _deaths() -> str:
    rows = ["ward,month,age,sex"]
    for w, ward in enumerate(WARDS):
        for year in YEARS:
            for i in range(90 + 30 * w):
                age = (94 if i % 3 == 0 else 99 - i) if i < 80 else i % 60
                rows.append(f"{ward},{year}-{i % 12 + 1:02},{age},{'FM'[i % 2]}")
    return "\n".join(rows) + "\n"


def _people() -> str:
    rows = ["area,period,age_band,sex,value"]
    for w, ward in enumerate(WARDS):
        for band in BANDS:
            rows += [f"{ward},2016,{band},{sex},{250 + 20 * w}" for sex in "FM"]
    return "\n".join(rows) + "\n"
