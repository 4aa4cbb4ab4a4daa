"""Small parts of the pages: colours, scales, shapes, addresses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from commonweal.errors import CommonwealError
from commonweal.model.area import Boundaries
from commonweal.model.projection import projection
from commonweal.model.recipe import METHODS
from commonweal.publish.geography import longitude_latitude
from commonweal.publish.site import method, theme
from commonweal.publish.site.addresses import file_names
from commonweal.publish.site.choropleth import choropleth
from commonweal.publish.site.scale import Axis, Classes
from commonweal.publish.site.shapes import draw
from commonweal.publish.site.write import write_site


@pytest.mark.parametrize(
    ("colours", "says"),
    [
        ({"brand": "#ffcc00"}, "on_brand #ffffff on the header #ffcc00 has contrast 1.51"),
        ({"link": "#8fc3f2"}, "link #8fc3f2 on the page in light #ffffff"),
        ({"link_dark": "#12436d"}, "link_dark #12436d on the page in dark #11161c"),
        ({"brand": "navy"}, "the theme's brand is 'navy'"),
        ({"brand": "#12436d; } body { display: none"}, "the theme's brand is"),
        ({"text": "#000000"}, "the theme has the key 'text'"),
    ],
)
def test_a_theme_that_can_not_be_read_is_refused(
    colours: dict[str, str], says: str, sample: Callable[..., Any], tmp_path: Path
) -> None:
    made = sample(publication=_publication(sample, colours))
    with pytest.raises(CommonwealError, match="THEME-CONTRAST") as raised:
        write_site(made, tmp_path / "site")
    assert says in str(raised.value)
    assert not (tmp_path / "site").exists()


def _publication(sample: Callable[..., Any], colours: dict[str, str]) -> Any:
    from commonweal.model.project import Publication

    return Publication(theme=colours)


def test_default_colours_are_those_of_the_style_sheet() -> None:
    tokens = (Path(theme.__file__).parent / "static" / "tokens.css").read_text(encoding="utf-8")
    for key, colour in theme.DEFAULT.items():
        assert f"{theme.PROPERTIES[key]}: {colour};" in tokens


def test_the_three_map_classes_are_three_to_one_apart() -> None:
    light, dark = ("#f0f6fb", "#4f93ce", "#12436d"), ("#12436d", "#4f93ce", "#f0f6fb")
    for first, second, third in (light, dark):
        assert theme.contrast(first, second) >= 2.95
        assert theme.contrast(second, third) >= 2.95


def test_neighbours_on_a_map_never_gape(tiling: Callable[..., Boundaries]) -> None:
    shapes = draw(tiling(30))
    drawn = [shapely.Polygon(_points(outline.path)) for outline in shapes.outlines.values()]
    together = shapely.union_all(drawn)
    assert together.geom_type == "Polygon"
    assert not together.interiors
    assert sum(part.area for part in drawn) == pytest.approx(together.area, rel=1e-12)


def test_shared_edges_are_drawn_once(tiling: Callable[..., Boundaries]) -> None:
    shapes = draw(tiling(4))
    assert len(_pairs(shapes.shared)) == 4  # a square of four areas has four inner edges


def test_degrees_are_drawn_in_proportion(tiling: Callable[..., Boundaries]) -> None:
    shapes = draw(tiling(16, crs="EPSG:4326"))
    flat = draw(tiling(16))
    assert shapes.width / shapes.height == pytest.approx(flat.width / flat.height * 0.62, rel=0.05)


def test_overlapping_boundaries_are_drawn_as_they_are() -> None:
    squares = np.array([shapely.box(0, 0, 10, 10), shapely.box(5, 5, 15, 15)], dtype=object)
    shapes = draw(Boundaries(("a", "b"), squares, "EPSG:27700"))
    assert _points(shapes.outlines["a"].path)
    assert shapes.shared == ""


def test_holes_and_islands_are_kept() -> None:
    ring = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
    both = shapely.union_all([ring, shapely.box(40, 0, 50, 10)])
    shapes = draw(Boundaries(("a",), np.array([both], dtype=object), "EPSG:27700"))
    assert shapes.outlines["a"].path.count("M") == 3


def test_small_areas_have_no_label() -> None:
    squares = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 102, 2)], dtype=object)
    shapes = draw(Boundaries(("a", "b"), squares, "EPSG:27700"))
    assert (shapes.outlines["a"].room, shapes.outlines["b"].room) == (True, False)


def _points(path: str) -> list[tuple[int, int]]:
    numbers = [int(n) for n in path.removeprefix("M").removesuffix("z").split("M")[0].rstrip("z").split()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _pairs(path: str) -> list[str]:
    return [
        f"{a}-{b}"
        for string in path.split("M")[1:]
        for a, b in zip(_points(string), _points(string)[1:], strict=False)
    ]


def test_page_names_differ_whatever_their_case() -> None:
    names = file_names(["E1", "e1", "NUL", "a b", "a/b", "..", "Caerdydd ŵ"])
    assert len({name.lower() for name in names.values()}) == 7
    assert all(
        set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
        for name in names.values()
    )
    assert not any(name.lower() in ("nul.html", "..html") for name in names.values())


@pytest.mark.parametrize(
    "values", [[0.0], [5.0, 5.0], [-3.0, 2.0], [1e-6, 3e-6], [1e6, 9e6], [78.1, 84.0], [0.1 + 0.2, 0.3]]
)
def test_an_axis_holds_its_values_with_round_marks(values: list[float]) -> None:
    for zero in (False, True):
        axis = Axis.over(values, zero=zero)
        assert axis.low <= min(values) <= max(values) <= axis.high
        assert 2 <= len(axis.ticks) <= 6
        assert all(0 <= axis.at(value) <= 100 for value in values)
        assert not zero or axis.low <= 0 <= axis.high


def test_classes_keep_ties_together() -> None:
    classes = Classes.of([1.0, 1.0, 1.0, 1.0, 2.0, 3.0])
    assert {classes.number(v) for v in (1.0, 2.0, 3.0)} <= {1, 2, 3}
    assert Classes.of([4.0, 4.0]).breaks == ()
    assert Classes.of([]).breaks == ()
    assert Classes.of([1.0, 2.0]).number(1.0) == 1
    assert Classes.of([1.0, 2.0]).number(2.0) == 3


def test_a_class_gives_way_to_a_rounder_break() -> None:
    values = [24.9, 25.2, 32.7, 35.6, 39.5, 43.1, 49.5, 52.3, 52.8, 58.3, 60.3, 61.9, 64.6, 67.1, 69.1, 71.6]
    assert Classes.of(values).breaks == (40.0, 60.0)


def test_areas_with_one_number_have_one_colour(tiling: Callable[..., Boundaries]) -> None:
    shapes = draw(tiling(6))
    values = dict(zip(shapes.outlines, (10.0, 12.6, 13.4, 13.6, 20.0, 21.0), strict=True))
    words = dict.fromkeys(values, "")
    picture = choropleth(
        shapes, values, write=str, hrefs=words, says=words, texts=words, title="", caption="", places=0,
        direction=-1,
    )  # fmt: skip
    kinds = dict(zip(values.values(), (area.kind for area in picture.areas), strict=True))
    assert kinds[12.6] == kinds[13.4]
    assert [end for _, _, end in picture.legend] == ["best 1", "middle 3", "worst 2"]


@pytest.mark.parametrize(
    ("step", "texts", "told_apart"),
    [
        ("normalise", method._NORMALISE, set()),
        ("weigh", method._WEIGH, set()),
        ("aggregate", method._MEAN, {"power"}),  # told with its exponent
    ],
)
def test_the_method_page_has_words_for_every_method(
    step: str, texts: dict[str, str], told_apart: set[str]
) -> None:
    assert set(texts) | told_apart == set(METHODS[step])


def test_published_outlines_lie_where_records_were_linked() -> None:
    pytest.importorskip("convertbng")
    square = np.array([shapely.box(544_000, 184_000, 545_000, 185_000)])
    exact, _ = projection("EPSG:27700", "EPSG:4326")
    there = np.column_stack(exact(np.array([544_000.0]), np.array([184_000.0])))
    held = shapely.get_coordinates(longitude_latitude(Boundaries(("A",), square, "EPSG:27700"))[0])
    assert np.abs(held - there).max(axis=1).min() <= 5e-7


def test_a_key_of_rounded_figures_says_so() -> None:
    """13.77 is printed as 14 and has the colour of "14 or over": by itself it is under 14."""
    from commonweal.publish.site.choropleth import _rounded_apart

    assert _rounded_apart({"A": 13.77, "B": 12.2}, {"A": 14.0, "B": 12.0}, Classes((14.0,)))
    assert not _rounded_apart({"A": 14.2, "B": 12.2}, {"A": 14.0, "B": 12.0}, Classes((14.0,)))
