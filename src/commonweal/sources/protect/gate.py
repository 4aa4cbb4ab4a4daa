"""The gate: nothing after it sees a figure about people that it has not let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.errors import CommonwealError, Fault
from commonweal.methods.significant import significant
from commonweal.model.observation import Observations, Status
from commonweal.model.project import Project
from commonweal.model.source import Records
from commonweal.sources.collect import Collected
from commonweal.sources.ledger import COUNTED, READ
from commonweal.sources.protect.apply import protect
from commonweal.sources.protect.rule import HIDDEN_TO, ROUND_TO, interval, shown
from commonweal.sources.protect.total import UNPUBLISHED, Range, gives_back

HIDDEN_NOTE: Final = "[c] hidden: 1 to 7 records"
#: What the gate can't promise yet; whoever relies on the protection has to be told where they rely on it.
UNCHECKED: Final = (
    "Not checked: whether figures that overlap (two indicators counted from the same records, periods that"
    " share months, an earlier edition) give a hidden count back when they are taken together."
)
WITHHELD_NOTE: Final = "[c] not published: it would give a hidden count back"


@dataclass(frozen=True, slots=True, eq=False)
class Gated:
    """What may be published: observations, the ledger, and in plain sentences what was done to them."""

    observations: Observations
    ledger: pl.DataFrame
    says: tuple[str, ...]


def gate(project: Project, collected: Collected, *, internal: bool = False) -> Gated:
    """Let everything through that may be seen, protected where it is about people.

    `internal` skips the protection, for a build that is not for publication. All figures are rounded to
    12 significant digits. Raises PROTECT-REASON where protection is switched off without a reason.
    """
    off = internal or project.protection.preset == "none"
    if project.protection.preset == "none" and not project.protection.reason.strip():
        raise CommonwealError(
            Fault(
                "PROTECT-REASON",
                "protection is switched off, and no reason is given",
                "Write the reason, which is printed, or leave the preset at nhs.",
                path=("protect", "reason"),
            )
        )
    private = {} if off else {r.name: r for r in project.records if about_people(r)}
    counted = collected.counted.frame
    from_people = pl.col("source").is_in(sorted(private))
    tables = project.counted.frame
    safe = [
        project.given.frame,
        project.protected.frame,
        counted.filter(~from_people),
        protect(counted.filter(from_people), public_base=True),
        tables if off else protect(tables, public_base=False),
    ]
    observations = Observations(_rounded(pl.concat(safe)))
    return Gated(
        observations,
        _ledger(collected, private, observations.frame),
        _says(project, observations.frame, len(private), internal),
    )


def about_people(records: Records) -> bool:
    """Whether a source's figures must be protected: about persons or households, not yet published."""
    return records.subject != "thing" and not records.published


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.Series(name, significant(frame[name].fill_null(float("nan")).to_numpy())).fill_nan(None)
        for name, dtype in frame.schema.items()
        if dtype == pl.Float64
    )


def _ledger(collected: Collected, private: Mapping[str, Records], safe: pl.DataFrame) -> pl.DataFrame:
    """The ledger, with the rows of sources about people by the rule, and no total that gives a count back."""
    parts = [
        _private_rows(part, _parts_of(part, collected.counted.frame, safe)) if name[0] in private else part
        for name, part in collected.ledger.group_by("source", maintain_order=True)
    ]
    return pl.concat(parts) if parts else collected.ledger


def _private_rows(part: pl.DataFrame, published: Sequence[Parts]) -> pl.DataFrame:
    figures = {
        fate: None if np.isnan(figure) else float(figure)
        for fate, figure in zip(part["fate"], shown(part["records"].to_numpy()), strict=True)
    }
    others = Parts.of([figure for fate, figure in figures.items() if fate not in (READ, COUNTED)])
    withheld = set()
    if any(parts.gives_back(figures[COUNTED]) for parts in published):
        withheld.add(COUNTED)
    counted = Parts((UNPUBLISHED,), 0) if withheld else Parts.of([figures[COUNTED]])
    if any(parts.with_(others).gives_back(figures[READ]) for parts in (counted, *published)):
        withheld.add(READ)
    records = [None if fate in withheld else figures[fate] for fate in part["fate"]]
    notes = [
        WITHHELD_NOTE if fate in withheld else HIDDEN_NOTE if figures[fate] is None else note
        for fate, note in part.select("fate", "note").iter_rows()
    ]
    return part.with_columns(
        pl.Series("records", records).cast(pl.Int64), pl.Series("note", notes, dtype=pl.String)
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a total as a reader sees them: the ranges of shown ones, and how many are hidden."""

    shown: tuple[Range, ...]
    hidden: int

    @classmethod
    def of(cls, figures: Sequence[float | None]) -> Parts:
        """The parts with these figures, None for hidden ones.

        >>> Parts.of([10.0, None])
        Parts(shown=((8, 12),), hidden=1)
        """
        return cls(tuple(interval(f) for f in figures if f is not None), sum(f is None for f in figures))

    def with_(self, other: Parts) -> Parts:
        """These parts and others."""
        return Parts(self.shown + other.shown, self.hidden + other.hidden)

    def gives_back(self, total: float | None) -> bool:
        """Whether a total, shown or hidden, would give one of the hidden parts back."""
        return gives_back(self.shown, self.hidden, interval(total))


def _parts_of(part: pl.DataFrame, exact: pl.DataFrame, safe: pl.DataFrame) -> list[Parts]:
    """For each indicator of a source, and each kind of period: the published cells that it counted.

    A reader may take them for parts of the source's total. Where they do not make up all of it (a filter,
    a period left out), something unpublished is added to them.
    """
    source = part["source"][0]
    counted = int(part.filter(pl.col("fate") == COUNTED)["records"][0])
    size = pl.col("period").str.len_chars()  # 2016, 2015/16 and 2016-Q2, 2016-04: never both kinds in one
    cells = safe.filter((pl.col("source") == source) & (pl.col("kind") != "value")).with_columns(
        size.alias("#")
    )
    sums = exact.filter(pl.col("source") == source).with_columns(size.alias("#"))
    found = []
    for (indicator, form), rows in cells.group_by("indicator", "#", maintain_order=True):
        same = (pl.col("indicator") == indicator) & (pl.col("#") == form)
        whole = sums.filter(same)["numerator"].sum() == counted
        ranges = [_cell_range(row) for row in rows.iter_rows(named=True)]
        shown_parts = [r for r in ranges if r is not None] + ([] if whole else [UNPUBLISHED])
        found.append(Parts(tuple(shown_parts), sum(r is None for r in ranges)))
        if rows["kind"][0] == "percentage":
            found.append(Parts.of(rows["denominator"].to_list()))
    return found


def _cell_range(row: Mapping[str, float | str | None]) -> Range | None:
    """What a reader can tell of a published cell's numerator; None for a hidden 1 to 7."""
    if row["numerator"] is not None:
        return interval(float(row["numerator"]))
    if row["status"] != Status.SUPPRESSED:
        return UNPUBLISHED
    if row["kind"] != "percentage":
        return None
    base, value = row["denominator"], row["value"]
    if base is None:
        return 0, 2 * HIDDEN_TO
    return None if float(value or 0) < 50 else (HIDDEN_TO + 1, float(base) + 1)


def _says(project: Project, safe: pl.DataFrame, private: int, internal: bool) -> tuple[str, ...]:
    if internal:
        return ("This build is internal: counts about people are exact, and nothing in it may be published.",)
    if project.protection.preset == "none":
        return (f"Counts about people are shown as they are. Reason: {project.protection.reason.strip()}",)
    touched = safe.filter(pl.col("round_to").is_not_null())
    if not touched.height:
        return ("No figure here is about people in records that are not public, so none needs hiding.",)
    names = {node.id: node.name for node in project.framework}
    hidden = (pl.col("status") == Status.SUPPRESSED).sum().alias("hidden")
    table = touched.group_by("indicator").agg(hidden, pl.len().alias("cells")).sort("indicator")
    return (
        f"Counts of people are protected by the preset nhs: 0 is shown, 1 to {HIDDEN_TO} is hidden, and every"
        f" other count is shown to the nearest {ROUND_TO}.",
        "Each count is rounded by itself, totals too, so shown figures do not add up exactly.",
        "A hidden count enters scores as the middle of its range, and its range is shown.",
        "A percentage is also hidden where those it leaves over are 1 to 7, or its base is too small.",
        UNCHECKED,
        *(
            f"{names.get(indicator, indicator)}: {count} of {cells} figures are hidden, the others rounded."
            if count
            else f"{names.get(indicator, indicator)}: none of {cells} figures is hidden, all are rounded."
            for indicator, count, cells in table.iter_rows()
        ),
    )
