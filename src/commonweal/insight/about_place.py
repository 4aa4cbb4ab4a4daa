"""Statements about the place as a whole, and about each node across its areas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.insight import words
from commonweal.insight.about_comparisons import moved
from commonweal.insight.basis import DIFFERS, difference_of_place
from commonweal.insight.facts import Facts, Statement
from commonweal.insight.progress import CLASSES, class_of
from commonweal.model.framework import Node
from commonweal.model.observation import Status
from commonweal.model.project import ProgressRule

#: With more areas than this, two are named at each end of the ranking.
_FEW: Final = 5


def about_place(facts: Facts) -> Iterator[Statement]:
    """What the home page says: who leads and trails, the place's own score, and how areas moved."""
    scored = np.nonzero(facts.ranks[:, facts.index(facts.root)])[0]
    if len(scored) > 1:
        yield _leaders(facts, scored)
        if len(set(facts.ranks[scored, facts.index(facts.root)])) > 1:
            yield _spread(facts, scored)
    yield from _own_score(facts)
    yield from _classes(facts)


def about_nodes(facts: Facts) -> Iterator[Statement]:
    """What a node page says: both ends, direction, benchmarks, and how the place moved."""
    for node in facts.edition.framework:
        if node.is_indicator:
            yield from _values(facts, node)
            if node.direction == -1:
                text = f"{words.plain(node.name)}: lower is better, so a high score means a low figure."
                yield Statement("direction", text, "", node.id)
            yield from _beside_benchmarks(facts, node)
        elif node != facts.root:
            yield from _ends(facts, node)
    yield from _changes(facts)


def _leaders(facts: Facts, scored: Array) -> Statement:
    """Who leads, who trails, and how many points lie between the first and the last."""
    scores, ranks = facts.scores[:, facts.index(facts.root)], facts.ranks[:, facts.index(facts.root)]
    order = sorted(scored, key=lambda a: (ranks[a], a))
    back = sorted(scored, key=lambda a: (-ranks[a], a))
    for ends in (2, 1) if len(order) > _FEW else (1,):
        first, last = _with_ties(order, ranks, ends), _with_ties(back, ranks, ends)
        if not set(first) & set(last):
            break
    gap = float(scores[scored].max() - scores[scored].min())
    if facts.by_chance(order[0], facts.root) is not None:
        first, last = _clear(facts, order), _clear(facts, back)
        if set(first) & set(last):
            return _none_leads(facts, order, gap)
    if facts.ranks[last[0], facts.index(facts.root)] == 1:
        text = f"{facts.all_of(len(order))} have the same score."
    else:
        lead = "leads" if len(first) == 1 else "lead"
        trail = "trails" if len(last) == 1 else "trail"
        alone = ranks[first].max() == 1 and ranks[last].min() == ranks[scored].max()
        apart = f" by {_apart(facts, gap)}" if alone else f", {_apart(facts, gap)} from first to last"
        text = f"{facts.who(first)} {lead}; {facts.who(last)} {trail}{apart}."
    return Statement("finding", text, "", "", "all", gap)


def _with_ties(order: list[int], ranks: Array, ends: int) -> Array:
    """The first `ends` areas in order, and those that share the rank of the last of them."""
    return np.array([a for i, a in enumerate(order) if i < ends or ranks[a] == ranks[order[ends - 1]]])


def _clear(facts: Facts, order: list[int]) -> Array:
    """The fewest areas from one end on of which each can be told apart from all that follow."""
    held = 1
    while held < len(order):
        rest = np.array(order[held:])
        reach = [
            held + int(np.flatnonzero(~apart).max())
            for a in order[:held]
            if not (apart := facts.apart(a, rest)).all()
        ]
        if not reach:
            break
        held = max(reach) + 1
    return np.array(order[:held])


def _none_leads(facts: Facts, order: list[int], gap: float) -> Statement:
    """Where areas run into each other all the way from the first to the last."""
    ends = facts.apart(order[0], np.array(order[-1:]))[0]
    far = f"{_apart(facts, gap)} from first to last"
    if ends:
        text = f"No group of {facts.types()} stands clear of the rest: it is {far}."
    else:
        text = f"{facts.all_of(len(order))} are too close to tell apart: it is {far}."
    return Statement("finding", text, "", "", "all", gap)


def _apart(facts: Facts, gap: float) -> str:
    return words.points(gap, 0 if facts.top and gap >= 10 else 1 if facts.top else 2)


def _spread(facts: Facts, scored: Array) -> Statement:
    scores = facts.scores[scored, facts.index(facts.root)]
    ranks = facts.ranks[scored, facts.index(facts.root)]
    high, low = scores.max(), scores.min()
    text = (
        f"Scores run from {words.number(low, 2)} in {facts.who(scored[ranks == ranks.max()])}"
        f" to {words.number(high, 2)} in {facts.who(scored[ranks == 1])}."
    )
    return Statement("spread", text, "", "", "all", float(high - low))


def _own_score(facts: Facts) -> Iterator[Statement]:
    place, root = facts.edition.place, facts.root
    rows = _place_rows(facts).filter(pl.col("node") == root.id)
    now = rows.filter(pl.col("period") == facts.period)
    if now.height:
        score = now["score"][0]
        text = f"{place} as a whole scores {facts.headline(score)} in {facts.period}"
        made = f", worked out from its {facts.types()}" if now["status"][0] == Status.ESTIMATED else ""
        text = f"{text}{made}."
        yield Statement("score", text, "", root.id, "", score)


def _place_rows(facts: Facts) -> pl.DataFrame:
    return facts.edition.benchmarks.filter(
        (pl.col("name") == facts.edition.place) & pl.col("score").is_not_null()
    )


def _classes(facts: Facts) -> Iterator[Statement]:
    """In how many areas the index improved, stagnated or deteriorated."""
    rows = facts.edition.progress.filter((pl.col("node") == facts.root.id) & pl.col("class").is_not_null())
    if rows.height < 2:
        return
    count = {name: rows.filter(pl.col("class") == name).height for name in CLASSES}
    down, still, up = count[CLASSES[0]], count[CLASSES[1]], count[CLASSES[2]] + count[CLASSES[3]]
    text = (
        f"From {rows['since'][0]} to {rows['until'][0]} the index improved in {words.tally(up)} of"
        f" {rows.height:,} {facts.types(rows.height)}, stagnated in {words.tally(still)}"
        f" and deteriorated in {words.tally(down)}."
    )
    unlike = facts.edition.progress.filter(node=facts.root.id, basis=DIFFERS).height
    if unlike:
        text += f" In {words.tally(unlike)} more the two years are not of the same indicators."
    yield Statement("progress-classes", text, "", facts.root.id,
                    rows["since"][0], float(up))  # fmt: skip


def _changes(facts: Facts) -> Iterator[Statement]:
    """How the place moved in each parent node, in points a year."""
    rule = facts.edition.progress_rule
    if rule is None or facts.edition.recipe.normalise.rule == "each-period":
        return
    rows, since = _place_rows(facts), _since(facts, rule)
    years = facts.edition.periods[-1].years_after(facts.edition.periods[since])
    if not years:
        return
    start = facts.edition.periods[since].label
    found = {
        label: dict(rows.filter(pl.col("period") == label).select("node", "score").iter_rows())
        for label in (start, facts.period)
    }
    renewed = _renewed(facts, start)
    for node in facts.edition.framework:
        first, last = found[start].get(node.id), found[facts.period].get(node.id)
        if node.is_indicator or first is None or last is None:
            continue
        if not any(leaf.id in renewed for leaf in facts.edition.framework.below(node.id)):
            continue
        change = (last - first) / years
        unlike = difference_of_place(facts.edition, node.id, start, facts.period)
        mark = "" if unlike else CLASSES[int(class_of(np.array([change]), rule)[0])]
        what = "index" if node == facts.root else f"score for {words.inside(node.name)}"
        how = moved(facts, change, start, facts.period)
        end = f", {unlike}" if unlike else f": {mark}"
        text = f"{words.possessive(facts.edition.place)} {what} {how}{end}."
        yield Statement("change", text, "", node.id, start, change, mark)


def _renewed(facts: Facts, start: str) -> set[str]:
    """The indicators for which the place has another figure now than it had at the start."""
    own = facts.edition.benchmarks.filter(
        (pl.col("name") == facts.edition.place) & pl.col("value").is_not_null()
    )
    then, now = (
        set(own.filter(pl.col("period") == label).select("node", "value", "observed").iter_rows())
        for label in (start, facts.period)
    )
    return {node for node, _, _ in then ^ now}


def _since(facts: Facts, rule: ProgressRule) -> int:
    return facts.edition.scoring.period_index.get(rule.since, 0)


def _ends(facts: Facts, node: Node) -> Iterator[Statement]:
    """Which areas are first and last for a parent node."""
    scores = facts.scores[:, facts.index(node)]
    scored = np.nonzero(facts.ranks[:, facts.index(node)])[0]
    if len(scored) < 2:
        return
    ranks = facts.ranks[scored, facts.index(node)]
    first, last = scored[ranks == 1], scored[ranks == ranks.max()]
    if len(first) == len(scored):
        text = f"{facts.all_of(len(scored))} have the same score for {words.inside(node.name)}."
    else:
        text = (
            f"For {words.inside(node.name)} {_comes(facts, first)} first {facts.of_areas(node)}"
            f" ({facts.points(scores[first[0]])}{facts.chance(first[0], node)}), and"
            f" {_comes(facts, last)} last ({facts.points(scores[last[0]])}{facts.chance(last[0], node)})."
        )
    yield Statement("finding", text, "", node.id, "all", float(scores[first[0]] - scores[last[0]]))


def _comes(facts: Facts, areas: Array) -> str:
    return f"{facts.who(areas)} {'comes' if len(areas) == 1 else 'come joint'}"


def _values(facts: Facts, node: Node) -> Iterator[Statement]:
    """The highest and the lowest figure of an indicator, in units people use; none where most are hidden."""
    values = facts.shown[:, facts.indicator_index[node.id]]
    there, hidden = np.nonzero(np.isfinite(values))[0], facts.hidden(node)
    if len(there) < 2 or hidden > len(there):
        return
    high, low = float(values[there].max()), float(values[there].min())
    at_high, at_low = facts.who(there[values[there] == high]), facts.who(there[values[there] == low])
    name = words.plain(node.name)
    if high == low:
        each = f"each {words.one_type(facts.edition.areas.type)}{' shown' if hidden else ''}"
        text = f"{name}: {words.amount(high, node.unit)} in {each}."
    elif _as_shares(node, high, low):
        text = f"{words.one_in(node.name, words.share(high) or 0, at_high)},"
        text += f" against one in {words.share(low)} in {at_low}."
    else:
        text = f"{name}: {words.amount(high, node.unit)} in {at_high},"
        text += f" against {words.again(low, node.unit)} in {at_low}."
    if hidden:
        text += (
            f" That is of the {len(there):,} {facts.types(len(there))} shown;"
            f" {words.count(hidden)} {'is' if hidden == 1 else 'are'} hidden to protect people."
        )
    yield Statement("finding", text, "", node.id, "all", high)


def _as_shares(node: Node, high: float, low: float) -> bool:
    """Whether both ends read well, and differently, as "one in n"."""
    few, many = words.share(high), words.share(low)
    readable = few is not None and many is not None and few != many
    return readable and words.is_percentage(node.unit) and words.counted(node.name)


def _beside_benchmarks(facts: Facts, node: Node) -> Iterator[Statement]:
    """How many areas are above each benchmark's figure."""
    rows = facts.edition.benchmarks.filter(
        (pl.col("node") == node.id)
        & (pl.col("period") == facts.period)
        & pl.col("value").is_not_null()
        & (pl.col("name") != facts.edition.place)
    )
    values = facts.shown[:, facts.indicator_index[node.id]]
    known, hidden = int(np.isfinite(values).sum()), facts.hidden(node)
    if not known or hidden > known:
        return
    which = "" if known == len(values) else " shown" if hidden else " with a figure"
    of = f"{known:,} {facts.types(known)}{which}"
    for name, theirs in rows.select("name", "value").sort("name").iter_rows():
        above = int((values > theirs).sum())
        many = f"All {of}" if above == known > 1 else f"{words.sentence(words.tally(above))} of {of}"
        verb = "is" if above == 1 else "are"
        text = f"{many} {verb} above the figure for {name} ({words.amount(theirs, node.unit)})."
        yield Statement("benchmark-count", text, "", node.id, name, float(above))
