"""Briefs say only what statements.csv says, in at most 150 words, and open in word processors."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
from small_project import YAML, write_small_project

import commonweal
from commonweal.model.edition import Edition
from commonweal.publish.briefs import MOST_WORDS, Brief, brief_files, briefs, write_briefs
from commonweal.publish.docx import document

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PUBLICATION = """progress: {since: 2024}
publication:
  owner: Town Council
  licence: OGL-UK-3.0
  date: 2026-01-05
  notice: Town is made up.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, Edition]:
    root = write_small_project(tmp_path_factory.mktemp("town") / "town", yaml=YAML + PUBLICATION)
    return root / "build", commonweal.build(root)


def read(file: bytes) -> list[str]:
    """The paragraphs of a document, without the help of what wrote it."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))
    return ["".join(part.text or "" for part in p.iter(f"{WORD}t")) for p in body.iter(f"{WORD}p")]


def words_of(brief: Brief) -> int:
    return len(" ".join([brief.title, *brief.paragraphs]).split())


def test_every_sentence_is_a_row_of_the_statements(built):
    _, edition = built
    rows = dict(edition.statements.select("id", "text").iter_rows())
    for code, brief in briefs(edition):
        assert brief.said
        assert " ".join(brief.paragraphs) == " ".join(rows[id] for id in brief.said)
        assert set(edition.statements.filter(pl.col("id").is_in(brief.said))["area"]) == {code}


def test_a_brief_has_title_date_draft_mark_source_and_licence(built):
    _, edition = built
    brief = dict(briefs(edition))["A"]
    assert brief.title == "Ward A: Small, 2025"
    assert brief.notice == "Draft: figures may change. Town is made up."
    assert brief.source == (
        "Source: Small, Town, Town Council. 5 January 2026. Open Government Licence v3.0."
    )
    assert brief.text.startswith(
        "Ward A: Small, 2025\n\nDraft: figures may change. Town is made up.\n\nWard A scores "
    )


def test_no_brief_is_longer_than_150_words(built):
    _, edition = built
    for _, brief in briefs(edition):
        assert words_of(brief) <= MOST_WORDS


def test_where_there_is_not_room_the_least_needed_sentences_go(built):
    _, edition = built
    brief = dict(briefs(replace(edition, title=" ".join(["long"] * 90))))["A"]
    assert words_of(brief) <= MOST_WORDS
    assert any("-rank-index" in id for id in brief.said)
    assert len(brief.said) < len(dict(briefs(edition))["A"].said)


def test_the_strongest_and_the_weakest_indicator_are_named(built):
    _, edition = built
    ranks = edition.scores.filter(period="2025", level="indicator")
    for code, brief in briefs(edition):
        own = dict(ranks.filter(area=code).select("node", "rank").iter_rows())
        said = {kind: id.rpartition(f"-{kind}-")[2] for id in brief.said for kind in ("strongest", "weakest")
                if f"-{kind}-" in id}  # fmt: skip
        named = edition.statements.filter(area=code)
        for kind, pick in (("strongest", min), ("weakest", max)):
            of_kind = named.filter(kind=kind)["node"].to_list()
            if kind in said:
                assert own[said[kind]] == pick(own[node] for node in of_kind)


def test_an_area_without_a_score_says_so(built):
    _, edition = built
    finding = pl.DataFrame(
        {"kind": ["finding"], "area": ["A"], "node": [""], "id": ["s-a"], "text": ["It has no score."],
         "period": ["2025"]}
    )  # fmt: skip
    bare = replace(edition, tell=lambda _: finding)
    assert dict(briefs(bare))["A"].paragraphs == ("It has no score.",)


def test_files_are_written_for_each_area_and_linked_from_its_page(built):
    out, edition = built
    names = brief_files(edition)
    for code, brief in briefs(edition):
        assert (out / "briefs" / f"{names[code]}.txt").read_text(encoding="utf-8") == brief.text
        assert (out / "briefs" / f"{names[code]}.docx").read_bytes() == brief.docx
    page = (out / "site" / "areas" / "A.html").read_text(encoding="utf-8")
    assert 'href="../../briefs/A.docx"' in page


def test_a_document_holds_the_same_paragraphs(built):
    _, edition = built
    for _, brief in briefs(edition):
        assert read(brief.docx) == [brief.title, *brief.paragraphs, brief.notice, brief.source]


def test_the_same_brief_has_the_same_bytes(built, tmp_path):
    _, edition = built
    write_briefs(edition, tmp_path)
    out, _ = built
    for file in sorted(tmp_path.iterdir()):
        assert file.read_bytes() == (out / "briefs" / file.name).read_bytes()


def test_markup_and_control_characters_are_only_text():
    assert read(document("<b>&\x01", ["a < b & \x07c\ufffe"])) == ["<b>&", "a < b & c"]


def test_a_word_processor_reads_it(built):
    docx = pytest.importorskip("docx")
    _, edition = built
    brief = dict(briefs(edition))["A"]
    opened = docx.Document(io.BytesIO(brief.docx))
    assert [p.text for p in opened.paragraphs] == [brief.title, *brief.paragraphs, brief.notice, brief.source]
    assert opened.paragraphs[0].style.name == "Heading 1"
    assert opened.core_properties.title == brief.title
