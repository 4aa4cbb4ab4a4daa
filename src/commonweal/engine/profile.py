"""Score what is not an area: a benchmark is put on the scales and weights that the areas have fixed."""

from __future__ import annotations

import numpy as np

from commonweal.arrays import Floats
from commonweal.engine.parent import mean, needed
from commonweal.methods.normalise import limits
from commonweal.methods.treat import bent
from commonweal.model.edition import Scoring
from commonweal.model.recipe import COMPARES


def score_profile(scoring: Scoring, values: Floats) -> Floats:
    """Scores (periods, nodes) of values (periods, indicators), with the scoring's own scales and weights.

    Where each area has its own weights the profile, which is no area, has their mean.
    nan where there is no score: too little is there, a method has no straight line to read from (ranks), a
    parent is formed by comparing areas, a mean can't take a zero, or an indicator is divided by a
    denominator, which a profile does not have.
    """
    framework, recipe = scoring.framework, scoring.recipe
    values = _met(scoring, values)
    scores = np.full((len(values), len(framework)), np.nan)
    for i, node in enumerate(framework.indicators):
        x0, x1, s0, s1 = scoring.fits[:, i].T
        score = s0 + (s1 - s0) * ((values[:, i] - x0) / (x1 - x0))
        normalised = recipe.normalise.at(node.id)
        held_to = limits(normalised.name, dict(normalised.parameters))
        scores[:, scoring.node_index[node.id]] = np.clip(score, *held_to)
    for parent in framework.parents:
        if parent.id in scoring.dropped:
            continue
        children = tuple(child for child in framework.children(parent.id) if child.id not in scoring.dropped)
        left = [child.id not in scoring.dropped for child in framework.children(parent.id)]
        held = scores[:, [scoring.node_index[child.id] for child in children]].T[:, :, None]
        method = recipe.aggregate.method.at(parent.id, parent.level)
        if method.name in COMPARES:
            continue
        weight = scoring.child_weights[parent.id][:, :, left].mean(axis=1, keepdims=True)
        enough = (~np.isnan(held)).sum(axis=0) >= needed(parent, children, recipe.available)
        formed = mean(held, np.moveaxis(weight, -1, 0), enough, method, recipe.floor).scores
        scores[:, scoring.node_index[parent.id]] = formed[:, 0]
    return scores


def _met(scoring: Scoring, values: Floats) -> Floats:
    """The values (periods, indicators) as normalise meets them: denominated ones are not known."""
    if not scoring.curves and not scoring.denominated:
        return values
    met = values.copy()
    met[:, [node.id in scoring.denominated for node in scoring.framework.indicators]] = np.nan
    for curves in scoring.curves:
        for p, row in enumerate(met):
            row[:] = bent(curves[p if len(curves) > 1 else 0], row)
    return np.where(np.isfinite(met), met, np.nan)
