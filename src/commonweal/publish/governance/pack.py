"""What the governance pack says: facts that the project and its edition hold, and nothing else.

What only people can answer (on which lawful basis, for how long, who approves) stands as an empty box.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

from commonweal.insight import words
from commonweal.insight.audit import Audit
from commonweal.model.edition import Edition
from commonweal.model.period import Period
from commonweal.model.project import Project
from commonweal.model.source import Link, Measure, Records
from commonweal.publish.governance.numbers import numbers
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.method import method_page

_SUBJECTS: Final = {"person": "persons", "household": "households", "thing": "things, not people"}
_ENGINES: Final = {
    "duckdb": "in this program, on the machine that runs it",
    "postgres": "in the database where they lie; only totals leave it",
    "spark": "on a Spark cluster; only totals leave it",
}

#: What an assessment of data protection asks and no program can know.
QUESTIONS: Final = (
    "Who is the controller of each source, and who processes it for them?",
    "What is the purpose, and is an index of areas a purpose compatible with that of collection?",
    "On which lawful basis (and, for special categories, on which condition) are the records of people used?",
    "Are people told of this use, and how can they object?",
    "Who was consulted: people concerned, the data protection officer, partners?",
    "How long are the source records kept, and who deletes them?",
    "Who has access to the machine and to the project folder?",
    "Does any source need a sharing agreement, and is it in place?",
)
#: Kinds of observations that are made of people's own numbers.
OF_NUMBERS: Final = frozenset({"mean", "median", "sum", "ratio"})
#: Who signs, and as what.
SIGNATURES: Final = (
    "Senior responsible owner", "Analyst who built it", "Reviewer who checked it", "Data protection officer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Logged:
    """One source in the data log; `public` is none where tables of both kinds have gone in."""

    name: str
    where: str
    about: str
    public: bool | None
    columns: tuple[str, ...]
    linked: str
    counted: str
    held: str
    indicators: tuple[str, ...]
    fates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk to people, what the build does about it, and what remains."""

    risk: str
    done: str
    remains: str


@dataclass(frozen=True, slots=True)
class Pack:
    """The whole pack."""

    title: str
    place: str
    status: str
    internal: bool
    facts: tuple[tuple[str, str], ...]
    sources: tuple[Logged, ...]
    inputs: tuple[tuple[str, str], ...]
    method: tuple[tuple[str, tuple[str, ...]], ...]
    assumptions: tuple[str, ...]
    protection: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    risks: tuple[Risk, ...]
    questions: tuple[str, ...]
    verified: tuple[tuple[str, str, str], ...]
    limits: tuple[str, ...]
    open: tuple[str, ...]
    signatures: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """The pack as plain data."""
        return asdict(self)


def governance_pack(
    edition: Edition,
    project: Project,
    audit: Audit,
    columns: Mapping[str, Iterable[str]],
    inputs: Mapping[str, str],
    version: str,
) -> Pack:
    """The pack of an edition. `columns` says which columns of each source are read; `inputs` are the
    fingerprints of public files: of private ones none is given, for it could confirm a guess.
    """
    lookup = Lookup(edition)
    return Pack(
        title=edition.title,
        place=edition.place,
        status="internal" if edition.internal else edition.publication.status,
        internal=edition.internal,
        facts=_facts(edition, version),
        sources=(
            *(_logged(edition, project, records, columns) for records in project.records),
            *_of_tables(edition, project.counted.frame, "people, in figures that are not public", False),
            *_of_tables(edition, project.given.frame, "things, or people in figures that are public", None),
        ),
        inputs=tuple(sorted(inputs.items())),
        method=method_page(lookup).steps,
        assumptions=tuple(edition.notes),
        protection=edition.protection,
        numbers=tuple(numbers(edition.protected)),
        risks=tuple(_risks(edition, project)),
        questions=QUESTIONS if any(r.subject != "thing" for r in project.records) or _tables(project) else (),
        verified=tuple((c.what, c.how, "Held" if c.passed else "Failed") for c in audit.assurance.checks),
        limits=audit.assurance.limits,
        open=audit.assurance.open,
        signatures=SIGNATURES,
    )


def _tables(project: Project) -> bool:
    """Whether tables of figures about people, not yet public, went in."""
    return bool(project.counted.frame.height)


def _facts(edition: Edition, version: str) -> tuple[tuple[str, str], ...]:
    publication = edition.publication
    facts = [
        ("Index", edition.title),
        ("Place", edition.place),
        ("Areas", f"{len(edition.areas):,} of type {edition.areas.type} {edition.areas.vintage}".strip()),
        ("Periods", words.listed([period.label for period in edition.periods])),
        ("Indicators", f"{len(edition.framework.indicators):,}"),
        ("Owner", publication.owner),
        ("Contact", publication.contact),
        ("Publication", publication.date),
        ("Licence", publication.licence),
        ("Made with", f"Commonweal {version}"),
    ]
    return tuple((name, value) for name, value in facts if value)


def _logged(
    edition: Edition, project: Project, records: Records, columns: Mapping[str, Iterable[str]]
) -> Logged:
    own = [measure for measure in project.measures if measure.records == records.name]
    fates = edition.ledger.filter(pl.col("source") == records.name).select("fate", "records").iter_rows()
    return Logged(
        name=records.name,
        where=_where(records),
        about=_SUBJECTS[records.subject],
        public=records.published,
        columns=tuple(sorted(columns.get(records.name, ()))),
        linked=_linked(records.link),
        counted=_ENGINES[records.backend],
        held=", ".join(records.covers) or records.period or "every month that has a record",
        indicators=tuple(_measured(edition, measure) for measure in own),
        fates=tuple((fate, "[c]" if count is None else f"{count:,}") for fate, count in fates),
    )


def _of_tables(edition: Edition, frame: pl.DataFrame, about: str, public: bool | None) -> Iterable[Logged]:
    """The tables of values, by what the project calls their sources."""
    for (name,), rows in frame.sort("source").group_by("source", maintain_order=True):
        periods = sorted(map(Period.parse, rows["period"].unique()))
        ends = dict.fromkeys((periods[0].label, periods[-1].label))
        known = [id for id in rows["indicator"].unique().sort() if id in edition.framework]
        yield Logged(
            name=str(name),
            where="a table of values",
            about=about,
            public=public,
            columns=("areas", "periods", "figures"),
            linked="by the area in each row",
            counted="not here: its figures are taken as they stand",
            held=" to ".join(ends),
            indicators=tuple(edition.framework[id].name for id in known),
            fates=(),
        )


def _where(records: Records) -> str:
    """The path or the table; of a database the variable that holds its address, never the address."""
    part = records.table or records.sheet or records.record
    place = records.url or records.written
    return f"{place}, {part}" if part else place


def _linked(link: Link) -> str:
    match link.by:
        case "point":
            return f"by the point in {link.x} and {link.y}, in the outlines of the areas"
        case "nearest":
            return f"by the point in {link.x} and {link.y}, within {link.within:g} metres of an area"
        case "code":
            return f"by the area code in {link.column}"
        case _:
            return f"by the {link.by} in {link.column}, through a table"


def _keyed(records: Records) -> str:
    assert records.person is not None
    return f"{records.name} ({records.person.column})"


def _measured(edition: Edition, measure: Measure) -> str:
    held = measure.indicator in edition.framework
    name = edition.framework[measure.indicator].name if held else measure.indicator
    return f"{name} ({measure.kind.replace('_', ' ')})"


def _risks(edition: Edition, project: Project) -> Iterable[Risk]:
    """Risks that the build does something about; each sentence is true of every build without --internal."""
    if edition.internal:
        yield Risk(
            "Someone is recognised in a small count.", "Nothing: this is an internal build.", "All of it."
        )
        return
    private = [r for r in project.records if r.about_people]
    if private or _tables(project):
        yield Risk(
            "Someone is recognised in a small count.",
            "Small counts are hidden and others rounded before anything is computed from them, and a program"
            " tries to work the hidden ones out again.",
            "What a reader knows from elsewhere; figures of other publishers.",
        )
    if set(edition.observations.filter(pl.col("round_to").is_not_null())["kind"]) & OF_NUMBERS:
        yield Risk(
            "The number of a single person is worked out from means, sums or quantiles.",
            "Where few people are behind such a value it has none, nor where it differs from an earlier"
            " edition's of hardly more or fewer people.",
            "The digits of a mean tell of how many people it is, and the difference of two values that few"
            " people set apart can be one person's. A quantile, or an end of its interval, is the number of"
            " someone.",
        )
    if private:
        yield Risk(
            "Records leave the council.",
            "Records are counted where they lie and are never copied into the output. What does not fit in"
            " memory lies in the project's own folder .commonweal while they are counted.",
            "Whoever can read the project folder can read the records in it.",
        )
        yield Risk(
            "A name or number of a person is printed in a message, a log or a page.",
            "Messages and the ledger name files, lines, columns and reasons, never what is in a record.",
            "Names of files, columns and categories are the council's own words.",
        )
    if any(records.url for records in project.records):
        yield Risk(
            "The address of a database becomes known.",
            "It is read from an environment variable and is in no file that is written.",
            "Whoever can read the environment of the machine can read it.",
        )
    if shared := [records for records in private if records.person]:
        yield Risk(
            "A number of a person that several sources share becomes known, or leads from one to the other.",
            f"In {words.listed([_keyed(records) for records in shared])} it is compared as a keyed hash"
            " (HMAC-SHA-256). Hashes lie in memory and in the project's own folder .commonweal while records"
            " are counted; neither they nor the secret are in a file that is kept.",
            "Whoever has the secret can try numbers out: it has to be kept apart from the records.",
        )
    if any(records.key for records in private):
        yield Risk(
            "A person is counted twice.",
            "Records with the same key count once; repeats are in the ledger.",
            "Records with an empty key all count.",
        )
