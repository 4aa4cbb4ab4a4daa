"""A made-up edition for the pages: every figure is drawn from a seed, every part can be left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely

from commonweal.engine import score
from commonweal.insight import interpret
from commonweal.model.area import Area, Areas, Boundaries
from commonweal.model.edition import LEDGER, Edition
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import SCHEMA, Observations
from commonweal.model.period import Period
from commonweal.model.project import PeerRule, Periods, ProgressRule, Publication
from commonweal.model.recipe import Recipe

PLACE = "Marlbridge"
NAMES = (
    "Ashcombe", "Brackwater", "Castle Hill", "Dovecote", "Eastfield", "Fallow Green", "Gatehouse",
    "Harbour", "Kingsmead", "Larkrise", "Millbank", "Northgate", "Old Town", "Priory", "Quayside",
    "Saltmarsh", "Thornley",
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
    peers: bool = True,
    progress: bool = True,
    benchmarks: bool = True,
    recipe: dict[str, Any] | None = None,
    names: tuple[str, ...] = NAMES,
    change: Callable[[pl.DataFrame], pl.DataFrame] = lambda frame: frame,
    **parts: Any,
) -> Edition:
    """An edition made by the engine from figures drawn from a seed: a gap, a hidden cell, a carried one.

    `change` alters the observations before they are scored; `parts` replace parts of the edition.
    """
    tree = tree or framework(3, 4, 4)
    places = _areas(areas, names, boundaries)
    known = tuple(Period.parse(period) for period in periods)
    observations = change(_observations(tree, places, periods))
    scoring = score(
        Observations.of(observations),
        tree,
        places,
        Periods(known, carry=3),
        Recipe.read(recipe or {"aggregate": {"dimension": "geometric", "index": "geometric"}, "floor": 1}),
    )
    made = Edition(
        "Social Progress Index",
        PLACE if benchmarks else "",
        places,
        scoring,
        observations,
        Publication(
            owner="Marlbridge Council",
            contact="insight@marlbridge.example",
            accessibility_contact="access@marlbridge.example",
            licence="OGL-UK-3.0",
            date="2018-10-01",
            next_update="2019-10",
            notice="Marlbridge does not exist: every place and figure on this page is made up.",
        ),
        peer_rule=PeerRule(("median_household_income",)) if peers else None,
        progress_rule=ProgressRule(periods[0]) if progress else None,
        ledger=pl.DataFrame(
            {
                "source": ["crimes"] * 2,
                "fate": ["read", "counted"],
                "records": [12345, 12000],
                "note": ["", ""],
            },
            schema=LEDGER,
        ),
        protection=("Counts of people are rounded to 5; counts from 1 to 7 are hidden.",),
    )
    return replace(interpret(made, _london(tree, periods) if benchmarks else _london(tree, ())), **parts)


def _areas(count: int, names: tuple[str, ...], boundaries: bool) -> Areas:
    codes = [f"E{k:08d}" for k in range(count)]
    items = (Area(code, names[k] if k < len(names) else f"Ward {k + 1}") for k, code in enumerate(codes))
    attributes = pl.DataFrame(
        {
            "code": codes,
            "population": [9000 + 37 * k for k in range(count)],
            "median_household_income": [24000.0 + 411 * ((k * 7) % 23) for k in range(count)],
        }
    )
    return Areas("ward", "2018", tuple(items), attributes, tiles(count) if boundaries else None)


def _observations(tree: Framework, places: Areas, periods: tuple[str, ...]) -> pl.DataFrame:
    rng = np.random.default_rng(2026)
    level = rng.normal(0, 4, len(places))
    rows = []
    for i, node in enumerate(tree.indicators):
        own = 30 + (node.direction or 1) * level + rng.normal(0, 5, len(places))
        drift = rng.normal(0.3, 0.4)
        for p, period in enumerate(periods):
            if i == 2 and p == len(periods) - 1 and p:
                continue  # the latest period has no figure: the one before is carried
            for a, area in enumerate(places.codes):
                if (i, a) == (0, 1):
                    continue  # a gap
                value = max(0.5, own[a] + drift * p + rng.normal(0, 0.5))
                hidden = (i, a) == (0, 4)
                rows.append(
                    {
                        "period": period, "area": area, "indicator": node.id, "value": value,
                        "lower": value * 0.9, "upper": value * 1.1 + 0.1,
                        "numerator": None if hidden else float(5 * rng.integers(3, 90)),
                        "denominator": float(5 * rng.integers(900, 1500)), "observed": period,
                        "status": "suppressed" if hidden else "rounded", "kind": "rate", "per": 1000.0,
                        "round_to": 5.0, "source": "A register",
                    }
                )  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA).sort("indicator", "period", "area")


def _london(tree: Framework, periods: tuple[str, ...]) -> pl.DataFrame:
    rows = [("London", period, node.id, 31.0) for period in periods for node in tree.indicators[::2]]
    schema = {"name": pl.String, "period": pl.String, "indicator": pl.String, "value": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


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
