"""Age bands: what 0-4 and 90+ mean, and which of them an age, or a narrower band, lies in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import inf

_FORMS = (
    (re.compile(r"(\d+) ?(?:-|–|to) ?(\d+)"), lambda found: (int(found[1]), int(found[2]))),
    (re.compile(r"(\d+) ?(?:\+|and over|plus)"), lambda found: (int(found[1]), inf)),
    (re.compile(r"(\d+)"), lambda found: (int(found[1]), int(found[1]))),
)


@dataclass(frozen=True, slots=True, order=True)
class Band:
    """Ages from the first to the last, in whole years, both included; the last may have no end."""

    first: int
    last: float

    @property
    def width(self) -> float:
        """The years in it."""
        return self.last - self.first + 1

    def holds(self, other: Band) -> bool:
        """Whether all ages of another band are in it."""
        return self.first <= other.first and other.last <= self.last


def band(text: str) -> Band | None:
    """The band that a text says, None for another text.

    >>> band("5-9"), band("90+"), band("0").width, band("unknown")
    (Band(first=5, last=9), Band(first=90, last=inf), 1, None)
    """
    for form, ends in _FORMS:
        if found := form.fullmatch(text.strip()):
            first, last = ends(found)
            return Band(first, last) if first <= last else None
    return None


def are_bands(labels: Collection[str]) -> bool:
    """Whether labels say bands of age, and more than one."""
    return len(labels) > 1 and all(band(label) is not None for label in labels)


def into(texts: Iterable[str], labels: Collection[str]) -> Mapping[str, str]:
    """Which of the labels each text is, or lies in where the labels are bands; others are left out.

    >>> dict(into(["F", "37", "1-4", "95+", "?"], ["0-4", "5-39", "40+"]))
    {'37': '5-39', '1-4': '0-4', '95+': '40+'}
    >>> dict(into(["F", "x"], ["F", "M"]))
    {'F': 'F'}
    """
    bands = {label: found for label in labels if (found := band(label)) is not None}
    if not are_bands(labels):
        bands = {}
    placed = {}
    for text in texts:
        if text in labels:
            placed[text] = text
        elif bands and (own := band(text)) is not None:
            home = [label for label, wider in bands.items() if wider.holds(own)]
            placed |= {text: home[0]} if home else {}
    return placed
