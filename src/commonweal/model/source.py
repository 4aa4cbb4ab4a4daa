"""Where figures come from: records of things that happened, and measures that make indicators of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Subject = Literal["person", "household", "thing"]
MEASURE_KINDS: Final = ("count", "rate", "percentage")


@dataclass(frozen=True, slots=True)
class Link:
    """How a record finds its area: by a column that holds the area's code, or by a point in its outline.

    `crs` is what x and y are in; a point on a shared edge goes to the area with the first code.
    """

    by: Literal["code", "point"]
    column: str = ""
    x: str = ""
    y: str = ""
    crs: str = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class Records:
    """A source of records: files of one form, and what their columns mean.

    `key` names the column whose identical repeats count once. `date` names the column that says when;
    where there is none, `period` says which period the whole source belongs to. `covers` lists the
    periods (months, or years) the source is known to hold; left out, it is every month that has a record.
    `wider` says that it is about more than the areas, so that most of it may lie outside them.
    """

    name: str
    paths: tuple[Path, ...]
    written: str  # the path as the project writes it: messages and ledgers name this
    subject: Subject
    link: Link
    published: bool = False
    key: str = ""
    date: str = ""
    period: str = ""
    covers: tuple[str, ...] = ()
    wider: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """How records become an indicator's value.

    count: records. rate: `per` x records / denominator. percentage: 100 x records that meet `where` /
    records that meet `among`. `annualise` scales a part-covered period up to the whole; `may_be_empty` says
    that a filter which no record meets is meant.
    """

    indicator: str
    records: str
    kind: Literal["count", "rate", "percentage"]
    per: float = 1.0
    denominator: str = ""
    where: str = ""
    among: str = ""
    annualise: bool = False
    may_be_empty: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Protection:
    """How people in the records are protected: a preset by name; `none` needs a reason, which is printed."""

    preset: Literal["nhs", "none"] = "nhs"
    reason: str = ""
