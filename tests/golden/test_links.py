"""Real records and real areas: every difference between two ways to link is explained and counted."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from made_project import boundaries_from

from commonweal import project
from commonweal.formats.outlines import cover
from commonweal.model.area import Boundaries
from commonweal.model.project import Project
from commonweal.model.projection import projection
from commonweal.sources import Collected, collect
from commonweal.sources.backends import reference

CRIMES = "microdata_police_crime_lbbd/police_street_crime_lbbd_2016_2018.csv.gz"
FOOD = "microdata_food_hygiene_lbbd_2016/food_hygiene_lbbd_2016_02_05.csv"
LAND = "boundaries_and_lookups"
BEST_FIT = "lookup_lsoa11_ward17_lad_london.csv"
WARDS = {
    "2014": ("wards_2014_lbbd_detailed.geojson", "GSS_CODE", "NAME"),
    "2022": ("wards_2022_lbbd.geojson", "ward22_code", "ward22_name"),
}


@pytest.fixture(autouse=True)
def _data(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONWEAL_DATA", str(shared_data))


def table(shared_data: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(shared_data / name, infer_schema=False)


def wards(shared_data: Path, vintage: str) -> Boundaries:
    file, code, _ = WARDS[vintage]
    return boundaries_from(shared_data / LAND / file, code)


def written(root: Path, vintage: str, text: str, indicators: list[str]) -> Project:
    """A project about the wards of one vintage, with `text` for its denominators, records and measures."""
    file, code, name = WARDS[vintage]
    data = Path(os.environ["COMMONWEAL_DATA"])
    features = json.loads((data / LAND / file).read_text())["features"]
    rows = sorted((f["properties"][code], f["properties"][name]) for f in features)
    (root / "areas.csv").write_text("code,name\n" + "".join(f"{c},{n}\n" for c, n in rows))
    lines = [f"{id},{id},index,,-1" for id in indicators]
    (root / "framework.csv").write_text(
        "id,name,parent,level,direction\nindex,Index,,index,\n" + "\n".join(lines) + "\n"
    )
    (root / "commonweal.yaml").write_text(
        "project: {title: Index, place: Barking and Dagenham, framework: framework.csv}\n"
        "periods: {publish: [2016, 2017, 2018]}\n"
        f"areas: {{type: ward, vintage: {vintage}, table: areas.csv, code: {code},"
        f' boundaries: "${{COMMONWEAL_DATA}}/{LAND}/{file}"}}\n{text}recipe: {{normalise: minmax}}\n'
    )
    return project.load(root)


def at(name: str) -> str:
    """A file of boundaries or lookups, as a project names it."""
    return f'"${{COMMONWEAL_DATA}}/{LAND}/{name}"'


def fates(collected: Collected) -> dict[str, int]:
    return dict(collected.ledger.select("fate", "records").iter_rows())


# ---- 2014 counts on the wards of 2022 -----------------------------------------------------------------


@pytest.fixture(scope="session")
def expected(shared_data: Path) -> pl.DataFrame:
    """Crimes by ward of 2014, year and category as counted by the publisher of the files."""
    file = shared_data / "microdata_police_crime_lbbd" / "expected_counts_ward_year_category.csv"
    return pl.read_csv(file, schema_overrides={"year": pl.String})


def small_areas(shared_data: Path) -> pl.DataFrame:
    """Each LSOA of 2011 with its wards and residents, those of a split one shared equally by its parts."""
    old = table(shared_data, f"{LAND}/{BEST_FIT}").filter(ltla21_code="E09000002")
    new = table(shared_data, f"{LAND}/lookup_lsoa21_ward24_lad_london.csv")
    people = table(shared_data, f"{LAND}/lsoa_2011_london_census_population.csv")
    between = table(shared_data, f"{LAND}/lookup_lsoa11_lsoa21_london.csv")
    parts = old.join(between, on="lsoa11_code").join(new, on="lsoa21_code")
    parts = parts.join(people, left_on="lsoa11_code", right_on="LSOA11CD")
    residents = pl.col("USUALRES").cast(pl.Float64) / pl.len().over("lsoa11_code")
    return parts.select(
        "lsoa11_code", "lsoa21_code", "ward17_code", "ward24_code", residents.alias("residents")
    ).sort("lsoa11_code", "lsoa21_code")


LOOKUPS = {
    "outlines": f'boundaries: "${{COMMONWEAL_DATA}}/{LAND}/wards_2014_lbbd_detailed.geojson", code: GSS_CODE',
    "residents": "path: small_areas.csv, weight: residents",
    "best fit": "path: small_areas.csv, weight: residents, fit: best",
}


@pytest.fixture(params=LOOKUPS)
def crimes_moved(
    request: pytest.FixtureRequest, shared_data: Path, expected: pl.DataFrame, tmp_path: Path
) -> tuple[str, Project, Collected]:
    categories = sorted(set(expected["category"]))
    measures = [
        f"  {id}: {{records: crimes, kind: count, where: category = '{id}', annualise: true}}\n"
        for id in categories
    ]
    small_areas(shared_data).write_csv(tmp_path / "small_areas.csv")
    text = (
        "lookups:\n  - {from: {type: ward, vintage: 2014, column: ward17_code},"
        f" to: {{type: ward, vintage: 2022, column: ward24_code}}, {LOOKUPS[request.param]}}}\n"
        f'records:\n  crimes: {{path: "${{COMMONWEAL_DATA}}/{CRIMES}", subject: thing, date: month,'
        " area: {type: ward, vintage: 2014}, link: {by: code, column: ward_code}}\n"
        f"measures:\n{''.join(measures)}"
    )
    read = written(tmp_path, "2022", text, categories)
    return request.param, read, collect(read)


def test_crimes_of_2014_wards_keep_every_total_of_the_borough(
    crimes_moved: tuple[str, Project, Collected], expected: pl.DataFrame
) -> None:
    way, read, collected = crimes_moved
    frame = collected.counted.frame
    moved = frame.group_by("period", "indicator").agg(pl.col("numerator").sum().cast(pl.Int64))
    names = [pl.col("year").alias("period"), pl.col("category").alias("indicator")]
    before = expected.group_by(names).agg(pl.col("crimes").sum().alias("numerator"))
    order = ["period", "indicator"]
    assert moved.filter(pl.col("numerator") > 0).sort(order).equals(before.sort(order))
    assert (frame["numerator"] == frame["numerator"].round()).all()
    assert fates(collected) == {"read": 54_208, "counted": 54_208}
    # each ward has the sum of shares x old counts, to less than one crime for each old ward in it
    lookup = read.records[0].lookup
    assert lookup is not None
    parts = expected.join(lookup.shares, left_on="ward_code", right_on="from")
    plain = parts.group_by(pl.col("to").alias("area"), *names).agg(
        (pl.col("share") * pl.col("crimes")).sum().alias("plain"), (pl.col("share") > 0).sum().alias("parts")
    )
    both = frame.join(plain, on=["area", "period", "indicator"])
    off = (pl.col("numerator") - pl.col("plain")).abs()
    assert both.filter(off >= pl.col("parts").clip(1)).height == 0
    assert (lookup.fit == "best fit") == (way == "best fit")


def test_each_lookup_says_how_sure_it_is(crimes_moved: tuple[str, Project, Collected]) -> None:
    """By residents fewer are misplaced than by area; a best fit is worst: three wards get nobody."""
    way, read, collected = crimes_moved
    lookup = read.records[0].lookup
    assert lookup is not None
    fits = lookup.fits(read.areas.codes)
    mean, most = fits["error"].mean(), fits["error"].max()
    assert (mean, most) == pytest.approx(
        {"outlines": (0.361, 0.808), "residents": (0.333, 0.811), "best fit": (0.430, 1.0)}[way], abs=0.001
    )
    counted = collected.counted.frame.group_by("area").agg(pl.col("numerator").sum())
    empty = sorted(counted.filter(pl.col("numerator") == 0)["area"])
    assert len(empty) == (3 if way == "best fit" else 0)
    assert fits.filter(pl.col("area").is_in(empty))["error"].to_list() == [1.0] * len(empty)


def test_residents_of_2011_reach_the_wards_of_both_years(shared_data: Path, tmp_path: Path) -> None:
    """185,911 residents of 110 LSOAs, best fitted to the wards of 2014; by a chain to those of 2022."""
    small_areas(shared_data).write_csv(tmp_path / "small_areas.csv")
    people = (
        f"denominators: {{residents: {{path: {at('lsoa_2011_london_census_population.csv')},"
        " period: 2011, columns: {LSOA11CD: area, USUALRES: value}, area: {type: lsoa, vintage: 2011}}}\n"
    )
    best = (
        f"  - {{from: {{type: lsoa, vintage: 2011, column: lsoa11_code}}, path: {at(BEST_FIT)},"
        " to: {type: ward, vintage: 2014, column: ward17_code}}\n"
    )
    rest = (
        f'records:\n  crimes: {{path: "${{COMMONWEAL_DATA}}/{CRIMES}", subject: thing, date: month,'
        " link: {by: code, column: ward_code}}\n"
        "measures: {crime: {records: crimes, kind: rate, denominator: residents}}\n"
    )
    old = written(tmp_path, "2014", f"{people}lookups:\n{best}{rest}", ["crime"]).denominators
    by_hand = (
        small_areas(shared_data).group_by(pl.col("ward17_code").alias("area")).agg(pl.col("residents").sum())
    )
    assert old["value"].sum() == 185_911
    assert old.select("area", "value").sort("area").rows() == by_hand.sort("area").rows()
    onward = (
        "  - {from: {type: ward, vintage: 2014, column: ward17_code}, path: small_areas.csv,"
        " to: {type: ward, vintage: 2022, column: ward24_code}, weight: residents}\n"
    )
    rest = rest.replace("link:", "area: {type: ward, vintage: 2014}, link:")
    new = written(tmp_path, "2022", f"{people}lookups:\n{best}{onward}{rest}", ["crime"]).denominators
    assert new["value"].sum() == 185_911
    assert (new["value"] == new["value"].round()).all()
    assert new.height == 19


# ---- food hygiene by postcode and by point -------------------------------------------------------------


def food_text(link: str) -> str:
    return (
        f'records:\n  food: {{path: "${{COMMONWEAL_DATA}}/{FOOD}", subject: thing, period: 2016, {link}}}\n'
        "measures: {places: {records: food, kind: count}}\n"
    )


def test_food_by_postcode_agrees_with_food_by_point(shared_data: Path, tmp_path: Path) -> None:
    """907 of 953 places have a postcode, 902 one that is in the table; 885 have a point, 883 in the borough.

    Of the 883 that have both, 878 lie in the ward that the LSOA of their postcode is best fitted to. Five do
    not: four share the postcode RM10 8PS, one has RM9 5AR, and all five points lie within 25 metres of the
    ward of their postcode.
    """
    lookup = (
        f"lookups:\n  - {{from: {{type: lsoa, vintage: 2011, column: lsoa11_code}}, path: {at(BEST_FIT)},"
        " to: {type: ward, vintage: 2014, column: ward17_code}}\n"
    )
    by_postcode = food_text(
        "area: {type: lsoa, vintage: 2011},"
        f" link: {{by: postcode, column: PostCode, path: {at('postcodes_lbbd.csv')}, from: postcode,"
        " to: lsoa11_code}"
    )
    by_point = food_text("link: {by: point, x: Longitude, y: Latitude}")
    post = collect(written(tmp_path, "2014", lookup + by_postcode, ["places"]))
    point = collect(written(tmp_path, "2014", by_point, ["places"]))
    assert fates(post) == {"read": 953, "counted": 902, "empty area code": 46, "unknown area code": 5}
    assert fates(point) == {"read": 953, "counted": 883, "no coordinates": 68, "outside all areas": 2}

    both = by_both(shared_data)
    different = both.filter(pl.col("by point") != pl.col("by postcode")).drop_nulls(
        ["by point", "by postcode"]
    )
    assert both.drop_nulls(["by point", "by postcode"]).height == 883
    pairs = different.group_by("by postcode", "by point").len().sort("len", descending=True).rows()
    assert pairs == [("E05000027", "E05000030", 4), ("E05000037", "E05000027", 1)]
    assert sorted(different["PostCode"]) == ["RM10 8PS"] * 4 + ["RM9 5AR"]
    assert different["away"].max() < 25
    # what either link counts in a ward is those both count there, those it alone can place, those that differ
    for collected, way in ((post, "by postcode"), (point, "by point")):
        counted = collected.counted.frame.select("area", pl.col("numerator").cast(pl.UInt32))
        by_hand = both.drop_nulls(way).group_by(pl.col(way).alias("area")).len(name="numerator")
        assert counted.sort("area").equals(by_hand.sort("area"))


def by_both(shared_data: Path) -> pl.DataFrame:
    """Each place with the ward of its postcode, that of its point, and how far apart these are."""
    food = table(shared_data, FOOD)
    codes = table(shared_data, f"{LAND}/postcodes_lbbd.csv").select(
        pl.col("postcode").alias("PostCode"), "lsoa11_code"
    )
    fitted = table(shared_data, f"{LAND}/{BEST_FIT}")
    rows = food.join(codes, on="PostCode", how="left", maintain_order="left").join(
        fitted.select("lsoa11_code", pl.col("ward17_code").alias("by postcode")),
        on="lsoa11_code",
        how="left",
        maintain_order="left",
    )
    x, y = (
        rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in ("Longitude", "Latitude")
    )
    places, away = ward_of(wards(shared_data, "2014"), x, y, rows["by postcode"].to_list())
    return rows.with_columns(pl.Series("by point", places, dtype=pl.String), pl.Series("away", away))


def ward_of(
    outlines: Boundaries, x: np.ndarray, y: np.ndarray, stated: list[str | None]
) -> tuple[list[str | None], list[float]]:
    """The ward of each point in degrees, and how many metres it is from the ward that is stated."""
    known = np.isfinite(x)
    index = np.full(len(x), -1)
    index[known] = cover(outlines.geometries, x[known], y[known])
    to_grid, _ = projection("EPSG:4326", "EPSG:27700")
    grid = shapely.transform(outlines.geometries, lambda at: np.stack(to_grid(at[:, 0], at[:, 1]), axis=1))
    east, north = to_grid(np.where(known, x, 0.1), np.where(known, y, 51.5))
    place = {code: i for i, code in enumerate(outlines.codes)}
    away = [
        float(shapely.distance(grid[place[code]], shapely.Point(e, n))) if code and k else 0.0
        for code, e, n, k in zip(stated, east, north, known, strict=True)
    ]
    return [outlines.codes[i] if i >= 0 else None for i in index], away


def test_terminated_postcodes_have_no_area(tmp_path: Path) -> None:
    """Of 902 postcodes in the table 38 ended before 2025 and have no ward; the others have one of 2022."""
    path = at("postcodes_lbbd.csv")
    link = f"link: {{by: postcode, column: PostCode, path: {path}, from: postcode, to: ward_code_2025}}"
    read = written(tmp_path, "2022", food_text(link), ["places"])
    collected, slow = collect(read), collect(read, backend=reference.total)
    assert slow.counted.frame.equals(collected.counted.frame)
    assert slow.ledger.equals(collected.ledger)
    assert fates(collected) == {
        "read": 953, "counted": 864, "empty area code": 46, "unknown area code": 5, "key without an area": 38,
    }  # fmt: skip


# ---- crimes by point and by the ward they were asked for -----------------------------------------------


def crimes_text(link: str, key: str = "") -> str:
    source = f'path: "${{COMMONWEAL_DATA}}/{CRIMES}", subject: thing, date: month'
    return f"records:\n  crimes: {{{source}, {key} link: {link}}}\n"


def test_every_difference_between_point_and_stated_ward_is_explained(
    shared_data: Path, expected: pl.DataFrame, tmp_path: Path
) -> None:
    """54,208 crimes were asked for ward by ward; 1,194 points lie in another ward than the one stated.

    981 of these are repeats: the same id, stated for two neighbouring wards, and its one point lies in one of
    the two. The other 213 lie on 8 streets along a ward's edge, no point more than 6 metres from the ward
    stated; 4 of them are in no ward of the borough. So by point, each id counted once, a ward has what is
    stated for it, less the repeats and the others that lie elsewhere, and those of others that lie in it.
    """
    rows = table(shared_data, CRIMES)
    x, y = (rows[name].cast(pl.Float64).to_numpy() for name in ("longitude", "latitude"))
    places, away = ward_of(wards(shared_data, "2014"), x, y, rows["ward_code"].to_list())
    rows = rows.with_columns(
        pl.Series("place", places, dtype=pl.String),
        pl.Series("away", away),
        pl.col("month").str.slice(0, 4).alias("year"),
        pl.col("crime_id").is_duplicated().alias("repeat"),
    )
    elsewhere = rows.filter(pl.col("place").is_null() | (pl.col("place") != pl.col("ward_code")))
    repeats, others = elsewhere.filter("repeat"), elsewhere.filter(~pl.col("repeat"))
    assert (elsewhere.height, repeats.height, others.height) == (1_194, 981, 213)
    one_of_two = (
        rows.filter("repeat").group_by("crime_id").agg((pl.col("place") == pl.col("ward_code")).sum())
    )
    assert one_of_two["place"].to_list() == [1] * 981
    assert (others["street_id"].n_unique(), others["place"].null_count()) == (8, 4)
    assert others["away"].max() < 6

    categories = sorted(set(expected["category"]))
    measures = [
        f"  {id}: {{records: crimes, kind: count, where: category = '{id}', annualise: true}}\n"
        for id in categories
    ]
    text = (
        crimes_text("{by: point, x: longitude, y: latitude}", "key: crime_id,")
        + "measures:\n"
        + "".join(measures)
    )
    collected = collect(written(tmp_path, "2014", text, categories))
    assert fates(collected) == {
        "read": 54_208,
        "counted": 53_223,
        "differing repeat": 981,
        "outside all areas": 4,
    }
    counted = collected.counted.frame.select(
        pl.col("area").alias("ward_code"),
        pl.col("period").alias("year"),
        pl.col("indicator").alias("category"),
        pl.col("numerator").cast(pl.Int64),
    )
    cell = ["ward_code", "year", "category"]
    away_from = elsewhere.group_by(cell).len(name="out")
    brought = (
        others.drop_nulls("place")
        .group_by(pl.col("place").alias("ward_code"), "year", "category")
        .len(name="in")
    )
    explained = (
        counted.join(expected, on=cell, how="left")
        .join(away_from, on=cell, how="left")
        .join(brought, on=cell, how="left")
        .fill_null(0)
    )
    assert (explained["numerator"] == explained["crimes"] - explained["out"] + explained["in"]).all()
    assert (explained["out"].sum(), explained["in"].sum()) == (1_194, 209)


def test_the_four_outside_are_near_a_ward(tmp_path: Path) -> None:
    near = "{by: nearest, x: longitude, y: latitude, within: 10}"
    text = crimes_text(near) + "measures: {crime: {records: crimes, kind: count, annualise: true}}\n"
    assert fates(collect(written(tmp_path, "2014", text, ["crime"]))) == {"read": 54_208, "counted": 54_208}


# ---- coordinate systems --------------------------------------------------------------------------------


def test_published_degrees_of_postcodes_are_those_of_the_coarser_way(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3,055 postcodes have both: their degrees were made without OSTN15, and are 1.8 to 2.0 metres off.

    The shift of seven parameters gives their eastings and northings back to the rounding of six decimals
    (7 cm); OSTN15 tells the two apart by 1.83 to 1.99 metres, 1.88 in the middle.
    """
    codes = table(shared_data, f"{LAND}/postcodes_lbbd.csv").drop_nulls("easting")
    lon, lat, east, north = (
        codes[name].cast(pl.Float64).to_numpy() for name in ("longitude", "latitude", "easting", "northing")
    )
    exact, _ = projection("EPSG:4326", "EPSG:27700")
    monkeypatch.setattr("commonweal.model.projection.find_spec", lambda name: None)
    usual, _ = projection("EPSG:4326", "EPSG:27700")
    (e1, n1), (e2, n2) = exact(lon, lat), usual(lon, lat)
    assert len(codes) == 3_055
    assert np.hypot(e2 - east, n2 - north).max() < 0.07
    apart = np.hypot(e1 - e2, n1 - n2)
    assert (apart.min(), np.median(apart), apart.max()) == pytest.approx((1.83, 1.879, 1.983), abs=0.001)
