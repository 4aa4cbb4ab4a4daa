"""Place: whether neighbouring areas are alike, and where clusters of high and of low scores lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.arrays import Flags, Floats, Positions
from commonweal.insight import words
from commonweal.insight.facts import Facts, Statement
from commonweal.methods.spatial import Local, discoveries, local_moran, moran
from commonweal.model.area import Areas, Boundaries
from commonweal.model.comparisons import PATTERN
from commonweal.model.edition import Scoring
from commonweal.model.framework import Framework, Node

#: With fewer areas shuffled maps look clustered too often to tell them from a real one.
FEWEST: Final = 30
#: Of the patterns that are told, at most this share is there by chance.
RATE: Final = 0.05
#: Outlines closer than this share of the side of a middling area touch.
_TOUCH: Final = 1e-3
ALIKE: Final = "alike"
UNLIKE: Final = "unlike"
NONE: Final = "none"
ISLAND: Final = "island"
#: What an area and its neighbours are, each beside the mean of all.
HIGH: Final = "high-high"
LOW: Final = "low-low"
HIGH_ALONE: Final = "high-low"
LOW_ALONE: Final = "low-high"
CLUSTERS: Final = (HIGH, LOW, HIGH_ALONE, LOW_ALONE)


def why_not(areas: Areas) -> str:
    """Why nothing is said of neighbours, in words; empty where something is.

    >>> from commonweal.model.area import Area
    >>> why_not(Areas("ward", "2014", (Area("E1", "Abbey"),)))
    'there are no boundaries to tell neighbours by'
    """
    if areas.boundaries is None:
        return "there are no boundaries to tell neighbours by"
    if len(areas) < FEWEST:
        return (
            f"there are {len(areas)} {words.types(areas.type, len(areas))}, and with fewer than {FEWEST}"
            " chance alone too often makes a pattern"
        )
    return ""


def neighbours(boundaries: Boundaries) -> Positions:
    """The areas whose outlines share an edge or a corner, (areas, the most that any area has), -1 for none.

    Outlines closer than a thousandth of the side of a middling area touch: boundaries that were drawn apart
    gape by less than that.
    """
    import shapely

    outlines = boundaries.geometries
    touch = _TOUCH * float(np.sqrt(np.median(shapely.area(outlines))))
    here, there = shapely.STRtree(outlines).query(outlines, predicate="dwithin", distance=touch)
    other = here != there
    order = np.lexsort((there[other], here[other]))
    here, there = here[other][order], there[other][order]
    counts = np.bincount(here, minlength=len(outlines))
    found = np.full((len(outlines), max(1, int(counts.max(initial=0)))), -1, dtype=np.intp)
    found[here, np.arange(len(here)) - np.repeat(np.cumsum(counts) - counts, counts)] = there
    return found


def place_pattern(scoring: Scoring, areas: Areas) -> pl.DataFrame:
    """Moran's I of every parent's scores in the latest period, and of each area, columns of `PATTERN`.

    Neighbours share an edge or a corner and weigh alike. p is from shuffles; what stands keeps the share of
    false finds within 5 %, over the nodes for whole maps and over the areas for each node (Benjamini and
    Hochberg). class of a whole map: alike, unlike or none; of an area: high-high, low-low, high-low (high
    among low), low-high, none, or island where it touches no other. Empty under 30 areas and without
    boundaries; a node that fewer than 30 areas have has no rows.
    """
    if areas.boundaries is None or why_not(areas):
        return pl.DataFrame(schema=PATTERN)
    codes = {code: i for i, code in enumerate(areas.boundaries.codes)}
    order = np.array([codes[code] for code in scoring.areas])
    around = _in_order(neighbours(areas.boundaries), order)
    found = [_Map.of(scoring, node, around) for node in scoring.framework.parents]
    maps = [one for one in found if one is not None]
    stands = discoveries(np.array([one.p for one in maps]), RATE)
    rows: list[tuple[object, ...]] = []
    for one, real in zip(maps, stands, strict=True):
        rows += one.rows(scoring, bool(real))
    return pl.DataFrame(rows, schema=PATTERN, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


@dataclass(frozen=True, slots=True)
class NodePattern:
    """Moran's I of a node, and how many areas are high among high, low among low, or unlike those around."""

    node: Node
    moran: float
    expected: float
    p: float
    high: int
    low: int
    alone: int


def node_patterns(framework: Framework, found: pl.DataFrame) -> Iterator[NodePattern]:
    """The pattern of each node that has one, in framework order. `found` has the columns of `PATTERN`."""
    for node in framework:
        mine = found.filter(pl.col("node") == node.id)
        if mine.is_empty():
            continue
        whole = mine.filter(pl.col("area") == "").row(0, named=True)
        kinds = mine.filter(pl.col("area") != "")["class"].to_list()
        high, low = kinds.count(HIGH), kinds.count(LOW)
        alone = kinds.count(HIGH_ALONE) + kinds.count(LOW_ALONE)
        yield NodePattern(node, whole["moran"], whole["expected"], whole["p"], high, low, alone)


def _in_order(around: Positions, order: Positions) -> Positions:
    """Neighbours of outlines as neighbours of areas: `order` is the outline of each area."""
    back = np.empty(len(order) + 1, dtype=np.intp)
    back[order], back[-1] = np.arange(len(order)), -1
    return back[around[order]]


def _among(around: Positions, kept: Flags) -> Positions:
    """Neighbours among some of the areas only, in their own positions."""
    place = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
    return place[around[kept]]


@dataclass(frozen=True, slots=True, eq=False)
class _Map:
    """One node's scores on the map; `at` are the areas that have one."""

    node: str
    at: Positions
    counts: Positions
    value: float
    expected: float
    p: float
    local: Local

    @classmethod
    def of(cls, scoring: Scoring, node: Node, around: Positions) -> _Map | None:
        scores: Floats = scoring.scores[-1, :, scoring.node_index[node.id]]
        there = np.isfinite(scores)
        if there.sum() < FEWEST or np.ptp(scores[there]) == 0:
            return None
        own = _among(around, there)
        whole = moran(scores[there], own)
        counts = (own >= 0).sum(axis=1)
        if not counts.any():
            return None
        local = local_moran(scores[there], own, RATE)
        return cls(node.id, np.flatnonzero(there), counts, whole.value, whole.expected, whole.p, local)

    def rows(self, scoring: Scoring, real: bool) -> Iterator[tuple[object, ...]]:
        period = scoring.periods[-1].label
        kind = (ALIKE if self.value > self.expected else UNLIKE) if real else NONE
        yield period, self.node, "", None, self.value, self.expected, self.p, kind
        for k, area in enumerate(self.at):
            values = (self.local.value[k], self.expected, self.local.p[k])
            yield (
                period, self.node, scoring.areas[area], int(self.counts[k]),
                *(values if self.counts[k] else (None, None, None)), self._class(k),
            )  # fmt: skip

    def _class(self, k: int) -> str:
        if not self.counts[k]:
            return ISLAND
        if not self.local.stands[k]:
            return NONE
        high, among_high = self.local.own[k] > 0, self.local.around[k] > 0
        if high:
            return HIGH if among_high else HIGH_ALONE
        return LOW_ALONE if among_high else LOW


# ---- in words ----


def about_pattern(facts: Facts) -> Iterator[Statement]:
    """Whether neighbours are alike in the index and its parents, and which areas are in a cluster."""
    edition = facts.edition
    reason = why_not(edition.areas)
    if reason and edition.areas.boundaries is not None:
        text = f"Whether {facts.types()} next to each other are alike is not said: {reason}."
        yield Statement("pattern", text, against="all")
        return
    for (name,), rows in edition.pattern.group_by("node", maintain_order=True):
        node = edition.framework[str(name)]
        yield _whole(facts, node, rows.row(0, named=True))
        local = rows.filter(pl.col("area") != "")
        yield from _clusters(facts, node, local)
        if node == facts.root:
            yield from _areas(facts, local)


def _whole(facts: Facts, node: Node, row: dict[str, Any]) -> Statement:
    what = _scores(facts, node)
    found = f"Moran’s I is {words.number(row['moran'], 2)}"
    if row["class"] == NONE:
        text = (
            f"Whether {facts.types()} next to each other tend to have similar {what} can’t be told from"
            f" chance ({found})."
        )
    else:
        tend = "similar" if row["class"] == ALIKE else "opposite"
        text = (
            f"{words.sentence(facts.types())} next to each other tend to have {tend} {what}: {found}, where"
            f" chance alone would give about {words.number(row['expected'], 2)}."
        )
    return Statement("pattern", text, "", node.id, "all", row["moran"], row["class"])


def _scores(facts: Facts, node: Node) -> str:
    return "scores" if node == facts.root else f"scores for {words.inside(node.name)}"


def _clusters(facts: Facts, node: Node, local: pl.DataFrame) -> Iterator[Statement]:
    """How many areas are in clusters, or stand out from their neighbours."""
    count = {kind: local.filter(pl.col("class") == kind).height for kind in (*CLUSTERS, ISLAND)}
    total = sum(count[kind] for kind in CLUSTERS)
    text = (
        f"{_counted(facts, node, count)} Of {'these' if total > 1 else 'such finds'} at most one in"
        f" {round(1 / RATE)} is expected to be there by chance."
        if total
        else ""
    )
    if said := f"{text} {_islands(facts, count[ISLAND])}".strip():
        yield Statement("clusters", said, "", node.id, "all", float(total))


def _counted(facts: Facts, node: Node, count: dict[str, int]) -> str:
    """ "40 wards with high scores and 52 with low ones lie among wards like them; three are unlike …"."""
    high, low, alone = count[HIGH], count[LOW], count[HIGH_ALONE] + count[LOW_ALONE]
    types = facts.types()
    said = []
    if high and low:
        ends = (
            f"{words.count(high)} {facts.types(high)} with high scores and {words.count(low)} with low ones"
        )
        said.append(f"{ends} lie among {types} like them")
    elif high + low:
        kind = "high" if high else "low"
        verb = "lies" if high + low == 1 else "lie"
        named = f"{words.count(high + low)} {facts.types(high + low)}"
        said.append(f"{named} with {kind} scores {verb} among {types} with {kind} scores")
    if alone:
        noun = "" if said else f" {facts.types(alone)}"
        said.append(f"{words.count(alone)}{noun} {'is' if alone == 1 else 'are'} unlike the {types} around")
    text = "; ".join(said)
    return f"For {words.inside(node.name)} {text}." if node != facts.root else f"{words.sentence(text)}."


def _islands(facts: Facts, n: int) -> str:
    if not n:
        return ""
    return (
        f"{words.sentence(words.count(n))} {facts.types(n)} {'touches' if n == 1 else 'touch'} no other and"
        f" {'is' if n == 1 else 'are'} left out."
    )


def _areas(facts: Facts, local: pl.DataFrame) -> Iterator[Statement]:
    """That an area is in a cluster, or unlike all around it."""
    types = facts.types()
    ends = {
        HIGH: f"and the {types} around it have high scores: a cluster",
        LOW: f"and the {types} around it have low scores: a cluster",
        HIGH_ALONE: f"has a high score among {types} with low ones: a difference",
        LOW_ALONE: f"has a low score among {types} with high ones: a difference",
    }
    for row in local.filter(pl.col("class").is_in(CLUSTERS)).sort("area").iter_rows(named=True):
        text = (
            f"{facts.name(row['area'])} {ends[row['class']]} that stands after correcting for"
            f" {local['p'].count():,} tests."
        )
        yield Statement("cluster", text, row["area"], facts.root.id, "all", row["moran"], row["class"])
