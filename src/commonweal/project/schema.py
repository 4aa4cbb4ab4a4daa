"""The keys of commonweal.yaml, what each takes and what it means; the JSON Schema is made from these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from commonweal.model.recipe import METHODS, ORDER, RULES_OF
from commonweal.model.source import MeasureKind


def _text(value: object) -> object:
    """Years, vintages and codes are text, even where YAML sees a number."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


#: Text that may be written without quotes although it looks like a number.
Text = Annotated[
    str,
    BeforeValidator(_text),
    WithJsonSchema({"type": ["string", "number"]}),
]
#: One text or several.
Texts = Annotated[
    list[Text],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": ["string", "number"]}, {"type": "array"}]}),
]


def _both(value: object) -> object:
    """Columns of one name in two tables are written once."""
    listed = [value] if isinstance(value, str) else value
    return {name: name for name in listed} if isinstance(listed, list) else value


#: Columns of one table and those of another that say the same; listed where they have the same names.
Columns = Annotated[
    dict[str, str],
    BeforeValidator(_both),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array"}, {"type": "object"}]}),
]
Subject = Literal["person", "household", "thing"]


def _shape(value: object) -> str:
    return "<mapping>" if isinstance(value, dict | BaseModel) else "<text>"


def _number_or_text(value: object) -> str:
    return "<text>" if isinstance(value, str) else "<number>"


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FrameworkChoice(_Keys):
    """A framework, and what is changed in it."""

    use: str = Field(description="A built-in framework (social-progress), or a CSV file.")
    change: str | None = Field(None, description="A CSV file whose rows change nodes, or add some, by id.")
    without: list[str] = Field([], description="Ids of nodes to leave out, with all below them.")
    only: list[str] = Field([], description="Ids of nodes to keep, with all below and above them.")


Framework = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[FrameworkChoice, Tag("<mapping>")], Discriminator(_shape)
]


class ProjectKeys(_Keys):
    """What the index is called, where it is about, and what it measures."""

    title: Text = Field(min_length=1, description="The title of the index.")
    place: str = Field("", description="The place as a whole, for example the borough.")
    framework: Framework = Field(description="framework.csv, a built-in name, or a mapping with `use`.")


class PeriodKeys(_Keys):
    """Which periods are published."""

    publish: Texts = Field(
        [], description="2016, 2015/16, 2015/16 academic, 2016-Q2, 2016-04 or 12 months to 2016-06."
    )
    carry: float = Field(0.0, ge=0, description="Years an older observation may stand in for a newer one.")


class TableKeys(_Keys):
    """A table of another's making, and how to read it without rewriting it."""

    path: str = Field(description="A CSV, Parquet or XLSX file.")
    sheet: str | None = Field(None, description="The sheet of an XLSX file; left out, the first.")
    where: dict[str, Texts] = Field({}, description="Keep rows whose column holds one of these texts.")
    missing: Texts = Field([], description="Texts that stand for no value, such as n/a.")


class GeographyKeys(_Keys):
    """What codes mean: areas of one type, as they were drawn in one year."""

    type: str = Field(description="What one area is called: ward, LSOA, district.")
    vintage: Text = Field("", description="The year of the areas' definition.")


class EndKeys(GeographyKeys):
    """One end of a lookup."""

    column: str = Field("", description="The column of its codes; left out, from or to.")


class AreaKeys(_Keys):
    """The areas, and their boundaries."""

    type: str = Field("area", description="What one area is called: ward, LSOA, district.")
    vintage: Text = Field("", description="The year of the areas' definition.")
    table: str = Field(description="A table with code, name and any attributes.")
    sheet: str | None = Field(None, description="The sheet of an XLSX file; left out, the first.")
    columns: dict[str, str] = Field({}, description="Header in the table: code, name or an attribute.")
    where: dict[str, Texts] = Field({}, description="Keep rows whose column holds one of these texts.")
    missing: Texts = Field([], description="Texts that stand for no value, such as n/a.")
    boundaries: str | None = Field(None, description="GeoJSON, GeoPackage, Shapefile or TopoJSON.")
    code: str | None = Field(None, description="The property of the boundaries that holds the code.")


class ColumnMeaning(_Keys):
    """What a column of a wide table holds."""

    indicator: str
    period: Text | None = None


Column = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[ColumnMeaning, Tag("<mapping>")], Discriminator(_shape)
]


class ValueKeys(TableKeys):
    """A table of indicator values."""

    layout: Literal["long", "wide"] = Field("long", description="A row a value, or a column an indicator.")
    columns: dict[str, Column] = Field({}, description="Header: indicator (wide) or our name (long).")
    code: str | None = Field(None, description="The column that holds the area's code (default area).")
    period: Text | None = Field(None, description="The period of a table without a period column.")
    subject: Subject | None = Field(None, description="Who is described; default: as the framework says.")
    published: bool = Field(False, description="The figures are already public and need no control.")
    protected: bool = Field(False, description="The figures have passed the gate (a published project).")
    kind: Literal["value", "count", "rate", "percentage", "mean", "median", "sum", "ratio"] | None = Field(
        None, description="How value follows from numerator and denominator."
    )
    per: float | None = Field(None, gt=0, description="The multiplier of a rate, such as 1000.")
    source: str = Field("", description="The name of the source on the pages; default: the path.")
    area: GeographyKeys | None = Field(None, description="What its codes mean, if not the project's areas.")


class FigureKeys(TableKeys):
    """A table of denominators or of a benchmark's values."""

    layout: Literal["long", "wide"] = Field("long", description="A row a value, or a column an indicator.")
    columns: dict[str, Column] = Field({}, description="Header: our name, or an indicator (wide).")
    code: str | None = Field(None, description="The column that holds the area's code (default area).")
    period: Text | None = Field(None, description="The period of a table without a period column.")


class DenominatorKeys(FigureKeys):
    """A table of denominators."""

    area: GeographyKeys | None = Field(None, description="What its codes mean, if not the project's areas.")
    by: Texts = Field([], description="Columns that part its people into groups, such as age_band and sex.")


Denominators = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[DenominatorKeys, Tag("<mapping>")], Discriminator(_shape)
]
Figures = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[FigureKeys, Tag("<mapping>")], Discriminator(_shape)
]


class LookupKeys(_Keys):
    """The way from the areas of one geography to those of another."""

    from_: EndKeys = Field(alias="from", description="The areas that codes stand for now.")
    to: EndKeys = Field(description="The areas they lead to.")
    path: str = Field("", description="A table with a row a pair of areas, or a finer one.")
    sheet: str | None = Field(None, description="The sheet of an XLSX file; left out, the first.")
    where: dict[str, Texts] = Field({}, description="Keep rows whose column holds one of these texts.")
    weight: str = Field("", description="The column that is weighed (population), or area with boundaries.")
    fit: Literal["apportioned", "best"] = Field(
        "apportioned", description="Deal out by weight, or give each area whole to where most of it lies."
    )
    boundaries: str | None = Field(None, description="Outlines of the areas it leads from.")
    code: str | None = Field(None, description="The property of those boundaries that holds the code.")
    points: str | None = Field(None, description="A table of points with the weight of each.")
    x: str = Field("", description="Of points: the column of x or longitude.")
    y: str = Field("", description="Of points: the column of y or latitude.")
    crs: str = Field("EPSG:4326", description="Of points: what x and y are in.")


class LinkKeys(_Keys):
    """How a record finds its area."""

    by: Literal["code", "point", "nearest", "postcode", "uprn", "lookup"] = Field(
        description="By an area code, a point, or a key that a table leads to an area from."
    )
    column: str = Field("", description="The column of records that holds the code, postcode, UPRN or key.")
    x: str = Field("", description="By point or nearest: the column of x or longitude.")
    y: str = Field("", description="By point or nearest: the column of y or latitude.")
    crs: str = Field("EPSG:4326", description="By point or nearest: what x and y are in.")
    within: float = Field(0.0, ge=0, description="By nearest: so many metres away an outline may be.")
    path: str = Field("", description="By postcode, uprn or lookup: the table that leads to areas.")
    sheet: str | None = Field(None, description="The sheet of an XLSX file; left out, the first.")
    where: dict[str, Texts] = Field({}, description="Rows of the table to keep: column, and its texts.")
    from_: str = Field("", alias="from", description="The column of the table that holds the key.")
    to: str = Field("", description="The column of the table that holds the area's code.")


class PersonKeys(_Keys):
    """Who a record is about, by a key that other sources have too."""

    column: str = Field(description="The column of the key, such as a pupil number or an NHS number.")
    # whatever is written here is never repeated in a message, so anything is a text first
    secret: Annotated[str, BeforeValidator(str), WithJsonSchema({"type": "string"})] = Field(
        description="${NAME}: the environment variable with the secret that keys are hashed with."
    )


class RecordKeys(_Keys):
    """A source of records."""

    path: Texts = Field(
        [],
        description="Files of one form: CSV, Parquet (or a folder of it), XLSX, ODS, JSON lines, XML, SQLite,"
        " DuckDB; * and ** may be used.",
    )
    url: str = Field("", description="${NAME}: the environment variable with the address of a database.")
    table: str = Field("", description="The table of a database, or of an SQLite or DuckDB file.")
    sheet: str = Field("", description="The sheet of a workbook; left out, the first.")
    record: str = Field("", description="The element of an XML file that is repeated.")
    types: dict[str, Literal["text", "code", "number", "date"]] = Field(
        {}, description="What the cells of a column should be; check tells which are not."
    )
    backend: Literal["duckdb", "postgres", "spark"] | None = Field(
        None, description="What counts the records; left out, duckdb for files and postgres for a url."
    )
    spark: str = Field("", description="Where Spark runs: local[*], spark://host:7077 or sc://host.")
    subject: Subject = Field(description="Who or what a record is about.")
    published: bool = Field(False, description="The records are already public.")
    key: str = Field("", description="A column whose identical repeats count once.")
    date: str = Field("", description="The column that says when.")
    dates: Literal["day-first", "month-first"] = Field(
        "day-first", description="Whether 04/05/2016 is in May or in April; other forms read as ever."
    )
    period: Text = Field("", description="The period of a source without dates.")
    covers: Texts = Field([], description="The months or years the source holds.")
    wider: bool = Field(False, description="The source is about more than the areas of this index.")
    link: LinkKeys = Field(description="How a record finds its area.")
    person: PersonKeys | None = Field(None, description="The key of a person, if sources are compared by it.")
    area: GeographyKeys | None = Field(None, description="What its codes mean, if not the project's areas.")


class MeasureKeys(_Keys):
    """How records become an indicator, or a helper that another measure is made of."""

    records: str = Field("", description="A source under `records`; every kind but change needs one.")
    kind: MeasureKind = Field(description="What is worked out.")
    per: float = Field(1.0, gt=0, description="The multiplier of a rate or ratio, such as 1000.")
    denominator: str = Field("", description="Of a rate and the like: a name under `denominators`.")
    where: str = Field("", description="A filter: which records count.")
    among: str = Field("", description="Of a percentage: which records are its base; default all.")
    also_in: str = Field(
        "", description="A source that has the record's person too, for the record to count."
    )
    value: str = Field("", description="The column of numbers; of distinct: of what is counted once.")
    decimals: int = Field(2, ge=0, le=6, description="The decimals to which numbers are read.")
    quantile: float = Field(0.5, gt=0, lt=1, description="Of a median: another share, such as 0.9.")
    over: str = Field("", description="Of a ratio: the column whose sum the sum of `value` is divided by.")
    of: str = Field("", description="Of a ratio or change: the measure it is made of.")
    to: str = Field("", description="Of a ratio: the measure whose records those of `of` are divided by.")
    years: int = Field(1, ge=1, description="Of a change: over how many years.")
    as_: Literal["difference", "percent"] = Field(
        "difference", alias="as", description="Of a change: in units of the figure, or in percent of it."
    )
    by: Columns = Field(
        {}, description="Of standardised kinds: the columns that part denominators and records into groups."
    )
    standard: str = Field(
        "", description="Of a standardised rate: european-2013, or a table of groups and weight."
    )
    pool: int = Field(1, ge=1, description="So many periods together, the period itself the last.")
    shrink: Literal["borough", "neighbours", "deprivation-index-rule"] | None = Field(
        None, description="Draw figures of small areas towards those of others, as far as they are chance."
    )
    annualise: bool = Field(False, description="Scale a part-covered period up to the whole.")
    may_be_empty: bool = Field(False, description="That no record meets a filter is meant.")


class PeerKeys(_Keys):
    """Who an area is compared with."""

    by: Texts = Field([], description="Numeric columns of the areas table.")
    method: Literal["attributes", "cluster", "statistical"] = Field(
        "attributes", description="How alike is measured: z-scores, within clusters, or Mahalanobis distance."
    )
    clusters: int = Field(0, ge=0, description="Of method cluster: how many; left out, as many as fit.")
    given: Annotated[str, Tag("<text>")] | Annotated[dict[str, Texts], Tag("<mapping>")] = Field(
        {},
        discriminator=Discriminator(_shape),
        description="Peers by hand: an area and its peers, or a table of area, peer and order.",
    )
    count: int = Field(5, ge=1)
    centre: Literal["median", "mean"] = "median"
    spread: Literal["average-absolute-deviation", "standard-deviation"] = "average-absolute-deviation"
    times: float = Field(1.0, ge=0)
    floor: float = Field(1.0, ge=0)


class ProgressKeys(_Keys):
    """Since when progress counts, and the points a year that part its classes."""

    since: Text = Field("", description="A published period; default the first.")
    cuts: list[float] = Field([-0.5, 0.5, 2.0], min_length=3, max_length=3)


class UncertaintyKeys(_Keys):
    """How sure ranks are: how often scores are made again, and what varies."""

    replications: int = Field(1000, ge=0, le=100_000, description="Draws, and re-runs; 0 for neither.")
    choices: dict[str, list[dict[str, Any]]] | None = Field(
        None,
        description="Other ways to take a step: a name, and steps of a recipe that stand in for its own.",
    )
    leave_out: Literal["indicators", "components", "none"] = Field(
        "indicators", description="What re-runs leave out, one at a time."
    )
    weights: (
        Annotated[float, Tag("<number>")] | Annotated[Literal["pca-bootstrap", "dirichlet"], Tag("<text>")]
    ) = Field(
        0.25,
        discriminator=Discriminator(_number_or_text),
        description="How far weights may rise or fall (0.25: a quarter), or how they are drawn.",
    )


class ProtectKeys(_Keys):
    """How people are protected."""

    preset: Literal["nhs", "gss", "ons", "controlled", "own", "none"] = Field(
        "nhs", description="A rule by its name; own with hide_to and round_to; none with a reason."
    )
    reason: str = Field("", description="Why none, or why own hides less than 1 to 4; it is printed.")
    hide_to: int | None = Field(None, description="own: counts of 1 to this are hidden.")
    round_to: int | None = Field(
        None, ge=1, description="own: other counts are shown to the nearest of this."
    )
    minimum_base: int = Field(0, ge=0, description="No figure is given whose base is below this.")
    dominance: float = Field(
        50,
        gt=0,
        le=100,
        description="No mean or sum is given of which one record is more than this per cent.",
    )


Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class PublicationKeys(_Keys):
    """Who publishes, and under which terms."""

    owner: str = ""
    contact: str = ""
    accessibility_contact: str = ""
    url: str = Field("", pattern=r"^(https?://\S+)?$", description="The address of the site.")
    licence: str = ""
    date: Text = Field(
        "",
        pattern=r"^(\d{4}-\d{2}-\d{2})?$",
        description="The day of publication, 2018-10-01: the only date on the pages.",
    )
    next_update: Text = ""
    status: Literal["draft", "official"] = "draft"
    notice: str = Field("", description="A sentence printed on each page.")
    theme: dict[Literal["brand", "on_brand", "link", "link_dark"], Colour] = Field({}, description="Colours.")


def _recipe_schema() -> dict[str, Any]:
    def method(family: str) -> dict[str, Any]:
        names = list(METHODS[family])
        given = {"type": "object", "properties": {"method": {"enum": names}}}
        return {"anyOf": [{"enum": names}, given, {"type": "object"}]}

    steps: dict[str, Any] = {family: method(family) for family in METHODS}
    for family in ("impute", "treat", "normalise"):
        steps[family]["anyOf"][1]["properties"]["rule"] = {"enum": list(RULES_OF[family])}
    share = {"type": "number", "minimum": 0, "maximum": 1}
    steps |= {
        "denominate": {"type": "object", "additionalProperties": {"type": "string"}},
        "screen": {
            "type": "object",
            "properties": {"areas": share, "indicators": share},
            "additionalProperties": False,
        },
        "available": {},
        "floor": {"type": "number", "exclusiveMinimum": 0},
    }
    mapping = {
        "type": "object",
        "properties": {step: steps[step] for step in ORDER},
        "additionalProperties": False,
    }
    return {"anyOf": [mapping, {"type": "array", "items": mapping}]}


class ProjectFile(_Keys):
    """A Commonweal project."""

    project: ProjectKeys
    periods: PeriodKeys = Field(default_factory=lambda: PeriodKeys.model_validate({}))
    areas: AreaKeys
    values: list[ValueKeys] = []
    denominators: dict[str, Denominators] = {}
    records: dict[str, RecordKeys] = {}
    lookups: list[LookupKeys] = []
    measures: dict[str, MeasureKeys] = {}
    recipe: Annotated[Any, WithJsonSchema(_recipe_schema())] = Field(description="The steps of the method.")
    peers: PeerKeys | None = None
    progress: ProgressKeys | None = None
    uncertainty: UncertaintyKeys = Field(default_factory=lambda: UncertaintyKeys.model_validate({}))
    protect: ProtectKeys | None = None
    benchmarks: dict[str, Figures] = {}
    publication: PublicationKeys = Field(default_factory=lambda: PublicationKeys.model_validate({}))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of commonweal.yaml, for completion and checking in editors.

    >>> sorted(json_schema()["required"])
    ['areas', 'project', 'recipe']
    """
    schema = ProjectFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "commonweal.yaml", **schema}
