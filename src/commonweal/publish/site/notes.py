"""The notes of an area's page: how its scores, marks, rates of change and bases are to be read."""

from __future__ import annotations

from commonweal.insight import words
from commonweal.publish.site.lookup import Lookup


def notes(lookup: Lookup, code: str) -> tuple[str, ...]:
    """What a reader of the page should know of scores, marks, progress and bases."""
    scale = f"{words.number(lookup.scale.low, 0)} (worst) to {words.number(lookup.scale.high, 0)} (best)"
    less = next((node for node in lookup.framework.indicators if node.direction == -1), None)
    low = f": a high score for {words.inside(less.name)} means a low figure" if less else ""
    found = [
        f"Every score runs from {scale}, also where the thing itself is bad{low}.",
        f"{words.sentence(lookup.types)} that tie share the better rank.",
    ]
    rule = lookup.edition.peer_rule
    if lookup.marks and rule:
        times = "" if rule.times == 1 else f"{rule.times:g} times "
        spread = rule.spread.replace("-", " ")
        found.append(
            f"Over and under: further from the {rule.centre} of the peers than {times}their {spread},"
            f" and than {words.points(rule.floor, 0 if rule.floor == round(rule.floor) else 1)}."
            " On the line is within."
        )
        if lookup.sure.found:
            found.append(
                "A mark is solid where it would come out the same at least 9 times in 10 if only chance"
                " differed, and hollow, with a question mark, where it might not. Figures that come without a"
                " count or an interval are taken as they are: nothing says how far chance could move them."
            )
    if any(s.kind == "trend" for s in lookup.statements.get(code, ())):
        found.append(
            "Progress goes from one period straight to the last; a trend is the line through every period"
            " measured alike. So the two can give different points a year."
        )
    found += _two_bases(lookup, code)
    cuts = lookup.edition.progress_rule
    if lookup.changes and cuts:
        low, middle, high = (words.number(cut) for cut in cuts.cuts)
        found.append(
            f"Progress in points a year since {lookup.since}: below {low} is deterioration, up to {middle}"
            f" stagnation, up to {high} steady improvement, above that significant improvement. It says how"
            f" large a change is, not whether it could be chance{_doubt(lookup)}."
        )
    if code in lookup.floored:
        names = words.listed([lookup.framework[node].name for node in lookup.floored[code]])
        floor = lookup.edition.recipe.floor or 0.0
        found.append(
            f"Before the means above were taken, {names} counted as"
            f" {words.points(floor, 0 if floor == round(floor) else 1)}: a zero would make the whole zero."
        )
    return tuple(found)


def _doubt(lookup: Lookup) -> str:
    """How a class that could be chance is told from others, where that is known."""
    return ": where that is not unlikely, the class has a question mark" if lookup.sure.found else ""


def _two_bases(lookup: Lookup, code: str) -> list[str]:
    """Why one number of people stands twice: rounded with the counts of a source, and as it is published."""
    figures = [lookup.figures[code, node.id] for node in lookup.framework.indicators]
    bases = sorted({(f.denominator, f.round_to) for f in figures if f.denominator and f.round_to})
    for rounded, step in bases:
        near = [b for b, _ in bases if b != rounded and abs(b - rounded) < step and b % step]
        if rounded % step == 0 and near:
            pair = " and ".join(words.number(n, 0) for n in (rounded, near[0]))
            return [
                f"Two numbers after “of” that are nearly the same, such as {pair}, are two figures for one"
                f" base: the first is rounded to {words.number(step, 0)} like the counts of its source, the"
                " second is published and stands as it is."
            ]
    return []
