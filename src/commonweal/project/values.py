"""Tables of values, long or wide, made into rows of one form: area, period, indicator and figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from commonweal.errors import CommonwealError, Fault, near, raise_any
from commonweal.model.area import Areas
from commonweal.model.codes import advice
from commonweal.model.framework import Framework
from commonweal.model.observation import SCHEMA, Observations
from commonweal.model.period import Period
from commonweal.project.bases import with_kinds
from commonweal.project.columns import (
    HEADING,
    LINE,
    Rows,
    keep,
    number,
    number_faults,
    read_rows,
    renamed,
    several,
)
from commonweal.project.paths import Files
from commonweal.project.schema import ColumnMeaning, FigureKeys, ValueKeys

KEYS: Final = ("area", "period", "indicator")
FIGURES: Final = ("value", "lower", "upper", "numerator", "denominator", "per", "round_to")
TEXTS: Final = ("observed", "status", "kind", "source")
#: Columns of a wide table that name areas and are no indicators.
_LABELS: Final = ("name", "area_name")
_PERIOD: Final = "{period}"


@dataclass(frozen=True, slots=True)
class Known:
    """What a table may name: areas, indicators, and indicators the project left out on purpose."""

    areas: frozenset[str] | None
    indicators: tuple[str, ...]
    left_out: frozenset[str] = frozenset()
    #: the areas of the project, where codes are theirs
    place: Areas | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Rows of one form from a file, with `LINE`, and the faults found in them."""

    rows: Rows
    faults: tuple[Fault, ...]


def read_values(files: Files, keys: ValueKeys | FigureKeys, known: Known, index: str = "area") -> Values:
    """Read a table of values; `index` is the column beside period: area, or the name of a benchmark.

    Raises COLUMN-MISSING, FILE-…, PATH-…; what is wrong with single rows is in the result.
    """
    rows = keep(read_rows(files, keys.path, keys.sheet), keys.where, keys.missing)
    return tidy(rows, keys, known, index)


def tidy(rows: Rows, keys: ValueKeys | FigureKeys, known: Known, index: str = "area") -> Values:
    """Bring a table into the long form, with numbers, and check what it names."""
    if keys.code is not None:
        rows = renamed(rows, {keys.code: index})
    rows, keys = _with_our_names(rows, keys, index)
    long = _from_wide(rows, keys, index, known) if keys.layout == "wide" else _from_long(rows, keys, index)
    long = long.with_frame(long.frame.filter(~pl.col("indicator").is_in(known.left_out)))
    faults = [*_name_faults(long, known, index), *_period_faults(long)]
    figures = [name for name in FIGURES if long.frame.schema.get(name) == pl.String]
    faults += number_faults(long, figures)
    frame = long.frame.with_columns(number(name) for name in figures).drop(HEADING, strict=False)
    return Values(long.with_frame(frame), tuple(faults))


def values_from_frame(
    frame: Any, framework: Framework, *, period: str | None = None, areas: Iterable[str] | None = None
) -> Observations:
    """Observations from a Polars or pandas frame, long or wide.

    Long: area, indicator, value and any of period, lower, upper, numerator, denominator. Wide: area and
    a column an indicator. `period` serves a frame without a period column. What `kind` and `per` a figure
    has is found from its numerator and denominator where it is not said. Raises AREA-UNKNOWN,
    COLUMN-MISSING, INDICATOR-UNKNOWN, OBSERVATION-DUPLICATE, OBSERVATION-NUMBER, PERIOD-FORM.

    >>> from commonweal.model.framework import Framework, Node
    >>> tree = Framework((Node("index", "Index", level="index"),
    ...                   Node("crime", "Crime", "index", direction=-1)))
    >>> wide = pl.DataFrame({"area": ["A", "B"], "period": [2016, 2016], "crime": [10.5, None]})
    >>> values_from_frame(wide, tree).frame.select("area", "value").rows()
    [('A', 10.5)]
    """
    polars = frame if isinstance(frame, pl.DataFrame) else pl.from_pandas(frame)
    indicators = tuple(node.id for node in framework.indicators)
    names = [n for n in polars.columns if n not in FIGURES and n not in indicators]
    rows = Rows("the frame", polars.with_columns(pl.col(names).cast(pl.String)).with_row_index(LINE, 1), 0)
    layout = "long" if {"indicator", "value"} <= set(polars.columns) else "wide"
    keys = FigureKeys.model_validate({"path": "", "layout": layout, "period": period})
    if layout == "wide":
        present = [n for n in polars.columns if n in indicators]
        keys = keys.model_copy(update={"columns": {name: name for name in present}})
    known = Known(None if areas is None else frozenset(areas), indicators)
    values = tidy(rows, keys, known)
    raise_any(values.faults)
    return observations([with_kinds(values.rows.frame)])


def observations(frames: Iterable[pl.DataFrame]) -> Observations:
    """Tidy frames as one table of observations; rows without a figure and without a status are left out."""
    listed = [_complete(frame) for frame in frames]
    whole = pl.concat(listed) if listed else pl.DataFrame(schema=SCHEMA)
    return Observations.of(whole.filter(pl.any_horizontal(pl.col("value", "status").is_not_null())))


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in SCHEMA.items() if name not in frame]
    return frame.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _with_our_names(
    rows: Rows, keys: ValueKeys | FigureKeys, index: str
) -> tuple[Rows, ValueKeys | FigureKeys]:
    """The columns that `keys.columns` calls by a name of ours renamed; of a wide table, indicators remain."""
    wide = (index, "period")
    ours = {
        header: meaning
        for header, meaning in keys.columns.items()
        if isinstance(meaning, str) and (keys.layout == "long" or meaning in wide)
    }
    rest = {header: meaning for header, meaning in keys.columns.items() if header not in ours}
    return renamed(rows, ours), keys.model_copy(update={"columns": rest})


def _from_long(rows: Rows, keys: ValueKeys | FigureKeys, index: str) -> Rows:
    rows = _with_period(rows, keys.period)
    raise_any(rows.require((index, "period", "indicator", "value")))
    raise_any(_slips(rows))
    wanted = [name for name in (index, *KEYS[1:], *FIGURES, *TEXTS, LINE) if name in rows.frame.columns]
    return rows.with_frame(rows.frame.select(wanted))


def _slips(rows: Rows) -> list[Fault]:
    """Columns that are most likely one of ours misspelt; what they hold would be lost without a word."""
    absent = [name for name in (*FIGURES, *TEXTS) if name not in rows.frame.columns]
    strange = [name for name in rows.frame.columns if name not in (*KEYS, *FIGURES, *TEXTS, LINE)]
    return [
        rows.fault(
            "COLUMN-UNKNOWN",
            f"the column {name!r} is not known{slip}",
            "Correct the heading, or give the column one that is not so near.",
            rows.header,
        )
        for name in strange
        if (slip := near(name, absent, cutoff=0.8))
    ]


def _from_wide(rows: Rows, keys: ValueKeys | FigureKeys, index: str, known: Known) -> Rows:
    specs = _columns(rows, keys, index, known)
    rows = _with_period(rows, keys.period)
    needed = [index] if all(period for _, period in specs.values()) else [index, "period"]
    raise_any(rows.require(needed))
    frame = rows.frame.select(*needed, LINE, *specs).unpivot(
        on=list(specs), index=[*needed, LINE], variable_name=HEADING, value_name="value"
    )
    meaning = pl.DataFrame(
        {
            HEADING: list(specs),
            "indicator": [indicator for indicator, _ in specs.values()],
            "(period)": [period for _, period in specs.values()],
        },
        schema={HEADING: pl.String, "indicator": pl.String, "(period)": pl.String},
    )
    frame = frame.join(meaning, on=HEADING, how="left", maintain_order="left")
    period = pl.coalesce("(period)", "period") if "period" in needed else pl.col("(period)")
    frame = frame.filter(pl.col("value").is_not_null()).with_columns(period.alias("period"))
    return rows.with_frame(frame.select(index, "period", "indicator", "value", LINE, HEADING))


def _with_period(rows: Rows, period: str | None) -> Rows:
    if period is None:
        return rows
    return rows.with_frame(rows.frame.with_columns(pl.lit(period).alias("period")))


def _columns(
    rows: Rows, keys: ValueKeys | FigureKeys, index: str, known: Known
) -> dict[str, tuple[str, str | None]]:
    """Header -> (indicator, period) for the columns of a wide table that hold values."""
    headers = [name for name in rows.frame.columns if name != LINE]
    if keys.columns:
        return _mapped(rows, keys.columns, headers)
    others = {index, "period", *_LABELS}
    return {name: (name, None) for name in headers if name not in others}


def _mapped(
    rows: Rows, columns: Mapping[str, str | ColumnMeaning], headers: list[str]
) -> dict[str, tuple[str, str | None]]:
    specs: dict[str, tuple[str, str | None]] = {}
    absent: list[str] = []
    for header, meaning in columns.items():
        indicator, period = (
            (meaning, None) if isinstance(meaning, str) else (meaning.indicator, meaning.period)
        )
        if _PERIOD not in header:
            if header not in headers:
                absent.append(header)
            specs[header] = (indicator, period)
            continue
        matches = _with_periods(header, headers)
        if not matches:
            absent.append(header)
        specs.update({name: (indicator, label) for name, label in matches.items()})
    raise_any(rows.require(absent))
    return specs


def _with_periods(pattern: str, headers: list[str]) -> dict[str, str]:
    """The headers that `pattern` stands for, each with the period in the place of ``{period}``.

    >>> _with_periods("crime_{period}", ["crime_2009", "crime_2010", "crime_rank"])
    {'crime_2009': '2009', 'crime_2010': '2010'}
    """
    form = re.compile(re.escape(pattern).replace(re.escape(_PERIOD), "(.+)"))
    found = {}
    for header in headers:
        match = form.fullmatch(header)
        if match and _is_period(match[1]):
            found[header] = match[1]
    return found


def _is_period(label: str) -> bool:
    try:
        Period.parse(label)
    except CommonwealError:
        return False
    return True


def _name_faults(rows: Rows, known: Known, index: str) -> list[Fault]:
    frame = rows.frame
    empty = frame.filter(pl.col(index).is_null())[LINE]
    faults = several(
        rows.fault("AREA-EMPTY", f"the row has no {index}", f"Fill in {index}.", line)
        for line in empty.unique().sort()
    )
    if known.areas is not None and index == "area":
        remedy = _remedy(set(frame["area"].drop_nulls()), known)
        faults += several(
            rows.fault(
                "AREA-UNKNOWN",
                f"area {code!r} is not in the areas table{_rows(count)}{lookalike(code, known.areas)}",
                remedy,
                line,
            )
            for code, line, count in _first_lines(frame, "area", known.areas)
        )
    faults += several(
        rows.fault(
            "INDICATOR-UNKNOWN",
            f"indicator {id!r} is not in the framework{_rows(count)}{near(id, known.indicators)}",
            "Correct the id, or add the indicator to the framework.",
            line,
        )
        for id, line, count in _first_lines(frame, "indicator", known.indicators)
    )
    return faults


def _remedy(codes: set[str], known: Known) -> str:
    """What to do about codes that are not known; where they are most of all, what they look like."""
    usual = "Correct the code, add the area, or keep the rows you want with `where:`."
    strange = codes - (known.areas or frozenset())
    if known.place is None or 2 * len(strange) <= len(codes):
        return usual
    return advice(strange, known.place) or usual


#: Letters and digits that look alike.
_ALIKE: Final = str.maketrans("OoIlS", "00115")


def lookalike(code: str, known: Iterable[str]) -> str:
    """A code that looks the same. One that is merely near may well be another area's, so it isn't offered.

    >>> lookalike("E0502O003", ["E05020003"]), lookalike("E05020004", ["E05020003"])
    (", did you mean 'E05020003'?", '')
    """

    def shape(text: str) -> str:
        return "".join(text.split()).upper().translate(_ALIKE)

    alike = [other for other in sorted(known) if shape(other) == shape(code)]
    return f", did you mean {alike[0]!r}?" if alike else ""


def _rows(count: int) -> str:
    return f" (in {count} rows)" if count > 1 else ""


def _first_lines(frame: pl.DataFrame, column: str, known: Iterable[str]) -> list[tuple[str, int, int]]:
    """Each strange name with its first line and in how many lines it stands."""
    strange = frame.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(list(known)))
    lines = (pl.col(LINE).min(), pl.col(LINE).n_unique().alias("rows"))
    firsts = strange.group_by(column).agg(lines).sort(LINE, column)
    return list(firsts.iter_rows())


def _period_faults(rows: Rows) -> list[Fault]:
    firsts = rows.frame.group_by("period").agg(pl.col(LINE).min()).sort(LINE)
    faults = []
    for label, line in firsts.iter_rows():
        try:
            Period.parse("" if label is None else label)
        except CommonwealError as error:
            faults += [fault.at(rows.file, line) for fault in error.faults]
    return several(faults)
