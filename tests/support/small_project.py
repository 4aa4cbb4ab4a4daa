"""A small project on disk: six wards, two components of two indicators, two years of published values."""

from __future__ import annotations

from pathlib import Path

FRAMEWORK = """id,name,parent,level,direction,weight,worst,best
index,Index,,index,,,,
safety,Safety,index,component,,,,
work,Work,index,component,,,,
crime,Crime,safety,indicator,-1,,,
fires,Fires,safety,indicator,-1,,,
jobs,Jobs,work,indicator,1,,,
pay,Pay,work,indicator,1,,,
"""
YAML = """project: {title: Small, place: Town, framework: framework.csv}
areas: {type: ward, table: areas.csv}
values:
  - {path: data/values.csv, published: true}
recipe:
  normalise: {method: goalposts, rule: pooled}
  weigh: given
  aggregate: {component: arithmetic, index: geometric}
  floor: 1
"""
AREAS = ("A", "B", "C", "D", "E", "F")
YEARS = ("2024", "2025")
VALUES = {
    "crime": (50.0, 42.0, 37.0, 30.0, 22.0, 10.0),
    "fires": (5.0, 9.0, 4.0, 3.0, 6.0, 1.0),
    "jobs": (60.0, 71.0, 68.0, 80.0, 77.0, 90.0),
    "pay": (21.0, 24.0, 30.0, 27.0, 35.0, 33.0),
}


def write_small_project(root: Path, *, yaml: str = YAML, framework: str = FRAMEWORK) -> Path:
    """Write the project to `root` and return it."""
    (root / "data").mkdir(parents=True)
    (root / "commonweal.yaml").write_text(yaml)
    (root / "framework.csv").write_text(framework)
    (root / "areas.csv").write_text("code,name\n" + "".join(f"{a},Ward {a}\n" for a in AREAS))
    write_values(root)
    return root


def write_values(root: Path, changed: dict[tuple[str, str, str], float] | None = None) -> None:
    """Write the values, but for those (area, year, indicator) that `changed` has; 2025 is a point higher."""
    rows = ["area,period,indicator,value"]
    for year in YEARS:
        for indicator, values in VALUES.items():
            for area, value in zip(AREAS, values, strict=True):
                plain = value + (1.0 if year == "2025" else 0.0)
                rows.append(
                    f"{area},{year},{indicator},{(changed or {}).get((area, year, indicator), plain)}"
                )
    (root / "data" / "values.csv").write_text("\n".join(rows) + "\n")
