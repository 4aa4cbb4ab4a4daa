"""What was done to figures before they were put on one scale, in words for the method page."""

from __future__ import annotations

from commonweal.insight import words
from commonweal.model.recipe import Denominate, Fitted, Impute, Method, Screen, Step, Treat
from commonweal.publish.site.lookup import Lookup

Said = tuple[str, tuple[str, ...]]

_IMPUTE = {
    "none": "stays empty",
    "group-mean": "gets the mean of the same group in the same period",
    "group-median": "gets the median of the same group in the same period",
    "component-mean": "gets the mean of the area’s other figures in the same {level}",
    "carry": "gets the area’s latest earlier figure",
    "linear": "lies on the line between the figures before and after",
    "regression": "is estimated from the other figures in the same {level}",
    "chained": "is estimated from the other figures in the same {level}, many times, and averaged",
}
_TREAT = {
    "none": "Figures are taken as they are.",
    "winsorise": "Extreme figures of an indicator that is both skewed and peaked are drawn in.",
    "cap": "Figures beyond a limit count as the limit.",
    "log": "Figures enter as logarithms.",
    "sqrt": "Figures enter as square roots.",
    "cube-root": "Figures enter as cube roots.",
    "box-cox": "Figures are bent by the Box-Cox power that makes them most even.",
    "yeo-johnson": "Figures are bent by the Yeo-Johnson power that makes them most even.",
}


def prepared(lookup: Lookup) -> list[Said]:
    """A heading and its sentences for each step before the scale, in the order they ran."""
    return [said for step in lookup.edition.recipe.cells if (said := _said(lookup, step)) is not None]


def _said(lookup: Lookup, step: Step) -> Said | None:
    tree, scoring = lookup.framework, lookup.edition.scoring
    match step:
        case Denominate():
            return "Divided", tuple(f"{tree[id].name} is divided by {name}." for id, name in step.by)
        case Screen():
            return "Left out", _left_out(lookup, step)
        case Impute():

            def filled_by(method: Method) -> str:
                return _IMPUTE[method.name].format(level=tree.grouping)

            says = [f"A missing figure {filled_by(step.method)}."]
            says += [f"{tree[id].name}: it {filled_by(method)}." for id, method in step.by]
            count = scoring.imputed.height
            filled = f"{count:,} {'figure was' if count == 1 else 'figures were'} filled so"
            return "Filled", (*says, *_taken(step), f"{filled}, and each is marked as imputed.")
        case Treat():
            return "Treated", _treated(lookup, step)
    return None


def _taken(step: Fitted) -> tuple[str, ...]:
    """Where nothing was fitted on these figures."""
    if step.rule != "frozen":
        return ()
    return (f"What this was fitted with is taken from the edition {step.edition}, and does not move.",)


def _left_out(lookup: Lookup, step: Screen) -> tuple[str, ...]:
    says = []
    if step.areas:
        share = words.number(100 * step.areas, 0)
        says.append(f"{words.sentence(lookup.types)} with figures for less than {share}% of the indicators.")
    if step.indicators:
        share = words.number(100 * step.indicators, 0)
        says.append(f"Indicators with figures for less than {share}% of the {lookup.types}.")
    rows = lookup.edition.scoring.screened.filter(indicator="").height
    names = [lookup.framework[id].name for id in sorted(lookup.edition.scoring.screened["indicator"]) if id]
    if rows:
        says.append(
            f"This left out {rows:,} {words.types(lookup.edition.areas.type, rows)}, counted by period."
        )
    if names:
        says.append(f"This left out: {words.listed(names)}.")
    return tuple(says)


def _treated(lookup: Lookup, step: Treat) -> tuple[str, ...]:
    def sentence(method: Method) -> str:
        return _TREAT[method.name]

    says = [sentence(step.method)]
    says += [f"{lookup.framework[id].name}: {sentence(method)}" for id, method in step.by]
    says += _taken(step)
    changed = lookup.edition.scoring.treatments.filter(what="unchanged").height
    looked = lookup.edition.scoring.treatments.height
    many = words.sentence(words.tally(looked - changed))
    of = f"{looked} {words.types('indicator', looked)} looked at {'was' if looked - changed == 1 else 'were'}"
    says.append(f"{many} of {of} changed; treatments.csv says why.")
    return tuple(says)
