"""Peers that a project names by hand: a mapping of an area to its peers, or a table of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any
from commonweal.model.area import Areas
from commonweal.project.columns import LINE, read_rows, several
from commonweal.project.paths import Files
from commonweal.project.schema import PeerKeys

#: Each area that has peers, in order of code, with its peers, the first most alike.
Given = tuple[tuple[str, tuple[str, ...]], ...]
#: Two scores say too little about what is usual.
_FEWEST: Final = 3
_Row = tuple[str | None, str | None, str, int, tuple[str | int, ...]]


def way_faults(keys: PeerKeys) -> Iterator[Fault]:
    """Peers are chosen by attributes or given by hand, and clusters belong to one method alone."""
    if not keys.by and not keys.given:
        yield Fault(
            "PROJECT-REQUIRED",
            "the key 'by' under peers is missing",
            "Name columns of the areas table, or write peers by hand under `given`.",
        )
    if keys.by and keys.given:
        yield Fault(
            "PROJECT-VALUE",
            "peers are chosen by attributes and given by hand",
            "Keep `by` or `given`.",
            path=("given",),
        )
    if keys.clusters and keys.method != "cluster":
        yield Fault(
            "PROJECT-VALUE",
            f"clusters are asked for, but the method is {keys.method}",
            "Write `method: cluster`, or take `clusters` out.",
            path=("clusters",),
        )


def read_given(files: Files, given: str | Mapping[str, list[str]], areas: Areas) -> Given:
    """The peers given by hand, checked against the areas.

    A table has area and peer, and may have order (whole numbers, 1 the most alike; left out, that of the
    rows). Raises AREA-UNKNOWN, PEERS-GIVEN, PEERS-FEW, COLUMN-MISSING and what `Files.table` raises.
    """
    rows = _of_table(files, given) if isinstance(given, str) else _of_mapping(given)
    found: dict[str, list[str]] = {}
    places: dict[str, tuple[str, int, tuple[str | int, ...]]] = {}
    faults = []
    for area, peer, file, line, path in rows:
        if (wrong := _wrong(area, peer, found, areas)) is not None:
            faults.append(Fault(*wrong, file, line, path))
            continue
        found.setdefault(str(area), []).append(str(peer))
        places.setdefault(str(area), (file, line, path))
    if not faults:
        faults = [
            Fault(
                "PEERS-FEW",
                f"area {area!r} has only {len(named)} of the {_FEWEST} peers that it needs",
                f"Name at least {_FEWEST} for it, or none.",
                *places[area],
            )
            for area, named in found.items()
            if len(named) < _FEWEST
        ]
    raise_any(several(faults))
    return tuple((area, tuple(found[area])) for area in sorted(found))


def _of_mapping(given: Mapping[str, list[str]]) -> Iterator[_Row]:
    for area, named in given.items():
        for i, peer in enumerate(named):
            yield area, peer, "", 0, ("given", area, i)


def _of_table(files: Files, path: str) -> Iterator[_Row]:
    try:
        rows = read_rows(files, path)
    except CommonwealError as error:
        raise CommonwealError(
            fault if fault.file else Fault(fault.code, fault.what, fault.remedy, path=("given",))
            for fault in error.faults
        ) from None
    raise_any(rows.require(("area", "peer")))
    frame = rows.frame
    if "order" in frame.columns:
        order = pl.col("order").cast(pl.Int64, strict=False)
        raise_any(
            several(
                rows.fault("PEERS-GIVEN", f"the order is {text!r}", "Write a whole number.", line)
                for text, line in frame.filter(order.is_null()).select("order", LINE).iter_rows()
            )
        )
        frame = frame.sort(order, maintain_order=True)
    for area, peer, line in frame.select("area", "peer", LINE).iter_rows():
        yield area, peer, rows.file, line, ()


def _wrong(
    area: str | None, peer: str | None, found: Mapping[str, list[str]], areas: Areas
) -> tuple[str, str, str] | None:
    """What keeps one peer from being used: code, what and remedy."""
    known = set(areas.codes)
    for code in (area, peer):
        if code not in known:
            return "AREA-UNKNOWN", f"area {code!r} is not in the areas table", "Correct the code."
    if area == peer:
        return "PEERS-GIVEN", f"area {area!r} is its own peer", "Name other areas."
    if peer in found.get(str(area), ()):
        return "PEERS-GIVEN", f"area {peer!r} stands twice among the peers of {area!r}", "Name it once."
    return None
