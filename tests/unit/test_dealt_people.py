"""People whose records are dealt out to other areas: parts are rounded by themselves, and need not add up."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import commonweal

FILES = {
    "commonweal.yaml": """\
project: {title: Example, place: Town, framework: framework.csv}
periods: {publish: [2016]}
areas: {type: ward, vintage: 2022, table: areas.csv}
denominators: {population: {path: population.csv, area: {type: ward, vintage: 2014}}}
records:
  crimes:
    path: crimes.csv
    subject: person
    period: 2016
    area: {type: ward, vintage: 2014}
    link: {by: code, column: ward}
lookups:
  - {from: {type: ward, vintage: 2014}, to: {type: ward, vintage: 2022}, path: lookup.csv, weight: people}
measures:
  crime: {records: crimes, kind: rate, per: 1000, denominator: population}
  share: {records: crimes, kind: percentage, where: kind = 'x'}
recipe: {normalise: minmax}
""",
    "framework.csv": "id,name,parent,level,direction\nindex,Index,,index,\n"
    "crime,Crime,index,,-1\nshare,Share,index,,-1\n",
    "areas.csv": "code,name\nX,Exe\nY,Wye\nZ,Zed\n",
    "population.csv": "area,period,value\nA,2016,400\nB,2016,500\nC,2016,201\n",
    "lookup.csv": "from,to,people\nA,X,300\nA,Y,100\nB,Y,500\nC,Y,100\nC,Z,100\n",
    "crimes.csv": "ward,kind\n"
    + "A,x\n" * 18
    + "A,y\n" * 5
    + "B,x\n" * 25
    + "B,y\n" * 15
    + "C,x\n" * 34
    + "C,y\n" * 25,
}


def test_a_rate_and_a_share_of_records_that_were_dealt_out_are_tried_one_by_one(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    edition = commonweal.build(tmp_path)
    shown = edition.observations.filter(pl.col("numerator").is_not_null())
    assert (shown["numerator"] % 5 == 0).all()
    assert any("crimes do not add up with one another" in text for text in edition.protection)
    assert edition.protected["overlaps"]["taken_one_by_one"] == ["crimes"]
