"""The ledger of sources about people, protected: each number by the rule, and some not published at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.sources.protect.rule import Rule

WITHHELD_NOTE: Final = "[c] not published: it would give a hidden count back"


def hidden_note(rule: Rule) -> str:
    """The note of a number that the rule hides.

    >>> hidden_note(Rule())
    '[c] hidden: 1 to 7 records'
    """
    return f"[c] hidden: 1 to {rule.hide_to} records"


def protected_ledger(
    ledger: pl.DataFrame, private: Mapping[str, Any], withheld: frozenset[tuple[str, str]], rule: Rule
) -> pl.DataFrame:
    """The ledger with the rows of `private` sources by the rule, and without the numbers `withheld`."""
    records: list[int | None] = []
    notes: list[str | None] = []
    for source, fate, number, note in ledger.select("source", "fate", "records", "note").iter_rows():
        shown = float(rule.shown(np.array([float(number)]))[0]) if source in private else float(number)
        if (source, fate) in withheld:
            records.append(None)
            notes.append(WITHHELD_NOTE)
        else:
            records.append(None if np.isnan(shown) else int(shown))
            notes.append(hidden_note(rule) if np.isnan(shown) else note)
    return ledger.with_columns(
        pl.Series("records", records, dtype=pl.Int64), pl.Series("note", notes, dtype=pl.String)
    )
