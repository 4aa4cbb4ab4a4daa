"""Small sources, counted by hand: measures, denominators, repeats, coverage, and every fault."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest
from made_project import made_project

from commonweal.errors import CommonwealError
from commonweal.model.observation import Observations
from commonweal.model.project import Project
from commonweal.model.source import Link, Measure, Protection, Records
from commonweal.sources import collect, gate

BY_CODE = Link("code", "ward")
POPULATION = pl.DataFrame(
    {
        "name": "population",
        "area": ["A", "B", "A", "B"],
        "period": ["2014", "2014", "2016", "2016"],
        "value": [1000.0, 2000.0, 1100.0, None],
    }
)


def source(path: Path, text: str, **more: object) -> Records:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    given: dict[str, object] = {"subject": "thing", "link": BY_CODE, "period": "2016", **more}
    return Records(path.stem, (path,), path.name, **given)  # type: ignore[arg-type]


def rows(project: Project, *columns: str) -> list[tuple[object, ...]]:
    return collect(project).counted.frame.select(columns).rows()


def fates(project: Project) -> dict[str, int]:
    return dict(collect(project).ledger.select("fate", "records").rows())


def faults(project: Project) -> list[tuple[str, str]]:
    with pytest.raises(CommonwealError) as caught:
        collect(project)
    return [(fault.code, fault.what) for fault in caught.value.faults]


def test_count_rate_and_percentage_of_one_source(tmp_path: Path) -> None:
    text = "ward,kind\nA,x\nA,x\nA,y\nB,y\nA,\n"
    measures = [
        Measure("number", "cases", "count"),
        Measure("rate", "cases", "rate", per=1000, denominator="population", where="kind = 'x'"),
        Measure("share", "cases", "percentage", where="kind = 'x'", among="kind is not null"),
    ]
    project = made_project(
        tmp_path, [source(tmp_path / "cases.csv", text)], measures, denominators=POPULATION
    )
    found = rows(project, "indicator", "area", "value", "numerator", "denominator", "status", "kind", "per")
    assert found == [
        ("number", "A", 4.0, 4.0, None, "observed", "count", 1.0),
        ("number", "B", 1.0, 1.0, None, "observed", "count", 1.0),
        ("rate", "A", pytest.approx(2000 / 1100), 2.0, 1100.0, "observed", "rate", 1000.0),
        ("rate", "B", 0.0, 0.0, 2000.0, "observed", "rate", 1000.0),
        ("share", "A", pytest.approx(200 / 3), 2.0, 3.0, "observed", "percentage", 100.0),
        ("share", "B", 0.0, 0.0, 1.0, "observed", "percentage", 100.0),
    ]
    assert "rate, 2016: the population of 2014 is used for 1 area." in collect(project).notes


def test_a_percentage_of_nobody_and_a_rate_without_denominator_are_missing(tmp_path: Path) -> None:
    denominators = POPULATION.filter(pl.col("area") == "A")
    measures = [
        Measure("rate", "cases", "rate", per=1000, denominator="population"),
        Measure("share", "cases", "percentage", where="kind = 'x'", among="kind = 'y'", may_be_empty=True),
    ]
    cases = source(tmp_path / "cases.csv", "ward,kind\nA,y\nB,x\n")
    project = made_project(tmp_path, [cases], measures, denominators=denominators)
    assert rows(project, "indicator", "area", "value", "status") == [
        ("rate", "A", pytest.approx(1000 / 1100), "observed"),
        ("rate", "B", None, "missing"),
        ("share", "A", 0.0, "observed"),
        ("share", "B", None, "missing"),
    ]
    assert "rate, 2016: population is not known for 1 area: missing." in collect(project).notes


def test_repeats_count_once_and_the_first_of_differing_ones_is_kept(tmp_path: Path) -> None:
    text = "ward,id\nA,1\nA,1\nB,1\nA,1\nB,2\nA,2\nB,\nB,\n"
    project = made_project(
        tmp_path,
        [source(tmp_path / "cases.csv", text, key="id")],
        [Measure("number", "cases", "count")],
    )
    assert rows(project, "area", "value") == [("A", 1.0), ("B", 3.0)]
    assert fates(project) == {"read": 8, "counted": 4, "identical repeat": 2, "differing repeat": 2}


def test_every_reason_has_its_fate(tmp_path: Path) -> None:
    text = (
        "ward,month\nA,2016-01\n A ,2016-02\nC,2016-01\n,2016-01\nB,2015-12\nC,2015-12\n"
        "B,soon\nB,\nB,2016\nA,2016-03,x\n"
    )
    cases = source(tmp_path / "cases.csv", text, date="month", period="")
    project = made_project(
        tmp_path, [cases], [Measure("number", "cases", "count")], periods=("2016-01", "2016-02")
    )
    assert rows(project, "period", "area", "value") == [
        ("2016-01", "A", 1.0),
        ("2016-01", "B", 0.0),
        ("2016-02", "A", 1.0),
        ("2016-02", "B", 0.0),
    ]
    assert fates(project) == {
        "read": 10, "counted": 2, "unreadable row": 1, "unreadable date": 3, "out of period": 2,
        "empty area code": 1, "unknown area code": 1,
    }  # fmt: skip
    assert collect(project).notes == ("cases: rows that can't be taken apart into columns: cases.csv:11.",)


def test_what_a_source_covers_may_be_stated(tmp_path: Path) -> None:
    cases = source(
        tmp_path / "cases.csv", "ward,month\nA,2016-01\n", date="month", period="", covers=("2016-Q1",)
    )
    measures = [Measure("number", "cases", "count")]
    project = made_project(tmp_path, [cases], measures, periods=("2016-Q1", "2016-Q2"))
    assert rows(project, "period", "area", "value") == [("2016-Q1", "A", 1.0), ("2016-Q1", "B", 0.0)]


def test_a_part_covered_period_is_scaled_up_only_when_asked(tmp_path: Path) -> None:
    cases = source(
        tmp_path / "cases.csv", "ward,month\nA,2016-01\nB,2016-02\nB,2016-03\n", date="month", period=""
    )
    measures = [
        Measure("missing", "cases", "count"),
        Measure("number", "cases", "count", annualise=True),
        Measure("rate", "cases", "rate", 1000, "population", annualise=True),
        Measure("share", "cases", "percentage", where="month = '2016-01'", annualise=True),
    ]
    project = made_project(tmp_path, [cases], measures, denominators=POPULATION)
    assert rows(project, "indicator", "area", "value", "numerator", "denominator", "status") == [
        ("number", "A", 4.0, 1.0, 0.25, "estimated"),
        ("number", "B", 8.0, 2.0, 0.25, "estimated"),
        ("rate", "A", pytest.approx(4000 / 1100), 1.0, 275.0, "estimated"),
        ("rate", "B", pytest.approx(4.0), 2.0, 500.0, "estimated"),
        ("share", "A", 100.0, 1.0, 1.0, "estimated"),
        ("share", "B", 0.0, 0.0, 2.0, "estimated"),
    ]


def test_the_gate_keeps_an_estimate_an_estimate(tmp_path: Path) -> None:
    text = "ward,month\n" + "A,2016-01\n" * 9 + "B,2016-02\n"
    cases = source(tmp_path / "cases.csv", text, date="month", period="", subject="household")
    measure = Measure("number", "cases", "count", annualise=True)
    project = made_project(tmp_path, [cases], [measure])
    columns = ["area", "value", "lower", "upper", "numerator", "status", "round_to"]
    passed = gate(project, collect(project)).observations.frame
    assert passed.select(columns).row(0)[:2] == ("A", 60.0)
    assert passed.select(columns).row(0)[4:] == (10.0, "estimated", 5.0)
    assert passed.select(columns).row(1) == ("B", 24.0, 6.0, 42.0, None, "suppressed", 5.0)


def test_compressed_files_latin_letters_and_several_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("ward;kind\r\nA;café\r\nB;b\r\n".encode("latin-1"))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress("\ufeffkind,ward\ncafé,A\n".encode()))
    paths = (tmp_path / "a.csv", tmp_path / "b.csv.gz")
    cases = Records("cases", paths, "*.csv*", "thing", BY_CODE, period="2016")
    project = made_project(tmp_path, [cases], [Measure("number", "cases", "count", where="kind = 'café'")])
    assert rows(project, "area", "value") == [("A", 2.0), ("B", 0.0)]


def test_progress_is_told_by_source(tmp_path: Path) -> None:
    heard: list[str] = []
    names = ("two", "one")
    records = [source(tmp_path / f"{name}.csv", "ward\nA\n") for name in names]
    collect(made_project(tmp_path, records, []), report=heard.append)
    assert heard == ["reading one", "reading two"]


def test_nothing_is_left_where_it_is_published(tmp_path: Path) -> None:
    project = made_project(tmp_path, [source(tmp_path / "cases.csv", "ward\nA\n")], [])
    collect(project)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.csv"]


def test_a_missing_column_names_those_that_are_there(tmp_path: Path) -> None:
    cases = source(tmp_path / "cases.csv", "Ward,month\nA,2016-01\n", key="id", date="when", period="")
    found = faults(made_project(tmp_path, [cases], []))
    assert found == [
        ("RECORDS-COLUMN", "there is no column 'id'"),
        ("RECORDS-COLUMN", "there is no column 'ward'"),
        ("RECORDS-COLUMN", "there is no column 'when'"),
    ]
    with pytest.raises(CommonwealError, match=r"^cases.csv:1: RECORDS-COLUMN .*; Use one of: Ward, month\."):
        collect(made_project(tmp_path, [cases], []))


def test_a_column_that_stands_twice_can_not_be_used(tmp_path: Path) -> None:
    cases = source(tmp_path / "cases.csv", "ward,Ward,other,other\nA,B,1,2\n")
    found = faults(made_project(tmp_path, [cases], []))
    assert found == [("RECORDS-COLUMN", "column 'ward' stands more than once")]


def test_unused_columns_may_stand_twice_or_have_no_name(tmp_path: Path) -> None:
    cases = source(tmp_path / "cases.csv", "ward,other,Other,,\nA,1,2,3,4\n")
    project = made_project(tmp_path, [cases], [Measure("number", "cases", "count")])
    assert rows(project, "area", "value") == [("A", 1.0), ("B", 0.0)]


def test_empty_and_absent_files_are_faults(tmp_path: Path) -> None:
    empty = source(tmp_path / "empty.csv", "")
    absent = Records("absent", (), "data/*.csv", "thing", BY_CODE, period="2016")
    gone = Records("gone", (tmp_path / "gone.csv",), "gone.csv", "thing", BY_CODE, period="2016")
    found = faults(made_project(tmp_path, [empty, absent, gone], []))
    assert [code for code, _ in found] == ["RECORDS-EMPTY", "RECORDS-EMPTY", "RECORDS-UNREADABLE"]


@pytest.mark.parametrize("name", ["cut.parquet", "cut.csv.gz", "text.parquet", "text.csv.gz"])
def test_a_file_that_breaks_off_is_a_fault_that_shows_no_record(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    table = pl.DataFrame({"ward": [f"secret{i}" for i in range(5000)]})
    if name.endswith("parquet"):
        table.write_parquet(path)
    else:
        path.write_bytes(gzip.compress(table.write_csv().encode()))
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2] if name.startswith("cut") else b"secret0,secret1\n")
    cases = Records("cases", (path,), name, "person", BY_CODE, period="2016")
    with pytest.raises(CommonwealError) as caught:
        collect(made_project(tmp_path, [cases], []))
    assert [fault.code for fault in caught.value.faults] == ["RECORDS-UNREADABLE"]
    assert "secret" not in str(caught.value)


def test_every_fault_of_every_source_comes_at_once(tmp_path: Path) -> None:
    one = source(tmp_path / "one.csv", "ward,kind\nA,x\n", period="")
    two = source(tmp_path / "two.csv", "x,y\n1,1\n", link=Link("point", x="x", y="y"))
    measures = [
        Measure("a", "one", "count", where="kind ="),
        Measure("b", "one", "count", where="lower(kind) = 'x'"),
        Measure("c", "one", "percentage", where="kind = 'x'", among="colour = 'red'"),
        Measure("d", "one", "rate", denominator="persons"),
        Measure("e", "one", "rate"),
    ]
    project = made_project(tmp_path, [one, two], measures, denominators=POPULATION)
    assert [code for code, _ in faults(project)] == [
        "FILTER-SYNTAX", "FILTER-NOT-ALLOWED", "FILTER-COLUMN", "MEASURE-DENOMINATOR",
        "MEASURE-DENOMINATOR", "PERIOD-UNKNOWN", "RECORDS-LINK",
    ]  # fmt: skip
    with pytest.raises(
        CommonwealError, match=r"FILTER-COLUMN .* 'colour' in one\.csv; Use one of: ward, kind"
    ):
        collect(project)


def test_protection_is_switched_off_only_for_a_reason(tmp_path: Path) -> None:
    cases = source(tmp_path / "cases.csv", "ward\nA\n", subject="person")
    measures = [Measure("number", "cases", "count")]
    bare = made_project(tmp_path, [cases], measures, protection=Protection("none"))
    with pytest.raises(CommonwealError, match="PROTECT-REASON"):
        gate(bare, collect(bare))
    reasoned = made_project(tmp_path, [cases], measures, protection=Protection("none", "made up data"))
    gated = gate(reasoned, collect(reasoned))
    assert gated.observations.frame["numerator"].to_list() == [1.0, 0.0]
    assert gated.says == ("Counts about people are shown as they are. Reason: made up data",)


def test_an_internal_build_is_exact_and_says_so(tmp_path: Path) -> None:
    cases = source(tmp_path / "cases.csv", "ward\nA\n", subject="person")
    project = made_project(tmp_path, [cases], [Measure("number", "cases", "count")])
    gated = gate(project, collect(project), internal=True)
    assert gated.observations.frame["numerator"].to_list() == [1.0, 0.0]
    assert gated.ledger["records"].to_list() == [1, 1]
    assert "internal" in gated.says[0]


def test_things_and_published_records_need_no_protection(tmp_path: Path) -> None:
    things = source(tmp_path / "things.csv", "ward\nA\n")
    public = source(tmp_path / "public.csv", "ward\nA\n", subject="person", published=True)
    measures = [Measure("a", "things", "count"), Measure("b", "public", "count")]
    project = made_project(tmp_path, [things, public], measures)
    gated = gate(project, collect(project))
    assert gated.observations.frame["numerator"].to_list() == [1.0, 0.0, 1.0, 0.0]
    assert set(gated.observations.frame["status"]) == {"observed"}
    assert gated.ledger["records"].to_list() == [1, 1, 1, 1]
    assert gated.says == (
        "No figure here is about people in records that are not public, so none needs hiding.",
    )


def test_what_the_trial_leaves_out_is_told_beside_what_is_protected(tmp_path: Path) -> None:
    cases = source(tmp_path / "cases.csv", "ward\nA\n", subject="person")
    project = made_project(tmp_path, [cases], [Measure("number", "cases", "count")])
    said = gate(project, collect(project)).says
    assert any(text.startswith("What the trial does not take into account") for text in said)


def test_a_ledger_total_that_would_give_a_hidden_count_back_is_not_published(tmp_path: Path) -> None:
    """Four areas hide 7 each; a total of 28, shown as 30, can only be 7 + 7 + 7 + 7."""
    text = "ward\n" + "".join(f"{ward}\n" * 7 for ward in "ABCD") + "Z\n" * 3
    cases = source(tmp_path / "cases.csv", text, subject="person")
    project = made_project(tmp_path, [cases], [Measure("number", "cases", "count")], tuple("ABCD"))
    table = gate(project, collect(project)).ledger
    assert table.select("fate", "records").rows() == [
        ("read", 30), ("counted", None), ("unknown area code", None),
    ]  # fmt: skip
    assert table["note"][1] == "[c] not published: it would give a hidden count back"
    assert table["note"][2] == "[c] hidden: 1 to 7 records"


def test_tables_about_people_pass_the_same_gate(tmp_path: Path) -> None:
    table = Observations.of(
        pl.DataFrame(
            {
                "area": ["A", "B", "A", "B"],
                "period": "2016",
                "indicator": ["pupils", "pupils", "claims", "claims"],
                "value": [50.0, 96.0, 30.0, 1.0],
                "numerator": [52.0, 96.0, 31.0, 1.0],
                "denominator": [104.0, 100.0, 1033.0, 1000.0],
                "kind": ["percentage", "percentage", "rate", "rate"],
                "per": [100.0, 100.0, 1000.0, 1000.0],
            }
        )
    )
    project = made_project(tmp_path, [], [], counted=table)
    passed = gate(project, collect(project)).observations.frame
    assert passed.select("indicator", "area", "value", "lower", "upper").rows()[1:] == [
        ("claims", "B", 4.0, 1.0, 7.0),
        (
            "pupils",
            "A",
            pytest.approx(100 * 50 / 105),
            pytest.approx(38.3, abs=0.1),
            pytest.approx(57.1, abs=0.1),
        ),
        ("pupils", "B", 96.0, 93.0, 99.0),
    ]
    assert passed["denominator"].to_list() == [1035.0, 1000.0, 105.0, 100.0]
    assert passed["numerator"].to_list() == [30.0, None, 50.0, None]
