"""Lookups and links as a project writes them: what is read, and every fault with its file and line."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from commonweal import project
from commonweal.errors import CommonwealError
from commonweal.model.area import Geography
from commonweal.model.lookup import Lookup
from commonweal.model.project import Project
from commonweal.project.links import as_compared
from commonweal.project.moving import move_values
from commonweal.sources.collect import collect
from commonweal.sources.ledger import lines
from commonweal.sources.query import code_text

YAML = """\
project: {title: Index, place: Town, framework: framework.csv}
periods: {publish: [2016]}
areas: {type: ward, vintage: 2022, table: areas.csv, boundaries: areas.geojson, code: code}
denominators:
  population: {path: population.csv, area: {type: ward, vintage: 2014}}
values:
  - {path: values.csv, published: true, subject: thing, area: {type: ward, vintage: 2014}}
records:
  crimes:
    path: crimes.csv
    subject: thing
    period: 2016
    area: {type: ward, vintage: 2014}
    link: {by: code, column: ward}
lookups:
  - {from: {type: ward, vintage: 2014}, to: {type: ward, vintage: 2022}, path: lookup.csv, weight: people}
measures:
  crime: {records: crimes, kind: rate, per: 1000, denominator: population}
  theft: {records: crimes, kind: percentage, where: kind = 'theft'}
recipe: {normalise: minmax}
"""
#: Old A lies 3 to 1 in X and Y; B in Y; C half in Y, half in Z.
LOOKUP = "from,to,people\nA,X,300\nA,Y,100\nB,Y,500\nC,Z,100\nC,Y,100\n"
FILES = {
    "framework.csv": "id,name,parent,level,direction\nindex,Index,,index,\ncrime,Crime,index,,-1\n"
    "theft,Theft,index,,-1\npay,Pay,index,,1\n",
    "areas.csv": "code,name\nX,Exe\nY,Wye\nZ,Zed\n",
    "lookup.csv": LOOKUP,
    "population.csv": "area,period,value\nA,2016,400\nB,2016,500\nC,2016,201\n",
    "values.csv": "area,period,indicator,value\nA,2016,pay,10\nB,2016,pay,20\nC,2016,pay,30\n",
    "crimes.csv": "ward,kind\n"
    + "A,theft\n" * 10
    + "A,x\n" * 7
    + "B,theft\n" * 4
    + "C,theft\n" * 3
    + "C,x\n" * 2,
}


def squares(**outlines: shapely.Geometry) -> str:
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": json.loads(shapely.to_geojson(outline))}
        for code, outline in outlines.items()
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})


def box(west: float, east: float) -> shapely.Geometry:
    """A strip of the National Grid, a kilometre high."""
    return shapely.box(540_000 + west, 180_000, 540_000 + east, 181_000)


NEW = squares(X=box(0, 300), Y=box(300, 900), Z=box(900, 1000))


def folder(root: Path, *slips: tuple[str, str], **files: str) -> Path:
    text = YAML
    for old, new in slips:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    given = {name.replace("__", "."): content for name, content in files.items()}
    for name, content in {**FILES, "areas.geojson": NEW, **given, "commonweal.yaml": text}.items():
        (root / name).write_text(content, encoding="utf-8")
    return root


def loaded(root: Path, *slips: tuple[str, str], **files: str) -> Project:
    return project.load(folder(root, *slips, **files))


def told(root: Path, *slips: tuple[str, str], **files: str) -> list[str]:
    with pytest.raises(CommonwealError) as caught:
        loaded(root, *slips, **files)
    return [str(fault) for fault in caught.value.faults]


def test_everything_on_old_areas_reaches_the_new_ones(tmp_path: Path) -> None:
    """By hand: A's 17 crimes go 13 to 4, C's 5 go 3 to 2; pay in Y is (1000 + 500 x 20 + 3000) / 700."""
    read = loaded(tmp_path)
    assert read.denominators.select("area", "value").rows() == [("X", 300), ("Y", 701), ("Z", 100)]
    assert read.given.frame.select("area", "value", "status").rows() == [
        ("X", 10.0, "estimated"), ("Y", 20.0, "estimated"), ("Z", 30.0, "estimated"),
    ]  # fmt: skip
    collected = collect(read)
    counted = collected.counted.frame.filter(indicator="theft")
    assert counted.select("area", "numerator", "denominator").rows() == [
        ("X", 8, 13),
        ("Y", 8, 11),
        ("Z", 1, 2),
    ]
    assert lines(collected.ledger) == ["crimes: 26 read, 26 counted (100%)"]
    said = (
        "3 of 3 areas hold figures apportioned from ward 2014, by people. By this weight 54.5% comes from"
        " areas that were parted, most in X: 100.0%."
    )
    assert read.told == (f"crimes: {said}", f"values.csv: {said}", f"population: {said}")
    assert read.notes == ()
    assert collected.exact == (
        "crimes: 22 of 26 counted records (84%) are of areas that were parted; in X that is 100% of them",
    )
    sources = dict(collected.moved.group_by("source").agg(pl.col("indicator").n_unique()).rows())
    assert sources == {"crimes": 2, "population": 2, "values.csv": 1}


def test_a_rate_and_a_count_move_by_their_parts(tmp_path: Path) -> None:
    """Rates 50 and 30 of 400 and 200 people: Y gets 5 + 3 of 100 + 100, so 40. Of 7 fires X gets 5."""
    values = (
        "area,period,indicator,value,numerator,denominator,kind,per,lower,upper\n"
        "A,2016,pay,50,20,400,rate,1000,44,56\nC,2016,pay,30,6,200,rate,1000,22,38\n"
        "B,2016,pay,0,0,500,rate,1000,0,7\n"
        "A,2016,extra,7,7,,count,,,\nB,2016,extra,1,1,,count,,,\nC,2016,extra,0,0,,count,,,\n"
    )
    framework = FILES["framework.csv"] + "extra,Fires,index,,-1\n"
    read = loaded(tmp_path, values__csv=values, framework__csv=framework)
    rows = {row["indicator"] + row["area"]: row for row in read.given.frame.iter_rows(named=True)}
    assert [rows[f"pay{c}"]["numerator"] for c in "XYZ"] == [15, 8, 3]
    assert [rows[f"pay{c}"]["value"] for c in "XYZ"] == [50, pytest.approx(1000 * 8 / 700), 30]
    assert [rows[f"extra{c}"]["value"] for c in "XYZ"] == [5, 3, 0]
    assert (rows["payX"]["lower"], rows["payX"]["upper"]) == (44, 56)
    half = ((100 / 700 * 6) ** 2 + (500 / 700 * 0) ** 2 + (100 / 700 * 8) ** 2) ** 0.5
    assert rows["payY"]["lower"] == pytest.approx(rows["payY"]["value"] - half)


def test_a_rate_of_nobody_is_no_figure(tmp_path: Path) -> None:
    values = (
        "area,period,indicator,value,numerator,denominator,kind,per\n"
        "A,2016,pay,0,0,0,rate,1000\nB,2016,pay,20,10,500,rate,1000\nC,2016,pay,30,6,200,rate,1000\n"
    )
    read = loaded(tmp_path, values__csv=values)
    assert read.given.frame.select("area", "value").rows() == [("Y", pytest.approx(13_000 / 600)), ("Z", 30)]


def test_a_new_area_needs_nearly_all_of_its_old_ones(tmp_path: Path) -> None:
    read = loaded(tmp_path, values__csv="area,period,indicator,value\nA,2016,pay,10\nC,2016,pay,30\n")
    assert read.given.frame["area"].to_list() == ["X", "Z"]


def test_figures_about_people_that_moved_pass_the_gate_in_whole_numbers(tmp_path: Path) -> None:
    values = (
        "area,period,indicator,value,numerator,denominator\n"
        "A,2016,pay,50,20,400\nB,2016,pay,20,10,500\nC,2016,pay,30,6,200\n"
    )
    slip = ("published: true, subject: thing, area", "subject: person, area")
    read = loaded(tmp_path, slip, values__csv=values)
    assert read.given.frame.height == 0
    assert read.counted.frame.select("numerator", "denominator").rows() == [(15, 300), (18, 700), (3, 100)]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=3))
def test_a_percentage_that_moved_is_of_its_base(counts: list[tuple[int, int]]) -> None:
    rows = [(code, n, n + rest) for code, (n, rest) in zip("ABC", counts, strict=True)]
    frame = pl.DataFrame(rows, schema=["area", "numerator", "denominator"], orient="row").with_columns(
        pl.col("numerator", "denominator").cast(pl.Float64),
        pl.lit("pay").alias("indicator"),
        pl.lit("2016").alias("period"),
        pl.lit("percentage").alias("kind"),
        pl.lit(100.0).alias("per"),
        (100 * pl.col("numerator") / pl.col("denominator").clip(1)).alias("value"),
    )
    shares = {"A": (0.21, 0.32, 0.47), "B": (0.4, 0.35, 0.25), "C": (0.6, 0.3, 0.1)}
    pairs = [(old, new, s) for old, parts in shares.items() for new, s in zip("XYZ", parts, strict=True)]
    table = pl.DataFrame(pairs, schema=["from", "to", "share"], orient="row")
    moved = move_values(frame, Lookup.of(Geography("ward", "1"), Geography("ward", "2"), table), "XYZ")
    assert (moved["numerator"] <= moved["denominator"]).all()
    for name in ("numerator", "denominator"):
        assert moved[name].sum() == frame[name].sum()


def test_a_chain_of_lookups(tmp_path: Path) -> None:
    chain = (
        "  - {from: {type: lsoa, vintage: 2011}, to: {type: ward, vintage: 2014}, path: small.csv}\n"
        "  - {from: {type: ward, vintage: 2014}, to"
    )
    slips = [("  - {from: {type: ward, vintage: 2014}, to", chain)]
    slips += [("    area: {type: ward, vintage: 2014}\n", "    area: {type: lsoa, vintage: 2011}\n")]
    crimes = "ward,kind\n" + "1,theft\n" * 3 + "2,x\n" + "3,theft\n"
    read = loaded(tmp_path, *slips, small__csv="from,to\n1,A\n2,A\n3,B\n", crimes__csv=crimes)
    counted = collect(read).counted.frame.filter(indicator="crime")
    # nothing leads to Z, so that it has no figure, rather than a 0 that nobody counted
    assert counted.select("area", "numerator").rows() == [("X", 3), ("Y", 2)]
    assert read.told[:2] == (
        "crimes: 2 of 3 areas hold figures apportioned from lsoa 2011 by way of ward 2014, by people.",
        "crimes: no area of lsoa 2011 leads to Z, so that there is no figure.",
    )


OWN_POPULATION = (
    "population: {path: population.csv, area: {type: ward, vintage: 2014}}",
    "population: new.csv",
)
NEW_POPULATION = "area,period,value\nX,2016,1\nY,2016,1\nZ,2016,1\n"


def test_a_best_fit_goes_into_the_link(tmp_path: Path) -> None:
    slips = [("weight: people", "weight: people, fit: best"), OWN_POPULATION]
    read = loaded(tmp_path, *slips, new__csv=NEW_POPULATION)
    collected = collect(read)
    assert collected.counted.frame.filter(indicator="crime")["numerator"].to_list() == [17, 9, 0]
    # Z has 100 people, and all of them are counted in Y, to which C goes: of equal parts the first code
    errors = read.records[0].lookup.fits("XYZ")["error"].to_list()  # type: ignore[union-attr, arg-type]
    assert errors == [0.333, 0.143, 1.0]
    assert read.told[0] == (
        "crimes: areas of ward 2014 are best fitted to ward 2022; by people, at most 100.0% of an area is"
        " counted in another."
    )


def test_a_lookup_from_outlines(tmp_path: Path) -> None:
    """Old A lies over 0 to 400 m, X to 300 m: three quarters; a tenth of a metre of D is a sliver."""
    old = squares(A=box(0, 400), B=box(400, 899.9), D=box(899.9, 1000), E=box(990, 2000))
    slips = ("path: lookup.csv, weight: people", "boundaries: old.geojson, code: code")
    values = "area,period,indicator,value\nA,2016,pay,10\nB,2016,pay,20\nD,2016,pay,30\n"
    crimes = "ward,kind\n" + "A,theft\n" * 8 + "D,x\n" * 5
    read = loaded(
        tmp_path,
        slips,
        OWN_POPULATION,
        old__geojson=old,
        new__csv=NEW_POPULATION,
        values__csv=values,
        crimes__csv=crimes,
    )
    shares = read.records[0].lookup.shares  # type: ignore[union-attr]
    assert shares.select("from", "to", pl.col("share").round(6)).rows() == [
        ("A", "X", 0.75), ("A", "Y", 0.25), ("B", "Y", 1.0), ("D", "Z", 1.0),
    ]  # fmt: skip
    assert shares["size"].to_list() == pytest.approx([400_000, 400_000, 499_900, 100_000], rel=1e-3)
    assert read.notes == (
        "the lookup from ward 2014: 1 sliver (0.01 hectares in all) dropped.",
        "the lookup from ward 2014: 1 area lies mostly outside this place and leads nowhere.",
    )
    assert collect(read).counted.frame.filter(indicator="crime")["numerator"].to_list() == [6, 2, 5]


def test_a_lookup_from_weighed_points(tmp_path: Path) -> None:
    """In A 10 people live in X, 30 in Y; the point of 99 lies in no new area, the last in no old one."""
    old = squares(A=box(0, 400), B=box(400, 1000), C=box(1000, 1100))
    places = {100: 10, 350: 20, 360: 10, 500: 7, 1050: 99, 1500: 1}
    points = "e,n,people\n" + "".join(f"{540_000 + e},180500,{n}\n" for e, n in places.items())
    slips = (
        "path: lookup.csv, weight: people",
        "boundaries: old.geojson, code: code, points: points.csv, x: e, y: n, crs: 'EPSG:27700',"
        " weight: people",
    )
    values = "area,period,indicator,value\nA,2016,pay,10\nB,2016,pay,20\n"
    crimes = "ward,kind\n" + "A,theft\n" * 8 + "B,x\n" * 5
    given = {"old__geojson": old, "points__csv": points, "new__csv": NEW_POPULATION}
    read = loaded(tmp_path, slips, OWN_POPULATION, **given, values__csv=values, crimes__csv=crimes)
    lookup = read.records[0].lookup
    assert lookup is not None
    assert lookup.shares.rows() == [
        ("A", "X", 0.25, 0.25, 40), ("A", "Y", 0.75, 0.75, 40), ("B", "Y", 1, 1, 7),
    ]  # fmt: skip
    assert (lookup.weight, "points.csv" in read.private_inputs) == ("people", True)
    assert read.notes == (
        "the lookup from ward 2014: points with 67.8% of the weight lie in no area of the index.",
        "the lookup from ward 2014: 1 area without a weighed point leads nowhere.",
    )


BY_POSTCODE = (
    "    area: {type: ward, vintage: 2014}\n    link: {by: code, column: ward}",
    "    link: {by: postcode, column: PC, path: postcodes.csv, from: pcds, to: ward22}",
)
POSTCODES = "pcds,ward22\nAB1 2CD,X\nAB1 2CE,Y\nAB1 2CF,\nZZ9 9ZZ,Q\n"


def test_a_postcode_finds_its_area_however_it_is_written(tmp_path: Path) -> None:
    crimes = 'PC,kind\nab12cd,theft\n" AB1  2CD ",theft\nAB12CE,theft\nAB12CF,x\nZZ9 9ZZ,x\nQQ1 1QQ,x\n,x\n'
    slips = [BY_POSTCODE, ("    subject: thing\n", "    subject: thing\n    wider: true\n")]
    collected = collect(loaded(tmp_path, *slips, postcodes__csv=POSTCODES, crimes__csv=crimes))
    assert collected.counted.frame.filter(indicator="crime")["numerator"].to_list() == [2, 1, 0]
    assert dict(collected.ledger.select("fate", "records").rows()) == {
        "read": 7, "counted": 3, "empty area code": 1, "unknown area code": 1, "key without an area": 1,
        "area of another place": 1,
    }  # fmt: skip


def test_a_postcode_leads_to_old_areas_and_these_to_the_new(tmp_path: Path) -> None:
    keep = (
        BY_POSTCODE[0],
        "    area: {type: ward, vintage: 2014}\n" + BY_POSTCODE[1].replace("ward22", "w14"),
    )
    crimes = "PC,kind\n" + "AB1 2CD,theft\n" * 17
    read = loaded(tmp_path, keep, postcodes__csv="pcds,w14\nAB1 2CD,A\n", crimes__csv=crimes)
    assert collect(read).counted.frame.filter(indicator="crime")["numerator"].to_list() == [13, 4, 0]


def test_a_uprn_and_a_key_of_any_table(tmp_path: Path) -> None:
    uprn = (BY_POSTCODE[0], "    link: {by: uprn, column: U, path: uprns.csv, from: uprn, to: code}")
    crimes = "U,kind\n00012,theft\n12,theft\n0013,x\n"
    read = loaded(tmp_path, uprn, uprns__csv="uprn,code\n000000000012,X\n13,Y\n", crimes__csv=crimes)
    assert collect(read).counted.frame.filter(indicator="crime")["numerator"].to_list() == [2, 1, 0]
    named = (BY_POSTCODE[0], "    link: {by: lookup, column: U, path: areas.csv, from: name, to: code}")
    read = loaded(tmp_path, named, crimes__csv="U,kind\nExe,theft\n Wye ,theft\n")
    assert collect(read).counted.frame.filter(indicator="crime")["numerator"].to_list() == [1, 1, 0]


def test_a_table_of_keys_of_people_is_private_and_the_areas_table_is_not(tmp_path: Path) -> None:
    people = ("    subject: thing\n", "    subject: person\n")
    read = loaded(
        tmp_path, BY_POSTCODE, people, postcodes__csv=POSTCODES, crimes__csv="PC,kind\nAB12CD,theft\n"
    )
    assert {"crimes.csv", "postcodes.csv"} <= set(read.private_inputs)
    named = (BY_POSTCODE[0], "    link: {by: lookup, column: U, path: areas.csv, from: name, to: code}")
    read = loaded(tmp_path, named, people, crimes__csv="U,kind\nExe,theft\n")
    assert "areas.csv" in read.public_inputs


@pytest.mark.parametrize("form", ["code", "postcode", "uprn"])
def test_tables_and_records_are_compared_alike(form: str) -> None:
    texts = ["ig11 0ab", "IG110AB", "ig11\u00a00ab", "ig1\t10ab", "00012", "Abbey"]
    table = pl.DataFrame({"text": texts}).select(as_compared(pl.col("text"), form))["text"].to_list()
    assert table == [code_text(text, form) for text in texts]


NO_LOOKUP = (
    "lookups:\n  - {from: {type: ward, vintage: 2014}, to: {type: ward, vintage: 2022}, path: lookup.csv,"
    " weight: people}\n",
    "",
)


def test_codes_of_other_areas_without_a_lookup_are_faults_all_at_once(tmp_path: Path) -> None:
    remedy = (
        "Add one: `lookups: [{from: {type: ward, vintage: 2014}, to: {type: ward, vintage: 2022}, path: …}]`."
    )
    what = (
        "LINK-VINTAGE the codes are of ward 2014, the areas of ward 2022, and no lookup leads from the one to"
    )
    assert told(tmp_path, NO_LOOKUP) == [
        f"commonweal.yaml:{line}: {what} the other; {remedy}" for line in (5, 7, 13)
    ]


def test_a_faulty_lookup_is_the_only_fault(tmp_path: Path) -> None:
    assert told(tmp_path, lookup__csv=LOOKUP.replace("B,Y,500", "B,Y,-5")) == [
        "lookup.csv:4: LOOKUP-WEIGHT people is '-5'; Write a number of 0 or more."
    ]
    assert told(tmp_path, ("path: lookup.csv", "path: lookups.csv")) == [
        "commonweal.yaml:16: PATH-MISSING the file 'lookups.csv' does not exist (there is 'lookup.csv');"
        " Correct the path."
    ]


@pytest.mark.parametrize(
    ("slip", "files", "said"),
    [
        (
            (", weight: people", ""),
            {},
            [
                "lookup.csv:3: LOOKUP-TARGETS area 'A' leads to 'X' (line 2) and to 'Y'; Name the column that"
                " says how much of it goes to each: `weight: population`.",
                "lookup.csv:6: LOOKUP-TARGETS area 'C' leads to 'Z' (line 5) and to 'Y'; Name the ",
            ],
        ),
        (
            (", weight: people", ", fit: best"),
            {},
            ["commonweal.yaml:16: LOOKUP-WEIGHT a best fit is asked for, and nothing is weighed; "],
        ),
        (
            ("lookup.csv", "lookup.csv"),
            {"lookup__csv": LOOKUP.replace("A,X,300\nA,Y,100", "A,X,0\nA,Y,0")},
            ["lookup.csv:2: LOOKUP-WEIGHT every people of area 'A' is 0, so that nothing parts it; "],
        ),
        (
            ("lookup.csv", "lookup.csv"),
            {"lookup__csv": LOOKUP.replace("B,Y", "B,").replace("C,Z", ",Z")},
            [
                "lookup.csv:4: AREA-EMPTY the row has no to; Fill it in, or leave such rows out with ",
                "lookup.csv:5: AREA-EMPTY the row has no from; ",
            ],
        ),
        (
            ("to: {type: ward, vintage: 2022}", "to: {type: ward, vintage: 2022, column: people}"),
            {},
            ["commonweal.yaml:16: LOOKUP-AREAS none of the 3 areas that the lookup leads to is in the "],
        ),
        (
            ("lookup.csv", "lookup.csv"),
            {"lookup__csv": LOOKUP.replace("B,Y", "B,y").replace("C,Y", "C,y")},
            [
                "lookup.csv:4: LOOKUP-AREAS the lookup leads to 'y', did you mean 'Y'? Write it as the areas",
            ],
        ),
        (
            ("path: lookup.csv, weight: people", "boundaries: areas.geojson, weight: people"),
            {},
            [
                "commonweal.yaml:16: LOOKUP-OUTLINES a lookup from outlines lacks 'code'; Name it.",
                "commonweal.yaml:16: LOOKUP-OUTLINES outlines alone can't be weighed by 'people'; ",
            ],
        ),
        (
            (", path: lookup.csv, weight: people", ""),
            {},
            ["commonweal.yaml:16: LOOKUP-OUTLINES a lookup has neither a table nor boundaries; "],
        ),
        (
            ("path: lookup.csv", "pth: lookup.csv"),
            {},
            [
                "commonweal.yaml:16: PROJECT-KEY the key 'pth' under lookups, item 1 is not known",
                "commonweal.yaml:16: LOOKUP-OUTLINES a lookup has neither a table nor boundaries; ",
            ],
        ),
        (
            ("from: {type: ward, vintage: 2014}", "from: {type: ward, vintag: 2014}"),
            {},
            ["commonweal.yaml:16: PROJECT-KEY the key 'vintag' under lookups, item 1, from is not known"],
        ),
    ],
    ids=["targets", "best", "nothing", "blank", "aim", "slip", "outlines", "no origin", "key", "inner key"],
)  # fmt: skip
def test_what_is_said_of_a_lookup(
    tmp_path: Path, slip: tuple[str, str], files: dict[str, str], said: list[str]
) -> None:
    slips = [slip] if slip[0] != slip[1] else []
    found = told(tmp_path, *slips, **files)
    assert len(found) == len(said), found
    for message, words in zip(found, said, strict=True):
        assert message.startswith(words)


def test_what_leaves_the_project_by_a_lookup_is_told(tmp_path: Path) -> None:
    """Other codes may be right, where a table is about a larger place; they are told all the same."""
    code = {
        "areas__csv": "code,name\nX,Exe\nY,Wye\nZone1,Zed\n",
        "new__csv": NEW_POPULATION.replace("Z", "Zone1"),
    }
    other = LOOKUP.replace("C,Z", "C,Zone2") + "D,Q,5\n"
    outlines = squares(X=box(0, 300), Y=box(300, 900), Zone1=box(900, 1000))
    read = loaded(tmp_path, OWN_POPULATION, lookup__csv=other, areas__geojson=outlines, **code)
    assert read.notes == (
        "lookup.csv:5: LOOKUP-AREAS 2 of the 4 areas that the lookup leads to are not in the areas table; 1"
        " old area is shared with them; the first is 'Zone2', did you mean 'Zone1'?",
    )
    assert read.told[1] == "crimes: no area of ward 2014 leads to Zone1, so that there is no figure."
    collected = collect(read)
    assert set(collected.counted.frame["area"]) == {"X", "Y"}
    assert lines(collected.ledger) == ["crimes: 26 read, 24 counted (92%), 2 in areas of another place"]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("{by: postcode, column: PC}", ["'path'", "'from'", "'to'"]),
        ("{by: nearest, x: e, y: n}", ["whatever `area` says", "'within'"]),
        ("{by: code, column: ward, within: 5}", ["no use for 'within'"]),
        ("{by: lookup, path: areas.csv, from: name, to: code}", ["'column'"]),
    ],
)
def test_what_a_link_lacks(tmp_path: Path, link: str, said: list[str]) -> None:
    found = told(tmp_path, ("link: {by: code, column: ward}", f"link: {link}"))
    assert len(found) == len(said), found
    assert all("RECORDS-LINK a link by" in message for message in found)
    assert all(words in message for message, words in zip(found, said, strict=True))


def test_a_link_by_place_has_no_codes_to_explain(tmp_path: Path) -> None:
    found = told(tmp_path, ("link: {by: code, column: ward}", "link: {by: point, x: e, y: n}"))
    assert found[0].startswith(
        "commonweal.yaml:13: RECORDS-LINK a link by place finds the areas of the project"
    )


def test_a_key_with_two_areas_is_a_fault_with_both_lines(tmp_path: Path) -> None:
    table = POSTCODES + "ab12cd,X\nAB12 CE,Z\n"
    assert told(tmp_path, BY_POSTCODE, postcodes__csv=table, crimes__csv="PC,kind\nAB1 2CD,theft\n") == [
        "postcodes.csv:7: LINK-TABLE a key of 'pcds' leads to one area in line 3 and to another here; Keep"
        " one row a key, or the rows you want with `where:`."
    ]


def test_codes_are_told_for_what_they_look_like(tmp_path: Path) -> None:
    """Tables and records whose codes are mostly unknown: the remedy says what they seem to be."""
    plain = [
        (", area: {type: ward, vintage: 2014}}\nrecords", "}\nrecords"),
        ("    area: {type: ward, vintage: 2014}\n", ""),
    ]
    lsoas = "area,period,indicator,value\nE01000006,2016,pay,10\nE01000007,2016,pay,20\n"
    found = told(tmp_path, *plain, values__csv=lsoas)
    assert len(found) == 2
    assert found[0].endswith("write `area: {type: lsoa, vintage: …}` and name a lookup.")
    values = "area,period,indicator,value\nX,2016,pay,10\nY,2016,pay,20\nZ,2016,pay,30\n"
    for text, words in (
        ("E01000006", "They look like codes of areas of type lsoa"),
        ("exe", "They are names of areas: link by lookup, with the areas table as `path`"),
    ):
        read = loaded(tmp_path, *plain, values__csv=values, crimes__csv=f"ward,kind\n{text},theft\n")
        with pytest.raises(CommonwealError) as caught:
            collect(read)
        assert words in str(caught.value)
        assert text not in str(caught.value)


def test_denominators_of_other_areas_are_told_for_what_they_are(tmp_path: Path) -> None:
    plain = ("population: {path: population.csv, area: {type: ward, vintage: 2014}}", "population: new.csv")
    assert told(tmp_path, plain, new__csv="area,period,value\nE01000006,2016,5\nE01000007,2016,7\n") == [
        "new.csv: MEASURE-DENOMINATOR none of the areas of population is in the areas table; They look like"
        " codes of areas of type lsoa: write `area: {type: lsoa, vintage: …}` and name a lookup."
    ]


def test_a_table_that_leads_elsewhere_is_told(tmp_path: Path) -> None:
    table = "pcds,ward22\nAB1 2CD,E05000026\n"
    read = loaded(tmp_path, BY_POSTCODE, postcodes__csv=table, crimes__csv="PC,kind\nAB1 2CD,theft\n")
    with pytest.raises(CommonwealError) as caught:
        collect(read)
    assert "The table of the link leads to areas of another place, type or vintage." in str(caught.value)
    read = loaded(tmp_path, BY_POSTCODE, postcodes__csv=table, crimes__csv="PC,kind\nAB1 2XX,theft\n")
    with pytest.raises(CommonwealError) as caught:
        collect(read)
    assert "Check that 'PC' holds what the table of the link has" in str(caught.value)
    read = loaded(tmp_path, crimes__csv="ward,kind\nQ,theft\n")
    with pytest.raises(CommonwealError) as caught:
        collect(read)
    assert "Check that 'ward' holds codes of ward 2014, as `area` says." in str(caught.value)
