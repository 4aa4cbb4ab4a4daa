"""What the gate did, in numbers for audit.json and in plain sentences for the protection page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from commonweal.model.observation import Status
from commonweal.model.source import Protection
from commonweal.sources.measure.kinds import KINDS
from commonweal.sources.protect.apply import BASE_LEVEL, COUNT_LEVEL
from commonweal.sources.protect.counting import TABLE
from commonweal.sources.protect.disclosure.linear import solver
from commonweal.sources.protect.presets import source_of
from commonweal.sources.protect.rule import Rule
from commonweal.sources.protect.sums import Sums, say_sums
from commonweal.sources.protect.tried import Tried, narrowest

#: What the trial does not take into account, in the words of the page.
NOT_TRIED = (
    "What the trial does not take into account: what a reader knows from elsewhere, figures of another"
    " publisher, and why this software chose to hide one figure rather than another."
)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known after the gate: exact rows with their levels, protected rows, and the trial.

    `exact` and `safe` are in the same order. `editions` are the earlier ones that were taken into account.
    """

    rule: Rule
    protection: Protection
    exact: pl.DataFrame
    safe: pl.DataFrame
    trial: Tried
    editions: tuple[str, ...]
    revised: int
    alone: Sums


def summary(found: Evidence) -> dict[str, Any]:
    """The section `protection` of audit.json: numbers that give nothing away.

    But for sums hidden for a single record each can be counted in what is published. How many counts of
    1 to 7 there are, or how many figures are hidden for others, would tell which hidden ones are which.
    """
    trial, rule = found.trial, found.rule
    return {
        "preset": found.protection.preset,
        "hide_to": rule.hide_to,
        "round_to": rule.round_to,
        "minimum_base": found.protection.minimum_base,
        "dominance": found.protection.dominance,
        "figures": {
            "about_people": found.safe.height,
            "hidden": _hidden(found),
            "left_out_of_ledger": len(trial.withheld),
        },
        "intruder": {"narrowed_after": 0, "solver": solver() if _hidden(found) else None},
        "overlaps": {
            "sources": sorted({p.source for p in trial.overlaps.places}),
            "earlier_editions": list(found.editions),
            "taken_one_by_one": list(trial.apart),
        },
    }


def _hidden(found: Evidence) -> int:
    return int((found.safe["status"] == Status.SUPPRESSED).sum())


def _counts(found: Evidence) -> tuple[int, int, int]:
    """Figures that the rule hides, those hidden to protect others, and those of the first made wider."""
    levels = np.maximum(found.exact[COUNT_LEVEL].to_numpy(), found.exact[BASE_LEVEL].to_numpy()) > 0
    suppressed = (found.safe["status"] == Status.SUPPRESSED).to_numpy()
    by_rule = found.exact["by_rule#"].to_numpy()
    alone = found.exact["row#"].is_in(sorted(found.alone.dominated | found.alone.others)).to_numpy()
    others = suppressed & ~by_rule & ~alone
    return int(by_rule.sum()), int(others.sum()), int((levels & by_rule).sum())


def say(found: Evidence, names: Mapping[str, str]) -> tuple[str, ...]:
    """What was done, in sentences: the rule, the trial, and each indicator."""
    rule, protection = found.rule, found.protection
    nearest = f"shown to the nearest {rule.round_to}" if rule.round_to > 1 else "shown as it is"
    sentences = [
        f"Counts of people are protected by the preset {protection.preset}: 0 is shown, 1 to {rule.hide_to}"
        f" is hidden, and every other count is {nearest}.",
        source_of(protection),
    ]
    if rule.round_to > 1:
        sentences.append(
            "Each count is rounded by itself, totals too, so shown figures do not add up exactly."
        )
    sentences += [
        "A hidden count enters scores as the middle of its range, and its range is shown.",
        "A percentage is also hidden where those it leaves over are few, or its base is too small.",
    ]
    if any(not (KINDS[kind].follows or KINDS[kind].complement) for kind in found.safe["kind"].unique()):
        sentences.append("A mean or the like of few people is hidden without a range, and is not scored.")
    if protection.minimum_base:
        sentences.append(f"No figure is given where its base is below {protection.minimum_base:,}.")
    sentences += say_sums(found.safe, found.protection)
    return (*sentences, *_trial(found), NOT_TRIED, *_indicators(found, names))


def _trial(found: Evidence) -> list[str]:
    """What was tried, what came of it, and what could not be tried together."""
    trial, last = found.trial, found.rule.hide_to
    if not _hidden(found):
        return ["No count is small enough to be hidden, so there is nothing that could be worked out."]
    kept = "edition" if len(found.editions) == 1 else "editions"
    editions = f", and the {kept} {_listed(found.editions)}" if found.editions else ""
    sentences = [
        "Before publication a program tried to work out every hidden count from everything published"
        " together: indicators that contain one another, parts and wholes, periods that overlap, the ledger"
        f"{editions}.",
        "Where the rule alone would have let it narrow one, others are hidden too, or the range is wider. It"
        f" can't rule out any of 1 to {last} for any of them now.",
    ]
    if trial.withheld:
        sentences.append(f"{_many(len(trial.withheld), 'number')} left out of the ledger for that.")
    if trial.apart:
        which = _listed([name.removeprefix(TABLE) for name in trial.apart])
        sentences.append(f"The figures of {which} do not add up with one another: each was tried by itself.")
    if found.editions:
        sentences.append("A count that was revised since an earlier edition is taken for another figure.")
    return sentences


def _many(count: int, noun: str) -> str:
    """A count of things, with its verb.

    >>> _many(1, "figure"), _many(12, "figure")
    ('1 figure is', '12 figures are')
    """
    return f"{count:,} {noun} is" if count == 1 else f"{count:,} {noun}s are"


def _indicators(found: Evidence, names: Mapping[str, str]) -> list[str]:
    hidden = (pl.col("status") == Status.SUPPRESSED).sum().alias("hidden")
    table = found.safe.group_by("indicator").agg(hidden, pl.len().alias("cells")).sort("indicator")
    return [
        f"{names.get(indicator, indicator)}: {_of(count, cells)} hidden."
        for indicator, count, cells in table.iter_rows()
    ]


def _of(count: int, cells: int) -> str:
    """How many of a number of figures, with their verb.

    >>> _of(0, 9), _of(1, 9), _of(2, 9), _of(1, 1)
    ('none of 9 figures is', '1 of 9 figures is', '2 of 9 figures are', 'its only figure is')
    """
    if cells == 1:
        return "its only figure is" + ("" if count else " not")
    return f"{count or 'none'} of {cells:,} figures {'is' if count < 2 else 'are'}"


def _listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def details(found: Evidence) -> dict[str, Any]:
    """What an intruder would have found out from the rule alone. Exact: never to be published."""
    rows = {row["row#"]: row for row in found.exact.iter_rows(named=True)}
    narrowed = []
    for place, upper, reached in found.trial.narrowed:
        row = rows.get(place.row)
        where = {name: row[name] for name in ("indicator", "area", "period")} if row else {"fate": place.fate}
        end = {"at_most" if upper else "at_least": reached}
        narrowed.append({"source": place.source, **where, "count": place.role.name.lower(), **end})
    levels = {
        name: {row["row#"]: row[name] for row in rows.values() if row[name]}
        for name in (COUNT_LEVEL, BASE_LEVEL)
    }
    trial = found.trial
    by_rule, others, wider = _counts(found)

    def named(numbers: Iterable[int]) -> list[dict[str, str]]:
        return [{key: rows[r][key] for key in ("indicator", "area", "period")} for r in sorted(numbers)]

    return {
        "figures": {
            "hidden_by_rule": by_rule,
            "hidden_for_others": others,
            "ranges_widened": wider,
        },
        "intruder": {
            "counts": trial.overlaps.system.figures,
            "hidden_counts": int(trial.overlaps.system.guarded.sum()),
            "trials": trial.pattern.tries,
            "narrowed_before": trial.pattern.exposed,
            "fewest_values_left": narrowest(trial.system),
            "cheapest_pattern": trial.pattern.exact,
        },
        "earlier_editions": {
            name: sum(place.edition == name for place in trial.overlaps.places) for name in found.editions
        },
        "revised_since": found.revised,
        "narrowed_by_the_rule_alone": narrowed,
        "hidden_or_widened_for_them": named(set().union(*levels.values())),
        "dominated_by_a_record": named(found.alone.dominated),
        "sums_hidden_for_others": named(found.alone.others),
        "left_out_of_ledger": [list(place) for place in sorted(found.trial.withheld)],
    }
