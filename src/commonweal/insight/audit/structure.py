"""Step 4: whether the parts of a group belong together."""

from __future__ import annotations

from math import isnan
from typing import Final

import numpy as np

from commonweal.insight.audit.document import Cell, Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import FEW_AREAS, LEVEL, MOST_FOR_PAIRS, Facts, agree
from commonweal.insight.diagnose import pairs
from commonweal.insight.diagnose.components import components
from commonweal.insight.diagnose.consistency import alpha, bartlett, kmo
from commonweal.insight.diagnose.correlation import Correlations, kendall, spearman
from commonweal.model.framework import Node

#: Two indicators of one group this close say the same thing.
REDUNDANT: Final = 0.9
_ALPHA: Final = 0.7
_MOST_PAIRS: Final = 30


def part(facts: Facts) -> Part:
    """Correlations inside and across groups, consistency, and components of each group."""
    groups = [node for node in facts.tree if len(facts.tree.children(node.id)) > 1]
    table = tuple(_group(facts, node) for node in groups)
    findings = [*_caution(facts, groups), *_consistency(facts, table), *_against_group(facts)]
    inside = _inside(facts)
    findings += _pairs(facts, inside)
    return Part(4, tuple(findings), (_groups(table), *_pair_table(facts, inside)))


def _group(facts: Facts, node: Node) -> tuple[Cell, ...]:
    children = facts.tree.children(node.id)
    x = facts.columns(children)
    found, tested = components(x), bartlett(x)
    return (
        node.id,
        len(children),
        int((~np.isnan(x).any(axis=1)).sum()),
        _known(alpha(x)),
        _known(kmo(x)),
        tested.chi_squared if tested else None,
        tested.p if tested else None,
        float(found.eigenvalues[0]) if found else None,
        float(found.shares[0]) if found else None,
        int((found.eigenvalues > 1).sum()) if found else None,
    )


def _known(x: float) -> float | None:
    return None if isnan(x) else x


def _groups(rows: tuple[tuple[Cell, ...], ...]) -> Table:
    columns = (
        Column("node", "Group", "node"),
        Column("parts", "Parts", "count"),
        Column("areas", "Complete areas", "count"),
        Column("alpha", "Cronbach’s alpha", "correlation"),
        Column("kmo", "KMO", "correlation"),
        Column("bartlett", "Bartlett’s chi-squared"),
        Column("bartlett_p", "its p", "p"),
        Column("eigenvalue", "First eigenvalue", "correlation"),
        Column("first_share", "Variation on the first principal component", "share"),
        Column("above_one", "Principal components above 1", "count"),
    )
    note = (
        "Alpha of 0.7 and KMO of 0.6 are usually held to be enough for parts to be one thing. Empty where too"
        " few areas are complete."
    )
    return Table("groups-together", "How far the parts of each group go together", columns, rows, note)


def _caution(facts: Facts, groups: list[Node]) -> list[Finding]:
    tests = sum(len(facts.tree.children(n.id)) * (len(facts.tree.children(n.id)) - 1) // 2 for n in groups)
    findings = []
    if facts.areas < FEW_AREAS:
        findings.append(
            Finding(
                Mark.NOTE,
                f"There are {facts.areas} {facts.types}.",
                f"With fewer than {FEW_AREAS}, correlations, alpha and principal components move much by"
                " chance.",
                "Take what follows as hints, and look for the same pattern in other periods.",
            )
        )
    if tests:
        findings.append(
            Finding(
                Mark.NOTE,
                f"{agree(tests, 'pair', 'pairs')} inside groups {'was' if tests == 1 else 'were'} compared.",
                f"Were nothing linked at all, about {max(1, round(tests * LEVEL)):,} of them would still have"
                " a p under 0.05 by chance.",
            )
        )
    return findings


def _consistency(facts: Facts, rows: tuple[tuple[Cell, ...], ...]) -> list[Finding]:
    known = [(str(row[0]), row[3]) for row in rows if isinstance(row[3], float)]
    low = [node for node, value in known if value < _ALPHA]
    negative = [node for node, value in known if value < 0]
    findings = []
    if negative:
        count = agree(len(negative), "group has", "groups have")
        findings.append(
            Finding(
                Mark.LOOK,
                f"{count} an alpha below 0: {facts.named(negative)}.",
                "Parts that pull against each other make a mean that hides more than it shows.",
                "Check the directions of the parts, and whether they belong in one group.",
            )
        )
    if len(low) > len(negative):
        count = agree(len(low), "group has", "groups have")
        findings.append(
            Finding(
                Mark.NOTE,
                f"{count} an alpha under 0.7: {facts.named(low)}.",
                "The parts of such a group are different things rather than measures of one. In a social"
                " index that can be meant, since a group may gather what matters, not what moves together.",
                "Show the parts beside the score.",
            )
        )
    if known and not low:
        findings.append(Finding(Mark.SOUND, "Every group has an alpha of 0.7 or more."))
    return findings


def _against_group(facts: Facts) -> list[Finding]:
    found = pairs.with_ancestors(facts.scores, facts.tree)
    parent = {node.id: node.parent for node in facts.tree}
    opposed = [
        row["node"]
        for row in found.iter_rows(named=True)
        if parent[row["node"]] == row["ancestor"] and _opposed(row["r"], row["p"])
    ]
    if not opposed:
        return [Finding(Mark.SOUND, "No part runs against its own group beyond chance.")]
    return [
        Finding(
            Mark.LOOK,
            f"{agree(len(opposed), 'part runs', 'parts run')} against its own group: {facts.named(opposed)}.",
            "Where such a part is better, the score of its group is worse.",
            "Check the direction of each, and whether it belongs there.",
        )
    ]


def _opposed(r: float | None, p: float | None) -> bool:
    return r is not None and p is not None and r < 0 and p < LEVEL


def _inside(facts: Facts) -> list[dict[str, Cell]]:
    """Pairs of indicators of one group that are close or opposed beyond chance, the closest first."""
    at = [facts.edition.scoring.node_index[node.id] for node in facts.indicators]
    links = Correlations(facts.links.r[np.ix_(at, at)], facts.links.pairs[np.ix_(at, at)])
    names = [node.id for node in facts.indicators]
    groups = [node.parent for node in facts.indicators]
    inside = pairs.inside_groups(links, names, groups)
    across = pairs.across_groups(links, names, groups, REDUNDANT)
    rows = [dict(row) for row in inside.iter_rows(named=True)]
    rows += [{"kind": "across", "group": "", **row} for row in across.iter_rows(named=True)]
    beyond = [row for row in rows if row["p"] is not None and row["p"] < LEVEL]
    return sorted(beyond, key=lambda row: (-abs(row["r"]), row["first"], row["second"]))


def _pairs(facts: Facts, rows: list[dict[str, Cell]]) -> list[Finding]:
    findings = []
    same = [r for r in rows if r["kind"] == "redundant" and float(r["r"] or 0) > REDUNDANT]
    if same:
        findings.append(
            Finding(
                Mark.LOOK,
                f"{agree(len(same), 'pair', 'pairs')} in one group {'moves' if len(same) == 1 else 'move'}"
                f" as one (r above 0.9), such as {_pair(facts, same[0])}.",
                "Together they count the same thing twice.",
                "Keep one of each pair, or halve their weights.",
            )
        )
    opposed = [r for r in rows if r["kind"] == "opposed"]
    if opposed:
        findings.append(
            Finding(
                Mark.LOOK,
                f"{agree(len(opposed), 'pair', 'pairs')} in one group"
                f" {'pulls' if len(opposed) == 1 else 'pull'} apart (r below −0.4), such as"
                f" {_pair(facts, opposed[0])}.",
                "In a mean they cancel out.",
                "Check the directions, and show both beside the score.",
            )
        )
    across = [r for r in rows if r["kind"] == "across"]
    if across:
        findings.append(
            Finding(
                Mark.LOOK,
                f"{agree(len(across), 'pair', 'pairs')} of different groups"
                f" {'moves' if len(across) == 1 else 'move'} closely (r beyond 0.9), such as"
                f" {_pair(facts, across[0])}.",
                "The index may count one thing in two places.",
                "Check whether both come from the same figures.",
            )
        )
    if not findings:
        findings.append(Finding(Mark.SOUND, "No pair of indicators counts one thing twice or pulls apart."))
    return findings


def _pair(facts: Facts, row: dict[str, Cell]) -> str:
    return f"{facts.name(str(row['first']))} with {facts.name(str(row['second']))}"


def _pair_table(facts: Facts, rows: list[dict[str, Cell]]) -> tuple[Table, ...]:
    if not rows:
        return ()
    few = facts.areas <= MOST_FOR_PAIRS
    columns = [
        Column("first", "Indicator", "node"),
        Column("second", "With", "node"),
        Column("kind", "Kind", "text"),
        Column("pearson", "Pearson", "correlation"),
        Column("p", "p", "p"),
        Column("spearman", "Spearman", "correlation"),
        *([Column("kendall", "Kendall", "correlation")] if few else []),
        Column("areas", "Areas", "count"),
    ]
    note = (
        "Redundant is r above 0.7 and opposed below −0.4 in one group, across beyond 0.9 in different ones."
    )
    if not few:
        note += f" Kendall’s tau is left out above {MOST_FOR_PAIRS:,} areas."
    if len(rows) > _MOST_PAIRS:
        note += f" The {_MOST_PAIRS} closest of {len(rows):,} pairs."
    cells = tuple(_pair_row(facts, row, few) for row in rows[:_MOST_PAIRS])
    return (Table("pairs", "Indicators that move together or apart", tuple(columns), cells, note),)


def _pair_row(facts: Facts, row: dict[str, Cell], few: bool) -> tuple[Cell, ...]:
    two = np.stack([facts.column(str(row["first"])), facts.column(str(row["second"]))], axis=1)
    tau = (_known(float(kendall(two).r[0, 1])),) if few else ()
    rho = _known(float(spearman(two).r[0, 1]))
    return (row["first"], row["second"], row["kind"], row["r"], row["p"], rho, *tau, row["areas"])
