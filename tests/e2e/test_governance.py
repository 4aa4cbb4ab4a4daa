"""The governance pack of the demo: facts held, boxes for what only people know, and nothing private."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from site_pages import visit


@pytest.fixture(scope="module")
def pack(demo_project: Path, command: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pack")
    done = command("audit", demo_project, "--pack", "--out", out)
    assert done.returncode == 0, done.stderr
    assert str(out / "governance.html") in done.stdout
    return out


def test_the_pack_lies_beside_the_project_unless_told_otherwise(
    demo_project: Path, command: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(demo_project, folder, ignore=shutil.ignore_patterns("build", ".commonweal"))
    assert command("audit", folder, "--pack").returncode == 0
    names = sorted(path.name for path in (folder / "governance").iterdir())
    assert names == ["data-log.csv", "governance.html", "governance.json"]
    assert not (folder / "build").exists()


def test_the_data_log_names_every_source_and_every_column_that_is_read(pack: Path) -> None:
    with (pack / "data-log.csv").open(encoding="utf-8") as file:
        log = {row["source"]: row for row in csv.DictReader(file)}
    document = json.loads((pack / "governance.json").read_text("utf-8"))
    assert set(log) == {source["name"] for source in document["sources"]}
    crimes = log["crimes"]
    assert crimes["about"] == "persons"
    assert {"longitude", "latitude", "category"} <= set(crimes["columns_read"].split("; "))
    assert crimes["counted"].startswith("in this program")
    tables = [row for row in log.values() if row["where"] == "a table of values"]
    assert tables
    assert all(row["indicators"] and row["held"] for row in tables)


def test_no_count_in_the_pack_is_exact(pack: Path, demo_build: Path) -> None:
    document = json.loads((pack / "governance.json").read_text("utf-8"))
    ledger = pl.read_csv(demo_build / "data" / "ledger.csv", schema_overrides={"records": pl.Int64})
    for source in document["sources"]:
        published = dict(ledger.filter(source=source["name"]).select("fate", "records").iter_rows())
        told = {
            fate: None if count == "[c]" else int(count.replace(",", "")) for fate, count in source["fates"]
        }
        assert told == published


def test_private_files_have_no_fingerprint(pack: Path) -> None:
    document = json.loads((pack / "governance.json").read_text("utf-8"))
    named = {name for name, _ in document["inputs"]}
    assert "framework.csv" in named
    assert not [name for name in named if "crimes" in name]


def test_what_only_people_know_is_left_to_them(pack: Path) -> None:
    page = (pack / "governance.html").read_text("utf-8")
    document = json.loads((pack / "governance.json").read_text("utf-8"))
    assert page.count('class="answer"') == len(document["questions"]) == 8
    assert page.count("<td></td><td></td><td></td>") == len(document["signatures"]) == 4
    assert all(risk["remains"] for risk in document["risks"])


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_can_be_read_by_everyone(pack: Path, browser: Any, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    visit(context, pack / "governance.html", scripts=True)
    context.close()
