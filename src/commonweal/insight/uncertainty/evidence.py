"""What published observations say of the truth, and the way from there to scores of indicators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
import polars as pl

from commonweal.arrays import Array, Floats
from commonweal.methods.normalise import STRAIGHT, limits
from commonweal.methods.posterior import KINDS, Evidence, Kind, Posterior
from commonweal.methods.treat import bent
from commonweal.model.edition import Scoring
from commonweal.model.observation import Status
from commonweal.model.period import Period

#: The kinds of observation that are counts out of a known base, and those that are shares of one.
COUNTED: Final = ("count", "rate", "count_ratio", "standardised_ratio", "distinct")
SHARES: Final = ("percentage",)
#: Half a 95 % interval, in standard errors.
_HALF: Final = 1.959963984540054
#: A base so small that nothing is learnt from it: the truth is then drawn from what all areas have in common.
_NO_BASE: Final = 1e-9


class Cells(Protocol):
    """Cells of an edition: the position of the indicator, period and area of each."""

    @property
    def indicator(self) -> Array:
        """Positions among the indicators."""

    @property
    def period(self) -> Array:
        """Positions among the published periods."""

    @property
    def area(self) -> Array:
        """Positions among the areas."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Observations of one kind: their posterior, what a true value is times, and the cells each enters.

    `entries` numbers the observation of each cell; `indicator`, `period` and `area` say where it is.
    """

    posterior: Posterior
    unit: Floats
    entries: Array
    indicator: Array
    period: Array
    area: Array


def sources(scoring: Scoring, observations: pl.DataFrame) -> list[Source]:
    """Every kind of observation that chance has a part in, in a fixed order.

    An observation that is carried enters several periods and is one all the same. Values without numbers
    to judge them by (no interval, no count) are taken as they are, and so are imputed ones.
    """
    entered = _entered(scoring)
    once = ["indicator", "own", "area"]
    seen = entered.select(once).unique().sort(once)
    known = observations.rename({"period": "own"}).drop("observed", "source")
    rows = seen.join(known, on=once, how="inner", maintain_order="left").with_columns(
        _kind().alias("posterior")
    )
    found = []
    for kind in KINDS:
        own = rows.filter(pl.col("posterior") == kind).with_row_index("entry")
        if own.height:
            groups = own.select("indicator", "own").unique(maintain_order=True).with_row_index("group")
            own = own.join(groups, on=["indicator", "own"], how="left", maintain_order="left")
            cells = entered.join(own.select("entry", *once), on=once, how="inner", maintain_order="left")
            posterior = Posterior.of(_in_time(_evidence(own, kind), own), groups.height)
            unit = np.ones(own.height) if kind == "measured" else own["per"].fill_null(1.0).to_numpy()
            place = (cells[name].to_numpy() for name in ("entry", "i", "p", "a"))
            found.append(Source(posterior, unit, *place))
    return found


def _entered(scoring: Scoring) -> pl.DataFrame:
    """A row for each cell that an observation entered: where it is, and the observation's own period."""
    p, a, i = np.nonzero(scoring.entered_from >= 0)
    own = pl.Series(scoring.entered_periods, dtype=pl.String)
    return pl.DataFrame(
        {
            "i": i, "p": p, "a": a,
            "indicator": pl.Series([node.id for node in scoring.framework.indicators]).gather(i),
            "own": own.gather(scoring.entered_from[p, a, i]),
            "area": pl.Series(scoring.areas).gather(a),
        }
    )  # fmt: skip


def _kind() -> pl.Expr:
    """Which posterior an observation has; null where chance has no part in it."""
    hidden = pl.col("status") == Status.SUPPRESSED.value
    counted = pl.col("numerator").is_not_null() | (hidden & pl.col("lower").is_not_null())
    based = pl.col("denominator").is_null() | (pl.col("denominator") > 0)
    ranged = pl.col("lower").is_not_null() & pl.col("upper").is_not_null()
    return (
        pl.when(pl.col("value").is_null())
        .then(None)
        .when(pl.col("kind").is_in(COUNTED) & counted & based)
        .then(pl.lit("count"))
        .when(pl.col("kind").is_in(SHARES) & (hidden | (counted & (pl.col("denominator") > 0))))
        .then(pl.lit("proportion"))
        .when(ranged)
        .then(pl.lit("measured"))
    )


def _evidence(rows: pl.DataFrame, kind: Kind) -> Evidence:
    group = rows["group"].to_numpy().astype(np.int32)
    value, lower, upper = (_floats(rows[name]) for name in ("value", "lower", "upper"))
    hidden = (rows["status"] == Status.SUPPRESSED.value).to_numpy()
    if kind == "measured":
        # of a hidden value nothing but its range is known
        error = np.where(hidden, (upper - lower) / np.sqrt(12), (upper - lower) / (2 * _HALF))
        return Evidence(kind, group, value, value, error)
    given = _floats(rows["denominator"])
    base = np.where(np.isnan(given), _NO_BASE if kind == "proportion" else 1.0, given)
    low, high = _stands_for(rows, hidden, lower, upper, base)
    unknown = hidden & np.isnan(given) & (kind == "proportion")
    return Evidence(kind, group, np.where(unknown, 0.0, low), np.where(unknown, 0.0, high), base)


def _in_time(evidence: Evidence, rows: pl.DataFrame) -> Evidence:
    """With the series that figures of several periods make: an indicator in an area."""
    series = rows.select(pl.struct("indicator", "area").rank("dense")).to_series().to_numpy() - 1
    indicator = rows["indicator"].rank("dense").to_numpy() - 1
    ends = {label: Period.parse(label).end.toordinal() / 365.25 for label in rows["own"].unique()}
    time = np.array([ends[label] for label in rows["own"]])
    return replace(evidence, series=series, indicator=indicator, time=time)


def _stands_for(
    rows: pl.DataFrame, hidden: Array, lower: Floats, upper: Floats, base: Floats
) -> tuple[Floats, Floats]:
    """The whole numbers that each published count may stand for: the least and the most.

    A count shown to the nearest 5 is up to 2 away; a hidden one lies in the range published for it.
    """
    count, per = _floats(rows["numerator"]), rows["per"].fill_null(1.0).to_numpy()
    away = np.floor(np.nan_to_num(_floats(rows["round_to"])) / 2)
    away = np.where(count > 0, away, 0.0)
    low = np.where(hidden, np.ceil(lower * base / per - 1e-6), np.maximum(count - away, np.minimum(count, 1)))
    high = np.where(hidden, np.floor(upper * base / per + 1e-6), count + away)
    return np.maximum(low, 0.0), np.maximum(high, np.maximum(low, 0.0))


def _floats(column: pl.Series) -> Floats:
    floats: Floats = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return floats


@dataclass(frozen=True, slots=True, eq=False)
class Rescorer:
    """The way from values to scores of indicators that an edition has fixed: divisions, curves, scales.

    Straight scales are read from their lines, others from the scores that the edition gave to the values it
    met.
    """

    scoring: Scoring

    def scores(self, source: Source, values: Floats) -> Floats:
        """Scores (replications, cells) of true values (replications, observations)."""
        return self.at(source, (values * source.unit)[:, source.entries])

    def at(self, cells: Cells, values: Floats) -> Floats:
        """Scores (replications, cells) of values (replications, cells) in the units of their source."""
        by = self.scoring.divisors
        own = values.copy() if by is None else values / by[cells.period, cells.area, cells.indicator]
        met = self._bent(cells, own)
        present = [(i, here, self.is_straight(i)) for i, here in _by(cells.indicator)]
        fits = self.scoring.fits
        x0, x1, s0, s1 = fits[cells.period if len(fits) > 1 else 0, cells.indicator].T
        scores: Floats = met if all(straight for *_, straight in present) else met.copy()
        with np.errstate(invalid="ignore", divide="ignore"):
            scores -= x0
            scores /= x1 - x0
            scores *= s1 - s0
            scores += s0
        low, high = self._limits[:, cells.indicator]
        np.minimum(np.maximum(scores, low, out=scores), high, out=scores)
        for i, here, straight in present:
            if not straight:
                self._read_off(cells, i, here, met, scores)
        return scores

    @property
    def _limits(self) -> Floats:
        """Between which scores each indicator is held, (2, indicators)."""
        normalise = self.scoring.recipe.normalise
        methods = [normalise.at(node.id) for node in self.scoring.framework.indicators]
        return np.array([limits(method.name, dict(method.parameters)) for method in methods]).T

    def is_straight(self, i: int) -> bool:
        """Whether an indicator's scores lie on a line; else they are read off, which is an approximation."""
        method = self.scoring.recipe.normalise.at(self.scoring.framework.indicators[i].id)
        return method.name in STRAIGHT and bool(np.isfinite(self.scoring.fits[:, i]).any())

    def _bent(self, cells: Cells, met: Floats) -> Floats:
        for curves in self.scoring.curves:
            for p, here in _by(cells.period):
                curve = curves[p if len(curves) > 1 else 0][cells.indicator[here]]
                met[:, here] = bent(curve, met[:, here].T).T
        return met

    def _read_off(self, cells: Cells, i: int, here: Array, met: Floats, scores: Floats) -> None:
        """Scores between those that the edition gave, by straight lines; level beyond the ends."""
        node = self.scoring.node_index[self.scoring.framework.indicators[i].id]
        met_then = self.scoring.values if self.scoring.met is None else self.scoring.met
        each = self.scoring.recipe.normalise.rule == "each-period"
        for p, at in _by(cells.period[here]):
            periods = [p] if each else slice(None)
            x, s = met_then[periods, :, i].reshape(-1), self.scoring.scores[periods, :, node].reshape(-1)
            there = np.isfinite(x) & np.isfinite(s)
            known, first = np.unique(x[there], return_index=True)
            if len(known):
                scores[:, here[at]] = np.interp(met[:, here[at]], known, s[there][first])


def _by(numbers: Array) -> Iterator[tuple[int, Array]]:
    """Each number that stands there, and where."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    for part in np.split(order, np.flatnonzero(ordered[1:] != ordered[:-1]) + 1):
        if len(part):
            yield int(numbers[part[0]]), part
