"""How sure an edition in memory is, and which choice of method moves its ranks: for work in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import polars as pl

from commonweal.insight.sensitivity import ROWS, sensitivity
from commonweal.insight.uncertainty.choices import Experiment
from commonweal.insight.uncertainty.sure import how_sure
from commonweal.insight.uncertainty.usual import inputs
from commonweal.model.edition import Edition
from commonweal.model.project import UncertaintyRule


def with_uncertainty(
    edition: Edition,
    replications: int = 1000,
    *,
    choices: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    leave_out: Literal["indicators", "components", "none"] = "indicators",
    weights: float | Literal["pca-bootstrap", "dirichlet"] = 0.25,
) -> Edition:
    """The same edition with how sure its ranks are: so many draws of chance, and so many re-runs.

    The arguments are the keys of `uncertainty` in commonweal.yaml. `scores` then has rank_low and rank_high
    (chance) and range_low and range_high (choices), `uncertainty` the rest: pairs, chances, groups. Chance
    is known of observations with an interval, or of a kind that counts, with numerator and denominator.
    With fewer than 8 areas `uncertainty.why_not` says why there is nothing. Raises what `Recipe.read` raises
    of choices.

    >>> import commonweal
    >>> values = pl.DataFrame({"area": list("abcdefgh"), "jobs": [1.0, 2, 3, 4, 5, 6, 7, 9],
    ...                        "crime": [9.0, 8, 5, 6, 7, 4, 2, 1]})
    >>> tree = pl.DataFrame({"id": ["index", "jobs", "crime"], "name": ["Index", "Jobs", "Crime"],
    ...                      "parent": ["", "index", "index"], "level": ["index", "indicator", "indicator"],
    ...                      "direction": [None, 1, -1]})
    >>> edition = with_uncertainty(commonweal.score(values, tree, {"normalise": "minmax"}), 200)
    >>> edition.scores.filter(level="index", area="h").select("rank", "range_low", "range_high").rows()
    [(1, 1, 1)]
    """
    named = None if choices is None else {name: tuple(ways) for name, ways in choices.items()}
    rule = UncertaintyRule(replications, named, leave_out, weights)
    return how_sure(replace(edition, uncertainty_rule=rule))


def sobol_indices(edition: Edition, *, rows: int = ROWS, area: str | None = None) -> pl.DataFrame:
    """How much of the movement of ranks each choice of method makes: first-order and total Sobol indices.

    What varies is what `with_uncertainty` was given, or the usual choices. The movement is the mean shift of
    all ranks of the index in the latest period; for an `area`, its own rank. rows x (choices + 2) re-runs; a
    row a choice: input, first, total, and the middle 90 % of resamples of each (first_low and so on).

    >>> import commonweal
    >>> values = pl.DataFrame({"area": list("abcdefgh"), "jobs": [1.0, 2, 3, 4, 5, 6, 7, 9],
    ...                        "crime": [9.0, 8, 5, 6, 7, 4, 2, 1]})
    >>> tree = pl.DataFrame({"id": ["index", "jobs", "crime"], "name": ["Index", "Jobs", "Crime"],
    ...                      "parent": ["", "index", "index"], "level": ["index", "indicator", "indicator"],
    ...                      "direction": [None, 1, -1]})
    >>> found = sobol_indices(commonweal.score(values, tree, {"normalise": "minmax"}), rows=32)
    >>> found["input"].to_list()
    ['scale', 'mean', 'extremes', 'leave out', 'weights']
    """
    rule = edition.uncertainty_rule or UncertaintyRule()
    return sensitivity(Experiment.of(edition, inputs(edition.scoring, rule)), rows, area)
