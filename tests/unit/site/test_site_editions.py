"""Whole sites of unusual editions: each section is there, or is left out without a trace."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from commonweal.model.edition import Edition
from commonweal.model.framework import Framework, Node
from commonweal.model.project import Publication
from commonweal.publish.site.write import pages, write_site

Sample = Callable[..., Edition]
Tree = Callable[..., Framework]
LEVELS = ("index", "theme", "indicator")
#: Elements that never have an end tag.
VOID = {"br", "col", "hr", "img", "link", "meta"}


class Reader(HTMLParser):
    """Reads one page: its text, ids and links; raises where a tag is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if held.get("id"):
            self.ids[str(held["id"])] += 1
        if tag in ("a", "link") and held.get("href"):
            self.links.append(str(held["href"]))
        assert "style" not in held
        assert tag not in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        self.text += data


def read(edition: Edition) -> dict[str, Reader]:
    """Every page of an edition; links between pages are checked on the way."""
    found = {file: Reader(text) for file, text in pages(edition)}
    for file, page in found.items():
        assert not [id for id, count in page.ids.items() if count > 1], file
        assert "nan" not in re.findall(r"[a-z]+", page.text), file
        assert not re.search(r"\bNone\b(?! of)", page.text), file
        for link in page.links:
            assert _leads(file, link, found), (file, link)
    return found


def _leads(file: str, link: str, found: dict[str, Reader]) -> bool:
    if ":" in link or link.endswith((".css", ".csv", ".docx", ".json", ".geojson", ".txt", ".yaml")):
        return True
    path, _, fragment = link.partition("#")
    target = file
    if path:
        folders = file.split("/")[:-1]
        while path.startswith("../"):
            folders, path = folders[:-1], path[3:]
        target = "/".join([*folders, path])
    return target in found and (not fragment or fragment in found[target].ids)


def test_a_plain_edition(sample: Sample) -> None:
    found = read(sample())
    assert len(found) == 17 + 64 + 7
    area = found["areas/E00000004.html"].text
    assert "Median household income" in area
    assert "Compared with its peers: " in area
    assert "Why this score?" in area
    assert "Wards that tie share the better rank." in area


def test_figures_stand_behind_every_score(sample: Sample) -> None:
    made = sample()
    text = dict(pages(made))["areas/E00000003.html"]
    rows = re.findall(r'<tr id="f-([^"]+)"[^>]*>(.*?)</tr>', text, re.DOTALL)
    assert [id for id, _ in rows] == [node.id for node in made.framework.indicators]
    for _, row in rows:
        cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        value, interval, count, date, place, london, posts, weight, score = cells
        assert value
        assert " to " in interval
        assert " of " in count
        assert date in ("2017", "2018")
        assert place != "[x]"
        assert london
        assert " to " in posts
        assert 0 < float(weight) <= 1
        assert 0 <= float(score) <= 100


def test_hidden_missing_and_carried_figures(sample: Sample) -> None:
    made = sample()
    first, third = (made.framework.indicators[k].id for k in (0, 2))
    found = dict(pages(made))
    hidden = _row(found["areas/E00000004.html"], first)
    assert "<b>[c]</b>" in hidden
    assert "[c] of " in hidden
    value = made.scoring.values[-1, 4, 0]
    assert f"{value:.1f}" not in hidden
    assert "<b>[x]</b>" in _row(found["areas/E00000001.html"], first)
    assert ">2017<" in _row(found["areas/E00000006.html"], third)
    assert "(2017)" in found["areas/E00000006.html"]
    node = found[f"nodes/{first}.html"]
    assert 'class="wh hidden"' in node
    assert "confidential" in node
    assert "No figure shown" in node
    assert "Older figures carried forward" in found["method.html"]


def _hide(*areas: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Hide the second indicator in some areas."""
    where = (pl.col("indicator") == "spi-1-1-2") & pl.col("area").is_in(areas)
    return lambda frame: frame.with_columns(
        pl.when(where).then(pl.lit("suppressed")).otherwise("status").alias("status")
    )


def test_a_page_warns_where_many_are_hidden(sample: Sample) -> None:
    codes = [f"E{k:08d}" for k in range(17)]
    few = dict(pages(sample(change=_hide(*codes[:3]))))["nodes/spi-1-1-2.html"]
    assert "Take care" not in few
    assert "3 are hidden" in few or "three are hidden" in few
    most = dict(pages(sample(change=_hide(*codes[:11]))))
    node = most["nodes/spi-1-1-2.html"]
    assert "Take care: 11 of 17 wards are hidden to protect people." in node
    assert "Shown in 6 of 17 wards only, so none is called highest or lowest." in node
    assert "of the 6 wards shown" in node
    hidden = re.findall(r'<tr role="row"><th[^>]*>(?:(?!</tr>).)*\[c\](?:(?!</tr>).)*</tr>', node)
    assert len(hidden) == 11
    assert all('data-l="Rank">[c]<' in row and 'data-l="Score">[c]<' in row for row in hidden)
    assert 'data-l="Score">[c]<' in _row(most["areas/E00000004.html"], "spi-1-1-2")


def test_a_change_of_other_indicators_is_marked(sample: Sample) -> None:
    def later(frame: pl.DataFrame) -> pl.DataFrame:
        gone = (pl.col("area") == "E00000003") & (pl.col("indicator") == "spi-1-1-2")
        return frame.filter(~(gone & (pl.col("period") == "2014")))

    found = dict(pages(sample(change=later)))
    assert "* Not of the same indicators at both ends" in found["index.html"]
    page = found["areas/E00000003.html"]
    assert "points a year, not of the same indicators" in page
    assert "not of the same indicators: 2014 has no figure for" in page
    assert "* Not of the same" not in dict(pages(sample()))["index.html"]


def test_the_data_page_tells_which_columns_are_empty(sample: Sample) -> None:
    found = dict(pages(sample(peers=False)))["data.html"]
    assert "Empty in this edition: rank_low, rank_high, range_low and range_high." in found
    assert "It has no rows in this edition." in found


def _row(text: str, indicator: str) -> str:
    found = re.search(rf'<tr id="f-{indicator}".*?</tr>', text, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("shape", "levels"),
    [
        ((4,), ("index", "indicator")),
        ((1, 4), ("index", "theme", "indicator")),
        ((2, 3), ("index", "theme", "indicator")),
        ((6, 2, 3), ("index", "domain", "topic", "indicator")),
        ((2, 2, 2, 2), ("index", "pillar", "domain", "topic", "indicator")),
    ],
)
def test_frameworks_of_other_depth(
    sample: Sample, tree: Tree, shape: tuple[int, ...], levels: tuple[str, ...]
) -> None:
    made = sample(tree(*shape, levels=levels), recipe={"aggregate": "arithmetic"})
    found = read(made)
    for node in made.framework.indicators:
        assert node.name in found["areas/E00000002.html"].text
        assert f"nodes/{node.id}.html" in found


def test_an_unbalanced_framework(sample: Sample) -> None:
    nodes = (
        Node("index", "Index", level="index"),
        Node("a", "A", "index", level="theme"),
        Node("a1", "A one", "a", direction=1),
        Node("ab", "A deeper", "a", level="topic"),
        Node("ab1", "A two", "ab", direction=-1, unit="%"),
        Node("ab2", "A three", "ab", direction=-1, unit="%"),
        Node("b1", "B straight below", "index", direction=1, unit="£"),
    )
    found = read(sample(Framework(nodes), recipe={"aggregate": "arithmetic"}))
    assert "B straight below" in found["areas/E00000002.html"].text
    assert "A three" in found["areas/E00000002.html"].text
    assert "nodes/index.html" in found


def test_without_boundaries_there_is_no_map(sample: Sample) -> None:
    for file, text in pages(sample(boundaries=False)):
        assert "mapsvg" not in text, file
        assert "on the map" not in text, file
        assert "areas.geojson" not in text, file


def test_without_meaning_its_sections_are_left_out(sample: Sample) -> None:
    found = read(sample(peers=False, progress=False, benchmarks=False))
    area = found["areas/E00000004.html"].text
    for gone in (
        "Similar wards",
        "Against peers",
        "Compared with its peers",
        "Change since",
        "peers usually",
    ):
        assert gone not in area
    assert "What changed" not in found["index.html"].text
    assert "dashed line" not in found["nodes/spi-1-1-1.html"].text


def test_one_period_has_no_trend(sample: Sample) -> None:
    found = read(sample(periods=("2018",), progress=False))
    assert "how it is moving" not in found["nodes/spi-1.html"].text
    assert 'class="sp"' not in dict(pages(sample(periods=("2018",), progress=False)))["areas/E00000002.html"]


def test_a_place_of_two_areas(sample: Sample, tree: Tree) -> None:
    themes = tree(2, 2, levels=LEVELS)
    found = read(sample(themes, areas=2, peers=False, recipe={"aggregate": "arithmetic"}))
    assert "How the 2 wards of Marlbridge are doing" in found["index.html"].text


@pytest.mark.parametrize("method", ["zscore", "rank", "percentile", "minmax", "exponential"])
def test_other_scales(sample: Sample, method: str) -> None:
    found = read(sample(recipe={"normalise": method, "aggregate": "arithmetic"}))
    assert "Scorecard" in found["areas/E00000002.html"].text


def test_ties_share_a_rank(sample: Sample, tree: Tree) -> None:
    def tied(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(
            value=5.0 + pl.col("period").cast(pl.Int32) % 7 + (pl.col("area") == "E00000000")
        )

    home = dict(pages(sample(tree(2, 2, levels=LEVELS), recipe={"aggregate": "arithmetic"}, change=tied)))[
        "index.html"
    ]
    ranks = re.findall(r'<tr><td class="n">(\d+)</td>', home)
    assert sorted(set(ranks)) in (["1", "17"], ["1", "2"])
    assert len(ranks) == 17


def test_markup_in_a_name_is_shown_as_text(sample: Sample, tree: Tree) -> None:
    nasty = '<script>alert("x")</script> & <b>'
    nodes = tuple(
        Node(**{**_fields(node), "name": nasty}) if node.id == "spi-1" else node for node in tree(3, 4, 4)
    )
    made = sample(Framework(nodes), names=(nasty, "O’Brien & Sons"), title=nasty)
    found = read(made)
    assert nasty in found["areas/E00000000.html"].text
    assert nasty in found["nodes/spi-1.html"].text


def _fields(node: Node) -> dict[str, Any]:
    return {name: getattr(node, name) for name in Node.__dataclass_fields__}


def test_an_internal_edition_says_so_on_every_page(sample: Sample) -> None:
    for file, text in pages(sample(internal=True, publication=Publication(status="official"))):
        assert "not for publication" in text, file
        assert 'content="noindex"' in text, file


def test_an_official_edition_may_be_indexed(sample: Sample) -> None:
    for file, text in pages(sample(publication=Publication(status="official"))):
        assert "noindex" not in text, file
        assert 'class="notice"' not in text, file


def test_many_areas_stay_usable(sample: Sample, tree: Tree) -> None:
    made = sample(tree(2, 2, levels=LEVELS), areas=625, recipe={"aggregate": "arithmetic"})
    home = dict(pages(made))["index.html"]
    assert 'class="mapsvg many"' in home
    assert home.count('tabindex="-1"') >= 625  # the list beside the map has the links for the keyboard
    assert len(home) < 600_000


def test_the_home_page_says_whether_neighbours_are_alike(sample: Sample, tree: Tree) -> None:
    made = sample(tree(2, 2, levels=LEVELS), areas=64, recipe={"aggregate": "arithmetic"})
    home = read(made)["index.html"].text
    assert "Are neighbours alike?" in home
    assert "Moran’s I" in home
    assert made.pattern.filter(area="").height == 3


def test_with_few_areas_the_home_page_says_why_it_does_not(sample: Sample) -> None:
    home = read(sample())["index.html"].text
    assert "there are 17 wards, and with fewer than 30 chance alone too often makes a pattern." in home
    assert "Moran’s I" not in home
    assert "Are neighbours alike?" not in read(sample(boundaries=False))["index.html"].text


def test_the_same_edition_gives_the_same_bytes(sample: Sample, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_site(sample(), tmp_path / name)
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert one == two
