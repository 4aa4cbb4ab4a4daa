"""Records with names, addresses and numbers of people in them: none of it is in a published byte."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from small_project import AREAS, write_small_project

FRAMEWORK = """id,name,parent,level,direction,unit
index,Index,,index,,
safety,Safety,index,component,,
work,Work,index,component,,
abuse,Abuse,safety,indicator,-1,per 1000
violence,Violence,safety,indicator,-1,per 1000
absence,Absence,work,indicator,-1,%
cases,Cases,work,indicator,-1,number
"""
YAML = """project: {title: Small, place: Town, framework: framework.csv}
areas: {type: ward, vintage: 2024, table: areas.csv}
periods: {publish: [2024-Q1, 2024-Q2, 2024]}
denominators: {population: data/population.csv}
records:
  cases:
    path: data/cases.csv
    subject: person
    key: case_id
    date: month
    link: {by: code, column: ward}
measures:
  abuse:
    records: cases
    kind: rate
    per: 1000
    denominator: population
    where: context in ("abuse", "violence")
  violence: {records: cases, kind: rate, per: 1000, denominator: population, where: "context = 'violence'"}
  absence: {records: cases, kind: percentage, where: sessions >= 10, among: sessions >= 0}
  cases: {records: cases, kind: count}
recipe: {treat: none, impute: none, normalise: {method: goalposts, rule: pooled}, weigh: equal, floor: 1}
protect: {preset: PRESET}
"""
NAMES = ("Zebedee Quillfeather", "Perpetua Grimsdyke", "Ozymandias Featherstone")
POSTCODES = ("QX9 7ZZ", "QX9 8YY")
RARE = "witchcraft-allegation"


def write_records(root: Path) -> None:
    draw = np.random.default_rng(11)
    rows = ["case_id,name,postcode,ward,month,context,sessions,note"]
    for i in range(700):
        month = f"2024-{draw.integers(1, 13):02}"
        ward = AREAS[draw.choice(len(AREAS), p=[0.02, 0.03, 0.1, 0.2, 0.3, 0.35])]
        context = draw.choice(["abuse", "violence", "-"], p=[0.2, 0.1, 0.7])
        name, postcode = NAMES[i % 3], POSTCODES[i % 2]
        missed, note = draw.integers(0, 14), RARE if i == 5 else ""
        rows.append(f"PERSON-{i:06},{name},{postcode},{ward},{month},{context},{missed},{note}")
    rows += [f"PERSON-9{i:05},{NAMES[0]},{POSTCODES[0]},X{i},2024-05,-,1," for i in range(12)]
    rows.append(f"PERSON-999999,{NAMES[1]},{POSTCODES[1]},A,the month of the witch,abuse,3,")
    (root / "data" / "cases.csv").write_text("\n".join(rows) + "\n")
    people = [f"{area},2024,{1000 + 137 * i}" for i, area in enumerate(AREAS)]
    (root / "data" / "population.csv").write_text("area,period,value\n" + "\n".join(people) + "\n")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, command) -> Path:
    root = tmp_path_factory.mktemp("people") / "town"
    write_small_project(root, yaml=YAML.replace("PRESET", "nhs"), framework=FRAMEWORK)
    write_records(root)
    done = command("build", root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not any(text in done.stdout + done.stderr for text in (*NAMES, *POSTCODES, "PERSON-", "the witch"))
    return root


def every_byte(folder: Path) -> list[tuple[str, bytes]]:
    """Every file of a folder, those inside archives too."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.append((str(path), path.read_bytes()))
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found += [(f"{path}/{name}", archive.read(name)) for name in archive.namelist()]
    return found


def test_no_name_postcode_number_or_rare_word_is_in_a_published_byte(town: Path) -> None:
    planted = [*NAMES, *POSTCODES, *(p.replace(" ", "") for p in POSTCODES), "PERSON-", RARE, "the witch"]
    planted += [name.split()[1] for name in NAMES]
    files = every_byte(town / "build")
    assert len(files) > 20
    for name, content in files:
        for text in planted:
            assert text.encode() not in content, (name, text)
            assert text.lower().encode() not in content.lower(), (name, text)


def test_no_exact_count_is_published(town: Path) -> None:
    table = pl.read_csv(town / "build" / "data" / "observations.csv")
    counts = table.filter(pl.col("numerator").is_not_null())
    assert counts.height
    assert counts.filter(pl.col("numerator") % 5 != 0).is_empty()
    assert table.filter((pl.col("status") == "suppressed") & pl.col("numerator").is_not_null()).is_empty()
    assert (table["status"] == "suppressed").sum() > 5


def test_a_rate_times_its_population_gives_the_rounded_count_and_no_more(town: Path) -> None:
    table = pl.read_csv(town / "build" / "data" / "observations.csv")
    rates = table.filter(pl.col("indicator").is_in(["abuse", "violence"]))
    found = (rates["value"] * rates["denominator"] / 1000).to_numpy()
    shown = rates["numerator"].is_not_null().to_numpy()
    np.testing.assert_allclose(found[shown] % 5, np.where(found[shown] % 5 > 2.5, 5, 0), atol=1e-6)
    ends = np.array([rates[end] * rates["denominator"] / 1000 for end in ("lower", "upper")]).T[~shown]
    np.testing.assert_allclose(found[~shown], ends.mean(axis=1), rtol=1e-9)
    grid = {(1, 7), (0, 7), (0, 17), (8, 17), (18, 27), (0, 37), (28, 37), (18, 37)}
    assert {(round(low), round(high)) for low, high in ends} <= grid


def test_what_was_done_is_in_the_audit_and_what_was_found_stays_in_the_project(town: Path) -> None:
    told = json.loads((town / "build" / "audit.json").read_text())["protection"]
    assert told["preset"] == "nhs"
    assert told["intruder"]["narrowed_after"] == 0
    assert not {"hidden_by_rule", "hidden_for_others", "ranges_widened"} & set(told["figures"])
    assert set(told["intruder"]) == {"narrowed_after", "solver"}
    kept = json.loads((town / ".commonweal" / "protection.json").read_text())
    assert len(kept["narrowed_by_the_rule_alone"]) >= kept["intruder"]["narrowed_before"] > 0
    assert kept["figures"]["hidden_for_others"] + kept["figures"]["ranges_widened"] > 0
    assert not [name for name, _ in every_byte(town / "build") if name.endswith("protection.json")]
    page = (town / "build" / "site" / "protection.html").read_text()
    assert "a program tried to work out every hidden count" in page


def test_the_published_project_gives_the_same_scores(town: Path, command, tmp_path: Path) -> None:
    done = command("build", town / "build" / "project", "--out", tmp_path / "again")
    assert done.returncode == 0, done.stdout + done.stderr
    first, again = (
        (folder / "data" / "scores.csv").read_bytes() for folder in (town / "build", tmp_path / "again")
    )
    assert first == again


def test_building_twice_gives_the_same_bytes(town: Path, command, tmp_path: Path) -> None:
    assert command("build", town, "--out", tmp_path / "again").returncode == 0
    for name in ("data/observations.csv", "data/ledger.csv", "audit.json"):
        assert (tmp_path / "again" / name).read_bytes() == (town / "build" / name).read_bytes()
