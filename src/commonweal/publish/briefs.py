"""A brief of each area: its statements in at most 150 words, as text and for word processors, to paste."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from commonweal.files import write_text
from commonweal.insight import order
from commonweal.model.edition import Edition
from commonweal.publish.docx import document
from commonweal.publish.site import layout, numbers
from commonweal.publish.site.addresses import file_names

#: Of title and sentences; the notice and the source, which are alike in all briefs, stand beside them.
MOST_WORDS: Final = 150
#: What a brief is made of, a paragraph each: where it stands, in what it is strong and weak, why, and what
#: changes.
PARAGRAPHS: Final = (
    ("rank", "rank-range", "alike", "cluster"),
    ("dimension-best", "strongest", "dimension-worst", "weakest"),
    ("holds-back", "lifts", "unevenness", "marks", "benchmark"),
    ("progress", "trend", "overtake"),
)
#: What is kept where there is not room for all, the most needed first. An area without a score has its
#: finding.
NEEDED: Final = (
    "rank", "rank-range", "holds-back", "lifts", "progress", "dimension-worst", "dimension-best", "weakest",
    "strongest", "marks", "benchmark", "trend", "unevenness", "overtake", "cluster", "alike",
)  # fmt: skip


class _Said(NamedTuple):
    """A statement, as far as a brief needs it."""

    kind: str
    area: str
    node: str
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Brief:
    """An area in at most 150 words, with notice and source: `said` are the ids of its statements."""

    title: str
    notice: str
    paragraphs: tuple[str, ...]
    source: str
    said: tuple[str, ...]

    @property
    def text(self) -> str:
        """The brief as plain text."""
        parts = (self.title, self.notice, *self.paragraphs, self.source)
        return "\n\n".join(part for part in parts if part) + "\n"

    @property
    def docx(self) -> bytes:
        """The brief as a document for word processors."""
        return document(self.title, self.paragraphs, [part for part in (self.notice, self.source) if part])


def briefs(edition: Edition) -> Iterator[tuple[str, Brief]]:
    """Each area's code and brief, in the order of codes.

    Sentences are those of statements.csv as they stand: nothing is said here that is not a row there.
    """
    names, latest = edition.areas.names, edition.periods[-1].label
    root, kinds = edition.framework.roots[0].id, ["finding", *NEEDED]
    about = edition.statements.filter(
        (pl.col("area") != "") & (pl.col("period") == latest) & pl.col("kind").is_in(kinds)
    )
    said: dict[str, list[_Said]] = {code: [] for code in names}
    columns = ("kind", "area", "node", "id", "text")
    for row in about.select(pl.col(column).fill_null("") for column in columns).iter_rows():
        statement = _Said(*row)
        if statement.kind != "progress" or statement.node == root:
            said[statement.area].append(statement)
    notice, source = _notice(edition), _source(edition)
    for code, name in names.items():
        best_first = sorted(said[code], key=lambda s: order.standing(edition.scoring, s))
        first = {s.kind: s for s in reversed(best_first)}
        first |= {s.kind: s for s in best_first if s.kind == "weakest"}
        yield code, _brief(f"{name}: {edition.title}, {latest}", notice, source, first)


def write_briefs(edition: Edition, folder: Path) -> None:
    """Write CODE.txt and CODE.docx of each area; codes become file names as on the site."""
    folder.mkdir(parents=True, exist_ok=True)
    files = brief_files(edition)
    for code, brief in briefs(edition):
        write_text(folder / f"{files[code]}.txt", brief.text)
        (folder / f"{files[code]}.docx").write_bytes(brief.docx)


def brief_files(edition: Edition) -> dict[str, str]:
    """Area code -> the name of its brief without an ending."""
    names = file_names(area.code for area in edition.areas)
    return {code: name.removesuffix(".html") for code, name in names.items()}


def _brief(title: str, notice: str, source: str, first: Mapping[str, _Said]) -> Brief:
    """The brief that there is room for; `first` is the statement of each kind."""
    left = MOST_WORDS - len(title.split())
    kept: dict[str, _Said] = {}
    for kind in NEEDED if "rank" in first else ("finding",):
        if kind in first and (words := len(first[kind].text.split())) <= left:
            kept[kind] = first[kind]
            left -= words
    kinds = PARAGRAPHS if "rank" in first else (("finding",),)
    parts = [[kept[kind] for kind in part if kind in kept] for part in kinds]
    paragraphs = tuple(" ".join(s.text for s in part) for part in parts if part)
    return Brief(title, notice, paragraphs, source, tuple(s.id for part in parts for s in part))


def _notice(edition: Edition) -> str:
    mark = "Draft: figures may change." if edition.publication.status == "draft" else ""
    mark = "Internal: not for publication." if edition.internal else mark
    return f"{mark} {edition.publication.notice}".strip()


def _source(edition: Edition) -> str:
    publication = edition.publication
    parts = (
        ", ".join(filter(None, (edition.title, edition.place, publication.owner))),
        numbers.day(publication.date) if publication.date else "",
        layout.licence(publication.licence),
    )
    return f"Source: {'. '.join(part for part in parts if part)}."
