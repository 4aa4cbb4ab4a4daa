"""Step 7, when it is asked for: which choice of method moves ranks most, by Sobol indices."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from commonweal.insight import words
from commonweal.insight.audit.document import Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import Facts
from commonweal.insight.sensitivity import ROWS, sensitivity
from commonweal.insight.uncertainty.choices import Experiment, WeightSets
from commonweal.insight.uncertainty.usual import inputs
from commonweal.methods.sobol import MOST_INPUTS
from commonweal.model.project import UncertaintyRule
from commonweal.model.uncertainty import FEWEST

_COLUMNS: Final = (
    Column("input", "Choice", "text"),
    Column("ways", "Ways to choose", "count"),
    Column("first", "Share by itself", "share"),
    Column("first_low", "At least", "share"),
    Column("first_high", "At most", "share"),
    Column("total", "Share with all it takes part in", "share"),
    Column("total_low", "At least", "share"),
    Column("total_high", "At most", "share"),
)


def part(facts: Facts) -> Part:
    """How much of the movement of ranks each choice makes: first-order and total indices, with intervals.

    The choices are those of the project, or the usual ones. It takes `ROWS` x (choices + 2) indices made
    anew, so a build leaves it out.
    """
    edition = facts.edition
    if facts.areas < FEWEST:
        return Part(7, (_not_made(f"there are fewer than {FEWEST} {facts.types}, whose ranks say little"),))
    varied = inputs(edition.scoring, edition.uncertainty_rule or UncertaintyRule())
    if len(varied) < 2:
        return Part(7, (_not_made("fewer than two choices vary"),))
    if len(varied) > MOST_INPUTS:
        return Part(7, (_not_made(f"more than {MOST_INPUTS} choices vary"),))
    found = sensitivity(Experiment.of(edition, varied)).drop_nulls("total")
    if found.is_empty():
        return Part(7, (_not_made("no choice moves a rank"),))
    ways = {one.name: one.count if isinstance(one, WeightSets) else len(one.alternatives) for one in varied}
    table = found.with_columns(pl.col("input").replace_strict(ways, return_dtype=pl.Int64).alias("ways"))
    table = table.sort(["total", "input"], descending=[True, False])
    runs = f"{ROWS * (len(varied) + 2):,}"
    note = (
        f"Sobol indices of the mean shift of ranks (Saltelli 2010, Jansen 1999), from {runs} indices made"
        " anew, with the middle 90 % of resamples. A share by itself may come out below 0 by chance."
    )
    title = "Which choice of method moves ranks"
    return Part(7, (_most(table),), (Table.of("sensitivity", title, _COLUMNS, table, note),))


def _most(table: pl.DataFrame) -> Finding:
    """Which choice moves ranks most, if that can be told."""
    first, *others = table.iter_rows(named=True)
    close = [row["input"] for row in others if row["total_high"] >= first["total_low"]]
    if close:
        named = words.listed([f"“{name}”" for name in (first["input"], *close)])
        text = f"The choices {named} move ranks most; which of them more can’t be told from these runs."
    else:
        text = f"The choice “{first['input']}” moves ranks most."
    return Finding(
        Mark.NOTE,
        f"{text} Of how far ranks move from re-run to re-run, “{first['input']}” takes part in"
        f" {_share(first)}.",
        "Shares with all that a choice takes part in add up to more than 100% where choices work together.",
        "Be ready to give the reason of that choice first.",
    )


def _share(row: dict[str, Any]) -> str:
    return f"{row['total']:.0%} ({row['total_low']:.0%} to {row['total_high']:.0%})"


def _not_made(why: str) -> Finding:
    return Finding(Mark.NOTE, f"Which choice of method moves ranks was not worked out: {why}.")
