"""Peers by several attributes, by statistical similarity, within clusters, and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from small_project import YAML, write_small_project

import commonweal
from commonweal import project
from commonweal.errors import CommonwealError
from commonweal.insight.peers import of_peers, peer_index, peers, says
from commonweal.methods.similar import clusters, nearest, uncorrelated
from commonweal.model.area import Area, Areas
from commonweal.model.framework import Framework, Node
from commonweal.model.project import PeerRule

TREE = Framework((Node("index", "Index", level="index"), Node("crime", "Crime", "index", direction=-1)))


def areas_with(**columns):
    codes = [f"A{i:03}" for i in range(len(next(iter(columns.values()))))]
    table = pl.DataFrame({"code": codes, **columns})
    return Areas("ward", "2018", tuple(Area(code, f"Ward {code}") for code in codes), table)


def found(make_scoring, areas, rule):
    leaves = np.arange(1.0, len(areas) + 1)[None, :, None]
    return peers(make_scoring(TREE, leaves), areas, rule)


# the distances -------------------------------------------------------------------------------------


def test_mahalanobis_distances_are_those_of_the_definition():
    random = np.random.default_rng(3)
    table = random.normal(size=(40, 3)) @ np.array([[1, 0.8, 0], [0, 0.3, 0.2], [0, 0, 5]])
    points = uncorrelated(table)
    inverse = np.linalg.inv(np.cov(table.T, ddof=0))
    apart = table[:, None] - table[None]
    theirs = np.sqrt(np.einsum("abi,ij,abj->ab", apart, inverse, apart))
    ours = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=-1))
    assert np.allclose(ours, theirs, rtol=0, atol=1e-9)


def test_an_attribute_that_stands_twice_counts_once():
    x, y = np.random.default_rng(5).normal(size=(2, 30))
    once, twice = uncorrelated(np.stack([x, y], 1)), uncorrelated(np.stack([x, 7 * x + 2, y], 1))
    assert twice.shape[1] == 2
    assert np.array_equal(nearest(once, 5)[0], nearest(twice, 5)[0])


def test_clusters_find_groups_that_are_apart_whatever_the_order():
    random = np.random.default_rng(11)
    centres = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]])
    truth = np.repeat(np.arange(3), 12)
    points = centres[truth] + random.normal(size=(36, 2))
    for order in (np.arange(36), random.permutation(36)):
        group = clusters(points[order], 3)
        assert len(set(zip(group, truth[order], strict=True))) == 3
        assert group[0] == 0


def test_clusters_lose_no_more_than_a_start_drawn_many_times():
    points = np.random.default_rng(2).normal(size=(60, 2))

    def within(group):
        return sum(((points[group == g] - points[group == g].mean(axis=0)) ** 2).sum() for g in set(group))

    scipy = pytest.importorskip("scipy.cluster.vq")
    best = min(
        within(scipy.kmeans2(points, 4, minit="points", rng=np.random.default_rng(seed))[1])
        for seed in range(20)
    )
    assert within(clusters(points, 4)) <= 1.1 * best


# the rule ------------------------------------------------------------------------------------------


def test_statistical_peers_count_what_two_attributes_tell_once(make_scoring):
    # income and rent move together; A001 is like A000 but for age, A004 but for income and rent a little
    income = [0.0, 0.0, 4.0, 8.0, 3.0, 9.0, 5.0, 7.0]
    areas = areas_with(
        income=income, rent=[2 * x + 0.01 * i for i, x in enumerate(income)], age=[0, 5, 1, 3, 0, 4, 2, 5]
    )
    plain = found(make_scoring, areas, PeerRule(("income", "rent", "age"), 3))
    once = found(make_scoring, areas, PeerRule(("income", "rent", "age"), 3, method="statistical"))
    assert plain.filter(area="A000")["peer"].to_list() != once.filter(area="A000")["peer"].to_list()
    assert once["distance"].is_sorted() is False
    assert once.group_by("area").len()["len"].unique().to_list() == [3]


def test_peers_of_a_cluster_are_the_nearest_inside_it(make_scoring):
    areas = areas_with(x=[0.0, 0.1, 0.2, 0.4, 5.0, 5.1, 5.3, 5.6, 2.4])
    rule = PeerRule(("x",), 3, method="cluster", clusters=2)
    table = found(make_scoring, areas, rule)
    assert table.filter(area="A000")["peer"].to_list() == ["A001", "A002", "A003"]
    assert table.filter(area="A004")["peer"].to_list() == ["A005", "A006", "A007"]
    assert set(table.filter(area="A008")["peer"]) <= {"A003", "A002", "A001"}


def test_a_small_cluster_gives_fewer_peers(make_scoring):
    areas = areas_with(x=[0.0, 0.1, 0.2, 0.4, 9.0, 9.1, 9.2, 9.3, 9.4, 9.5])
    table = found(make_scoring, areas, PeerRule(("x",), 5, method="cluster", clusters=2))
    assert dict(table.group_by("area").len().rows())["A000"] == 3
    index = peer_index(make_scoring(TREE, np.ones((1, 10, 1))), table)
    assert index.shape == (10, 5)
    scores = np.arange(10.0)[None, :, None]
    assert of_peers(scores, index)[0, 0, :, 0].tolist()[:3] == [1.0, 2.0, 3.0]
    assert np.isnan(of_peers(scores, index)[0, 0, 3:]).all()


def test_as_many_clusters_as_leave_each_area_enough_peers(make_scoring):
    x = [*np.linspace(0, 1, 12), *np.linspace(20, 21, 4)]
    table = found(make_scoring, areas_with(x=x), PeerRule(("x",), 3, method="cluster"))
    last = {f"A{i:03}" for i in range(12, 16)}
    assert set(table.filter(pl.col("area").is_in(last))["peer"]) == last


def test_too_many_clusters_are_refused(make_scoring):
    areas = areas_with(x=[0.0, 0.1, 0.2, 0.4, 5.0, 9.0])
    with pytest.raises(CommonwealError, match=r"PEERS-FEW of 2 clusters the smallest has two areas"):
        found(make_scoring, areas, PeerRule(("x",), 3, method="cluster", clusters=2))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (PeerRule(("i",)), "nearest in income"),
        (PeerRule(("i",), method="statistical"), "most alike in income"),
        (PeerRule(("i",), method="cluster"), "nearest in income, in the same group of similar areas"),
        (PeerRule((), given=(("A", ("B",)),)), "that the publisher of this index chose"),
    ],
)
def test_the_way_is_put_in_words(rule, text):
    assert says(rule, ["income"]) == text


# by hand, and in a project -------------------------------------------------------------------------


def small(tmp_path: Path, peers_key: str, table: str = "") -> Path:
    root = write_small_project(tmp_path / "town", yaml=YAML + f"peers: {peers_key}\n")
    if table:
        (root / "peers.csv").write_text(table)
    return root


def told(root: Path) -> list[str]:
    with pytest.raises(CommonwealError) as raised:
        project.load(root)
    return [str(fault) for fault in raised.value.faults]


TABLE = "area,peer,order\nA,B,2\nA,C,1\nA,D,3\nB,A,1\nB,C,2\nB,D,3\nB,E,4\n"


def test_peers_by_hand_are_taken_as_they_stand(tmp_path):
    given = "{given: {A: [C, B, D], B: [A, C, D, E]}}"
    for root in (small(tmp_path / "1", given), small(tmp_path / "2", "{given: peers.csv}", TABLE)):
        edition = commonweal.build(root)
        rows = edition.peers.select("area", "peer", "order", "distance").rows()
        assert rows[:3] == [("A", "C", 1, None), ("A", "B", 2, None), ("A", "D", 3, None)]
        assert edition.performance.filter(pl.col("area").is_in(["A", "B"]))["area"].unique().len() == 2
        assert edition.performance.filter(area="F").is_empty()
        page = (root / "build" / "site" / "areas" / "B.html").read_text()
        assert "peers are the four wards that the publisher of this index chose." in page
        again = commonweal.build(root / "build" / "project", root / "again")
        assert again.peers.equals(edition.peers)
        assert (root / "again" / "data" / "peers.csv").read_bytes() == (
            root / "build" / "data" / "peers.csv"
        ).read_bytes()


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("{given: {A: [B, C, X]}}", "AREA-UNKNOWN area 'X' is not in the areas table"),
        ("{given: {X: [B, C, D]}}", "AREA-UNKNOWN area 'X' is not in the areas table"),
        ("{given: {A: [A, B, C]}}", "PEERS-GIVEN area 'A' is its own peer"),
        ("{given: {A: [B, B, C]}}", "PEERS-GIVEN area 'B' stands twice among the peers of 'A'"),
        ("{given: {A: [B, C]}}", "PEERS-FEW area 'A' has only 2 of the 3 peers that it needs"),
        (
            "{given: {A: [B, C, D]}, by: [x]}",
            "PROJECT-VALUE peers are chosen by attributes and given by hand",
        ),
        ("{count: 3}", "PROJECT-REQUIRED the key 'by' under peers is missing"),
        (
            "{given: {A: [B, C, D]}, clusters: 2}",
            "PROJECT-VALUE clusters are asked for, but the method is attributes",
        ),
        ("{given: none.csv}", "PATH-MISSING the file 'none.csv' does not exist"),
    ],
)
def test_what_is_wrong_with_peers_is_told_with_its_line(tmp_path, key, message):
    said = told(small(tmp_path, key))
    assert any(one.startswith("commonweal.yaml:10: ") and message in one for one in said), said


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("area,peer\nA,B\nA,A\n", "peers.csv:3: PEERS-GIVEN area 'A' is its own peer"),
        ("area,peer\nA,B\nA,Z\n", "peers.csv:3: AREA-UNKNOWN area 'Z'"),
        ("area,peer,order\nA,B,first\n", "peers.csv:2: PEERS-GIVEN the order is 'first'"),
        ("area\nA\n", "peers.csv:1: COLUMN-MISSING there is no column 'peer'"),
        ("area,peer\nA,B\n", "peers.csv:2: PEERS-FEW area 'A' has only 1 of the 3"),
    ],
)
def test_what_is_wrong_with_a_table_of_peers_is_told_with_its_line(tmp_path, table, message):
    assert told(small(tmp_path, "{given: peers.csv}", table))[0].startswith(message)


def test_lines_inside_a_list_of_peers_by_hand_are_exact(tmp_path):
    said = told(small(tmp_path, "\n  given:\n    A:\n      - B\n      - C\n      - A"))
    assert said == ["commonweal.yaml:15: PEERS-GIVEN area 'A' is its own peer; Name other areas."]


def test_an_attribute_that_is_in_the_index_is_told_with_its_line(tmp_path):
    root = small(tmp_path, "\n  by:\n    - size\n    - crime")
    (root / "areas.csv").write_text(
        "code,name,size,crime\n" + "".join(f"{a},Ward {a},{i},{i}\n" for i, a in enumerate("ABCDEF"))
    )
    with pytest.raises(CommonwealError) as raised:
        commonweal.build(root)
    assert [str(fault) for fault in raised.value.faults] == [
        "commonweal.yaml:13: PEERS-IN-INDEX 'crime' is an indicator of the index; Choose peers by an"
        " attribute that is not itself scored, such as household income."
    ]


def test_an_empty_cell_of_an_attribute_is_told_with_its_line(tmp_path):
    root = small(tmp_path, "{by: [size]}")
    (root / "areas.csv").write_text(
        "code,name,size\n" + "".join(f"{a},Ward {a},{'' if a == 'C' else 1}\n" for a in "ABCDEF")
    )
    assert told(root) == [
        "areas.csv:4: PEERS-ATTRIBUTE the attribute 'size' is empty for area 'C'; Fill in a number."
    ]


def test_an_attribute_that_is_an_indicator_under_another_name_is_refused(tmp_path):
    """The values of crime in 2024, in a column of another name."""
    root = small(tmp_path, "\n  by:\n    - nuisance")
    crime = {
        row.split(",")[0]: row.split(",")[3]
        for row in (root / "data" / "values.csv").read_text().splitlines()
        if ",2024,crime," in row
    }
    (root / "areas.csv").write_text(
        "code,name,nuisance\n" + "".join(f"{a},Ward {a},{value}\n" for a, value in crime.items())
    )
    with pytest.raises(CommonwealError) as raised:
        commonweal.build(root)
    assert [fault.code for fault in raised.value.faults] == ["PEERS-IN-INDEX"]
    assert "'nuisance' has the figures of 'crime'" in str(raised.value)
