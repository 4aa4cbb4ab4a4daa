"""From a folder on disk to a `Project`, with every fault that can be found in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from sys import maxsize
from typing import Any

import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any, refusal
from commonweal.model.area import Areas
from commonweal.model.handed_on import HandedOn
from commonweal.model.lookup import Lookup
from commonweal.model.project import PROJECT_FILE, Periods, Project, Publication
from commonweal.model.recipe import Recipe
from commonweal.model.source import Measure, Records
from commonweal.project.answers import Answers, read_answers
from commonweal.project.areas import attribute_faults, read_areas
from commonweal.project.figures import BENCHMARKS, Denominators, read_benchmarks, read_denominators
from commonweal.project.frameworks import Chosen, read_framework
from commonweal.project.gaps import empty_indicators, empty_periods
from commonweal.project.handed_on import read_handed_on, with_frozen_weights
from commonweal.project.lookups import Lookups, read_lookups
from commonweal.project.measures import Names, read_measures
from commonweal.project.paths import Files
from commonweal.project.peers import Given, read_given, way_faults
from commonweal.project.periods import read_periods
from commonweal.project.positions import Document, read_document
from commonweal.project.records import read_records
from commonweal.project.rules import peer_rule, progress_rule, protection_of, rule_faults
from commonweal.project.schema import GeographyKeys, PeerKeys, ProjectFile
from commonweal.project.settings import Settings, read_settings
from commonweal.project.steps import with_steps
from commonweal.project.tables import Tables, read_tables
from commonweal.project.uncertainty import choice_faults, uncertainty_rule
from commonweal.project.values import Known

#: Finds what is wrong with records and the filters of their measures.
Also = Callable[[Path, tuple[Records, ...], tuple[Measure, ...]], Iterable[Fault]]


def load(
    root: Path | str,
    change: Mapping[str, Any] | None = None,
    *,
    also: Also = lambda root, records, measures: (),
) -> Project:
    """Read and check a project folder; nothing is written.

    `change` holds steps of the recipe, as commonweal.yaml writes them, that take the place of its own.
    Where there are faults, `also` is asked for those of the records, so that all are told at once.
    Raises `CommonwealError` with every fault found, each with its file and line; docs/errors has a page
    for each code.
    """
    root = Path(root)
    files = Files(root)
    try:
        path = files.file(PROJECT_FILE)
    except CommonwealError:
        what = f"there is no {PROJECT_FILE} in {str(root)!r}"
        raise refusal(
            "PATH-MISSING", what, "Name a project folder, or make one with `commonweal new`."
        ) from None
    document = read_document(path, PROJECT_FILE)
    if change and isinstance(document.data, dict):
        document.data["recipe"] = with_steps(document.data.get("recipe"), change)
    settings = read_settings(document)
    return _Reading(files, document, settings, list(settings.faults), also).project()


@dataclass(slots=True)
class _Reading:
    """The work in progress: what was found wrong so far. A part that fails leaves None behind."""

    files: Files
    document: Document
    settings: Settings
    faults: list[Fault]
    also: Also
    #: notes on what older editions hand on
    handed: list[str] = field(default_factory=list)

    @property
    def keys(self) -> ProjectFile:
        return self.settings.keys

    @property
    def short(self) -> frozenset[str]:
        """What lacks because something was left out there is no fault of its own."""
        return self.settings.short

    def project(self) -> Project:
        keys = self.keys
        framework = self.framework_key()
        chosen = framework and self.part(
            lambda: read_framework(self.files, framework), "project", "framework"
        )
        areas = None
        if "areas" not in self.short:
            areas = self.part(lambda: read_areas(self.files, keys.areas), "areas")
        recipe = None
        if "recipe" not in self.short:
            recipe = self.part(lambda: Recipe.read(self.document.data["recipe"]), "recipe")
        self.check_recipe(recipe, chosen)
        chosen = self.weighed(recipe, chosen)
        self.check_rules(areas)
        self.check_uncertainty(recipe, chosen)
        given = self.given_peers(areas)
        lookups = self.lookups(areas)
        records, measures = self.records_and_measures(areas, chosen, lookups)
        tables, benchmarks = self.values(areas, chosen, lookups)
        denominators = self.denominators(areas, lookups, benchmarks)
        periods = self.periods(tables, records)
        self.check_coverage(chosen, tables, periods, measures, records)
        editions = self.editions(recipe)
        answers = self.answers(recipe, chosen)
        if self.faults:
            self.faults += self.also(self.files.root, records, measures)
        raise_any(sorted(self.faults, key=lambda fault: (fault.file, fault.line or maxsize)))
        if (
            chosen is None
            or areas is None
            or recipe is None
            or tables is None
            or periods is None
            or denominators is None
        ):
            raise AssertionError("a part of the project is missing, yet no fault says so")
        return Project(
            root=self.files.root,
            title=keys.project.title,
            place=keys.project.place,
            framework=chosen.framework,
            areas=areas,
            periods=periods,
            recipe=recipe,
            given=tables.given,
            counted=tables.counted,
            protected=tables.protected,
            records=records,
            measures=measures,
            denominators=denominators.whole,
            strata=denominators.strata,
            groups=denominators.groups,
            protection=protection_of(keys),
            publication=Publication(**keys.publication.model_dump()),
            benchmarks=benchmarks,
            peers=peer_rule(keys, given),
            progress=progress_rule(keys),
            uncertainty=uncertainty_rule(keys.uncertainty),
            editions=editions,
            answers=answers.by_parent,
            answer_tables=answers.tables,
            written=self.document.data,
            notes=(*self.files.notes, *self.handed, *lookups.notes),
            moved=pl.concat([denominators.moved, tables.moved]),
            told=(*self.told(areas, lookups, records), *tables.told, *denominators.told),
            lookups=lookups.held,
            public_inputs=self.files.inputs(private=False),
            private_inputs=self.files.inputs(private=True),
        )

    def part(self, read: Callable[[], Any], *keys: str | int) -> Any:
        """What `read` returns, or None with its faults kept."""
        found = []
        with self.document.placing(self.faults, keys):
            found.append(read())
        return found[0] if found else None

    def framework_key(self) -> Any:
        """The framework that is asked for, also where another key beside it is faulty."""
        if "project" not in self.short:
            return self.keys.project.framework
        written = self.document.data.get("project")
        asked = written.get("framework") if isinstance(written, dict) else None
        return asked if isinstance(asked, str) else None

    def check_recipe(self, recipe: Recipe | None, chosen: Chosen | None) -> None:
        if recipe is None or chosen is None:
            return
        for fault in recipe.faults_against(chosen.framework):
            node = str(fault.path[0])
            in_framework = fault.code.startswith("FRAMEWORK") and node in chosen.places
            placed = fault.at(*chosen.places[node]) if in_framework else None
            self.faults.append(placed or self.document.place(fault, ("recipe",)))

    def weighed(self, recipe: Recipe | None, chosen: Chosen | None) -> Chosen | None:
        """The framework with the weights of an older edition, where the recipe asks for them."""
        if recipe is None or chosen is None:
            return chosen
        read = self.part(lambda: with_frozen_weights(self.files, recipe, chosen.framework), "recipe", "weigh")
        if read is None:
            return chosen
        framework, notes = read
        self.handed += notes
        return replace(chosen, framework=framework)

    def editions(self, recipe: Recipe | None) -> dict[str, HandedOn]:
        """What older editions hand on to the steps whose rule is frozen."""
        editions = {}
        for edition, steps in ({} if recipe is None else recipe.editions).items():
            reading = partial(read_handed_on, self.files, edition, steps)
            read = self.part(reading, "recipe", max(steps), "edition")
            if read is not None:
                editions[edition], notes = read
                self.handed += notes
        return editions

    def answers(self, recipe: Recipe | None, chosen: Chosen | None) -> Answers:
        if recipe is None or chosen is None:
            return Answers()
        read = self.part(lambda: read_answers(self.files, recipe, chosen.framework), "recipe", "weigh")
        return read if isinstance(read, Answers) else Answers()

    def check_rules(self, areas: Areas | None) -> None:
        """What peers, protection and publication need of one another."""
        keys = self.keys
        if keys.peers is not None:
            self.check_peers(keys.peers, areas)
        self.faults += rule_faults(self.document, keys)

    def check_uncertainty(self, recipe: Recipe | None, chosen: Chosen | None) -> None:
        """That each other way to take a step is one that could be taken here."""
        if recipe is not None and chosen is not None:
            self.faults += choice_faults(self.document, self.keys.uncertainty, recipe, chosen.framework)

    def check_peers(self, peers: PeerKeys, areas: Areas | None) -> None:
        """That peers are chosen in one way, by attributes that are numbers for every area."""
        self.faults += [self.document.place(fault, ("peers",)) for fault in way_faults(peers)]
        if areas is not None:
            with self.document.placing(self.faults, ("peers",)):
                raise_any(attribute_faults(self.files, self.keys.areas, areas, peers.by))

    def given_peers(self, areas: Areas | None) -> Given:
        """The peers that the project names, by area."""
        if self.keys.peers is None or areas is None:
            return ()
        given = self.keys.peers.given
        read = self.part(lambda: read_given(self.files, given, areas), "peers")
        return read or ()

    def lookups(self, areas: Areas | None) -> Lookups:
        if areas is None or "lookups" in self.short:
            return Lookups(whole=False)
        found, faults = read_lookups(self.files, self.document, self.keys.lookups, areas)
        self.faults += faults
        return found

    def denominators(
        self, areas: Areas | None, lookups: Lookups, benchmarks: pl.DataFrame
    ) -> Denominators | None:
        if areas is None:
            return None
        beside = {*benchmarks["name"].to_list()}
        if "project" not in self.short:
            beside.add(self.keys.project.place)
        written = self.keys.denominators
        found, faults = read_denominators(self.files, self.document, written, areas, lookups, beside)
        self.faults += faults
        return found

    def records_and_measures(
        self, areas: Areas | None, chosen: Chosen | None, lookups: Lookups
    ) -> tuple[tuple[Records, ...], tuple[Measure, ...]]:
        slip = any(fault.path[:1] == ("areas",) for fault in self.faults)
        outlines = areas is None or areas.boundaries is not None or slip

        def lookup_for(written: GeographyKeys | None, by_place: bool) -> Lookup | None:
            if written is not None and by_place:
                what = "a link by place finds the areas of the project whatever `area` says"
                raise refusal("RECORDS-LINK", what, "Take `area` out.", path=("area",))
            return lookups.to(areas, written) if areas else None

        records, faults = read_records(self.files, self.document, self.keys.records, outlines, lookup_for)
        self.faults += faults
        if chosen is None:
            return records, ()
        indicators = [node.id for node in chosen.framework.indicators]
        people = {r.name: r.person for r in records if r.person or not self.keys.records[r.name].person}
        names = Names(
            indicators, chosen.left_out, self.named("records"), self.named("denominators"), outlines, people
        )
        measures, faults = read_measures(self.files, self.document, self.keys.measures, names)
        self.faults += faults
        return records, measures

    def told(self, areas: Areas, lookups: Lookups, records: Iterable[Records]) -> list[str]:
        """How records came to the areas of the index, where their codes are of other areas."""
        found = [lookups.told(source.name, source.lookup, areas) for source in records if source.lookup]
        return [text for texts in found for text in texts]

    def named(self, section: str) -> frozenset[str]:
        """The names under a section, those of faulty items too: they are there, if not usable."""
        written = self.document.data.get(section)
        return frozenset(map(str, written)) if isinstance(written, dict) else frozenset()

    def values(
        self, areas: Areas | None, chosen: Chosen | None, lookups: Lookups
    ) -> tuple[Tables | None, pl.DataFrame]:
        if chosen is None:
            return None, pl.DataFrame(schema=BENCHMARKS)
        indicators = tuple(node.id for node in chosen.framework.indicators)
        codes = None if areas is None else frozenset(areas.codes)
        known = Known(codes, indicators, chosen.left_out, areas)
        tables, faults = read_tables(
            self.files,
            self.document,
            self.keys.values,
            chosen.framework,
            known,
            self.settings.tables,
            areas,
            lookups,
        )
        self.faults += faults
        benchmarks, wrong = read_benchmarks(self.files, self.document, self.keys.benchmarks, known)
        self.faults += wrong
        return (None if faults else tables), benchmarks

    def periods(self, tables: Tables | None, records: Iterable[Records]) -> Periods | None:
        found, faults = read_periods(self.document, self.settings, tables, records)
        self.faults += faults
        return found

    def check_coverage(
        self,
        chosen: Chosen | None,
        tables: Tables | None,
        periods: Periods | None,
        measures: Iterable[Measure],
        records: tuple[Records, ...],
    ) -> None:
        """That each indicator and each published period has data, as far as tables can tell."""
        if chosen is None or tables is None or periods is None or {"values", "periods"} & self.short:
            return
        have = pl.concat(t.frame.select("indicator", "period") for t in tables.all).unique()
        if not len(tables.protected):
            measured = self.named("measures") | {m.indicator for m in measures} | set(have["indicator"])
            self.faults += empty_indicators(self.document, chosen, measured)
        if not (records or self.named("records") or len(tables.protected)):
            written = self.keys.periods.publish
            self.faults += empty_periods(self.document, written, periods, have["period"])
