"""The data page: every file, its columns, and how to make the index again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from commonweal.publish.site import layout
from commonweal.publish.site.lookup import Lookup


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that can be downloaded: its name, what it holds, and its columns with their meaning."""

    name: str
    says: str
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DataPage:
    """The data page, ready to be written."""

    page: layout.Page
    files: tuple[DataFile, ...]
    licence: str


_PLACE: Final = (("period", "The period, such as 2018"), ("area", "The area’s code"))
_COUNT: Final = (
    ("value", "The value, in the indicator’s unit"),
    ("lower, upper", "The range from chance, 95 times in 100; for a hidden value the range that it is in"),
    ("numerator, denominator", "The count, and what it is divided by"),
)
_SCORES: Final = DataFile(
    "scores.csv",
    "Every score and rank: a row for each node, area and period, empty where there is no score.",
    (
        *_PLACE,
        ("node, level", "The node’s id, and whether it is an indicator or a parent of others"),
        ("score", "Higher is better"),
        ("rank, of", "The rank, 1 the best, and how many areas have a score"),
        ("status", "How the score came to be: observed, rounded, carried, estimated, imputed, suppressed, missing"),
        ("rank_low, rank_high, range_low, range_high", "Ranges of the rank, where they have been worked out"),
    ),
)  # fmt: skip
_OBSERVATIONS: Final = DataFile(
    "observations.csv",
    "The figures behind the scores, after people were protected.",
    (
        *_PLACE,
        ("indicator", "The indicator’s id"),
        *_COUNT,
        ("observed", "The figure’s own period or date"),
        ("status", "How the figure came to be"),
        ("source", "Where it comes from"),
    ),
)
_WEIGHTS: Final = DataFile(
    "weights.csv",
    "The weight of each node in its parent and in the whole.",
    (
        ("period", "Empty when the weight holds for all periods"),
        ("node, parent", "The node and the parent that it counts in"),
        ("loading", "The loading that a principal component analysis gave, if there was one"),
        ("weight", "The share in the parent; shares add up to 1"),
        ("effective_weight", "The share in the whole index"),
        ("reason", "Why another method was used than the recipe’s, if it was"),
    ),
)
_GOALPOSTS: Final = DataFile(
    "goalposts.csv",
    "The values that mark the ends of each indicator’s scale.",
    (
        ("period", "Empty when the goalposts hold for all periods"),
        ("indicator", "The indicator’s id"),
        ("worst, best", "The values that score lowest and highest"),
        ("rule", "Where they come from"),
    ),
)
_STATEMENTS: Final = DataFile(
    "statements.csv",
    "Every sentence about a place, with the figures that it rests on.",
    (
        ("id", "The sentence’s address on its page"),
        ("period, area, node", "What it is about"),
        ("kind, against, class", "What it says, compared with whom, and its verdict"),
        ("value, lower, upper, probability", "Its figures"),
        ("text", "The sentence"),
    ),
)
_BENCHMARKS: Final = DataFile(
    "benchmarks.csv",
    "The place as a whole, and other places, beside the areas. They play no part in scores or ranks.",
    (
        ("name", "The benchmark"),
        ("period, node, level", "What the row is about"),
        ("value, score", "Its value (indicators only) and score"),
        ("status", "How it came to be"),
    ),
)
_LEDGER: Final = DataFile(
    "ledger.csv",
    "What became of every record: read, counted, or left out and why.",
    (
        ("source, fate", "The source, and what became of its records"),
        ("records", "How many, rounded as counts of people are"),
        ("note", "More about it"),
    ),
)
_BOUNDARIES: Final = DataFile("areas.geojson", "The outlines of the areas, with their codes and names.")
_PACKAGE: Final = DataFile(
    "datapackage.json", "A description of all these files that programs can read (Frictionless data package)."
)


def data_page(lookup: Lookup) -> DataPage:
    """The files of an edition; those that it does not have are left out."""
    edition = lookup.edition
    files = [_SCORES, _OBSERVATIONS, _WEIGHTS, _GOALPOSTS]
    files += [_STATEMENTS, _BENCHMARKS, _LEDGER]
    if edition.areas.boundaries is not None:
        files.append(_BOUNDARIES)
    files.append(_PACKAGE)
    return DataPage(
        layout.page(edition, "data.html", "Data", "data"),
        tuple(files),
        layout.licence(edition.publication.licence),
    )
