"""Neighbours, patterns and clusters of areas on maps small enough to see."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import shapely

from commonweal.insight.audit.facts import Facts as AuditFacts
from commonweal.insight.audit.place import part
from commonweal.insight.facts import Facts
from commonweal.insight.place_pattern import about_pattern, neighbours, place_pattern, why_not
from commonweal.model.area import Area, Areas, Boundaries
from commonweal.model.edition import Edition
from commonweal.model.framework import Framework, Node

TREE = Framework((Node("index", "Index", level="index"), Node("crime", "Crime", "index", direction=-1)))


def squares(side: int, gap: float = 0.0) -> list[shapely.Geometry]:
    """A board of squares of side 1, each drawn smaller by `gap`; square k is in row k // side."""
    return [
        shapely.box(k % side + gap, k // side + gap, k % side + 1 - gap, k // side + 1 - gap)
        for k in range(side * side)
    ]


def areas_of(outlines) -> Areas:
    codes = tuple(f"A{k:03}" for k in range(len(outlines)))
    # boundaries in another order than areas
    order = np.random.default_rng(0).permutation(len(outlines))
    held = Boundaries(tuple(codes[k] for k in order), np.array(outlines, dtype=object)[order], "EPSG:27700")
    return Areas("ward", "2014", tuple(Area(code, f"Ward {code}") for code in codes), boundaries=held)


def edition_of(make_scoring, scores, outlines) -> Edition:
    areas = areas_of(outlines)
    scoring = make_scoring(TREE, np.asarray(scores, dtype=float)[None, :, None], areas=areas.codes)
    return Edition("Index", "Town", areas, scoring, pl.DataFrame(), pattern=place_pattern(scoring, areas))


def said(edition: Edition, kind: str) -> list[str]:
    return [s.text for s in about_pattern(Facts(edition)) if s.kind == kind]


def corner(side: int) -> np.ndarray:
    """Scores of a board with one high corner of nine squares, and noise."""
    scores = np.random.default_rng(2).normal(50, 3, side * side)
    scores[[r * side + c for r in range(3) for c in range(3)]] += 30
    return scores


def test_neighbours_share_an_edge_or_a_corner():
    found = neighbours(Boundaries(tuple("ABCDEFGHI"), np.array(squares(3), dtype=object), "EPSG:27700"))
    assert found.shape == (9, 8)
    assert found[4].tolist() == [0, 1, 2, 3, 5, 6, 7, 8]
    assert found[0].tolist() == [1, 3, 4, -1, -1, -1, -1, -1]


@pytest.mark.parametrize(("gap", "touching"), [(0.0003, 8), (0.01, 0)])
def test_outlines_that_were_drawn_apart_touch_if_the_gap_is_small(gap, touching):
    held = Boundaries(tuple("ABCDEFGHI"), np.array(squares(3, gap), dtype=object), "EPSG:27700")
    assert (neighbours(held)[4] >= 0).sum() == touching


def test_a_high_corner_is_a_cluster(make_scoring):
    edition = edition_of(make_scoring, corner(8), squares(8))
    whole = edition.pattern.filter(node="index", area="").row(0, named=True)
    assert whole["class"] == "alike"
    assert whole["moran"] > 0.5
    assert whole["expected"] == pytest.approx(-1 / 63)
    high = set(edition.pattern.filter(pl.col("node") == "index", pl.col("class") == "high-high")["area"])
    assert {"A001", "A008", "A009"} <= high <= {f"A{r * 8 + c:03}" for r in range(4) for c in range(4)}
    assert edition.pattern.filter(area="A009")["neighbours"].to_list() == [8]
    assert said(edition, "pattern") == [
        f"Wards next to each other tend to have similar scores: Moran’s I is {whole['moran']:.2f}, where"
        " chance alone would give about −0.02."
    ]
    assert said(edition, "clusters")[0].startswith(
        "Six wards with high scores and one with low ones lie among"
    )
    assert "Of these at most one in 20 is expected to be there by chance." in said(edition, "clusters")[0]
    assert said(edition, "cluster")[0] == (
        "Ward A000 and the wards around it have high scores: a cluster that stands after correcting for 64"
        " tests."
    )


def test_noise_has_no_pattern(make_scoring):
    edition = edition_of(make_scoring, np.random.default_rng(7).normal(50, 3, 64), squares(8))
    assert edition.pattern["class"].unique().to_list() == ["none"]
    assert said(edition, "pattern")[0].startswith(
        "Whether wards next to each other tend to have similar scores can’t be told from chance"
    )
    assert said(edition, "clusters") == []


def test_a_row_of_high_and_low_in_turn_is_unlike_its_neighbours(make_scoring):
    row = [shapely.box(k, 0, k + 1, 1) for k in range(40)]
    edition = edition_of(make_scoring, np.tile([20.0, 80.0], 20), row)
    assert edition.pattern.filter(node="index", area="")["class"].to_list() == ["unlike"]
    assert "tend to have opposite scores" in said(edition, "pattern")[0]


def test_an_island_is_told_and_left_out(make_scoring):
    outlines = [*squares(8)[:-1], shapely.box(90, 90, 91, 91)]
    edition = edition_of(make_scoring, corner(8), outlines)
    row = edition.pattern.filter(node="index", area="A063").row(0, named=True)
    assert (row["neighbours"], row["moran"], row["p"], row["class"]) == (0, None, None, "island")
    assert said(edition, "clusters")[0].endswith("One ward touches no other and is left out.")


def test_areas_without_a_score_are_no_neighbours(make_scoring):
    scores = corner(8)
    scores[9] = np.nan
    found = edition_of(make_scoring, scores, squares(8)).pattern
    assert "A009" not in found["area"]
    assert found.filter(node="index", area="A010")["neighbours"].to_list() == [7]


def test_under_thirty_areas_nothing_is_offered_and_the_reason_is_said(make_scoring):
    edition = edition_of(make_scoring, np.arange(25.0), squares(5))
    assert edition.pattern.is_empty()
    assert said(edition, "pattern") == [
        "Whether wards next to each other are alike is not said: there are 25 wards, and with fewer than 30"
        " chance alone too often makes a pattern."
    ]


def test_without_boundaries_nothing_is_offered(make_scoring):
    areas = Areas("ward", "2014", tuple(Area(f"A{k:03}", f"Ward {k}") for k in range(40)))
    scoring = make_scoring(TREE, np.arange(40.0)[None, :, None])
    assert place_pattern(scoring, areas).is_empty()
    assert why_not(areas) == "there are no boundaries to tell neighbours by"


def test_the_audit_says_what_alike_neighbours_mean(make_scoring):
    found = part(AuditFacts(edition_of(make_scoring, corner(8), squares(8))))
    assert found.findings[0].found == "Neighbouring wards are alike in index."
    assert "rest on fewer" in found.findings[0].means
    assert [row[0] for row in found.tables[0].rows] == ["index"]


def test_the_audit_says_why_neighbours_were_not_looked_at(make_scoring):
    found = part(AuditFacts(edition_of(make_scoring, np.arange(25.0), squares(5))))
    assert found.findings[0].found.startswith(
        "Whether neighbours are alike was not looked at: there are 25 wards"
    )
    assert found.tables == ()


def test_the_audit_finds_noise_and_islands(make_scoring):
    outlines = [*squares(8)[:-1], shapely.box(90, 90, 91, 91)]
    noise = np.random.default_rng(7).normal(50, 3, 64)
    found = part(AuditFacts(edition_of(make_scoring, noise, outlines)))
    assert [finding.found for finding in found.findings] == [
        "Neighbouring wards are no more alike than chance would make them.",
        "One ward without a neighbour stayed out of it.",
    ]


def test_scores_that_are_all_alike_have_no_pattern(make_scoring):
    assert edition_of(make_scoring, np.full(64, 50.0), squares(8)).pattern.is_empty()
