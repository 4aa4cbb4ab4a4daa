"""The words of pages: singular and plural, the project's own levels, and why an area has no score."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from counted import counted

from commonweal.model.edition import Edition
from commonweal.model.framework import Framework
from commonweal.publish.site.evidence import count_text
from commonweal.publish.site.facts import Figure
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.symbols import legend
from commonweal.publish.site.write import pages

Sample = Callable[..., Edition]
Tree = Callable[..., Framework]
#: Things that are counted on pages.
THINGS = "wards|areas|figures|indicators|peers|periods|pairs|groups|points|themes|counts|records|others"
COUNTS = np.random.default_rng(11).poisson(
    np.exp(np.random.default_rng(12).normal(3.5, 0.35, (8, 1, 12))) * np.ones((1, 2, 1))
)


def text_of(page: str) -> str:
    """What a reader reads of a page: no tags, one blank between words."""
    bare = re.sub(r"<(svg|head)\b.*?</\1>|</?(?:p|li|t[dhr]|h\d|dd|dt)\b[^>]*>", "\n", page, flags=re.DOTALL)
    return re.sub(r"[ \t]+", " ", re.sub(r"<[^>]+>", "", bare))


def texts(edition: Edition) -> dict[str, str]:
    return {file: text_of(page) for file, page in pages(edition)}


def miscounted(text: str) -> Iterator[str]:
    """One of several, several of one, and spans from a thing to itself."""
    yield from (found[0] for found in re.finditer(rf"(?<![.,])\b(?:1|[Oo]ne) (?:{THINGS})\b(?! than)", text))
    yield from (found[0] for found in re.finditer(r"\b(?:[2-9]|two|three) ward\b", text))
    yield from (found[0] for found in re.finditer(r"\b(\d+) to \1\b(?![.,]\d)", text))


def hide(areas: int) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Hide the first indicator in the first areas, with the range that its value is in."""
    codes = [f"E{k:08d}" for k in range(areas)]
    where = pl.col("area").is_in(codes) & pl.col("indicator").str.ends_with("-1-1")
    return lambda frame: frame.with_columns(
        pl.when(where).then(pl.lit("suppressed")).otherwise(pl.lit("rounded")).alias("status"),
        pl.when(where).then(None).otherwise("numerator").alias("numerator"),
    )


@pytest.mark.parametrize("hidden", [0, 1, 2])
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (2, 2)])
@pytest.mark.parametrize("areas", [2, 3])
def test_nothing_is_one_of_several(
    sample: Sample, tree: Tree, areas: int, shape: tuple[int, int], hidden: int
) -> None:
    themes = tree(*shape, levels=("index", "theme", "indicator"))
    plain = {"aggregate": "arithmetic"}
    for periods in (("2018",), ("2017", "2018")):
        edition = sample(themes, areas=areas, periods=periods, peers=False, recipe=plain,
                         progress=len(periods) > 1, change=hide(hidden))  # fmt: skip
        for file, text in texts(edition).items():
            assert list(miscounted(text)) == [], file


def test_sureness_counts_as_one_should() -> None:
    for known in (1, 2, 8):
        edition = counted(COUNTS)
        found = edition.uncertainty
        assert found is not None
        few = replace(found, known=frozenset(sorted(found.known)[:known]), failed=known)
        for file, text in texts(replace(edition, uncertainty=few)).items():
            assert list(miscounted(text)) == [], file


@pytest.mark.parametrize(
    ("known", "says"),
    [
        (0, ""),
        (1, "known for 1 of 8 indicators, the one with a count or an interval; the others are taken as they"),
        (2, "known for 2 of 8 indicators, those with a count or an interval; the others are taken as they"),
        (7, "known for 7 of 8 indicators, those with a count or an interval; the other is taken as it is"),
        (8, "How far chance could move a figure is known for all eight indicators."),
    ],
)
def test_for_how_many_indicators_chance_is_known_stands_beside_the_ranks(known: int, says: str) -> None:
    edition = counted(COUNTS)
    found = edition.uncertainty
    assert found is not None
    held = replace(edition, uncertainty=replace(found, known=frozenset(sorted(found.known)[:known])))
    said = Lookup(held).sure.known_for("index")
    assert (says in said) if says else (said == "")
    if says:
        page = texts(held)
        assert said in page["index.html"].partition("What changed")[0]
        assert said in page["areas/A000.html"].partition("What stands out")[0]


def test_why_a_range_lies_aside_is_said_where_it_does() -> None:
    edition = counted(COUNTS)
    sure, scores = Lookup(edition).sure, edition.scores.filter(level="index", period="2025")
    aside = {}
    for area, rank, of, low, high, score in scores.select(
        "area", "rank", "of", "rank_low", "rank_high", "score"
    ).rows():
        least, most = sure.scores(area, "index")
        at_end = low < high and (rank == low > 1 or rank == high < of)
        aside[area] = at_end or not least <= score <= most
        page = texts_of_area(edition, area).partition("What stands out")[0]
        assert ("A range may lie to one side" in page) == aside[area], area
    assert 0 < sum(aside.values()) < len(aside)


def texts_of_area(edition: Edition, area: str) -> str:
    return next(text_of(page) for file, page in pages(edition) if file == f"areas/{area}.html")


def test_levels_have_the_names_that_the_framework_gives_them(sample: Sample, tree: Tree) -> None:
    topics = tree(2, 2, 3, levels=("index", "pillar", "topic", "indicator"))
    edition = sample(topics, recipe={"impute": "component-mean", "aggregate": "arithmetic"})
    for file, text in texts(edition).items():
        if file != "data.html":
            assert not re.search(r"(?<!rincipal )\b(?:component|dimension)s?\b(?!-mean)", text, re.I), file
    assert "in the same topic" in texts(edition)["method.html"]


def test_an_area_without_a_score_has_a_page_that_says_why(sample: Sample) -> None:
    def lose(frame: pl.DataFrame) -> pl.DataFrame:
        gone = pl.col("indicator").is_in(["spi-1-1-2", "spi-1-1-3"]) & (pl.col("area") == "E00000003")
        return frame.filter(~gone)

    found = texts(sample(change=lose))
    page = found["areas/E00000003.html"]
    assert "Dovecote has no score for 2018: two of 48 indicators have no figure that can be scored." in page
    assert "46 of 48 indicators (96%) have a figure that can be scored." in page
    assert re.search(r"14 of 16\s+\[x\]\s+\[x\]\s+Indicator \d+; Indicator \d+", page)
    assert "no score: too few figures" in page
    assert "no rank" not in page
    assert "1st17th" not in re.sub(r"\s", "", page.replace("1st to 17th", ""))
    assert "Why is there no score?" not in found["areas/E00000004.html"]


RANGED = Figure(4.0, "suppressed", lower=1.0, upper=7.0, denominator=140.0)
BARE = Figure(float("nan"), "suppressed")


@pytest.mark.parametrize(
    ("figures", "says", "not_said"),
    [
        ((RANGED,), "Its range is shown. The middle of that range enters the scores", "mean"),
        ((BARE,), "no range is shown, and it was not scored", "middle"),
        (
            (RANGED, BARE),
            "where none is, as of a mean of few people, the figure enters none",
            "Few people stand",
        ),
        ((), "Where a range is shown, the middle of it enters scores", "Few people stand"),
    ],
)
def test_the_note_on_hidden_figures_fits_their_kind(
    figures: tuple[Figure, ...], says: str, not_said: str
) -> None:
    first, *_ = legend(figures)
    assert says in first.meaning
    assert not_said not in first.meaning
    assert "dealt out" in next(s.meaning for s in legend(figures) if s.sign == "[e]")


def test_a_mean_shows_how_many_people_are_behind_it() -> None:
    assert count_text(Figure(19.9, "observed", denominator=140.0)) == "of 140"
    assert count_text(Figure(9.0, "rounded", numerator=15.0, denominator=1400.0)) == "15 of 1,400"
    assert count_text(RANGED) == "[c] of 140"
    assert count_text(BARE) == "[c]"
    assert count_text(Figure(float("nan"), "missing", denominator=140.0)) == ""
