"""Score what is not an area: a benchmark is put on the scales and weights that the areas have fixed."""

from __future__ import annotations

import numpy as np

from commonweal.engine.available import needed
from commonweal.engine.parent import lift, mean, refuses
from commonweal.methods import Floats
from commonweal.model.edition import Scoring


def score_profile(scoring: Scoring, values: Floats) -> Floats:
    """Scores (periods, nodes) of values (periods, indicators), with the scoring's own scales and weights.

    nan where there is no score: too little is there, a method has no straight line to read from (ranks), or
    a mean can't take a zero.
    """
    framework, recipe = scoring.framework, scoring.recipe
    scores = np.full((len(values), len(framework)), np.nan)
    for i, node in enumerate(framework.indicators):
        x0, x1, s0, s1 = scoring.fits[:, i].T
        score = s0 + (s1 - s0) * ((values[:, i] - x0) / (x1 - x0))
        if dict(recipe.normalise.at(node.id).parameters).get("clip"):
            score = np.clip(score, 0.0, 100.0)
        scores[:, scoring.node_index[node.id]] = score
    for parent in framework.parents:
        children = framework.children(parent.id)
        held = scores[:, [scoring.node_index[child.id] for child in children]].T[:, :, None]
        method = recipe.aggregate.method.at(parent.id, parent.level)
        used, _ = lift(held, method, recipe.floor)
        weight = scoring.child_weights[parent.id]
        formed = mean(used, weight, method)
        enough = (~np.isnan(held)).sum(axis=0) >= needed(parent, children, recipe.available)
        refused = refuses(method, used)
        if refused is not None:
            enough &= ~np.any(refused & (weight.T[:, :, None] > 0), axis=0)
        scores[:, scoring.node_index[parent.id]] = np.where(enough, formed, np.nan)[:, 0]
    return scores
