"""Where figures come from: records of things that happened, and measures that make indicators of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from commonweal.model.lookup import Lookup
from commonweal.model.person import Person as Person
from commonweal.model.protection import Protection as Protection

Subject = Literal["person", "household", "thing"]
#: What the cells of a column are said to be.
Type = Literal["text", "code", "number", "date"]
Engine = Literal["duckdb", "postgres", "spark"]
MeasureKind = Literal[
    "count", "rate", "percentage", "mean", "median", "sum", "ratio", "standardised_ratio", "distinct",
    "change", "standardised_rate", "life_expectancy",
]  # fmt: skip
#: Towards what the figures of small areas may be drawn.
Shrink = Literal["", "borough", "neighbours", "deprivation-index-rule"]


@dataclass(frozen=True, slots=True)
class Link:
    """How a record finds its area.

    code: a column holds the area's code. point: the area whose outline covers the point; one on a shared edge
    goes to the area with the first code. nearest: the same, else the nearest outline no further away than
    `within` metres. postcode, uprn, lookup: a column holds a key, which `table` leads to an area from.

    `crs` is what x and y are in. `table` has key (as it is compared: postcodes in capitals without blanks,
    UPRNs without zeros in front) and area, which is null for a key that has none.
    """

    by: Literal["code", "point", "nearest", "postcode", "uprn", "lookup"]
    column: str = ""
    x: str = ""
    y: str = ""
    crs: str = "EPSG:4326"
    within: float = 0.0
    table: pl.DataFrame | None = field(default=None, compare=False)

    @property
    def by_place(self) -> bool:
        """Whether points and outlines are compared, not texts."""
        return self.by in ("point", "nearest")


@dataclass(frozen=True, slots=True)
class Records:
    """A source of records: files of one form, or a table of a database, and what their columns mean.

    `sheet`, `table` and `record` name the part of a file that holds the records: the sheet of a workbook, the
    table of a database file, the element of an XML file that is repeated. `url` names the environment
    variable that holds a database's address, as `${NAME}`; the address itself is never kept. `backend` is the
    engine that counts, `spark` where that one runs. `types` says what the cells of columns should be.
    `key` names the column whose identical repeats count once. `date` names the column that says when, with
    `month_first` where 04/13/2016 is in April; where there is none, `period` says which period the whole
    source belongs to. `covers` lists the periods (months, or years) the source is known to hold; left out, it
    is every month that has a record.
    `wider` says that it is about more than the areas, so that most of it may lie outside them. Where its
    codes are not those of the areas, `lookup` leads from the one to the other. `person` says who a record is
    about, where sources are compared by people.
    """

    name: str
    paths: tuple[Path, ...]
    written: str  # the path as the project writes it: messages and ledgers name this
    subject: Subject
    link: Link
    published: bool = False
    key: str = ""
    date: str = ""
    month_first: bool = False
    period: str = ""
    covers: tuple[str, ...] = ()
    wider: bool = False
    line: int = 0
    url: str = ""
    table: str = ""
    sheet: str = ""
    record: str = ""
    types: Mapping[str, Type] = field(default_factory=dict)
    backend: Engine = "duckdb"
    spark: str = ""
    lookup: Lookup | None = None
    person: Person | None = None

    @property
    def about_people(self) -> bool:
        """Whether its figures must be protected: about persons or households, not yet published."""
        return self.subject != "thing" and not self.published


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard population: what each group of it weighs. `columns` names what parts it into groups."""

    columns: tuple[str, ...]
    weights: Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Measure:
    """How records become an indicator's value, or a helper's, which is no indicator but serves one.

    count: records. rate: `per` x records / denominator. percentage: 100 x records that meet `where` /
    records that meet `among`. mean, median, sum: of the numbers in the column `value`, read to so many
    `decimals`; `quantile` is another share than one half. ratio: `per` x the sum of `value` over that of the
    column `over`; or of the records that the measure `of` counts over those of the measure `to`. distinct:
    different texts of `value`, per `per` of the denominator if there is one. standardised_ratio,
    standardised_rate, life_expectancy: of records and people by groups; `by` leads from a column that parts
    the denominator to the column of records that says the same, `standard` is the standard population (none:
    the European one of 2013). change: of the measure `of` over so many `years`, as `change` says.

    `annualise` scales a part-covered period up to the whole; `pool` takes so many periods together, the
    period itself the last; `shrink` draws the figures of small areas towards others'. `may_be_empty` says
    that a filter which no record meets is meant. `also_in` names another source that has to have the record's
    person too, for the record to count.
    """

    indicator: str
    records: str
    kind: MeasureKind
    per: float = 1.0
    denominator: str = ""
    where: str = ""
    among: str = ""
    annualise: bool = False
    may_be_empty: bool = False
    line: int = 0
    value: str = ""
    decimals: int = 2
    quantile: float = 0.5
    over: str = ""
    of: str = ""
    to: str = ""
    years: int = 1
    change: Literal["difference", "percent"] = "difference"
    by: tuple[tuple[str, str], ...] = ()
    standard: Standard | None = None
    pool: int = 1
    shrink: Shrink = ""
    helper: bool = False
    also_in: str = ""
