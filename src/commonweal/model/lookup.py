"""Areas that change: a lookup says which share of each old area belongs to which new one.

A lookup is either *apportioned* (what is known of an old area is dealt out by shares) or a *best fit* (all
of it goes to one new area). How far either can be trusted follows from where the weight (people) really lies.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from commonweal.errors import Fault, raise_any
from commonweal.model.area import Geography

Fit = Literal["apportioned", "best fit"]

#: share: of what is known of `from` that goes to `to`; part: of its weight that lies there; size: its weight.
#: Part and size are null where no weight is known. An empty `to` is no area at all.
SHARES: Final[dict[str, type[pl.DataType]]] = {
    "from": pl.String, "to": pl.String, "share": pl.Float64, "part": pl.Float64, "size": pl.Float64,
}  # fmt: skip
#: How sure each area of an index can be of what was moved to it.
FIT: Final[dict[str, type[pl.DataType]]] = {
    "source": pl.String, "area": pl.String, "fitted": pl.String, "weighed_by": pl.String,
    "apportioned": pl.Float64, "error": pl.Float64,
}  # fmt: skip
#: The same for each figure: `source` is where what was moved comes from, records or a table.
MOVED: Final[dict[str, type[pl.DataType]]] = {"indicator": pl.String, "period": pl.String, **FIT}
#: How far the shares of an area may be from 1, for figures that are not exact in binary.
TOLERANCE: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """The way from the areas of one geography to those of another.

    `shares` has the columns of `SHARES`, a row a pair of areas, sorted; `weight` names what is weighed
    (population), and is empty where nothing is. Raises LOOKUP-SHARES where a share or part is negative or
    those of an area do not add up to 1, LOOKUP-TARGETS where a best fit leads to several areas.

    >>> shares = pl.DataFrame({"from": ["A", "A", "B"], "to": ["X", "Y", "Y"], "share": [0.25, 0.75, 1.0]})
    >>> lookup = Lookup.of(Geography("ward", "2014"), Geography("ward", "2022"), shares)
    >>> lookup.codes, lookup.fit
    (('A', 'B'), 'apportioned')
    """

    source: Geography
    target: Geography
    shares: pl.DataFrame
    weight: str = ""
    fit: Fit = "apportioned"

    def __post_init__(self) -> None:
        if dict(self.shares.schema) != SHARES:
            raise TypeError(f"shares need the columns {list(SHARES)}, not {self.shares.schema}")
        raise_any(_faults(self.shares, self.fit))
        object.__setattr__(self, "shares", self.shares.sort("from", "to"))

    @classmethod
    def of(
        cls,
        source: Geography,
        target: Geography,
        shares: pl.DataFrame,
        weight: str = "",
        fit: Fit = "apportioned",
    ) -> Lookup:
        """Take a frame with from, to and share. In an apportioned one the weight lies as it is dealt out."""
        part = pl.col("share") if fit == "apportioned" else pl.lit(None)
        absent = {"part": part, "size": pl.lit(None)}
        filled = shares.with_columns(
            expression.cast(SHARES[name]).alias(name)
            for name, expression in absent.items()
            if name not in shares.columns
        )
        typed = filled.select(pl.col(name).cast(dtype) for name, dtype in SHARES.items())
        return cls(source, target, typed, weight, fit)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the old areas, in order."""
        return tuple(self.shares["from"].unique().sort())

    @property
    def places(self) -> dict[str, str] | None:
        """Old code -> new code, where every old area goes whole to one; else None."""
        whole = self.shares.filter(pl.col("share") > TOLERANCE)
        return None if whole["from"].is_duplicated().any() else dict(whole.select("from", "to").iter_rows())

    @property
    def shared(self) -> frozenset[str]:
        """The new areas that get a part of an old one, not all of it."""
        share = pl.col("share")
        return frozenset(self.shares.filter((share > TOLERANCE) & (share < 1 - TOLERANCE))["to"])

    @property
    def ends(self) -> frozenset[str]:
        """The new areas in which an old one lies, wholly or in part."""
        return frozenset(
            self.shares.filter((pl.col("share") > TOLERANCE) | (pl.col("part") > TOLERANCE))["to"]
        )

    @property
    def parted(self) -> frozenset[str]:
        """The old areas of which parts go to several."""
        share = pl.col("share")
        return frozenset(self.shares.filter((share > TOLERANCE) & (share < 1 - TOLERANCE))["from"])

    def dealt(self, areas: Sequence[str]) -> float | None:
        """The share of all that `areas` get by weight that comes from old areas which were parted.

        To a tenth of a percent, as in `fits`; None where nothing is weighed.

        >>> shares = pl.DataFrame({"from": ["A", "A", "B"], "to": ["X", "Y", "Y"],
        ...                        "share": [0.25, 0.75, 1.0], "size": [400.0, 400.0, 600.0]})
        >>> Lookup.of(Geography("ward", "2014"), Geography("ward", "2022"), shares).dealt(["X", "Y"])
        0.4
        """
        got = self.shares.filter(pl.col("to").is_in(list(areas))).with_columns(
            got=pl.col("size") * pl.col("share")
        )
        whole = float(got["got"].sum())
        if got["got"].null_count() or not whole:
            return None
        share = float(got.filter(pl.col("from").is_in(list(self.parted)))["got"].sum()) / whole
        return float(max(round(share, 3), 0.001)) if share > 0 else 0.0

    def fits(self, areas: Sequence[str]) -> pl.DataFrame:
        """How sure each of `areas` can be: area, apportioned, error, in their order.

        A person of old area i, of size W_i, lives in new area j with the chance part_ij and is counted there
        with the chance share_ij. With T_j = sum of W_i part_ij, the people of j,

            left out   = sum of W_i part_ij (1 - share_ij) / T_j
            brought in = sum of W_i share_ij (1 - part_ij) / T_j
            error      = the larger of the two
            apportioned = sum of W_i share_ij over split old areas / sum of W_i share_ij

        Where shares are the parts the two are equal. Both figures are null where they can't be known.
        Areas that lie in no old one have neither. They are published, and weights may be private (the
        residents of single addresses), so they are given to a tenth of a percent, and never as none where
        there is some.

        >>> shares = pl.DataFrame({"from": ["A", "A", "B"], "to": ["X", "Y", "Y"],
        ...                        "share": [0.25, 0.75, 1.0], "size": [400.0, 400.0, 700.0]})
        >>> Lookup.of(Geography("ward", "2014"), Geography("ward", "2022"), shares).fits(["X", "Y"]).rows()
        [('X', 1.0, 0.75), ('Y', 0.3, 0.075)]
        """
        share, part, size = pl.col("share"), pl.col("part"), pl.col("size")
        known = part.is_not_null() & size.is_not_null()
        split = (share > TOLERANCE) & (share < 1 - TOLERANCE)
        rows = self.shares.filter((share > TOLERANCE) | (part > TOLERANCE).fill_null(False))
        dealt = size * share
        sums = rows.group_by("to").agg(
            known.all().alias("known"),
            (size * part * (1 - share)).sum().alias("left out"),
            (size * share * (1 - part)).sum().alias("brought in"),
            (size * part).sum().alias("people"),
            pl.when(dealt.sum() > 0)
            .then(dealt.filter(split).sum() / dealt.sum())
            .otherwise(split.any().cast(pl.Float64))
            .alias("apportioned"),
        )
        wrong = pl.max_horizontal("left out", "brought in")
        error = pl.when(wrong <= 0).then(0.0).when(pl.col("people") > 0).then(wrong / pl.col("people"))
        asked = pl.DataFrame({"area": list(areas)}, schema={"area": pl.String})
        found = sums.select(
            pl.col("to").alias("area"),
            pl.when("known").then("apportioned").alias("apportioned"),
            pl.when("known").then(error.otherwise(1.0).clip(0, 1)).alias("error"),
        )
        joined = asked.join(found, on="area", how="left", maintain_order="left")
        return joined.with_columns(_coarse(name) for name in ("apportioned", "error"))

    def moved(self, figures: pl.DataFrame, areas: Sequence[str]) -> pl.DataFrame:
        """How sure each area can be of figures (indicator, period, source), with the columns of `MOVED`."""
        names = ("indicator", "period", "source")
        each = figures.select(names).unique().sort(names).join(self.fits(areas), how="cross")
        same = {"fitted": self.fit, "weighed_by": self.weight}
        rows = each.with_columns(pl.lit(text).alias(name) for name, text in same.items())
        return rows.select(pl.col(name).cast(dtype) for name, dtype in MOVED.items())


def _coarse(name: str) -> pl.Expr:
    """A share to three decimals, the least of them 0.001."""
    return pl.when(pl.col(name) > 0).then(pl.col(name).round(3).clip(0.001)).otherwise(name).alias(name)


def _faults(shares: pl.DataFrame, fit: Fit) -> list[Fault]:
    sums = shares.group_by("from").agg(
        pl.col("share").sum(),
        pl.col("share").min().alias("least"),
        pl.col("part").sum(),
        pl.col("part").min().alias("least part"),
        pl.col("part").null_count().alias("unknown"),
        (pl.col("share") > TOLERANCE).sum().alias("targets"),
        pl.struct("from", "to").is_duplicated().any().alias("twice"),
        pl.len().alias("rows"),
    )
    one_part = (pl.col("unknown") == pl.col("rows")) | (
        (pl.col("unknown") == 0) & ((pl.col("part") - 1).abs() <= TOLERANCE) & (pl.col("least part") >= 0)
    )
    one = ((pl.col("share") - 1).abs() <= TOLERANCE) & (pl.col("least") >= 0) & one_part & ~pl.col("twice")
    wrong = sums.filter(~one.fill_null(False)).sort("from")
    faults = [
        Fault(
            "LOOKUP-SHARES",
            f"the shares of area {code!r} add up to {total:.6g}",
            "Give each pair of areas once, with shares of 0 to 1 that add up to 1 for each old area.",
        )
        for code, total in wrong.select("from", "share").iter_rows()
    ]
    if fit == "best fit":
        several = sums.filter(pl.col("targets") > 1).sort("from")["from"]
        remedy = "Let each old area lead to one new one, or name a weight."
        faults += [
            Fault("LOOKUP-TARGETS", f"a best fit leads from area {code!r} to several areas", remedy)
            for code in several
        ]
    return faults


def way(lookups: Sequence[Lookup], source: Geography, target: Geography) -> tuple[Lookup, ...] | None:
    """The lookups that lead from one geography to another, one after the other; None if none do.

    The shortest way is taken, and of equally short ones that of lookups written first. Nothing needs to be
    looked up where the two fit already.

    >>> one = pl.DataFrame({"from": ["A"], "to": ["B"], "share": [1.0]})
    >>> ways = [("lsoa", "2011", "lsoa", "2021"), ("lsoa", "2021", "ward", "2022")]
    >>> held = [Lookup.of(Geography(a, b), Geography(c, d), one) for a, b, c, d in ways]
    >>> [str(step.target) for step in way(held, Geography("lsoa", "2011"), Geography("ward", "2022"))]
    ['lsoa 2021', 'ward 2022']
    """
    if source.fits(target):
        return ()
    left = list(lookups)
    ends: deque[tuple[Geography, tuple[Lookup, ...]]] = deque([(source, ())])
    while ends:
        here, steps = ends.popleft()
        onward = [lookup for lookup in left if lookup.source.fits(here)]
        for lookup in onward:
            if lookup.target.fits(target):
                return (*steps, lookup)
            ends.append((lookup.target, (*steps, lookup)))
        left = [lookup for lookup in left if lookup not in onward]
    return None


def composed(steps: Sequence[Lookup]) -> Lookup:
    """Several lookups as one: share_ik = sum over j of share_ij share_jk, and parts likewise.

    What leads to an area that the next lookup does not have leads to no area. The sizes are those of the
    first lookup; it is a best fit where all of them are.
    """
    whole = steps[0]
    for step in steps[1:]:
        whole = _after(whole, step)
    return whole


def _after(first: Lookup, second: Lookup) -> Lookup:
    then = second.shares.select(
        pl.col("from").alias("to"), pl.col("to").alias("end"), pl.col("share", "part").name.suffix(" then")
    )
    pairs = first.shares.join(then, on="to", how="left").with_columns(
        pl.col("end").fill_null(""),
        pl.col("share then").fill_null(1.0),
        pl.when(pl.col("end").is_null()).then(1.0).otherwise("part then").alias("part then"),
    )
    part = pl.col("part") * pl.col("part then")
    shares = pairs.group_by("from", pl.col("end").alias("to")).agg(
        (pl.col("share") * pl.col("share then")).sum(),
        pl.when(part.is_null().any()).then(None).otherwise(part.sum()).alias("part"),
        pl.col("size").first(),
    )
    # what is known of one pair of areas and not of another says nothing of the whole area
    shares = shares.with_columns(
        pl.when(pl.col("part").is_null().any().over("from")).then(None).otherwise("part").alias("part")
    )
    both: Fit = "best fit" if {first.fit, second.fit} == {"best fit"} else "apportioned"
    names = dict.fromkeys(name for name in (first.weight, second.weight) if name)
    return Lookup(first.source, second.target, shares.select(list(SHARES)), ", ".join(names), both)
