"""The worked example of the how-to page is a project, and gives the figures that the page works out."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from commonweal.insight.audit import audit
from commonweal.model.edition import Edition
from commonweal.pipeline.folder import make

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "areas-that-change.md"
TEXT = PAGE.read_text(encoding="utf-8")
CRIMES = {"A": 17, "B": 4, "C": 5}


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    root = tmp_path_factory.mktemp("example")
    files = re.findall(r"^`([\w.]+)`\n\n((?:    .*\n)+)", TEXT, re.MULTILINE)
    assert len(files) == 6
    for name, content in files:
        (root / name).write_text(textwrap.dedent(content), encoding="utf-8")
    assert "17 rows with the ward A, 4 with B and 5 with C" in TEXT
    (root / "crimes.csv").write_text("ward\n" + "".join(f"{w}\n" * n for w, n in CRIMES.items()))
    return make(root).edition


def rows(heading: str) -> list[list[str]]:
    """The cells of the page's table with this heading."""
    (body,) = re.findall(rf"^\| {re.escape(heading)} \|\n\|[-|]+\|\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()]


def test_the_figures_are_those_of_the_page(edition: Edition) -> None:
    frame = edition.observations
    found = [
        (
            frame.filter(indicator="crime", area=area).select("value", "numerator", "denominator").row(0),
            frame.filter(indicator="pay", area=area)["value"].item(),
        )
        for area in "XYZ"
    ]
    table = rows("area | crime | numerator | denominator | pay")
    assert [[area, *map(float, cells)] for area, *cells in table] == [
        [area, value, numerator, denominator, pay]
        for area, ((value, numerator, denominator), pay) in zip("XYZ", found, strict=True)
    ]
    assert set(frame["status"]) == {"estimated"}
    assert sum(CRIMES.values()) == frame.filter(indicator="crime")["numerator"].sum()


def test_the_fit_is_that_of_the_page(edition: Edition) -> None:
    fit = edition.fit.filter(source="crimes").select("area", "apportioned", "error")
    assert [[a, float(b), float(c)] for a, b, c in rows("area | apportioned | error")] == [
        [area, pytest.approx(apportioned), pytest.approx(error)] for area, apportioned, error in fit.rows()
    ]
    assert set(edition.fit["source"]) == {"crimes", "population", "values.csv"}


def test_the_interval_grows_as_the_page_says(edition: Edition) -> None:
    was, now = re.search(r"interval ([\d.]+ to [\d.]+); .*\n?.*?, to ([\d.]+ and [\d.]+)\.", TEXT).groups()  # type: ignore[union-attr]
    row = edition.observations.filter(indicator="crime", area="X").row(0, named=True)
    assert now == f"{row['lower']:.2f} and {row['upper']:.2f}"
    narrow = [row["value"] + (row[end] - row["value"]) / 1.25**0.5 for end in ("lower", "upper")]
    assert was == f"{narrow[0]:.2f} to {narrow[1]:.2f}"


def test_the_way_is_said_and_the_audit_knows_who_is_unsure(edition: Edition) -> None:
    said = "By this weight 54.5% comes from areas that were parted, most in X: 100.0%."
    assert f"crimes: 3 of 3 areas hold figures apportioned from ward 2014, by people. {said}" in edition.notes
    step = audit(edition).sections[1]
    found = [finding.found for finding in step.findings]
    assert (
        "Three sources are about areas that do not match these: crimes, population and values.csv." in found
    )
    unsure = (
        "Two wards get figures of crimes with more than 20% of the people misplaced, as far as can be"
        " expected, and at most 50%."
    )
    assert unsure in found
    assert next(table for table in step.tables if table.id == "fit").rows[0] == (
        "crimes",
        "X",
        "apportioned",
        1,
        0.25,
    )


def test_a_best_fit_without_weights_is_looked_at(edition: Edition) -> None:
    blind = edition.fit.with_columns(pl.lit(None, dtype=pl.Float64).alias("error"))
    found = [finding.found for finding in audit(replace(edition, fit=blind)).sections[1].findings]
    assert "Three wards get figures of crimes without anyone knowing how far off they are." in found
