"""A Data Package descriptor: what each table holds, column by column, in words and types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from commonweal.model.edition import Edition

#: File -> what a row is.
TABLES: Final[dict[str, str]] = {
    "scores.csv": "The score and rank of each node in each area and period",
    "observations.csv": "The value of each indicator in each area and period, after protection",
    "weights.csv": "The weight of each node in its parent and in the index",
    "area_weights.csv": "The weights of areas that have their own",
    "goalposts.csv": "The values of each indicator that score 0 and 100",
    "scales.csv": "The mean and standard deviation behind the z-scores of each indicator",
    "references.csv": "What other scales are seen against: the values an indicator is placed among, or ends",
    "imputation.csv": "What gaps are filled by: ranges of indicators, and lines of one on others",
    "treatments.csv": "What each treatment did to each indicator, and why",
    "treated.csv": "Each value that a treatment changed, in the units it met",
    "screened.csv": "What was left out because too little is known",
    "statements.csv": "The sentences of the site, each with its numbers",
    "benchmarks.csv": "The borough and other places that areas are shown beside",
    "ledger.csv": "What became of every record that was read",
    "fit.csv": "How sure each area can be of what was moved to it from areas that do not match",
    "chances.csv": "How far chance could move each score, and the probability of each quarter of the ranking",
    "pairs.csv": "How probable it is that one area is above another in the index",
    "peers.csv": "The areas that each area is compared with",
    "performance.csv": "Each score against the peers of its area",
    "progress.csv": "The change of each score in points a year",
    "unevenness.csv": "What each parent's score loses because its parts are uneven",
    "trends.csv": "The straight line through the scores of three or more periods, with its interval",
    "spread.csv": "How unequal areas are in each period",
    "convergence.csv": "Whether areas drew together or apart",
    "place_pattern.csv": "Whether neighbouring areas are alike: Moran's I of each node, and of each area",
    "overtaking.csv": "What change of weights would let an area pass the one just above it",
}

#: Column -> what it says. One meaning a name, in all tables.
COLUMNS: Final[dict[str, str]] = {
    "above": "Probability that the area is above the other one",
    "added": "What a logarithm adds before it is taken",
    "after": "The value after the treatment",
    "against": "What the sentence compares with",
    "apportioned": "Share of the area's weight that comes from old areas that were split",
    "area": "Code of the area",
    "areas": "How many areas the figure is made from",
    "average": "The mean score of the areas",
    "basis": "Whether both ends of a change are of the same indicators: same or differs",
    "before": "The value before the treatment",
    "bend": "How values are bent after they are limited",
    "best": "The value that scores 100",
    "centre": "The middle of the peers' scores",
    "class": "The class in words",
    "coefficient": "What a unit of the term adds to the estimate; with no term the estimate at all means",
    "constant": "The power of a bend, or the value that a logarithm counts from",
    "denominator": "What the numerator is divided by, after protection",
    "deviation": "The standard deviation of the areas' scores",
    "deviation_first": "The standard deviation of the areas' scores at the start",
    "deviation_last": "The standard deviation of the areas' scores at the end",
    "distance": "How far the peer is in the attributes compared",
    "effective_weight": "The weight in the whole index",
    "error": "Expected share of the area's weight (its people) that is counted in another area",
    "expected": "What Moran's I would be on average by chance",
    "fate": "What became of the records",
    "fitted": "How old areas were fitted: apportioned by shares, or each whole to the best fit",
    "first": "Score at the start, on this edition's scale",
    "gap": "The mean score of the best fifth of areas less that of the worst fifth",
    "gini": "The Gini coefficient of the areas' scores",
    "giver": "Ids of the parts that give up weight, with spaces between",
    "high": "Upper end of the range that counts as within",
    "id": "Address of the sentence on the site",
    "indicator": "Id of the indicator",
    "kind": "What the sentence is about",
    "known": "The indicators that an area must have for the line, ids with spaces between",
    "kurtosis_after": "Excess kurtosis after the treatment",
    "kurtosis_before": "Excess kurtosis before the treatment",
    "largest": "The largest value that the step met",
    "last": "Score at the end, on this edition's scale",
    "least": "The least value that the step met",
    "level": "Level of the node in the framework",
    "limit_high": "Values above are drawn in to it",
    "limit_low": "Values below are drawn in to it",
    "loading": "The node's entry in the first principal component",
    "low": "Lower end of the range that counts as within",
    "lower": "Lower end of the 95 in 100 interval, or of the range of a hidden value",
    "mark": "Which value it is: one of those that set the scale, or its worst, best or place",
    "mean": "The mean that scores, or the terms of a line, are counted from",
    "method": "The way to treat, or to fill gaps",
    "moved": "How many values were limited",
    "moran": "Moran's I: above the expected value neighbours are alike, below it unlike",
    "name": "Name of the benchmark",
    "neighbours": "How many areas share an edge or a corner with it",
    "node": "Id of the node in the framework",
    "note": "Why, or where to look",
    "numerator": "The count behind the value, after protection",
    "observed": "The period or date of the observation itself",
    "of": "How many areas have a score",
    "order": "1 for the nearest peer",
    "other": "Code of the other area",
    "p": "How often chance alone gives as much, from 0 to 1",
    "parent": "Id of the node above",
    "part": "Id of the node that causes the loss; the node itself for what lies between its parts",
    "peer": "Code of the peer",
    "per_year": "Points a year",
    "period": "Period the figure belongs to",
    "periods": "How many periods the line goes through",
    "points": "Points of score",
    "probability": "Probability of the class, where it is known how far chance could move the figure",
    "quarter_1": "Probability of a rank in the best quarter",
    "quarter_2": "Probability of a rank in the second quarter",
    "quarter_3": "Probability of a rank in the third quarter",
    "quarter_4": "Probability of a rank in the worst quarter",
    "range_high": "Worst rank in 9 of 10 re-runs with other choices of method",
    "range_low": "Best rank in 9 of 10 re-runs with other choices of method",
    "rank": "Rank among the areas; 1 is best, ties share the best",
    "rank_high": "Worst rank that chance alone could give",
    "rank_low": "Best rank that chance alone could give",
    "reason": "Why the weighting fell back or is a mean, or the node is missing",
    "records": "How many records, after protection",
    "rule": "How the goalposts, or the mean and deviation, were set",
    "score": "Score; higher is better",
    "score_high": "Largest score that chance alone could give: the middle 90 in 100",
    "score_low": "Least score that chance alone could give: the middle 90 in 100",
    "sd": "The standard deviation that scores are counted in",
    "share": "The share that has a value",
    "shift": "The share of the weight that must move to make two areas level; empty where no weights do",
    "since": "First period compared",
    "skew_after": "Skewness after the treatment",
    "skew_before": "Skewness before the treatment",
    "slope": "Points a year for each point of score at the start",
    "source": "Where the records or values come from",
    "spread": "How far the peers usually are from their middle",
    "status": "How the figure came to be: observed, rounded, carried, estimated and so on",
    "step": "Number of the treatment, or of the filling, in the recipe",
    "taker": "Id of the part that gains weight",
    "term": "The indicator that the coefficient belongs to",
    "text": "The sentence",
    "until": "Last period compared",
    "upper": "Upper end of the 95 in 100 interval, or of the range of a hidden value",
    "value": "The value, in the unit of its indicator",
    "weighed_by": "What the shares of areas were weighed by, such as population",
    "weight": "The weight in the parent",
    "weightings": "The share of all ways to weigh the parts in which the area is above the other",
    "weighted_by": "The column of the areas that mean and deviation are weighted by",
    "what": "What was done to the figure or figures",
    "why": "Why it was done, or not",
    "worst": "The value that scores 0",
}

_TYPES: Final = {pl.String: "string", pl.Float64: "number", pl.Int64: "integer"}


def describe(edition: Edition, tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """The descriptor of OUT/data, as the Data Package standard (v1) writes it."""
    publication = edition.publication
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "commonweal-index",
        "title": f"{edition.place}: {edition.title}",
        "description": "Not for publication: an internal build, in which people are not protected."
        if edition.internal
        else "Scores, observations and everything needed to compute them again.",
    }
    if publication.date:
        package["created"] = f"{publication.date}T00:00:00Z"
    if publication.licence:
        package["licenses"] = [{"name": publication.licence}]
    if publication.owner:
        package["contributors"] = [{"title": publication.owner, "role": "publisher"}]
    package["resources"] = [
        {
            "profile": "tabular-data-resource",
            "name": file.removesuffix(".csv"),
            "path": file,
            "title": TABLES[file],
            "encoding": "utf-8",
            "format": "csv",
            "schema": {
                "fields": [
                    {"name": name, "type": _TYPES[type(dtype)], "description": COLUMNS[name]}
                    for name, dtype in frame.schema.items()
                ]
            },
        }
        for file, frame in sorted(tables.items())
    ]
    return package
