"""A map in three classes: each area a link with its figure printed on it, and a key in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from commonweal.publish.site.scale import Classes
from commonweal.publish.site.shapes import Shapes


@dataclass(frozen=True, slots=True)
class MapArea:
    """One area: `kind` is its class 1 to 3, or 0 where there is no figure."""

    href: str
    says: str
    path: str
    kind: int
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A map ready to be written. The legend has a class, its limits and which end it is, in words."""

    width: int
    height: int
    says: str
    caption: str
    areas: tuple[MapArea, ...]
    legend: tuple[tuple[int, str, str], ...]
    shared: str
    crowded: bool


def choropleth(
    shapes: Shapes,
    values: Mapping[str, float],
    *,
    write: Callable[[float], str],
    hrefs: Mapping[str, str],
    says: Mapping[str, str],
    texts: Mapping[str, str],
    title: str,
    caption: str,
    places: int,
    direction: int,
) -> MapPicture:
    """Fill `shapes` by `values`. `says` names each area's link, `texts` holds what is printed on it.

    Classes go by values rounded to `places` decimals (negative: tens and so on), as they are printed, so
    that areas with one number have one colour. `direction` is -1 where less is better.
    """
    exact, values = values, {code: round(value, places) + 0.0 for code, value in values.items()}
    classes = Classes.of(list(values.values()))
    if _rounded_apart(exact, values, classes):
        caption += " Colours go by figures rounded as they are printed here."
    areas = []
    for code, outline in shapes.outlines.items():
        kind = classes.number(values[code]) if code in values else 0
        text = texts.get(code, "") if outline.room else ""
        areas.append(MapArea(hrefs[code], says[code], outline.path, kind, outline.x, outline.y, text))
    found = classes.labels([write(b) for b in classes.breaks])
    counts = [sum(classes.number(value) == kind for value in values.values()) for kind, _ in found]
    ends = _ends(counts, direction)
    legend = tuple((kind, text, end) for (kind, text), end in zip(found, ends, strict=True))
    if len(found) == 3:
        caption += (
            " The key says how many are in each class: about a third, so a class may span much or little."
        )
    if len(values) < len(shapes.outlines):
        legend = (*legend, (0, "No figure shown", ""))
    return MapPicture(
        shapes.width, shapes.height, title, caption, tuple(areas), legend, shapes.shared, shapes.crowded
    )


def _rounded_apart(exact: Mapping[str, float], rounded: Mapping[str, float], classes: Classes) -> bool:
    """Whether rounding takes a figure over the edge of a class: the key is true of rounded ones only."""
    return any(classes.number(value) != classes.number(exact[code]) for code, value in rounded.items())


def _ends(counts: Sequence[int], direction: int) -> tuple[str, ...]:
    """Which end of all areas each class is, with how many areas it holds; the classes from low to high.

    >>> _ends([6, 5, 6], 1), _ends([8, 9], -1), _ends([17], 1)
    (('worst 6', 'middle 5', 'best 6'), ('better 8', 'worse 9'), ('all 17',))
    """
    if len(counts) < 2:
        return (f"all {sum(counts):,}" if sum(counts) else "",)
    names = ("worst", "middle", "best") if len(counts) == 3 else ("worse", "better")
    ordered = zip(names[::direction], counts, strict=True)
    return tuple(f"{name} {count:,}" for name, count in ordered)


def places_of(value: float) -> int:
    """The decimals that a value has, as a key writes it.

    >>> places_of(45.0), places_of(0.125)
    (0, 3)
    """
    return next((places for places in range(10) if round(value, places) == value), 10)
