"""The lookups of a project: from tables of pairs of areas, from outlines, or from points with weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any, refusal
from commonweal.model.area import Areas, Geography
from commonweal.model.codes import advice
from commonweal.model.lookup import SHARES, Lookup, composed, way
from commonweal.project.columns import LINE, SHOWN, Rows, keep, read_rows, several
from commonweal.project.lookup_ends import astray, slips
from commonweal.project.overlays import overlaid
from commonweal.project.paths import Files
from commonweal.project.positions import Document
from commonweal.project.schema import GeographyKeys, LookupKeys

_WEIGHT: Final = "(weight)"


@dataclass(frozen=True, slots=True, eq=False)
class Lookups:
    """The lookups of a project, in the order written, and what the reader should know of them.

    `whole` says that none was left out as faulty: only then is one that can't be found a fault of its own.
    """

    held: tuple[Lookup, ...] = ()
    notes: tuple[str, ...] = ()
    whole: bool = True

    def to(self, areas: Areas, written: GeographyKeys | None) -> Lookup | None:
        """The way from the geography that is written to that of `areas`; None where none is needed.

        Raises LINK-VINTAGE where no lookup leads there.
        """
        if written is None:
            return None
        steps = self._way(areas, written)
        if steps is None and self.whole:
            raise CommonwealError(_no_way(Geography(written.type, written.vintage), areas.geography))
        return composed(steps) if steps else None

    def lost(self, areas: Areas, written: GeographyKeys | None) -> bool:
        """Whether the way from what is written is not known, since a lookup is faulty that may be on it."""
        return written is not None and not self.whole and self._way(areas, written) is None

    def _way(self, areas: Areas, written: GeographyKeys) -> tuple[Lookup, ...] | None:
        return way(self.held, Geography(written.type, written.vintage), areas.geography)

    def told(self, name: str, lookup: Lookup, areas: Areas) -> list[str]:
        """How the figures of a source came to the areas of the index."""
        source, target = lookup.source, areas.geography
        steps = way(self.held, source, target) or ()
        by = f" by way of {', '.join(str(step.target) for step in steps[:-1])}" if len(steps) > 1 else ""
        if lookup.fit == "best fit":
            how = f"areas of {source} are best fitted to {target}{by}"
            sure = "how far that is off is not known, since no weight is named"
            errors = [error for error in lookup.fits(areas.codes)["error"] if error is not None]
            if len(errors) == len(areas):
                sure = (
                    f"by {lookup.weight}, at most {100 * max(errors):.1f}% of an area is counted in another"
                )
            return [f"{name}: {how}; {sure}.", *_left_out(name, lookup, areas)]
        shared = len(lookup.shared & set(areas.codes))
        held = f"{shared} of {len(areas)} areas hold figures apportioned from {source}{by}"
        how = f"{held}, by {lookup.weight or 'given shares'}.{_extent(lookup, areas)}"
        return [f"{name}: {how}", *_left_out(name, lookup, areas)]


def _extent(lookup: Lookup, areas: Areas) -> str:
    """How much of what the areas get comes from old areas that were parted; empty where it isn't known."""
    dealt, fits = lookup.dealt(areas.codes), lookup.fits(areas.codes).drop_nulls("apportioned")
    if dealt is None or not fits.height:
        return ""
    most = fits.sort("apportioned", "area", descending=[True, False]).row(0, named=True)
    code, share = most["area"], most["apportioned"]
    whole = f"{100 * dealt:.1f}% comes from areas that were parted"
    return f" By this weight {whole}, most in {code}: {100 * share:.1f}%."


def _left_out(name: str, lookup: Lookup, areas: Areas) -> list[str]:
    """The areas of the index that no old one leads to, which have no figure."""
    lacking = sorted(set(areas.codes) - lookup.ends)
    if not lacking:
        return []
    listed = ", ".join(lacking[:SHOWN]) + (", …" if len(lacking) > SHOWN else "")
    return [f"{name}: no area of {lookup.source} leads to {listed}, so that there is no figure."]


def _no_way(source: Geography, target: Geography) -> Fault:
    def end(geography: Geography) -> str:
        vintage = f", vintage: {geography.vintage}" if geography.vintage else ""
        return f"{{type: {geography.type}{vintage}}}"

    return Fault(
        "LINK-VINTAGE",
        f"the codes are of {source}, the areas of {target}, and no lookup leads from the one to the other",
        f"Add one: `lookups: [{{from: {end(source)}, to: {end(target)}, path: …}}]`.",
        path=("area",),
    )


def read_lookups(
    files: Files, document: Document, written: Sequence[LookupKeys], areas: Areas
) -> tuple[Lookups, list[Fault]]:
    """Every lookup of a project.

    Faults: AREA-EMPTY, BOUNDARIES-…, COLUMN-MISSING, FILE-…, LINK-CRS, LOOKUP-AREAS, LOOKUP-OUTLINES,
    LOOKUP-SHARES, LOOKUP-TARGETS, LOOKUP-WEIGHT, PATH-….
    """
    held: list[Lookup] = []
    notes: list[str] = []
    faults: list[Fault] = []
    for i, keys in enumerate(written):
        with document.placing(faults, ("lookups", i)):
            lookup, said = _read(files, keys, areas)
            raise_any(_aim_faults(lookup, areas))
            held.append(lookup)
            notes += said
    return Lookups(tuple(held), tuple(notes), whole=not faults), faults


def _read(files: Files, keys: LookupKeys, areas: Areas) -> tuple[Lookup, list[str]]:
    _only_one_way(keys)
    source = Geography(keys.from_.type, keys.from_.vintage)
    target = Geography(keys.to.type, keys.to.vintage)
    if keys.path:
        rows, numbers = _pairs(files, keys)
        pairs, weight, notes = _weighed(rows, keys, numbers), keys.weight, list[str]()
        if target.fits(areas.geography):
            raise_any(slips(rows, areas))
            notes = astray(rows, areas)
    else:
        pairs, notes = overlaid(files, keys, areas)
        weight = keys.weight or "area"
    best = keys.fit == "best" or not weight
    return Lookup(source, target, _shares(pairs, best), weight, "best fit" if best else "apportioned"), notes


def _only_one_way(keys: LookupKeys) -> None:
    given = [name for name in ("path", "boundaries") if getattr(keys, name)]
    if len(given) != 1:
        what = "a lookup has neither a table nor boundaries" if not given else "a lookup has two origins"
        remedy = "Name a table with `path:`, or outlines with `boundaries:` and `code:`."
        raise refusal("LOOKUP-OUTLINES", what, remedy)
    if keys.path and keys.fit == "best" and not keys.weight:
        what = "a best fit is asked for, and nothing is weighed"
        raise refusal(
            "LOOKUP-WEIGHT", what, "Name a column with `weight:`, or leave `fit:` out.", path=("fit",)
        )


def _pairs(files: Files, keys: LookupKeys) -> tuple[Rows, list[str]]:
    """from, to, the weight as a number (null without one) and the line of each row of the table.

    Beside them the headings under which there are numbers, which could be weights.
    """
    rows = keep(read_rows(files, keys.path, keys.sheet), keys.where)
    source, target = keys.from_.column or "from", keys.to.column or "to"
    raise_any(rows.require((source, target, *([keys.weight] if keys.weight else []))))
    frame = rows.frame.select(
        pl.col(source).alias("from"),
        pl.col(target).alias("to"),
        (pl.col(keys.weight) if keys.weight else pl.lit(None, dtype=pl.String)).alias(_WEIGHT),
        LINE,
    )
    blank = frame.filter(pl.col("from").is_null() | pl.col("to").is_null())
    raise_any(
        several(
            rows.fault(
                "AREA-EMPTY",
                f"the row has no {source if old is None else target}",
                "Fill it in, or leave such rows out with `where:`.",
                line,
            )
            for old, line in blank.select("from", LINE).iter_rows()
        )
    )
    cells = rows.frame.select(pl.exclude(LINE, source, target))
    numbers = [name for name in cells.columns if cells[name].cast(pl.Float64, strict=False).null_count() == 0]
    return rows.with_frame(frame), numbers


def _weighed(rows: Rows, keys: LookupKeys, numbers: Sequence[str]) -> pl.DataFrame:
    """Each pair of areas once: from, to, weight. Without a weight each old area must lead to one new one."""
    if not keys.weight:
        raise_any(_targets(rows, numbers))
        unweighed = rows.frame.select("from", "to", pl.lit(None, dtype=pl.Float64).alias("weight"))
        return unweighed.unique().sort("from", "to")
    weight = pl.col(_WEIGHT).cast(pl.Float64, strict=False)
    wrong = rows.frame.filter(~(weight.is_finite() & (weight >= 0)).fill_null(False))
    raise_any(
        several(
            rows.fault(
                "LOOKUP-WEIGHT",
                f"{keys.weight} is {'empty' if text is None else repr(text)}",
                "Write a number of 0 or more.",
                line,
            )
            for text, line in wrong.select(_WEIGHT, LINE).iter_rows()
        )
    )
    pairs = rows.frame.group_by("from", "to").agg(weight.sum().alias("weight"), pl.col(LINE).min())
    nothing = pairs.group_by("from").agg(pl.col("weight").sum(), pl.len(), pl.col(LINE).min())
    nothing = nothing.filter((pl.col("weight") == 0) & (pl.col("len") > 1)).sort(LINE)
    raise_any(
        several(
            rows.fault(
                "LOOKUP-WEIGHT",
                f"every {keys.weight} of area {code!r} is 0, so that nothing parts it",
                "Give one of its rows a weight.",
                line,
            )
            for code, line in nothing.select("from", LINE).iter_rows()
        )
    )
    return pairs.select("from", "to", "weight").sort("from", "to")


def _targets(rows: Rows, numbers: Sequence[str]) -> list[Fault]:
    """LOOKUP-TARGETS for each old area that leads to several new ones, with the first two lines."""
    firsts = rows.frame.group_by("from", "to").agg(pl.col(LINE).min()).sort("from", LINE)
    if numbers:
        remedy = f"Name the column that says how much of it goes to each: `weight: {numbers[0]}`."
    else:
        remedy = (
            "Add a column of how many people of it live in each, and name it (`weight:`); or lay outlines"
            " over one another (`boundaries:`)."
        )
    two = firsts.group_by("from", maintain_order=True).agg("to", LINE).filter(pl.col("to").list.len() > 1)
    return several(
        rows.fault(
            "LOOKUP-TARGETS",
            f"area {code!r} leads to {ends[0]!r} (line {lines[0]}) and to {ends[1]!r}",
            remedy,
            lines[1],
        )
        for code, ends, lines in two.sort(pl.col(LINE).list.get(1)).iter_rows()
    )


def _shares(pairs: pl.DataFrame, best: bool) -> pl.DataFrame:
    """Weights of pairs to shares: in proportion, or all to the largest part, of equal ones the first code."""
    weight = pl.col("weight")
    size = weight.sum().over("from")
    part = pl.when(size > 0).then(weight / size).otherwise(1.0)
    parted = pairs.sort("from", "to").with_columns(
        pl.when(weight.is_not_null()).then(part).alias("part"),
        pl.when(weight.is_not_null()).then(size).alias("size"),
    )
    first = pl.int_range(pl.len()).over("from") == pl.col("part").fill_null(1.0).arg_max().over("from")
    share = first.cast(pl.Float64) if best else pl.col("part")
    return parted.with_columns(share.alias("share")).select(pl.col(n).cast(t) for n, t in SHARES.items())


def _aim_faults(lookup: Lookup, areas: Areas) -> list[Fault]:
    """A lookup to the areas of the project that reaches none of them is of another vintage."""
    if not lookup.target.fits(areas.geography):
        return []
    ends = sorted(set(lookup.shares["to"]))
    if set(ends) & set(areas.codes):
        return []
    what = f"none of the {len(ends)} areas that the lookup leads to is in the areas table"
    remedy = f"Check its column. {advice(ends, areas)}".strip()
    return [Fault("LOOKUP-AREAS", what, remedy, path=("to",))]
