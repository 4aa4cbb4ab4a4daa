"""From a project folder to an edition, and from there to a published output."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

import commonweal
from commonweal import engine, insight, project, sources
from commonweal.errors import refusal
from commonweal.insight.breaks import between_periods
from commonweal.model.edition import Edition, Scoring
from commonweal.model.observation import Observations
from commonweal.model.project import Project
from commonweal.pipeline.advice import advice
from commonweal.pipeline.exchange import is_frozen, replacing
from commonweal.pipeline.inputs import published_fingerprints, remember_inputs
from commonweal.pipeline.protecting import protect, remember_intruder
from commonweal.report import Report, silent


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """An edition, and the project it was made from."""

    edition: Edition
    project: Project
    #: what is worth knowing before it is published; for the analyst, not for the pages
    advice: tuple[str, ...]
    #: what an intruder would have found out: exact, for the project folder alone
    intruder: Mapping[str, Any] = field(default_factory=dict)


def build(
    root: str | Path,
    out: str | Path | None = None,
    *,
    internal: bool = False,
    report: Report = silent,
    advise: Report = silent,
) -> Edition:
    """Build a project folder and publish it to `out` (default: `build` inside the folder).

    The old output stays whole until the new one is, and nothing is written where there is a fault.
    `internal` skips the protection of people and marks every page and file as not for publication.
    `report` is told the name of each step, `advise` what is worth knowing before it is published.
    Raises CommonwealError with every fault found.
    """
    folder = Path(root)
    target = Path(out) if out is not None else folder / "build"
    _refuse_inside_sources(folder, target)
    made = make(folder, internal=internal, report=report)
    from commonweal.publish.write import write_edition

    with replacing(target) as tree:
        write_edition(
            made.edition,
            made.project,
            tree,
            version=commonweal.__version__,
            inputs=published_fingerprints(made.project),
            report=report,
        )
    _remember(made, target)
    for text in made.advice:
        advise(text)
    return made.edition


def _remember(made: Made, target: Path) -> None:
    """Let `commonweal freeze` know what was built; a project that can't be written to does without."""
    if is_frozen(made.project.root.absolute()):
        return
    with suppress(OSError):
        remember_inputs(made.project, target)
        remember_intruder(made.project, made.intruder)


def make(root: Path, *, internal: bool = False, report: Report = silent) -> Made:
    """An edition in memory: read, collect, protect, score, interpret. Nothing is written to OUT."""
    return make_of(_loaded(root, report), internal=internal, report=report)


def make_of(loaded: Project, *, internal: bool = False, report: Report = silent) -> Made:
    """An edition in memory, of a project that has been read."""
    report("Reading records")
    collected = sources.collect(loaded, report=report)
    report("Protecting people")
    gated = protect(loaded, collected, internal=internal)
    report("Scoring")
    scoring = score_project(loaded, gated.observations)
    report("Working out what the scores mean")
    edition = Edition(
        title=loaded.title,
        place=loaded.place,
        areas=loaded.areas,
        scoring=scoring,
        observations=gated.observations.frame,
        publication=loaded.publication,
        peer_rule=loaded.peers,
        progress_rule=loaded.progress,
        uncertainty_rule=loaded.uncertainty,
        ledger=gated.ledger,
        fit=sources.fit_table(collected.moved),
        internal=internal,
        protection=gated.says,
        protected=gated.summary,
        definitions=gated.definitions,
        notes=(*loaded.told, *collected.notes, *scoring.notes, *between_periods(scoring)),
        carry=loaded.periods.carry,
    )
    meant = interpret_project(loaded, edition, report)
    unsure = (meant.uncertainty.why_not,) if meant.uncertainty and meant.uncertainty.why_not else ()
    found = (*collected.doubts, *gated.told, *advice(loaded, gated.observations, scoring), *unsure)
    return Made(meant, loaded, found, gated.details)


def _loaded(root: Path, report: Report) -> Project:
    report("Reading the project")
    return project.load(root, also=sources.header_faults)


def score_project(loaded: Project, observations: Observations) -> Scoring:
    """The scores of a project's observations, which have passed the gate."""
    with project.placing(loaded.root):
        return engine.score(
            observations,
            loaded.framework,
            loaded.areas,
            loaded.periods,
            loaded.recipe,
            loaded.editions,
            answers=loaded.answers,
            denominators=loaded.denominators,
        )


def interpret_project(loaded: Project, edition: Edition, report: Report) -> Edition:
    """The edition with its meaning; a fault of a rule stands at its line of the project."""
    with project.placing(loaded.root):
        return insight.interpret(edition, loaded.benchmarks, report)


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What a check found: how far each indicator is covered, what became of records, what is worth knowing.

    `sources` has a line for each source, with exact numbers: it is for the analyst alone.
    """

    table: pl.DataFrame
    notes: tuple[str, ...]
    sources: tuple[str, ...]


def check(root: str | Path, *, report: Report = silent) -> Coverage:
    """Run everything that can find a fault, write nothing, and say how far each indicator is covered.

    Raises CommonwealError with every fault found.
    """
    loaded = _loaded(Path(root), report)
    report("Reading records")
    collected = sources.collect(loaded, report=report)
    gated = protect(loaded, collected)
    report("Scoring")
    scoring = score_project(loaded, gated.observations)
    return Coverage(
        project.coverage(loaded, gated.observations),
        (
            *loaded.told,
            *collected.notes,
            *collected.doubts,
            *gated.told,
            *advice(loaded, gated.observations, scoring),
        ),
        (
            *sources.ledger_lines(collected.ledger),
            *collected.exact,
            *sources.undated_lines(loaded, collected),
            *sources.type_lines(loaded, collected),
        ),
    )


def _refuse_inside_sources(folder: Path, target: Path) -> None:
    """An output may lie inside the project, but the project may not lie inside the output."""
    if folder.absolute().resolve().is_relative_to(target.absolute().resolve()):
        raise refusal(
            "OUT-FOREIGN",
            f"{target} holds the project itself",
            "Name another folder with --out; nothing was touched.",
        )
