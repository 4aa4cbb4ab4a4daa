"""The section `protection` of audit.json, a line a number, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

#: Where a number stands in the section -> what it is.
WORDS: Final[Mapping[str, str]] = {
    "preset": "Preset",
    "reason": "Reason for no protection",
    "internal": "An internal build, without protection",
    "hide_to": "The largest count that is hidden",
    "round_to": "Other counts are shown to the nearest",
    "minimum_base": "The smallest base of which a figure is given",
    "dominance": "The largest share of a mean or sum that a single record may be, in per cent",
    "figures about_people": "Figures about people",
    "figures hidden": "Figures hidden",
    "figures left_out_of_ledger": "Numbers left out of the ledger, so that hidden ones can't be worked out",
    "figures without_a_value": "Figures without a value",
    "intruder counts": "Counts the intruder put together",
    "intruder narrowed_after": "Hidden counts that the intruder can narrow in what is published",
    "intruder solver": "Worked out with",
    "overlaps sources": "Sources tried",
    "overlaps earlier_editions": "Earlier editions given to the intruder",
    "overlaps taken_one_by_one": "Sources whose figures do not add up, tried one by one",
    "differ_from_editions": "Values not shown: an edition differs, of hardly more or fewer people",
}


def numbers(protected: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, str]]:
    """Each number with what it is: the words above, or the key itself in plain letters.

    >>> list(numbers({"internal": True, "figures": {"hidden": 1204}}))
    [('An internal build, without protection', 'yes'), ('Figures hidden', '1,204')]
    """
    for key, value in protected.items():
        where = f"{above} {key}".strip()
        if isinstance(value, Mapping):
            yield from numbers(value, where)
        elif value is not None:
            yield WORDS.get(where) or _plain(where), _said(value)


def _plain(where: str) -> str:
    words = where.replace("_", " ")
    return words[0].upper() + words[1:]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)
