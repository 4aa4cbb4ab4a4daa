"""Tables with our names for their columns, the rows that are wanted, and numbers made of their text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any
from commonweal.project.paths import Files
from commonweal.project.settings import suggestion

#: The column that keeps each row's line in the file.
LINE = "(line)"
#: So many faults of one kind in one file are told one by one; the rest are counted.
SHOWN = 20


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a file, as text, with their lines in the column `LINE`; `file` is its name in messages."""

    file: str
    frame: pl.DataFrame
    header: int

    def fault(self, code: str, what: str, remedy: str, line: int = 0) -> Fault:
        """A fault in this file."""
        return Fault(code, what, remedy, self.file, line)

    def require(self, columns: Iterable[str]) -> list[Fault]:
        """COLUMN-MISSING for each of `columns` that is not there."""
        have = [name for name in self.frame.columns if name != LINE]
        return [
            self.fault(
                "COLUMN-MISSING",
                f"there is no column {name!r}{suggestion(name, have)}",
                f"The columns are: {', '.join(have[:SHOWN])}{', …' if len(have) > SHOWN else ''}.",
                self.header,
            )
            for name in columns
            if name not in have
        ]


def read_rows(files: Files, written: str, sheet: str | None = None) -> Rows:
    """Read a table that the project names."""
    table = files.table(written, sheet)
    lines = pl.Series(LINE, table.lines, dtype=pl.Int64)
    return Rows(written, table.frame.with_columns(lines), 0 if table.path.suffix == ".parquet" else 1)


def keep(rows: Rows, where: Mapping[str, list[str]], missing: Iterable[str] = ()) -> Rows:
    """The rows whose columns hold one of the texts of `where`; cells that say `missing` become empty."""
    raise_any(rows.require(where))
    frame = rows.frame
    for name, texts in where.items():
        frame = frame.filter(pl.col(name).is_in(texts))
    if not frame.height:
        raise CommonwealError(
            rows.fault(
                "FILE-EMPTY", f"no row meets where {dict(where)!r}", "Correct the filter, or the table."
            )
        )
    gone = list(missing)
    if gone:
        text = pl.col(pl.String)
        frame = frame.with_columns(pl.when(text.is_in(gone)).then(None).otherwise(text).name.keep())
    return Rows(rows.file, frame, rows.header)


def renamed(rows: Rows, names: Mapping[str, str]) -> Rows:
    """The rows with our names for the columns that `names` maps; others stay, unless one is in the way."""
    raise_any(rows.require(names))
    ours = set(names.values())
    in_the_way = [name for name in rows.frame.columns if name in ours and name not in names]
    return Rows(rows.file, rows.frame.drop(in_the_way).rename(dict(names)), rows.header)


def number(column: str) -> pl.Expr:
    """The number that a text spells, else null."""
    return pl.col(column).cast(pl.Float64, strict=False)


def number_faults(rows: Rows, columns: Iterable[str], code: str = "OBSERVATION-NUMBER") -> list[Fault]:
    """A fault for each cell of `columns` that has text but not a finite number."""
    faults: list[Fault] = []
    for name in columns:
        value = number(name)
        bad = rows.frame.filter(pl.col(name).is_not_null() & ~value.is_finite().fill_null(False))
        # In a wide table a line holds many values, so the indicator has to be named as well.
        of = bad["indicator"] if "indicator" in bad.columns else [None] * bad.height
        faults += several(
            rows.fault(
                code,
                f"{name}{f' of {indicator}' if indicator else ''} is {cell!r}{_why(cell)}",
                _REMEDY,
                line,
            )
            for cell, line, indicator in zip(bad[name], bad[LINE], of, strict=True)
        )
    return faults


_REMEDY = "Write a number such as 1234.5, or leave the cell empty."


def _why(cell: str) -> str:
    if "," in cell and cell.replace(",", "").replace(".", "").lstrip("+-").isdigit():
        return ", with a comma inside"
    return ""


def several(faults: Iterable[Fault]) -> list[Fault]:
    """The first faults of a kind, the last of them counting those left out."""
    found = list(faults)
    if len(found) <= SHOWN:
        return found
    last = found[SHOWN - 1]
    more = f"{last.what} (and {len(found) - SHOWN} more like this)"
    return [*found[: SHOWN - 1], Fault(last.code, more, last.remedy, last.file, last.line, last.path)]
