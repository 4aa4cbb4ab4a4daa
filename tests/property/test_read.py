"""Whatever bytes a file holds, it is read, or a fault says why not; nothing else comes of it."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_project import made_project
from written_records import WRITERS

from commonweal.errors import CommonwealError
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import collect

#: Where a file is hurt, as a part of its length, and what stands there then.
HURTS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=0, max_size=9)), max_size=4)


@cache
def whole(name: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        WRITERS[name](path)
        return path.read_bytes()


def hurt(raw: bytes, hurts: list[tuple[float, bytes]], end: float) -> bytes:
    for place, bytes_there in hurts:
        start = int(place * len(raw))
        raw = raw[:start] + bytes_there + raw[start + len(bytes_there) :]
    return raw[: int(end * len(raw))]


def read(name: str, raw: bytes) -> None:
    """Count the records of a file; a fault is an answer too."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(raw)
        parts = {"sheet": "Cases", "table": "cases", "record": "case"}
        records = Records(
            "cases", (path,), name, "thing", Link("code", "ward"), key="id", date="when", **parts
        )
        measures = [Measure("a", "cases", "count", where="cost > 1", may_be_empty=True)]
        with suppress(CommonwealError):
            collect(made_project(Path(folder), [records], measures))
        assert [p.name for p in Path(folder).iterdir()] == [name]


@pytest.mark.parametrize("name", [name for name in WRITERS if name not in ("rows.db", "rows[1].parquet")])
@settings(max_examples=25, deadline=None, derandomize=True)
@given(hurts=HURTS, end=st.sampled_from([1.0, 1.0, 0.99, 0.5, 0.01]))
def test_a_file_that_was_hurt(name: str, hurts: list[tuple[float, bytes]], end: float) -> None:
    read(name, hurt(whole(name), hurts, end))


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xml"])
@settings(max_examples=50, deadline=None, derandomize=True)
@given(text=st.text(alphabet='<>/&;"{}[]:,= \n\r\t\0ward1case\\u\ud800é😀', max_size=60))
def test_text_of_any_kind(name: str, text: str) -> None:
    frames = {
        "a.csv": "ward,id,when,cost\n{}",
        "a.jsonl": '{{"ward": "A"}}\n{}',
        "a.xml": "<a><case>{}</case></a>",
    }
    read(name, frames[name].format(text).encode("utf-8", "surrogatepass"))
