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
    "figures hidden_by_rule": "Hidden by the rule",
    "figures hidden_for_others": "Hidden as well, so that those can't be worked out",
    "figures ranges_widened": "Hidden figures with a wider range, for the same reason",
    "figures dominated": "Means, sums and ratios hidden because of a single record",
    "figures sums_hidden_for_others": "Means, sums and ratios hidden as well, to protect others",
    "figures left_out_of_ledger": "Numbers left out of the ledger, for the same reason",
    "figures without_a_value": "Figures without a value",
    "intruder counts": "Counts the intruder put together",
    "intruder hidden_counts": "Hidden counts the intruder tried to work out",
    "intruder trials": "Trials, until no further figure had to be hidden",
    "intruder narrowed_before": "Hidden counts that the intruder could narrow by the rule alone",
    "intruder narrowed_after": "Hidden counts that the intruder can narrow in what is published",
    "intruder fewest_values_left": "Values that every hidden count could still have, at the least",
    "intruder cheapest_pattern": "No fewer figures could have been hidden",
    "intruder solver": "Worked out with",
    "overlaps sources": "Sources tried",
    "overlaps earlier_editions": "Counts given to the intruder from earlier editions",
    "overlaps revised_since": "Counts revised since an earlier edition",
    "overlaps taken_one_by_one": "Sources whose figures do not add up, tried one by one",
    "differ_from_editions": "Values that differ from an edition of hardly more or fewer people",
}


def numbers(protected: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, str]]:
    """Each number with what it is: the words above, or the key itself in plain letters.

    >>> list(numbers({"intruder": {"narrowed_before": 4, "cheapest_pattern": True}}))
    [('Hidden counts that the intruder could narrow by the rule alone', '4'), ('No fewer figures could have \
been hidden', 'yes')]
    """
    for key, value in protected.items():
        where = f"{above} {key}".strip()
        if where == "overlaps earlier_editions":
            yield WORDS[where], "; ".join(f"{name}: {count:,}" for name, count in value.items()) or "none"
        elif isinstance(value, Mapping):
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
        return ", ".join(map(_one, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _one(item: object) -> str:
    """An item of a list; of values that differ, how many of which indicator."""
    if isinstance(item, Mapping):
        return f"{len(item['places']):,} of {item['indicator']} ({item['edition']})"
    return str(item)
