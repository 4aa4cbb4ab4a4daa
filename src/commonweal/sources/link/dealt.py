"""How many records were dealt out, since their old areas were parted: exact, and so for the analyst alone."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from commonweal.model.lookup import Lookup


def dealt_line(name: str, cells: pl.DataFrame, lookup: Lookup, targets: Sequence[str]) -> str:
    """A line about the counted records of a source: how many were dealt out, and where that is the most.

    `cells` have area (an index of `lookup.codes`) and records.

    >>> from commonweal.model.area import Geography
    >>> shares = pl.DataFrame({"from": ["A", "A", "B"], "to": ["X", "Y", "Y"], "share": [0.4, 0.6, 1.0]})
    >>> lookup = Lookup.of(Geography("ward", "2014"), Geography("ward", "2022"), shares)
    >>> dealt_line("crimes", pl.DataFrame({"area": [0, 1], "records": [5, 7]}), lookup, ["X", "Y"])
    'crimes: 5 of 12 counted records (41%) are of areas that were parted; in X that is 100% of them'
    """
    old = cells.group_by("area").agg(pl.col("records").sum())
    names = pl.DataFrame({"area": range(len(lookup.codes)), "from": lookup.codes})
    rows = lookup.shares.join(old.join(names, on="area"), on="from").filter(
        pl.col("to").is_in(list(targets)) & (pl.col("share") > 0)
    )
    rows = rows.select(
        "from",
        "to",
        "records",
        pl.col("from").is_in(list(lookup.parted)).alias("parted"),
        held=pl.col("records") * pl.col("share"),
    )
    each = rows.unique("from")
    records, parted = int(each["records"].sum()), int(each.filter("parted")["records"].sum())
    told = f"{name}: {parted:,} of {records:,} counted records"
    if not parted:
        return f"{told} are of areas that were parted"
    held = pl.col("held")
    by_area = rows.group_by("to").agg((held.filter("parted").sum() / held.sum()).alias("share"))
    code, most = by_area.sort("share", "to", descending=[True, False]).row(0)
    share = 100 * parted // records
    return f"{told} ({share}%) are of areas that were parted; in {code} that is {most:.0%} of them"
