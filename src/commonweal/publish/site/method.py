"""The method page: the recipe in plain words, and every weight and goalpost that it led to."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from commonweal.insight import words
from commonweal.model.recipe import Method, Recipe
from commonweal.publish.site import layout, numbers
from commonweal.publish.site.how_sure import HowSure, how_sure
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.prepared import prepared

_NORMALISE = {
    "goalposts": "Each indicator is placed between two goalposts: the worst value scores 0, the best 100.",
    "minmax": "Each indicator is stretched between its lowest and its highest value.",
    "zscore": "Each indicator is measured in standard deviations from its mean.",
    "rank": "Each indicator is replaced by its rank, the worst at 1.",
    "percentile": "Each indicator is replaced by the share of areas that it is better than.",
    "exponential": "Each indicator is ranked, and the ranks are bent so that the best stand further apart.",
    "borda": "Each indicator is replaced by the number of areas that it is better than.",
    "distance-to-max": "Each indicator is measured by how near it comes to the best, the worst at 0.",
    "distance-to-target": "Each indicator is measured by how far it has come from the worst to its target.",
    "distance-to-reference": "Each indicator is measured by how near it comes to that of one area.",
    "share-of-max": "Each indicator is measured as a share of the best.",
    "quantile-scale": "Each indicator is replaced by its class, of classes of equal size, the worst at 1.",
    "t-score": "Each indicator is measured in standard deviations: the mean is 50, each adds 10.",
    "index-100": "Each indicator is set to 100 for the place as a whole; each standard deviation adds 10.",
    "threshold": "Each indicator is measured from its threshold, which scores 0: beyond it is below 0.",
    "none": "Indicators are used as they stand.",
}
_RULES = {
    "pooled": "One scale for all published periods, so that scores can be compared over time.",
    "each-period": "Each period has a scale of its own, so scores of different periods can’t be compared.",
    "base": "The scale is that of one period, {base}, and holds for all.",
    "frozen": "The scale is that of the edition {edition}, and does not move.",
    "given": "The scale is set in the framework, not taken from the data.",
}
_WEIGH = {
    "given": "by the weights set in the framework",
    "equal": "equally",
    "frozen": "by the weights of the edition {edition}, which do not move",
    "pca": "by principal component analysis: indicators that move together share what they have in common;"
    " where that is not safe, equally, with the reason in the table below",
    "factor": "by the one factor that best explains what they share (maximum likelihood)",
    "entropy": "by entropy: the more a part tells areas apart, the more it counts",
    "critic": "by CRITIC: a part counts more if it tells areas apart and the others do not tell the same",
    "balanced": "so that each has the same influence on the result",
    "benefit-of-doubt": "for each area as suits it best beside the others (benefit of the doubt): the table"
    " below has the means over the areas, and the data the weights of each",
    "budget": "by points that people shared out among them",
    "pairwise": "by people’s comparisons of the parts two by two (analytic hierarchy process)",
}
_MEAN = {
    "arithmetic": "the plain (arithmetic) mean: a high score makes up fully for a low one",
    "geometric": "the geometric mean: a very low score pulls hard, and a high one can’t make up for it fully",
    "harmonic": "the harmonic mean: a very low score pulls harder still",
    "median": "the median of its parts: an extreme part can’t move it",
    "owa": "a mean with weights by place: the best part has the first weight, the worst the last",
    "mazziotta-pareto": "the mean of its parts with a penalty for being uneven (Mazziotta-Pareto)",
    "copeland": "the number of areas it is ahead of, less those ahead of it, comparing two by two (Copeland)",
    "benefit-of-doubt": "seen with the weights that suit each area best: 100 where no others do better",
    "none": "not formed: its parts stand beside each other",
}


@dataclass(frozen=True, slots=True)
class WeightRow:
    """A node's weight."""

    name: str
    href: str
    parent: str
    weight: str
    effective: str
    reason: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """An indicator's scale."""

    name: str
    href: str
    unit: str
    worst: str
    best: str
    rule: str


@dataclass(frozen=True, slots=True)
class CarriedRow:
    """An indicator whose latest figures are older than the edition's latest period."""

    name: str
    href: str
    dates: str
    areas: str


@dataclass(frozen=True, slots=True)
class MethodPage:
    """The method page, ready to be written."""

    page: layout.Page
    lead: str
    steps: tuple[tuple[str, tuple[str, ...]], ...]
    weights: tuple[WeightRow, ...]
    own_weights: bool
    posts: tuple[PostRow, ...]
    carried: tuple[CarriedRow, ...]
    sure: HowSure | None
    floored: tuple[str, ...]
    notes: tuple[str, ...]
    latest: str


def method_page(lookup: Lookup) -> MethodPage:
    """The method of an edition."""
    edition = lookup.edition
    count = len(lookup.framework.indicators)
    return MethodPage(
        page=layout.page(edition, "method.html", "Method", "method"),
        lead=f"{count} {words.types('indicator', count)} become one score for each {lookup.type}, in steps"
        " that anyone can repeat from the published figures.",
        steps=_steps(lookup),
        weights=_weights(lookup),
        own_weights=edition.scoring.area_weights.height > 0,
        posts=_posts(lookup),
        carried=_carried(lookup),
        sure=how_sure(lookup),
        floored=_floored(lookup),
        notes=edition.notes,
        latest=lookup.latest,
    )


def _steps(lookup: Lookup) -> tuple[tuple[str, tuple[str, ...]], ...]:
    recipe, tree = lookup.edition.recipe, lookup.framework
    normalise = recipe.normalise
    scale = [_NORMALISE.get(normalise.method.name, normalise.method.name)]
    if normalise.method.name not in ("none",):
        scale.append(_RULES[normalise.rule].format(base=normalise.base, edition=normalise.edition))
    if normalise.method.name == "goalposts" and normalise.method["clip"]:
        scale.append("A value beyond a goalpost scores as the goalpost does.")
    scale += [f"{tree[i].name}: {_NORMALISE.get(m.name, m.name)}" for i, m in normalise.by]
    steps = [*prepared(lookup), ("One scale", tuple(scale)), ("Weights", tuple(_by_level(lookup, "weigh")))]
    steps.append(("Means", tuple(_by_level(lookup, "aggregate"))))
    steps.append(("Gaps", _gaps(recipe)))
    if recipe.floor is not None:
        floor = words.number(recipe.floor, 0 if recipe.floor == round(recipe.floor) else 2)
        steps.append(
            (
                "Floor",
                (
                    f"In a geometric or harmonic mean a score under {floor} counts as {floor}, since one zero"
                    " would make the whole zero.",
                ),
            )
        )
    steps.append(
        (
            "Ranks",
            (
                f"{words.sentence(lookup.types)} are ranked from the highest score, 1, downwards. Those that"
                " tie share the better rank.",
            ),
        )
    )
    return tuple(steps)


def _by_level(lookup: Lookup, step: str) -> list[str]:
    recipe, tree = lookup.edition.recipe, lookup.framework
    setting = recipe.weigh.method if step == "weigh" else recipe.aggregate.method
    says = []
    for level in (name for name in tree.levels if name != "indicator"):
        method: Method = setting.at(level, level)
        if step == "weigh":
            way = _WEIGH[method.name].format(**dict(method.parameters))
            text = f"Within each {level}, parts are weighted {way}."
        else:
            power = f"the power mean with exponent {method['p']:g}" if method.name == "power" else method.name
            text = f"Each {level} is {_MEAN.get(method.name, power)}."
        says.append(text)
    for node, method in setting.nodes:
        says.append(f"{tree[node].name} is an exception: {method.name}.")
    return says


def _gaps(recipe: Recipe) -> tuple[str, ...]:
    says = ["A missing score is left out and the weights of the others are raised to fill its place."]
    if recipe.available is None:
        says.append(
            "A parent of indicators needs all but one of them (and two, if it has three or more). A parent of"
            " parents needs all."
        )
    else:
        share = recipe.available.share.every
        how = "all but one of its children" if share == "n-1" else None
        if how is None and share is not None:
            how = f"at least {words.number(100 * float(share), 0)}% of its children"
        says.append(f"A parent needs {how}." if how else "What a parent needs is set level by level.")
    return tuple(says)


def _weights(lookup: Lookup) -> tuple[WeightRow, ...]:
    rows = []
    for node in lookup.framework:
        weight = lookup.weight(node.id)
        if weight.share is None or not node.parent:
            continue
        rows.append(
            WeightRow(
                node.name,
                f"nodes/{lookup.node_files[node.id]}",
                lookup.framework[node.parent].name,
                words.number(weight.share, 3),
                "" if weight.effective is None else words.number(weight.effective, 4),
                words.sentence(weight.reason),
            )
        )
    return tuple(rows)


def _posts(lookup: Lookup) -> tuple[PostRow, ...]:
    rules = dict(lookup.edition.goalposts.select("indicator", "rule").rows())
    rows = []
    for node in lookup.framework.indicators:
        if node.id in lookup.goalposts:
            worst, best = lookup.goalposts[node.id]
            places = max(lookup.places[node.id], numbers.places_for((worst, best)))
            rows.append(
                PostRow(
                    node.name,
                    f"nodes/{lookup.node_files[node.id]}",
                    node.unit,
                    words.number(worst, places),
                    words.number(best, places),
                    words.sentence(rules[node.id] or ""),
                )
            )
    return tuple(rows)


def _carried(lookup: Lookup) -> tuple[CarriedRow, ...]:
    rows = []
    for node in lookup.framework.indicators:
        figures = [lookup.figures[area.code, node.id] for area in lookup.areas]
        old = [figure for figure in figures if figure.status == "carried" and not isnan(figure.value)]
        if old:
            dates = words.listed([numbers.day(d) for d in sorted({figure.observed for figure in old})])
            number = f"{len(old)} of {len(figures)} {lookup.types}"
            rows.append(CarriedRow(node.name, f"nodes/{lookup.node_files[node.id]}", dates, number))
    return tuple(rows)


def _floored(lookup: Lookup) -> tuple[str, ...]:
    return tuple(
        f"{lookup.names[area]}: {lookup.framework[node].name} ({lookup.points(lookup.score(area, node))})"
        for area, nodes in sorted(lookup.floored.items())
        for node in nodes
    )
