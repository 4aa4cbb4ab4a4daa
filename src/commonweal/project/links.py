"""How records find their area: what a link needs, and the tables that lead from a key to an area."""

from __future__ import annotations

from typing import Final

import polars as pl

from commonweal.errors import Fault, raise_any
from commonweal.model.source import Link
from commonweal.project.columns import LINE, Rows, keep, read_rows, several
from commonweal.project.paths import Files
from commonweal.project.positions import Document, Keys
from commonweal.project.schema import LinkKeys

#: What each kind of link must say.
NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "code": ("column",),
    "point": ("x", "y"),
    "nearest": ("x", "y", "within"),
    "postcode": ("column", "path", "from", "to"),
    "uprn": ("column", "path", "from", "to"),
    "lookup": ("column", "path", "from", "to"),
}
#: Links that compare points with outlines.
BY_PLACE: Final = ("point", "nearest")


def read_link(
    files: Files, document: Document, above: Keys, keys: LinkKeys, outlines: bool
) -> tuple[Link, list[Fault]]:
    """The link of a source; `outlines` tells whether the areas have boundaries.

    Faults: COLUMN-MISSING, FILE-…, LINK-TABLE, PATH-…, RECORDS-LINK.
    """
    place: Keys = (*above, "link")
    faults = [document.place(fault, place) for fault in _lacks(keys, outlines)]
    table = None
    if "path" in NEEDS[keys.by] and not faults:
        with document.placing(faults, place):
            table = _table(files, keys)
    return Link(keys.by, keys.column, keys.x, keys.y, keys.crs, keys.within, table), faults


def _lacks(keys: LinkKeys, outlines: bool) -> list[Fault]:
    given = keys.model_dump(by_alias=True)
    column, number = "Name the column.", "Say how many metres away an outline may be."
    remedies = {"path": "Name the table.", "within": number}
    faults = [
        Fault("RECORDS-LINK", f"a link by {keys.by} lacks {name!r}", remedies.get(name, column))
        for name in NEEDS[keys.by]
        if not given[name]
    ]
    extra = [name for name in ("path", "within") if given[name] and name not in NEEDS[keys.by]]
    faults += [
        Fault("RECORDS-LINK", f"a link by {keys.by} has no use for {name!r}", "Take it out.", path=(name,))
        for name in extra
    ]
    if keys.by in BY_PLACE and not outlines:
        what = f"a link by {keys.by} needs the areas' boundaries"
        faults.append(Fault("RECORDS-LINK", what, "Name them under areas: `boundaries:` and `code:`."))
    return faults


def _table(files: Files, keys: LinkKeys) -> pl.DataFrame:
    """key and area: each key once. A key that stands with an area and without one has that area."""
    rows = keep(read_rows(files, keys.path, keys.sheet), keys.where)
    raise_any(rows.require((keys.from_, keys.to)))
    frame = rows.frame.select(
        as_compared(pl.col(keys.from_), keys.by).alias("key"), pl.col(keys.to).alias("area"), LINE
    ).filter(pl.col("key").is_not_null())
    raise_any(_two_areas(rows.with_frame(frame), keys))
    firsts = frame.sort(pl.col("area").is_null(), maintain_order=True).unique("key", keep="first")
    return firsts.select("key", "area").sort("key")


def as_compared(text: pl.Expr, by: str) -> pl.Expr:
    """A key as it is compared: a postcode in capitals without blanks, a UPRN without zeros in front.

    >>> frame = pl.DataFrame({"text": ["ig11 0ab", "00012"]})
    >>> [frame.select(as_compared(pl.col("text"), by))["text"].to_list() for by in ("postcode", "uprn")]
    [['IG110AB', '00012'], ['ig11 0ab', '12']]
    """
    if by == "postcode":
        return text.str.to_uppercase().str.replace_all(r"[ \t\u{a0}]", "")
    return text.str.strip_chars_start("0") if by == "uprn" else text


def _two_areas(rows: Rows, keys: LinkKeys) -> list[Fault]:
    """LINK-TABLE for each key with two areas, at the second, naming the line of the first."""
    firsts = (
        rows.frame.filter(pl.col("area").is_not_null())
        .group_by("key", "area")
        .agg(pl.col(LINE).min())
        .sort("key", LINE)
    )
    two = firsts.group_by("key", maintain_order=True).agg(pl.col(LINE)).filter(pl.col(LINE).list.len() > 1)
    return several(
        rows.fault(
            "LINK-TABLE",
            f"a key of {keys.from_!r} leads to one area in line {lines[0]} and to another here",
            "Keep one row a key, or the rows you want with `where:`.",
            lines[1],
        )
        for (lines,) in two.sort(pl.col(LINE).list.get(1)).select(LINE).iter_rows()
    )
