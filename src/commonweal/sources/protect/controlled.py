"""The preset `controlled`: no count is hidden, all are rounded together, so that totals are kept.

Where a count lies between two multiples it may go to either, so 1 to 4 is shown as 0 or 5, and a figure
shown as 5 stands for 1 to 9. What the figures of a source say of each other stays true of the rounded ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.errors import CommonwealError, Fault
from commonweal.model.observation import Status
from commonweal.model.source import Protection
from commonweal.sources.ledger import COUNTED, READ
from commonweal.sources.measure.kinds import KINDS
from commonweal.sources.measure.observe import figures
from commonweal.sources.protect.apply import made, without_value
from commonweal.sources.protect.counting import TABLE, apart
from commonweal.sources.protect.disclosure.intruder import narrowed
from commonweal.sources.protect.disclosure.linear import solver
from commonweal.sources.protect.disclosure.round import rounded, unrounded
from commonweal.sources.protect.disclosure.system import Figure, Switch, System
from commonweal.sources.protect.expected import groups, totals
from commonweal.sources.protect.known import Role, counts_base
from commonweal.sources.protect.overlaps import Source, key_of, laid_out
from commonweal.sources.protect.rule import Rule
from commonweal.sources.protect.sums import say_sums
from commonweal.sources.protect.worlds import as_known

#: Counts are shown as multiples of this.
STEP: Final = 5
#: What becomes of ledgers, and of what is no count: as if counts below a step were hidden.
RULE: Final = Rule(hide_to=STEP - 1, round_to=STEP)

#: So many figures are named in a fault.
NAMED: Final = 5
#: A row of the observations, and which of its counts.
Cell = tuple[int, Role]


@dataclass(frozen=True, slots=True, eq=False)
class Rounded:
    """The counts of every row as they are shown, and the sources whose figures do not add up anyway."""

    shown: Mapping[Cell, float]
    apart: tuple[str, ...]
    withheld: frozenset[tuple[str, str]]


def round_together(sources: Sequence[Source]) -> Rounded:
    """Round the figures of each source so that they add up, and let an intruder try.

    Raises PROTECT-EXPOSED where a count below a step could be told from another.
    """
    shown: dict[Cell, float] = {}
    separate: list[str] = []
    withheld: set[tuple[str, str]] = set()
    for source in sources:
        found = as_known(source)
        cells, system, told = _exact(found or apart(source))
        answer = rounded(system, STEP)
        if found is not None and answer is None:
            found = None
            cells, system, told = _exact(apart(source))
            answer = rounded(system, STEP)
        assert answer is not None  # one observation by itself can always be rounded
        left = unrounded(told, np.pad(answer, (0, told.figures - system.figures)), STEP)
        if given := narrowed(left):
            raise _refused(source, [cells[figure] for figure, _, _ in given])
        shown |= {cell: float(n) for cell, n in zip(cells, answer, strict=True) if cell is not None}
        if found is None:
            separate.append(source.name)
        if source.fates:
            withheld |= {(source.name, fate) for fate in (READ, COUNTED)}
    return Rounded(shown, tuple(sorted(separate)), frozenset(withheld))


def _exact(source: Source) -> tuple[list[Cell | None], System, System]:
    """Where each figure of a source is published (ties: nowhere), and the system of their exact counts.

    Then the same with the totals that expected numbers are made of, which are rounded by themselves.
    """
    asked: dict[str, list[tuple[Cell, Any, float]]] = {}
    for row in source.rows.iter_rows(named=True):
        counted = source.counts[row["indicator"], row["period"]]
        for role, count in _counts(row, source):
            asked.setdefault(row["area"], []).append(((row["row#"], role), key_of(counted, role), count))
    keys = [key for own in asked.values() for _, key, _ in own]
    laid, _ = laid_out([*keys, *groups(source.counts)], source.worlds, everyone=False)
    cells: list[Cell | None] = []
    built: list[Figure] = []
    for place, (_, own) in enumerate(sorted(asked.items())):
        first = place * laid.size
        for tie in laid.ties:
            atoms, less = (tuple(first + a for a in side) for side in (tie.atoms, tie.less))
            built.append(Figure(atoms, tie.low, tie.high, less=less))
            cells.append(None)
        for cell, key, count in own:
            atoms = tuple(first + a for a in laid.atoms[key])
            less = tuple(first + a for a in laid.less.get(key, ()))
            built.append(Figure(atoms, count, count, switch=len(built), less=less))
            cells.append(cell)
    starts = {area: place * laid.size for place, area in enumerate(sorted(asked))}
    by_group = [
        Figure(t.atoms, RULE.low(class_), RULE.high(class_))
        for t in totals(source.counts, laid, starts)
        for class_ in (RULE.class_of(t.count),)
        if t.whole and t.atoms
    ]
    switches = [Switch()] * len(built)
    return cells, System.of(built, switches), System.of([*built, *by_group], switches)


def _counts(row: Mapping[str, Any], source: Source) -> list[tuple[Role, float]]:
    kind = KINDS[row["kind"]]
    found = []
    if kind.numerator and row["numerator"] is not None:
        found.append((Role.COUNT, row["numerator"]))
    if source.counts_base(row["kind"]) and row["denominator"] is not None:
        found.append((Role.BASE, row["denominator"]))
        if kind.complement and row["numerator"] is not None:
            found.append((Role.REST, row["denominator"] - row["numerator"]))
    return found


def _refused(source: Source, cells: Sequence[Cell | None]) -> CommonwealError:
    rows = {row["row#"]: row for row in source.rows.iter_rows(named=True)}
    named = sorted(
        {f"{rows[c[0]]['indicator']} in {rows[c[0]]['area']}, {rows[c[0]]['period']}" for c in cells if c}
    )
    return CommonwealError(
        Fault(
            "PROTECT-EXPOSED",
            f"figures rounded together could still be worked out: {'; '.join(named[:NAMED])}",
            "Use another preset, which hides small counts, or leave out an indicator that overlaps.",
            path=("protect", "preset"),
        )
    )


def rewritten(exact: pl.DataFrame, shown: Mapping[Cell, float], minimum_base: int) -> pl.DataFrame:
    """The exact observations (`row#`) with the counts as they are shown, and all that follows from them."""
    parts = []
    for (name,), rows in exact.group_by("kind", maintain_order=True):
        kind = KINDS[str(name)]
        counts, bases = (
            np.array(
                [
                    np.nan if n is None else shown.get((r, role), n)
                    for r, n in rows.select("row#", column).rows()
                ]
            )
            for role, column in ((Role.COUNT, "numerator"), (Role.BASE, "denominator"))
        )
        done = _following(rows, counts, bases) if kind.follows else made(rows, RULE)
        public = not counts_base(str(name), True)
        parts.append(without_value(done, rows, minimum_base, public_base=public))
    return pl.concat(parts).sort("row#") if parts else exact


def _following(rows: pl.DataFrame, counts: Array, bases: Array) -> pl.DataFrame:
    """Values and limits from rounded counts; a base rounded to 0 leaves none."""
    kind, per = str(rows["kind"][0]), rows["per"].fill_null(1.0).to_numpy()
    scale = np.ones(len(per)) if kind in ("count", "percentage") else per
    value, limits = figures(kind, 1.0, counts, bases)
    missing = rows["value"].is_null()
    lost = pl.Series(np.isnan(value)) & ~missing
    status = (
        pl.when(missing)
        .then(pl.lit(Status.MISSING.value))
        .when(lost)
        .then(pl.lit(Status.SUPPRESSED.value))
        .when(pl.col("status") == Status.OBSERVED.value)
        .then(pl.lit(Status.ROUNDED.value))
        .otherwise(pl.col("status"))
    )
    columns = zip(
        ("value", "lower", "upper", "numerator", "denominator"),
        (value * scale, limits[:, 0] * scale, limits[:, 1] * scale, counts, bases),
        strict=True,
    )
    return rows.with_columns(
        *(pl.Series(column, numbers).fill_nan(None) for column, numbers in columns),
        status.alias("status"),
        pl.lit(float(STEP)).alias("round_to"),
    )


def say_rounded(
    safe: pl.DataFrame, found: Rounded, protection: Protection, names: Mapping[str, str]
) -> tuple[str, ...]:
    """What was done, in sentences."""
    sentences = [
        "Counts of people are protected by the preset controlled: each is shown as one of the two multiples"
        f" of {STEP} beside it, so a figure shown as {STEP} stands for 1 to {2 * STEP - 1}, and one shown as"
        f" 0 for 0 to {STEP - 1}. Nothing is hidden.",
        "All figures of a source are rounded together, so that parts and wholes still add up. Of all ways to"
        " do it, the one that changes least is taken.",
        f"Before publication a program tried to tell counts of 1 to {STEP - 1} from one another by everything"
        " published of their source, and could not.",
        "The ledger is rounded by itself; its totals are left out.",
    ]
    if protection.minimum_base:
        sentences.append(f"No figure is given where its base is below {protection.minimum_base:,}.")
    sentences += say_sums(safe, protection)
    if found.apart:
        which = ", ".join(name.removeprefix(TABLE) for name in found.apart)
        sentences.append(f"The figures of {which} do not add up with one another before rounding either.")
    told = sorted(safe["indicator"].unique())
    return (*sentences, *(f"{names.get(id, id)}: all figures are rounded." for id in told))


def summary_rounded(safe: pl.DataFrame, found: Rounded, protection: Protection) -> dict[str, Any]:
    """The section `protection` of audit.json."""
    return {
        "preset": "controlled",
        "round_to": STEP,
        "minimum_base": protection.minimum_base,
        "dominance": protection.dominance,
        "figures": {
            "about_people": safe.height,
            "without_a_value": int((safe["status"] == Status.SUPPRESSED.value).sum()),
            "left_out_of_ledger": len(found.withheld),
        },
        "intruder": {"counts": len(found.shown), "narrowed_after": 0, "solver": solver()},
        "overlaps": {"taken_one_by_one": list(found.apart)},
    }
