"""A project: everything a build needs, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from commonweal.model.area import Areas
from commonweal.model.framework import Framework
from commonweal.model.handed_on import HandedOn
from commonweal.model.lookup import MOVED, Lookup
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.recipe import Recipe
from commonweal.model.source import Measure, Protection, Records

#: The file that a project begins from, in its folder.
PROJECT_FILE: Final = "commonweal.yaml"
#: The columns of denominators by group.
STRATA: Final[dict[str, type[pl.DataType]]] = {
    "name": pl.String, "area": pl.String, "period": pl.String, "group": pl.String, "value": pl.Float64,
}  # fmt: skip
#: What joins the texts of a group.
JOINT: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class PeerRule:
    """Who an area is compared with, and how far from them counts as different.

    Peers are nearest in the attributes `by`, in a way named by `method`, or `given` by hand: (area, its
    peers, the first most alike). Over- or under-performing: further from the peers' centre than
    max(floor, times x spread).
    """

    by: tuple[str, ...]
    count: int = 5
    centre: Literal["median", "mean"] = "median"
    spread: Literal["average-absolute-deviation", "standard-deviation"] = "average-absolute-deviation"
    times: float = 1.0
    floor: float = 1.0
    method: Literal["attributes", "cluster", "statistical"] = "attributes"
    #: groups that method cluster parts the areas into; 0 leaves the number to the areas
    clusters: int = 0
    given: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ProgressRule:
    """Since when progress counts, and the points a year that part its four classes."""

    since: str = ""
    cuts: tuple[float, float, float] = (-0.5, 0.5, 2.0)


@dataclass(frozen=True, slots=True)
class UncertaintyRule:
    """How often scores are made again to see how sure ranks are, and which choices of method then vary.

    `choices` are alternatives to the project's own steps, by a name for each choice; None for the usual ones.
    `weights` is a share that each weight may rise or fall by, or a way to draw them.
    """

    replications: int = 1000
    choices: Mapping[str, tuple[Mapping[str, Any], ...]] | None = None
    leave_out: Literal["indicators", "components", "none"] = "indicators"
    weights: float | Literal["pca-bootstrap", "dirichlet"] = 0.25


@dataclass(frozen=True, slots=True)
class Publication:
    """Who publishes, under which terms. `notice` is printed under the header of every page."""

    owner: str = ""
    contact: str = ""
    accessibility_contact: str = ""
    url: str = ""
    licence: str = ""
    date: str = ""
    next_update: str = ""
    status: Literal["draft", "official"] = "draft"
    notice: str = ""
    theme: Mapping[str, str] = field(default_factory=dict)  # brand, on_brand, link: colours


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods published, oldest first, and the years an older observation may be carried."""

    publish: tuple[Period, ...]
    carry: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """A project folder, read and checked.

    `given` holds the observations of unprotected tables that need no control (published, or about
    things), `counted` those about people that the gate must see, `protected` those that have passed it.
    `denominators` has name, area, period, value. `benchmarks` has name and the columns of observations.
    """

    root: Path
    title: str
    place: str
    framework: Framework
    areas: Areas
    periods: Periods
    recipe: Recipe
    given: Observations
    counted: Observations
    protected: Observations
    records: tuple[Records, ...]
    measures: tuple[Measure, ...]
    denominators: pl.DataFrame
    protection: Protection
    publication: Publication
    benchmarks: pl.DataFrame
    peers: PeerRule | None = None
    progress: ProgressRule | None = None
    uncertainty: UncertaintyRule = field(default_factory=UncertaintyRule)
    #: what the editions that frozen rules name hand on, by the name that the recipe gives them
    editions: Mapping[str, HandedOn] = field(default_factory=dict)
    #: name, area, period, group (its texts joined by U+001F), value; and what parts each name into groups
    strata: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=STRATA))
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: what people said about weights, by parent: (people, children) points, or (people, children, children)
    #: judgements; and the tables of it, without names, by the path that the recipe names
    answers: Mapping[str, Any] = field(default_factory=dict)
    answer_tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    #: the ways from the areas of one geography to those of another, as the project gives them
    lookups: tuple[Lookup, ...] = ()
    #: the project as written (plain mappings and lists), for OUT/project and the method page
    written: Mapping[str, object] = field(default_factory=dict)
    #: what is worth knowing about its tables, for the analyst
    notes: tuple[str, ...] = ()
    #: how figures about other areas came to those of the project: the columns of `MOVED`, and in sentences
    moved: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MOVED))
    told: tuple[str, ...] = ()
    #: the files read, as the project names them; the private ones hold records or figures about people
    public_inputs: Mapping[str, Path] = field(default_factory=dict)
    private_inputs: Mapping[str, Path] = field(default_factory=dict)
