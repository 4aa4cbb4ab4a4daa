"""Records and questions on which every engine must give the same whole numbers."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import shapely

from commonweal.sources.filter import EVERY, parse_filter
from commonweal.sources.query import ByCode, ByPoint, Cells, Distinct, File, Number, Tally

CODES = ("E1", "E2", "É3")
SQUARES = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(0, 1, 2, 3)], dtype=object)
PLACES = {"E1": 0, "E9": 0, "RM107BN": 1, "123": 2}
LINKS = {
    "code": ByCode("ward", CODES),
    "place": ByCode("ward", CODES, PLACES),
    "postcode": ByCode("ward", CODES, PLACES, "postcode"),
    "uprn": ByCode("ward", CODES, PLACES, "uprn"),
    "point": ByPoint("x", "y", CODES, SQUARES, lambda x, y: (x, y)),
    "near": ByPoint("x", "y", CODES, SQUARES, lambda x, y: (x, y), within=0.75),
}
FILTERS = (
    "",
    "kind = 'a'",
    'kind != "a" and not ward is null',
    "x >= 1 or kind in ('b', 'it''s', 1)",
    "kind like 'a%' or kind not like '%_b'",
    "kind like '%\\_%' or kind like 'b\\'",
    "y between -1 and 1.5",
    "not (x < 1 and y < 1)",
    "kind > 'a' and month <= '2016-06'",
    "kind < 'É' or kind >= 'é'",
    "id not in (1, 2) and y != 0.5",
    "x is null or 1 = y",
)
TALLIES = tuple(
    Tally(kind, where, number)  # type: ignore[arg-type]
    for kind in ("count", "sum", "squares", "least", "most")
    for where in (EVERY, parse_filter("kind = 'a'"))
    for number in (Number("x"), Number("y", 2), Number("x", 6))
)
PERIODS = {None: (3,), "2016": (0,), "2016-05": (0, 1, 2), "2016-02": (0,), "soon": (1,)}
ASKS = {
    "counts": Cells(),
    "groups": Cells((Tally(number=Number("y", 1)),), by=("kind", "id")),
    "bins": Cells((Tally("sum", number=Number("x")),), bins=Number("y", 1)),
    "binned groups": Cells(by=("ward",), bins=Number("x", 3)),
    "people": Distinct("kind", PERIODS),
    "some people": Distinct("id", PERIODS, parse_filter("x >= 0")),
}

IDS = ("1", "2", "3", "4", "")
WARDS = (
    "E1",
    " E2 ",
    "É3",
    "E9",
    "",
    "  ",
    "e1",
    "rm10 7bn",
    "RM10\u00a07bn ",
    "000123",
    " 0123",
    "00",
    "é3",
)
MONTHS = (
    "2016", "2016-05", "2016-05-13", "13/05/2016", "2016-05-13T10:00", "2016-02-30", "2016-02-29 09:30",
    "2015-02-29", "0000-01-01", "0000-02-29", "1900-02-29", "2000-02-29", "2016-5-13", "2016-05-31",
    "2016-06-31", "2016-13-01", "2016-05-00", "2016-05-13Z", "soon", "", " 2016 ", " 2016-05-13 ",
    "２０１６-05-13", "1464739199", " 1464739200 ", "1464739199.999", "1464739199999", "0464739200",
    "146473920", "9999999999", "1464739200Z",
)  # fmt: skip
KINDS = (
    "a", "ab", "b", "it's", "A, b", "say \"a\"", "line\nbreak", "", "é", " a", "a ", "  ", "b\\", "x_y",
    "x\\_y", "100%", "É", "a\tb", "😀b",
)  # fmt: skip
NUMBERS = (
    "0", "0.5", "1", "1.0", "2", " 1.5 ", "-1", "1e0", ".5", "5.", "", "nan", "inf", "1_0", "x", "1e999",
    "-1e999", "1e-999", "+1", "-0.005", "0.005", "0.015", "1.0000005", "-2.4999999999999999999999", "2.5",
    "-2.5", ".", "-", "+-1", "1 0", "1,000", "٣", "999999999", "9999999999", "999999999999999",
    "9999999999999999", "0000000000000000001", "999999999999999.5", "0.1", "0.10000000000000000555",
    "1.7976931348623159e308", "5e-324", "2e-324", "1e00001", "1e+1", "1E1", "--1", "0x10", "1d", "Infinity",
    "NaN", "-.25", "1\n",
)  # fmt: skip
HEADER = ("id", "ward", "month", "kind", "x", "y")
Row = tuple[str, ...]


def write(path: Path, rows: list[Row], delimiter: str = ",", encoding: str = "utf-8") -> File:
    """Rows of `HEADER` as CSV; letters that an encoding lacks are left out."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows([HEADER, *rows])
    raw = text.getvalue().encode(encoding, errors="ignore")
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return File(path, "csv", HEADER, delimiter)
