"""A made-up edition for the pages: every figure is drawn from a seed, every part can be left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely

from commonweal.model.area import Area, Areas, Boundaries
from commonweal.model.edition import (
    BENCHMARKS,
    GOALPOSTS,
    LEDGER,
    PEERS,
    PERFORMANCE,
    PROGRESS,
    STATEMENTS,
    UNEVENNESS,
    WEIGHTS,
    Edition,
    Scoring,
)
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import SCHEMA, STATUS_CODE
from commonweal.model.period import Period
from commonweal.model.project import PeerRule, ProgressRule, Publication
from commonweal.model.recipe import Recipe

PLACE = "Marlbridge"
NAMES = (
    "Ashcombe", "Brackwater", "Castle Hill", "Dovecote", "Eastfield", "Fallow Green", "Gatehouse", "Harbour",
    "Kingsmead", "Larkrise", "Millbank", "Northgate", "Old Town", "Priory", "Quayside", "Saltmarsh", "Thornley",
)  # fmt: skip
UNITS = ("per 1,000 people", "%", "£", "Mbps", "")


def framework(
    *shape: int, levels: tuple[str, ...] = ("index", "dimension", "component", "indicator")
) -> Framework:
    """A tree with `shape` children below each node, level by level."""
    nodes = [Node("spi", "Social Progress Index", level=levels[0], description="How people are doing.")]
    above = [nodes[0]]
    for level, count in zip(levels[1:], shape, strict=True):
        below = []
        for parent in above:
            for k in range(count):
                number = len(nodes)
                own: dict[str, Any] = {}
                if level == "indicator":
                    own = {
                        "direction": 1 if number % 2 else -1,
                        "unit": UNITS[number % len(UNITS)],
                        "description": "What a resident would want to know.",
                        "source": "A survey",
                    }
                stem = "spi" if parent is nodes[0] else parent.id
                below.append(
                    Node(f"{stem}-{k + 1}", f"{level.title()} {number}", parent.id, level=level, **own)
                )
                nodes.append(below[-1])
        above = below
    return Framework(tuple(nodes))


def tiles(count: int, *, crs: str = "EPSG:27700") -> Boundaries:
    """`count` squarish areas that tile a rectangle, with wavy edges that neighbours share."""
    across = int(np.ceil(np.sqrt(count)))
    step = 1000.0 if crs == "EPSG:27700" else 0.02
    start = np.array([540000.0, 180000.0]) if crs == "EPSG:27700" else np.array([0.1, 51.5])
    rng = np.random.default_rng(7)
    down = -(-count // across)
    jitter = rng.uniform(-0.25, 0.25, (down + 1, across + 1, 2))

    def corner(row: int, column: int) -> np.ndarray[Any, Any]:
        return start + step * (np.array([column, row]) + jitter[row, column])

    found = []
    for k in range(count):
        row, column = divmod(k, across)
        ring = [
            corner(row, column),
            corner(row, column + 1),
            corner(row + 1, column + 1),
            corner(row + 1, column),
        ]
        found.append(shapely.Polygon(ring))
    return Boundaries(tuple(f"E{k:08d}" for k in range(count)), np.array(found, dtype=object), crs)


def edition(
    tree: Framework | None = None,
    *,
    areas: int = 17,
    periods: tuple[str, ...] = ("2014", "2015", "2016", "2017", "2018"),
    boundaries: bool = True,
    meaning: bool = True,
    benchmarks: bool = True,
    gaps: bool = True,
    names: tuple[str, ...] = NAMES,
    publication: Publication | None = None,
    **changes: Any,
) -> Edition:
    """An edition of the demo's shape, with gaps, hidden cells and a tie."""
    tree = tree or framework(3, 4, 4)
    rng = np.random.default_rng(2026)
    places = Areas(
        "ward",
        "2018",
        tuple(Area(f"E{k:08d}", names[k] if k < len(names) else f"Ward {k + 1}") for k in range(areas)),
        pl.DataFrame(
            {
                "code": [f"E{k:08d}" for k in range(areas)],
                "population": [9000 + 37 * k for k in range(areas)],
                "median_household_income": [24000.0 + 411 * ((k * 7) % 23) for k in range(areas)],
            }
        ),
        tiles(areas) if boundaries else None,
    )
    scoring = score(tree, places, periods, rng, gaps)
    base = Edition(
        "Social Progress Index",
        PLACE,
        places,
        scoring,
        observe(scoring, rng),
        publication
        or Publication(
            owner="Marlbridge Council",
            contact="insight@marlbridge.example",
            accessibility_contact="access@marlbridge.example",
            licence="OGL-UK-3.0",
            date="2018-10-01",
            next_update="2019-10",
            notice="Marlbridge does not exist: every place and figure on this page is made up.",
        ),
        ledger=pl.DataFrame(
            {
                "source": ["crimes", "crimes"],
                "fate": ["read", "counted"],
                "records": [12345, 12000],
                "note": ["", ""],
            },
            schema=LEDGER,
        ),
        protection=("Counts of people are rounded to 5; counts from 1 to 7 are hidden.",),
    )
    if benchmarks:
        base = replace(base, benchmarks=beside(base, rng))
    if meaning:
        base = mean(base)
    return replace(base, **changes)


def score(
    tree: Framework, places: Areas, periods: tuple[str, ...], rng: np.random.Generator, gaps: bool
) -> Scoring:
    """Scores drawn for indicators, plain means above them."""
    shape = (len(periods), len(places))
    ids = [node.id for node in tree]
    scores = np.full((*shape, len(ids)), np.nan)
    level = rng.normal(0, 12, shape[1])
    for node in tree.indicators:
        drift = np.arange(shape[0])[:, None] * rng.normal(0.6, 0.5)
        drawn = 50 + level + rng.normal(0, 14, shape[1]) + drift + rng.normal(0, 2, shape)
        scores[:, :, ids.index(node.id)] = np.clip(drawn, 0, 100)
    status = np.zeros(scores.shape, int)
    leaves = [ids.index(node.id) for node in tree.indicators]
    if gaps:
        scores[:, 1, leaves[0]] = np.nan
        scores[:, 2, leaves[1]] = scores[:, 3, leaves[1]]
        status[:, 4, leaves[0]] = STATUS_CODE["suppressed"]
        status[:, 5, leaves[2 % len(leaves)]] = STATUS_CODE["carried"]
        status[:, 6, leaves[3 % len(leaves)]] = STATUS_CODE["imputed"]
    status[np.isnan(scores)] = STATUS_CODE["missing"]
    for node in tree.parents:
        below = [ids.index(child.id) for child in tree.children(node.id)]
        at = ids.index(node.id)
        scores[:, :, at] = np.nanmean(scores[:, :, below], axis=2)
        status[:, :, at] = np.where(np.isnan(scores[:, :, at]), STATUS_CODE["missing"], 0)
    of = (~np.isnan(scores)).sum(axis=1)
    ranks = np.zeros(scores.shape, int)
    for index in np.ndindex(shape[0], len(ids)):
        column = scores[index[0], :, index[1]]
        ranks[index[0], :, index[1]] = [
            0 if np.isnan(s) else 1 + int((column > s + 1e-9).sum()) for s in column
        ]
    goalposts = pl.DataFrame(
        [
            {"period": "", "indicator": n.id, "worst": w, "best": b, "rule": "pooled"}
            for n in tree.indicators
            for w, b in [(0.0, 20.0) if n.direction == 1 else (20.0, 0.0)]
        ],
        schema=GOALPOSTS,
    )
    worst, best = goalposts["worst"].to_numpy(), goalposts["best"].to_numpy()
    return Scoring(
        periods=tuple(Period.parse(p) for p in periods),
        areas=places.codes,
        framework=tree,
        recipe=Recipe.read({"weigh": "equal", "aggregate": {"index": "geometric"}, "floor": 1}),
        values=worst + scores[:, :, leaves] / 100 * (best - worst),
        value_status=status[:, :, leaves],
        entered_periods=periods,
        entered_from=np.where(
            np.isnan(scores[:, :, leaves]) | (status[:, :, leaves] == STATUS_CODE["imputed"]),
            -1,
            np.where(
                status[:, :, leaves] == STATUS_CODE["carried"], 0, np.arange(len(periods))[:, None, None]
            ),
        ),
        scores=scores,
        status=status,
        ranks=ranks,
        of=of,
        child_weights={
            n.id: np.full((1, len(tree.children(n.id))), 1 / len(tree.children(n.id))) for n in tree.parents
        },
        weights=pl.DataFrame(
            [
                {"period": "", "node": n.id, "parent": n.parent, "loading": None,
                 "weight": 1 / len(tree.children(n.parent)), "effective_weight": 0.01,
                 "reason": "fewer than three indicators" if n.is_indicator and len(tree.children(n.parent)) < 3
                 else ""}
                for n in tree
                if n.parent
            ],
            schema=WEIGHTS,
        ),
        goalposts=goalposts,
        trace=(),
        floored=pl.DataFrame(
            schema={"period": pl.String, "area": pl.String, "node": pl.String, "score": pl.Float64}
        ),
    )  # fmt: skip


def observe(scoring: Scoring, rng: np.random.Generator) -> pl.DataFrame:
    """An observation for each value that entered, with counts and intervals."""
    rows = []
    for p, period in enumerate(scoring.entered_periods):
        for a, area in enumerate(scoring.areas):
            for i, node in enumerate(scoring.framework.indicators):
                value, status = scoring.values[p, a, i], int(scoring.value_status[p, a, i])
                if np.isnan(value):
                    continue
                hidden = status == STATUS_CODE["suppressed"]
                rows.append(
                    {
                        "period": period, "area": area, "indicator": node.id, "value": value,
                        "lower": value * 0.8, "upper": value * 1.2 + 0.1,
                        "numerator": None if hidden else float(5 * rng.integers(3, 90)),
                        "denominator": float(5 * rng.integers(900, 1500)), "observed": period,
                        "status": "suppressed" if hidden else "rounded", "kind": "rate", "per": 1000.0,
                        "round_to": 5.0, "source": "A register",
                    }
                )  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA)


def beside(made: Edition, rng: np.random.Generator) -> pl.DataFrame:
    """The borough with its scores, and London with values of some indicators."""
    scoring, tree = made.scoring, made.framework
    at = {node.id: i for i, node in enumerate(tree.indicators)}
    rows = []
    for p, period in enumerate(scoring.periods):
        for n, node in enumerate(tree):
            value = float(np.nanmean(scoring.values[p, :, at[node.id]])) if node.id in at else None
            rows.append((PLACE, period.label, node.id, node.level, value, float(np.nanmean(scoring.scores[p, :, n])),
                         "estimated"))  # fmt: skip
            if value is not None and n % 2:
                rows.append(("London", period.label, node.id, node.level, value * 1.05, 55.0, "observed"))
    columns = ("name", "period", "node", "level", "value", "score", "status")
    frame = pl.DataFrame([dict(zip(columns, row, strict=True)) for row in rows], schema=BENCHMARKS)
    return frame.sort("name", "period", "node")


def mean(made: Edition) -> Edition:
    """Peers, performance, progress, unevenness and statements, plainly made."""
    scoring = made.scoring
    count = len(scoring.areas)
    last, first = scoring.periods[-1].label, scoring.periods[0].label
    peers, performance, progress, uneven, said = [], [], [], [], []
    for a, area in enumerate(scoring.areas):
        near = [scoring.areas[(a + k) % count] for k in range(1, min(6, count))]
        peers += [(area, peer, k + 1, 100.0 * k) for k, peer in enumerate(near)]
        for n, node in enumerate(made.framework):
            score = scoring.scores[-1, a, n]
            centre = float(np.nanmedian(scoring.scores[-1, :, n]))
            kind = "over" if score > centre + 5 else "under" if score < centre - 5 else "within"
            if not np.isnan(score):
                performance.append((last, area, node.id, score, centre, 5.0, centre - 5, centre + 5, kind))
            if len(scoring.periods) > 1 and not np.isnan(score):
                move = (score - scoring.scores[0, a, n]) / (len(scoring.periods) - 1)
                word = ("deterioration" if move < -0.5 else "stagnation" if move <= 0.5
                        else "steady improvement" if move <= 2 else "significant improvement")  # fmt: skip
                progress.append((area, node.id, first, last, scoring.scores[0, a, n], score, move, word))
        for part in ("spi", *(c.id for c in made.framework.children("spi"))):
            uneven.append((last, area, "spi", part, 1.0))
        said.append((f"s-{area.lower()}-1", last, area, "spi", "rank", "", 1.0, None, None, None, "",
                     f"{made.areas.names[area]} does what it does."))  # fmt: skip
    schema = dict
    return replace(
        made,
        peer_rule=PeerRule(("median_household_income",)),
        progress_rule=ProgressRule(first),
        peers=pl.DataFrame(peers, schema=schema(PEERS), orient="row"),
        performance=pl.DataFrame(performance, schema=schema(PERFORMANCE), orient="row"),
        progress=pl.DataFrame(progress, schema=schema(PROGRESS), orient="row"),
        unevenness=pl.DataFrame(uneven, schema=schema(UNEVENNESS), orient="row"),
        statements=pl.DataFrame(said, schema=schema(STATEMENTS), orient="row"),
    )


@pytest.fixture(scope="session")
def sample() -> Callable[..., Edition]:
    """A function that makes a made-up edition; its parameters are those of `edition`."""
    return edition


@pytest.fixture(scope="session")
def tree() -> Callable[..., Framework]:
    """A function that makes a made-up framework."""
    return framework


@pytest.fixture(scope="session")
def tiling() -> Callable[..., Boundaries]:
    """A function that makes boundaries that tile."""
    return tiles
