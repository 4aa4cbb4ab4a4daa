"""Real records of one borough: street crimes by code and by point, food hygiene inspections by point."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from made_project import boundaries_from, made_project

from commonweal.model.area import Boundaries
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import Collected, collect, gate
from commonweal.sources.backends import reference

WARDS = tuple(f"E050000{number}" for number in range(26, 43))
CRIMES = "microdata_police_crime_lbbd/police_street_crime_lbbd_2016_2018.csv.gz"
YEARS = ("2016", "2017", "2018")
POINT = Link("point", x="longitude", y="latitude")


@pytest.fixture(scope="module")
def outlines(shared_data: Path) -> Boundaries:
    return boundaries_from(
        shared_data / "boundaries_and_lookups" / "wards_2014_lbbd_detailed.geojson", "GSS_CODE"
    )


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> pl.DataFrame:
    """Crimes by ward, year and category as counted by the publisher of the files."""
    table = shared_data / "microdata_police_crime_lbbd" / "expected_counts_ward_year_category.csv"
    return pl.read_csv(table, schema_overrides={"year": pl.String})


def crimes(shared_data: Path, link: Link, *, key: str = "", subject: str = "person") -> Records:
    path = shared_data / CRIMES
    return Records("crimes", (path,), path.name, subject, link, key=key, date="month")


def fates(collected: Collected) -> dict[str, int]:
    return dict(collected.ledger.select("fate", "records").iter_rows())


def test_crimes_by_code_are_exactly_those_expected(
    shared_data: Path, expected: pl.DataFrame, tmp_path: Path
) -> None:
    categories = sorted(set(expected["category"]))
    measures = [
        Measure(name, "crimes", "count", where=f"category = '{name}'", annualise=True) for name in categories
    ]
    source = crimes(shared_data, Link("code", "ward_code"))
    collected = collect(made_project(tmp_path, [source], measures, WARDS, YEARS))
    counted = collected.counted.frame.filter(pl.col("numerator") > 0).select(
        pl.col("area").alias("ward_code"),
        pl.col("period").alias("year"),
        pl.col("indicator").alias("category"),
        pl.col("numerator").cast(pl.Int64).alias("crimes"),
    )
    order = ["ward_code", "year", "category"]
    assert counted.sort(order).equals(expected.sort(order))
    assert fates(collected) == {"read": 54_208, "counted": 54_208}


def test_part_covered_years_are_missing_unless_scaled_up(shared_data: Path, tmp_path: Path) -> None:
    """2016 lacks April and 2018 has six months."""
    source = crimes(shared_data, Link("code", "ward_code"), subject="thing")
    plain, scaled = Measure("crime", "crimes", "count"), Measure("scaled", "crimes", "count", annualise=True)
    collected = collect(made_project(tmp_path, [source], [plain, scaled], WARDS, YEARS))
    frame = collected.counted.frame
    assert set(frame.filter(indicator="crime")["period"]) == {"2017"}
    year = frame.filter(indicator="scaled", period="2018", area="E05000026").row(0, named=True)
    assert year["value"] == pytest.approx(2 * year["numerator"])
    assert year["status"] == "estimated"
    assert collected.notes == (
        "crime, 2016: records cover 11 of 12 months: missing.",
        "crime, 2018: records cover 6 of 12 months: missing.",
        "scaled, 2016: records cover 11 of 12 months: scaled up to the whole.",
        "scaled, 2018: records cover 6 of 12 months: scaled up to the whole.",
    )


def test_crimes_by_point_agree_with_the_ward_they_were_asked_for(
    shared_data: Path, outlines: Boundaries, tmp_path: Path
) -> None:
    """97.8 % of all points lie in the ward they were asked for, as the data's own notes say."""
    measures = [
        Measure(ward.lower(), "crimes", "count", where=f"ward_code = '{ward}'", annualise=True)
        for ward in WARDS
    ]
    project = made_project(
        tmp_path, [crimes(shared_data, POINT)], measures, WARDS, YEARS, boundaries=outlines
    )
    frame = collect(project).counted.frame
    same = frame.filter(pl.col("indicator") == pl.col("area").str.to_lowercase())
    assert same["numerator"].sum() / 54_208 == pytest.approx(0.978, abs=0.0005)


def test_crimes_that_stand_twice_count_once(shared_data: Path, outlines: Boundaries, tmp_path: Path) -> None:
    """981 ids stand twice, once for each of two wards that share a street; the first of each is kept."""
    source = crimes(shared_data, POINT, key="crime_id")
    project = made_project(tmp_path, [source], [], WARDS, YEARS, boundaries=outlines)
    met = fates(collect(project))
    assert met.pop("read") == 54_208 == sum(met.values())
    assert met["differing repeat"] == 981
    assert "identical repeat" not in met


def test_the_reference_agrees_on_the_month_of_crimes(
    shared_data: Path, outlines: Boundaries, tmp_path: Path
) -> None:
    path = shared_data / "microdata_police_crime_lbbd" / "police_street_crime_lbbd_2018_06.csv"
    source = Records("crimes", (path,), path.name, "person", POINT, key="crime_id", date="month")
    measure = Measure("burglary", "crimes", "count", where="category = 'burglary'")
    project = made_project(tmp_path, [source], [measure], WARDS, ("2018-06",), boundaries=outlines)
    fast, slow = collect(project), collect(project, backend=reference.total)
    assert fast.counted.frame.equals(slow.counted.frame)
    assert fast.ledger.equals(slow.ledger)


@pytest.mark.parametrize(
    ("name", "keys", "link"),
    [
        ("food_hygiene_lbbd_2016_02_05.csv", {}, Link("point", x="Longitude", y="Latitude")),
        (
            "FHRS501en-GB.xml.zip",
            {"record": "EstablishmentDetail"},
            Link("point", x="Geocode.Longitude", y="Geocode.Latitude"),
        ),
    ],
)
def test_food_hygiene_by_point_equals_the_expected_summary(
    shared_data: Path, outlines: Boundaries, tmp_path: Path, name: str, keys: dict[str, str], link: Link
) -> None:
    """The table, and the regulator's own XML, packed as it publishes it."""
    folder = shared_data / "microdata_food_hygiene_lbbd_2016"
    path = folder / name
    source = Records("food", (path,), path.name, "thing", link, period="2016", **keys)
    rated = "RatingValue in ('0', '1', '2', '3', '4', '5')"
    measures = [
        Measure("establishments", "food", "count"),
        Measure("below_3", "food", "percentage", where="RatingValue < 3", among=rated),
    ]
    project = made_project(tmp_path, [source], measures, WARDS, ("2016",), boundaries=outlines)
    frame = collect(project).counted.frame
    below = frame.filter(indicator="below_3").select(
        pl.col("area").alias("GSS_CODE"),
        frame.filter(indicator="establishments")["numerator"].alias("establishments"),
        pl.col("denominator").alias("rated"),
        pl.col("numerator").alias("rating_below_3"),
    )
    wanted = pl.read_csv(folder / "expected_ward_summary.csv").drop("NAME").sort("GSS_CODE")
    assert below.cast(wanted.schema).equals(wanted)
    # things need no protection: what passes the gate is exact
    passed = gate(project, collect(project)).observations.frame
    assert passed.filter(indicator="below_3")["numerator"].to_list() == wanted["rating_below_3"].to_list()


def test_crime_figures_pass_the_gate_rounded(shared_data: Path, tmp_path: Path) -> None:
    source = crimes(shared_data, Link("code", "ward_code"))
    measure = Measure("bikes", "crimes", "count", where="category = 'bicycle-theft'")
    project = made_project(tmp_path, [source], [measure], WARDS, ("2017",))
    gated = gate(project, collect(project))
    frame = gated.observations.frame
    assert set(frame["status"]) <= {"observed", "rounded", "suppressed"}
    assert set(frame.filter(status="observed")["numerator"]) <= {0}
    assert {"rounded", "suppressed"} <= set(frame["status"])
    assert all(n % 5 == 0 for n in frame["numerator"].drop_nulls())
    hidden = frame.filter(status="suppressed")
    assert set(hidden.select("value", "lower", "upper", "numerator").rows()) == {(4.0, 1.0, 7.0, None)}
    assert any("Bikes: " in line and "hidden" in line for line in gated.says)
