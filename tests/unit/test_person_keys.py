"""People of two sources are found again by keyed hashes, and nothing but these is seen or kept."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_project import made_project
from two_sources import SECRET, write_two_sources, written
from written_records import WRITERS

import commonweal
from commonweal.errors import CommonwealError
from commonweal.model.person import Person, digest
from commonweal.model.source import Link, Measure, Records
from commonweal.pipeline.governing import govern
from commonweal.sources import Collected, collect, gate, type_lines
from commonweal.sources.people import column_of, keyed
from commonweal.sources.read.describe import describe
from commonweal.sources.read.keyed import digests
from commonweal.sources.read.stage import ready

KEY = Person("id", "${PERSON_KEY}")
OTHERS = column_of("others")


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSON_KEY", SECRET)


def source(path: Path, **keys: Any) -> Records:
    given: dict[str, Any] = {"period": "2016", "person": KEY, **keys}
    return Records(path.stem, (path,), path.name, "person", Link("code", "ward"), **given)


def csv_of(path: Path, *rows: str) -> Path:
    path.write_text("id,ward,when,kind\n" + "".join(f"{row}\n" for row in rows))
    return path


def values(collected: Collected) -> list[tuple[Any, ...]]:
    return collected.counted.frame.sort("indicator", "area").select("indicator", "area", "value").rows()


def refused(root: Path, yaml: str) -> list[str]:
    """The faults of the page's project with other keys, as they are told."""
    with pytest.raises(CommonwealError) as caught:
        collect(commonweal.load_project(write_two_sources(root / "project", yaml=yaml)))
    return [str(fault) for fault in caught.value.faults]


# What is counted


def test_the_example_of_the_page(tmp_path: Path) -> None:
    project = commonweal.load_project(write_two_sources(tmp_path / "project"))
    collected = collect(project)
    assert values(collected) == [("excluded", "A", 25.0), ("excluded", "B", 50.0)]
    found = collected.counted.frame.sort("area")
    assert (found["numerator"].to_list(), found["denominator"].to_list()) == ([1, 1], [4, 2])
    # nothing about the ledger or what is told is new: the added column is not the source's own
    read = collected.ledger.filter(fate="read").select("source", "records").rows()
    assert read == [("exclusions", 4), ("in_need", 6)]
    assert collected.asked["in_need"] == {"pupil_id", "ward", "month"}
    assert collected.asked["exclusions"] == {"pupil", "ward", "month"}
    (told,) = [line for line in type_lines(project, collected) if line.startswith("in_need")]
    assert told.endswith("pupil_id reads as text, 5 different, 16.6% empty")


def test_each_kind_with_where_and_among(tmp_path: Path) -> None:
    rows = ("1,A,,x", " 1 ,A,,y", "2,A,,x", ",A,,x", "3,B,,x", "4,B,,y")
    csv_of(tmp_path / "cases.csv", *rows)
    csv_of(tmp_path / "others.csv", "1,Z,,", "3 ,Z,,", "3,A,,", ",Z,,", "4,Z,,")
    people = pl.DataFrame(
        {"name": ["people"] * 2, "area": ["A", "B"], "period": ["2016"] * 2, "value": [10.0, 20.0]}
    )
    measures = [
        Measure("count", "cases", "count", also_in="others"),
        Measure("people", "cases", "distinct", value="id", also_in="others"),
        Measure("everyone", "cases", "distinct", value="id"),
        Measure("rate", "cases", "rate", denominator="people", where="kind = 'x'", also_in="others"),
        Measure("share", "cases", "percentage", among="kind = 'x'", also_in="others"),
        Measure("unknown", "cases", "count", where="id is null"),
    ]
    sources = [source(tmp_path / "cases.csv"), source(tmp_path / "others.csv", wider=True)]
    found = collect(made_project(tmp_path, sources, measures, denominators=people))
    assert values(found) == [
        ("count", "A", 2.0), ("count", "B", 2.0),
        ("everyone", "A", 2.0), ("everyone", "B", 2.0),
        ("people", "A", 1.0), ("people", "B", 2.0),
        ("rate", "A", 0.1), ("rate", "B", 0.05),
        ("share", "A", 100 / 3), ("share", "B", 100.0),
        ("unknown", "A", 1.0), ("unknown", "B", 0.0),
    ]  # fmt: skip


def test_a_helper_may_ask_for_people_of_another_source(tmp_path: Path) -> None:
    csv_of(tmp_path / "cases.csv", "1,A,,x", "2,A,,x", "3,A,,x", "4,B,,x", "5,B,,x")
    csv_of(tmp_path / "others.csv", "1,A,,", "4,A,,")
    measures = [
        Measure("both", "cases", "count", also_in="others", helper=True),
        Measure("all", "cases", "count", helper=True),
        Measure("ratio", "cases", "ratio", of="both", to="all"),
    ]
    sources = [source(tmp_path / "cases.csv"), source(tmp_path / "others.csv")]
    found = values(collect(made_project(tmp_path, sources, measures)))
    assert [row for row in found if row[0] == "ratio"] == [("ratio", "A", 1 / 3), ("ratio", "B", 0.5)]


def test_the_gate_takes_them_for_a_part_of_their_source(tmp_path: Path) -> None:
    csv_of(tmp_path / "cases.csv", *(f"{i},{'AB'[i >= 40]},,x" for i in range(80)))
    csv_of(tmp_path / "others.csv", *(f"{i},A,,x" for i in (*range(3, 40), *range(60, 80))))
    measures = [
        Measure("all", "cases", "count"),
        Measure("both", "cases", "percentage", also_in="others"),
    ]
    sources = [source(tmp_path / "cases.csv"), source(tmp_path / "others.csv")]
    project = made_project(tmp_path, sources, measures)
    passed = gate(project, collect(project)).observations.frame.filter(indicator="both").sort("area")
    # three of ward A are left over, who are as few as three counted would be
    assert passed.select("status", "numerator", "denominator").rows() == [
        ("suppressed", None, 40.0), ("rounded", 20.0, 40.0),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("form", ["csv", "parquet", "typed.parquet", "jsonl"])
def test_the_same_people_as_joining_the_two_tables(tmp_path: Path, form: str, seed: int) -> None:
    draw = random.Random(seed)

    def table(height: int) -> pl.DataFrame:
        drawn = [draw.randrange(1, 300) for _ in range(height)]
        return pl.DataFrame(
            {
                "id": [None if draw.random() < 0.1 else number for number in drawn],
                "ward": [draw.choice("AB") for _ in drawn],
                "kind": [draw.choice("xy") for _ in drawn],
            }
        )

    cases, others = table(400), table(200)
    paths = []
    for name, held in (("cases", cases), ("others", others)):
        path = tmp_path / f"{name}.{form}"
        text = held.with_columns(pl.col("id").cast(pl.String))
        if form == "csv":
            text.write_csv(path)
        elif form == "jsonl":
            text.write_ndjson(path)
        elif form == "parquet":
            text.write_parquet(path)
        else:
            # a whole number in the one, in the other a real one, as pandas writes numbers with gaps
            held.with_columns(pl.col("id").cast(pl.Int64 if name == "cases" else pl.Float64)).write_parquet(
                path
            )
        paths.append(path)
    measures = [
        Measure("count", "cases", "count", where="kind = 'x'", also_in="others"),
        Measure("people", "cases", "distinct", value="id", also_in="others"),
    ]
    sources = [replace(source(path), name=path.name.split(".")[0]) for path in paths]
    joined = cases.join(others.select("id").drop_nulls().unique(), on="id", how="semi")
    expected = [
        *(("count", a, float(joined.filter(ward=a, kind="x").height)) for a in "AB"),
        *(("people", a, float(joined.filter(ward=a)["id"].n_unique())) for a in "AB"),
    ]
    assert values(collect(made_project(tmp_path, sources, measures))) == expected
    assert 0 < joined.height < cases.height


def test_every_record_has_the_fate_it_has_without_a_person_key(tmp_path: Path) -> None:
    rows = ("1,A,2016-04-13,x", "1,A,2016-04-13,x", "1,B,2016-05-01,x", "2,A", "3,B,2016-05-01,x,more", "")
    path = csv_of(tmp_path / "cases.csv", *rows, "4,Z,soon,x", "5,A,2015-01-01,", "6,B,2016-07-07,x")
    measures = [Measure("x", "cases", "count", where="kind = 'x'")]
    plain = source(path, period="", date="when", key="id", person=None, covers=("2015", "2016"))
    hashed = replace(plain, person=KEY)
    first, second = (collect(made_project(tmp_path, [records], measures)) for records in (plain, hashed))
    assert first.ledger.equals(second.ledger)
    assert values(first) == values(second)
    assert first.notes == second.notes
    assert any("cases.csv:5, cases.csv:6" in note for note in second.notes)


# What is seen


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_an_engine_sees_digests_and_no_key(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"cases{form}"
    WRITERS[form](path)
    records = source(path, sheet="Cases", table="cases", record="case", person=replace(KEY, column="cost"))
    other = csv_of(tmp_path / "others.csv", "20,A,,", "4000,A,,")
    files = (describe(path, records),)
    sources = {"others": (source(other), (describe(other, records),))}
    measures = [Measure("both", "cases", "count", also_in="others")]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with ready(files, scratch, keyed(records, measures, sources)) as found:
        (file,) = found.files
        assert file.path.parent == scratch
        seen = pl.read_parquet(file.path)
        assert file.columns == ("id", "ward", "when", "kind", "cost", OTHERS) == tuple(seen.columns)
        expected = [
            hmac.new(SECRET.encode(), key.encode(), hashlib.sha256).hexdigest()
            for key in ("1.5", "20", "300", "4000", "1.5")
        ]
        assert seen["cost"].to_list() == expected
        assert seen[OTHERS].to_list() == [None, "yes", None, "yes", None]
        assert found.written[0].columns == ("id", "ward", "when", "kind", "cost")


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_no_key_is_in_a_staged_byte(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"cases.{form}"
    rows = [{"id": f" PUPIL-{i:04} ", "ward": "A"} for i in range(50)]
    frame = pl.DataFrame(rows)
    # the writer of pandas notes beside the columns what is in them; so does this one
    note = {"first row": "PUPIL-0000"}
    {
        "csv": lambda: frame.write_csv(path),
        "jsonl": lambda: frame.write_ndjson(path),
        "parquet": lambda: frame.write_parquet(path, metadata=note, compression="uncompressed"),
    }[form]()
    records = source(path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert b"PUPIL-0000" in path.read_bytes()
    with ready((describe(path, records),), scratch, keyed(records, (), {})) as found:
        (file,) = found.files
        (staged,) = scratch.iterdir()
        assert file.path == staged
        table = pl.read_parquet(staged)
        assert table["id"].n_unique() == 50
        assert table["id"].str.contains("^[0-9a-f]{64}$").all()
        for parts in (staged.read_bytes(), str(table.rows()).encode()):
            assert b"PUPIL-" not in parts
            assert SECRET.encode() not in parts


def test_other_columns_of_parquet_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    typed = pl.DataFrame({"id": [7, None], "cost": [0.1 + 0.2, 1e20], "many": [["a"], ["b", "c"]]})
    typed.write_parquet(path)
    records = source(path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with ready((describe(path, records),), scratch, keyed(records, (), {})) as found:
        seen = pl.read_parquet(found.files[0].path)
        assert seen.drop("id").equals(typed.drop("id"))
        assert seen["id"].to_list() == [digest(SECRET.encode(), "7").hex(), None]


def test_a_parquet_file_that_breaks_off_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    pl.DataFrame({"id": list(range(20_000)), "ward": ["A"] * 20_000}).write_parquet(path)
    records = source(path)
    file = describe(path, records)
    held = bytearray(path.read_bytes())
    held[8:4000] = b"\xff" * 3992
    path.write_bytes(bytes(held))
    with pytest.raises(CommonwealError) as caught, ready((file,), tmp_path, keyed(records, (), {})):
        pass
    assert [(fault.code, fault.file) for fault in caught.value.faults] == [("RECORDS-UNREADABLE", str(path))]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_full_disk_while_keys_are_hashed(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"cases.{form}"
    table = pl.DataFrame({"id": [f"{i}" for i in range(3000)], "ward": ["A"] * 3000})
    table.write_csv(path) if form == "csv" else table.write_parquet(path)
    project = made_project(tmp_path, [source(path)], [Measure("n", "cases", "count")])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(CommonwealError) as caught:
            collect(project)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [fault.code for fault in caught.value.faults] == ["SCRATCH-FULL"]
    assert not (tmp_path / ".commonweal").exists()


def test_nothing_printed_holds_the_secret(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "cases.csv", "1,A,,x")
    records = source(path)
    said = repr((records, keyed(records, (), {})))
    assert "${PERSON_KEY}" in said
    assert SECRET not in said
    assert digests((describe(path, records),), KEY) == {digest(SECRET.encode(), "1")}


# What is kept


def every_byte(folder: Path) -> Iterator[tuple[Path, bytes]]:
    return ((path, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file())


def test_neither_secret_nor_digest_nor_key_is_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = write_two_sources(tmp_path / "project")
    outs = []
    for name, drawn in (("first", SECRET), ("second", SECRET[::-1])):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PERSON_KEY", drawn)
            commonweal.build(root, out=tmp_path / name)
        outs.append({p.relative_to(tmp_path / name): held for p, held in every_byte(tmp_path / name)})
    assert outs[0] == outs[1], "the secret must not make a difference"
    keys = ("P1001", "P1002", "P1003", "P1004", "P1005", "P1900")
    planted = [*keys, *(digest(SECRET.encode(), key).hex() for key in keys), SECRET]
    kept = {**outs[0], **dict(every_byte(root / ".commonweal"))}
    assert len(kept) > 20
    for path, held in kept.items():
        assert not [text for text in planted if text.encode() in held], path
    assert not [text for text in planted if text in "".join(capfd.readouterr())]
    assert not list((root / ".commonweal").glob("scratch/*"))


def test_the_governance_pack_says_where_keys_are_compared(tmp_path: Path) -> None:
    root = write_two_sources(tmp_path / "project")
    govern(root, tmp_path / "pack", report=lambda _: None)
    document = json.loads((tmp_path / "pack" / "governance.json").read_text("utf-8"))
    (told,) = [risk for risk in document["risks"] if "several sources share" in risk["risk"]]
    assert told["done"].startswith(
        "In exclusions (pupil) and in_need (pupil_id) it is compared as a keyed hash (HMAC-SHA-256)."
    )
    assert {source["name"]: source["columns"] for source in document["sources"]} == {
        "exclusions": ["month", "pupil", "ward"],
        "in_need": ["month", "pupil_id", "ward"],
    }


# What is refused


@pytest.mark.parametrize("literal", ["hunter2-hunter2-hunter2", "20161122", "[a, b]", "2016-11-22", "", "$X"])
def test_a_secret_that_is_written_out(tmp_path: Path, literal: str) -> None:
    found = refused(tmp_path, written().replace('"${PERSON_KEY}"', literal, 1))
    (told,) = found
    assert told.startswith("commonweal.yaml:13: RECORDS-PERSON the secret is not the name of an environment")
    assert not literal or literal not in told.replace("${NAME}", "")


def test_a_secret_that_is_not_set_or_too_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSON_KEY", "fifteen-letters")
    found = refused(tmp_path / "short", written())
    assert [text.split(";")[0] for text in found] == [
        f"commonweal.yaml:{line}: RECORDS-PERSON the secret in PERSON_KEY has fewer than 16 characters, so it"
        " could be guessed"
        for line in (13, 20)
    ]
    assert "fifteen" not in " ".join(found)
    monkeypatch.delenv("PERSON_KEY")
    found = refused(tmp_path / "none", written())
    assert [text.split(" ")[1] for text in found] == ["PATH-VARIABLE"] * 2


def test_two_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yaml = written().replace("${PERSON_KEY}", "${OTHER_KEY}", 1)
    monkeypatch.setenv("OTHER_KEY", SECRET)
    project = commonweal.load_project(write_two_sources(tmp_path / "same" / "project", yaml=yaml))
    assert values(collect(project)) == [("excluded", "A", 25.0), ("excluded", "B", 50.0)]
    monkeypatch.setenv("OTHER_KEY", f"{SECRET}0")
    (told,) = refused(tmp_path / "differ", yaml)
    assert "RECORDS-PERSON the person keys of 'in_need' and 'exclusions' have different secrets" in told
    assert told.startswith("commonweal.yaml:22:")
    assert SECRET not in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("subject: person", "subject: thing",
         "RECORDS-PERSON a person key says who records are about, and these are about things"),
        ("subject: person", "subject: person\n    published: true",
         "RECORDS-PERSON a person key says who records are about, and these are public"),
        ("path: data/in_need.csv", "path: data/in_need.csv\n    backend: spark",
         "RECORDS-PERSON records that are counted in Spark can't be read with hashed keys"),
        ("path: data/in_need.csv", 'url: "${PERSON_KEY}"\n    table: in_need',
         "RECORDS-PERSON records that are counted in a database can't be read with hashed keys"),
        ("column: pupil_id", "column: ward", "RECORDS-PERSON 'ward' is the person key, so it says neither"),
        ("column: pupil_id", "column: nhs", "RECORDS-COLUMN there is no column 'nhs' in in_need.csv"),
        ("also_in: exclusions", "also_in: exclusion", "MEASURE-RECORDS there are no records 'exclusion'"),
        ("also_in: exclusions", "also_in: in_need", "RECORDS-PERSON 'in_need' is compared with itself"),
        ("    person: {column: pupil,", "    #", "RECORDS-PERSON the records 'exclusions' have no person"),
        ("kind: percentage,", "kind: mean, value: pupil_id,", "MEASURE-KEY a mean takes no 'also_in'"),
        (", also_in: exclusions", "", "MEASURE-FILTER a percentage needs a filter"),
        ("also_in: exclusions", "also_in: exclusions, where: pupil_id = 'P1001'",
         "FILTER-NOT-ALLOWED a filter can't compare 'pupil_id', the person key"),
        ("also_in: exclusions", "also_in: exclusions, among: not (ward = 'A' or pupil_id in ('P1001'))",
         "FILTER-NOT-ALLOWED a filter can't compare 'pupil_id', the person key"),
        ("also_in: exclusions", "also_in: exclusions, among: pupil_id like 'P%'",
         "FILTER-NOT-ALLOWED a filter can't compare 'pupil_id', the person key"),
    ],
)  # fmt: skip
def test_what_does_not_go_with_a_person_key(tmp_path: Path, old: str, new: str, told: str) -> None:
    yaml = written()
    assert old in yaml
    found = refused(tmp_path, yaml.replace(old, new, 1))
    (fault,) = [text for text in found if told in text]
    assert fault.startswith("commonweal.yaml:")
    assert SECRET not in " ".join(found)


def test_records_that_name_their_own_columns_and_lack_the_key(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"ward": "A"}\n')
    with pytest.raises(CommonwealError) as caught:
        collect(made_project(tmp_path, [source(path)], [Measure("n", "cases", "count")]))
    (fault,) = caught.value.faults
    assert (fault.code, fault.what) == ("RECORDS-COLUMN", "there is no column 'id'")
    assert fault.remedy == "Use one of: ward."


def test_folders_named_by_person_keys(tmp_path: Path) -> None:
    path = tmp_path / "id=7" / "cases.parquet"
    path.parent.mkdir()
    pl.DataFrame({"ward": ["A"]}).write_parquet(path)
    with pytest.raises(CommonwealError) as caught:
        collect(made_project(tmp_path, [source(path)], [Measure("n", "cases", "count")]))
    (fault,) = caught.value.faults
    assert (fault.code, fault.what) == (
        "RECORDS-PERSON", "the folders of 'cases' are named by 'id', the person key",
    )  # fmt: skip


def test_nobody_in_the_other_source_is_a_fault(tmp_path: Path) -> None:
    csv_of(tmp_path / "cases.csv", "1,A,,x", "2,B,,x")
    csv_of(tmp_path / "others.csv", "0001,A,,x")
    sources = [source(tmp_path / "cases.csv"), source(tmp_path / "others.csv")]
    measures = [
        Measure("plain", "cases", "count", also_in="others"),
        Measure("some", "cases", "count", where="kind = 'x'", also_in="others"),
        Measure("meant", "cases", "count", also_in="others", may_be_empty=True),
    ]
    with pytest.raises(CommonwealError) as caught:
        collect(made_project(tmp_path, sources, measures))
    assert [(fault.code, fault.what) for fault in caught.value.faults] == [
        ("FILTER-EMPTY", "none of 2 records of 'cases' is of a person in 'others'"),
        ("FILTER-EMPTY", "none of 2 records of 'cases' meets the filter \"kind = 'x'\" and is of a person in"
         " 'others'"),
    ]  # fmt: skip
    assert caught.value.faults[0].remedy.startswith("Compare how both sources write the person key")
