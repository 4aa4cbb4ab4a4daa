"""Numbers and names in plain words: what statements and pages are written with.

A true minus sign, one decimal in text, places in words, names made to stand inside a sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

MINUS: Final = "−"
#: Units that stand before their number.
MONEY: Final = ("£", "€", "$")
_SMALL: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
)  # fmt: skip
#: First words of a name that keep their capital inside a sentence.
_PROPER: Final = frozenset(
    {
        "Britain", "British", "Census", "Christian", "Christmas", "England", "English", "Europe", "European",
        "France", "French", "German", "Hindu", "Ireland", "Irish", "Jewish", "London", "Muslim", "Scotland",
        "Scottish", "Sikh", "Wales", "Welsh", "January", "February", "March", "April", "June", "July",
        "August", "September", "October", "November", "December",
    }
)  # fmt: skip
_PLURALS: Final = {"country": "countries", "parish": "parishes", "county": "counties", "city": "cities"}
#: People and things that a percentage may be a share of: plural -> singular.
_COUNTED: Final = {
    "households": "household", "homes": "home", "dwellings": "dwelling", "residents": "resident",
    "adults": "adult", "pupils": "pupil", "schools": "school", "businesses": "business",
    "workers": "worker", "families": "family", "pensioners": "pensioner", "children": "child",
}  # fmt: skip
#: Ways to form a parent, where they are no power mean.
_WAYS: Final = {
    "median": "the median",
    "owa": "weights by place, the best part first",
    "mazziotta-pareto": "the mean less a penalty for unevenness (Mazziotta-Pareto)",
    "copeland": "comparing areas two by two (Copeland)",
    "benefit-of-doubt": "the weights that suit each area best (benefit of the doubt)",
    "none": "nothing: it only holds its parts together",
}
#: What follows is about something else again, so a name can't be turned into a sentence by its first words.
_FURTHER: Final = re.compile(r" (who|that|which|whose) ")


def way(method: str) -> str:
    """How a parent is formed, for use after "formed by".

    >>> way("geometric"), way("median")
    ('the geometric mean', 'the median')
    """
    return _WAYS.get(method, f"the {method} mean")


def number(x: float, decimals: int = 1) -> str:
    """A number with thousands commas and a true minus sign; a rounded zero has no sign.

    >>> number(-1234.56), number(-0.04), number(37.129, 2)
    ('−1,234.6', '0.0', '37.13')
    """
    text = f"{x:,.{decimals}f}"
    bare = text.lstrip("-")
    return bare if not bare.strip("0.,") else text.replace("-", MINUS)


def signed(x: float, decimals: int = 1) -> str:
    """A number that always shows its sign, but for a rounded zero.

    >>> signed(0.71), signed(-1.5), signed(0.01)
    ('+0.7', '−1.5', '0.0')
    """
    text = number(x, decimals)
    return text if text.startswith(MINUS) or not text.strip("0.,") else "+" + text


def value(x: float) -> str:
    """A measured value with as many decimals as its size needs.

    >>> [value(v) for v in (26574.0, 121.26, 9.74, 0.0312, 0.0, -3.14159)]
    ['26,574', '121.3', '9.7', '0.031', '0.0', '−3.1']
    """
    size = abs(x)
    small = 0 < size < 0.1
    return number(x, 0 if size >= 1000 else min(1 - math.floor(math.log10(size)), 12) if small else 1)


def amount(x: float, unit: str) -> str:
    """A value with its unit, as it reads in a sentence.

    >>> amount(9.71, "%"), amount(26574, "£"), amount(12.34, "per 1,000 people"), amount(21.2, "Mbps")
    ('9.7%', '£26,574', '12.3 per 1,000 people', '21.2 Mbps')
    >>> amount(9.71, "% of households"), amount(116.9, "ratio, national average 100")
    ('9.7% of households', '116.9 (national average 100)')
    >>> amount(104.5, "average points per pupil"), amount(4.3, "average accessibility score")
    ('104.5 points per pupil', '4.3')
    >>> amount(7.4, "score out of 10"), amount(4.2, "average level, 0 to 8"), amount(20.0, "number")
    ('7.4 out of 10', '4.2 (0 to 8)', '20')
    """
    if unit == "number":
        return number(x, 0) if x == round(x) else value(x)
    if is_percentage(unit):
        return f"{value(x)}%{unit.removeprefix('%')}" if unit.startswith("%") else f"{value(x)}%"
    if unit in MONEY:
        return (MINUS if x < 0 else "") + unit + value(abs(x))
    thing, _, note = unit.removeprefix("average ").partition(", ")
    thing = "" if thing.endswith(("score", "index", "ratio", "level")) else re.sub(r"^score ", "", thing)
    return f"{value(x)} {thing}".rstrip() + (f" ({note})" if note else "")


def again(x: float, unit: str) -> str:
    """A second value of a unit that has just been named.

    >>> again(6.5, "% of households"), again(12.3, "per 1,000 people")
    ('6.5%', '12.3')
    """
    if is_percentage(unit):
        return f"{value(x)}%"
    return amount(x, unit) if unit in MONEY else value(x)


def is_percentage(unit: str) -> bool:
    """Whether a unit is a percentage, of whatever.

    >>> is_percentage("% of households"), is_percentage("percentage points")
    (True, False)
    """
    return unit.startswith("%") or unit.endswith("%")


def points(x: float, decimals: int = 1) -> str:
    """A size in points, singular where it reads as one.

    >>> points(1.0, 0), points(-3.21)
    ('1 point', '3.2 points')
    """
    text = number(abs(x), decimals)
    return f"{text} {'point' if float(text.replace(',', '')) == 1 else 'points'}"


def ordinal(n: int) -> str:
    """A place as figures.

    >>> [ordinal(n) for n in (1, 2, 3, 11, 12, 13, 21, 112)]
    ['1st', '2nd', '3rd', '11th', '12th', '13th', '21st', '112th']
    """
    tail = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{tail}"


def place(rank: int, of: int, ties: int = 1) -> str:
    """A place in words: first, 4th, joint 3rd, last. `ties` counts the areas that share the rank.

    >>> place(1, 17), place(4, 17, 2), place(17, 17), place(11, 17, 7)
    ('first', 'joint 4th', 'last', 'joint 11th')
    """
    joint = "joint " if ties > 1 else ""
    if rank == 1:
        return joint + "first"
    return "last" if rank == of else joint + ordinal(rank)


def between(low: int, high: int) -> str:
    """Places as a span.

    >>> between(14, 17), between(3, 3)
    ('14th to 17th', '3rd')
    """
    return ordinal(low) if low == high else f"{ordinal(low)} to {ordinal(high)}"


def count(n: int) -> str:
    """A small count in words, a larger one in figures.

    >>> count(5), count(17), count(1), count(0)
    ('five', '17', 'one', 'no')
    """
    return _SMALL[n] if 0 <= n < len(_SMALL) else f"{n:,}"


def tally(n: int) -> str:
    """A count that stands alone: none, one, 17.

    >>> tally(0), tally(3)
    ('none', 'three')
    """
    return count(n) if n else "none"


def listed(items: Sequence[str]) -> str:
    """Items as a list in a sentence.

    >>> listed(["crime"]), listed(["crime", "noise"]), listed(["crime", "noise", "air"])
    ('crime', 'crime and noise', 'crime, noise and air')
    >>> listed(["points, best eight", "absence"])
    'points, best eight; and absence'
    """
    if len(items) > 1 and any(", " in item for item in items):
        return f"{'; '.join(items[:-1])}; and {items[-1]}"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def few(names: Sequence[str], most: int, rest: str = "others") -> str:
    """Names as a list in a sentence: of more than `most` the first, and how many others (two or more).

    >>> few(["Abbey", "River", "Quay"], 3), few(["Abbey", "River", "Quay", "Moor"], 3)
    ('Abbey, River and Quay', 'Abbey, River and two others')
    >>> few(["Abbey", "River", "Quay"], 2, "other wards")
    'Abbey and two other wards'
    """
    if len(names) <= most:
        return listed(names)
    return listed([*names[: most - 1], f"{count(len(names) - most + 1)} {rest}"])


def an(thing: str) -> str:
    """A thing with its indefinite article.

    >>> an("index"), an("score for shelter")
    ('an index', 'a score for shelter')
    """
    return f"an {thing}" if thing[:1].lower() in "aeiou" else f"a {thing}"


def one_type(area_type: str) -> str:
    """The word for one area of a type: acronyms in capitals.

    >>> one_type("ward"), one_type("lsoa"), one_type("local authority")
    ('ward', 'LSOA', 'local authority')
    """
    word = area_type.strip() or "area"
    return word.upper() if word.lower() in {"lsoa", "msoa", "oa", "lad", "nuts", "itl"} else word


@lru_cache(maxsize=1024)
def types(area_type: str, n: int = 2) -> str:
    """The word for `n` areas of a type.

    >>> types("ward"), types("lsoa"), types("local authority"), types("ward", 1), types("parish")
    ('wards', 'LSOAs', 'local authorities', 'ward', 'parishes')
    """
    word = one_type(area_type)
    if n == 1:
        return word
    head, _, last = word.rpartition(" ")
    if last in _PLURALS:
        plural = _PLURALS[last]
    elif re.search(r"[^aeiou]y$", last):
        plural = last[:-1] + "ies"
    else:
        plural = last + ("es" if re.search(r"(s|x|ch|sh)$", last) else "s")
    return f"{head} {plural}".lstrip()


def possessive(name: str) -> str:
    """A name with its possessive ending.

    >>> possessive("Abbey"), possessive("St James")
    ('Abbey’s', 'St James’s')
    """
    return f"{name}’s"


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def plain(name: str) -> str:
    """A node's name less a unit in brackets at its end.

    >>> plain("Crime rate (per 1,000 pop)")
    'Crime rate'
    """
    return re.sub(r"\s*\([^()]*\)$", "", name) or name


@lru_cache(maxsize=1024)
def inside(name: str) -> str:
    """A node's name as it stands inside a sentence: small letters, but not for proper names.

    >>> [inside(n) for n in ("Basic Human Needs", "Foundations of Wellbeing", "Premature mortality")]
    ['basic human needs', 'the foundations of wellbeing', 'premature mortality']
    >>> [inside(n) for n in ("Key Stage 2 attainment per pupil", "PM10 exposure", "My Account users")]
    ['Key Stage 2 attainment per pupil', 'PM10 exposure', 'My Account users']
    """
    words = plain(name).split(" ")
    if _titled(words):
        words = [w.lower() if _capital(w) and w not in _PROPER else w for w in words]
    elif _capital(words[0]) and words[0] not in _PROPER and not (len(words) > 1 and _capital(words[1])):
        words[0] = words[0].lower()
    text = " ".join(words)
    return f"the {text}" if len(words) > 1 and words[1] == "of" and words[0].islower() else text


def _capital(word: str) -> bool:
    return re.fullmatch(r"[A-Z][a-zà-ÿ’'-]+,?", word) is not None


def _titled(words: Sequence[str]) -> bool:
    long = [
        w for w in words if w.lower() not in {"a", "an", "and", "at", "for", "in", "of", "on", "the", "to"}
    ]
    return all(_capital(w) for w in long)


def share(percent: float) -> int | None:
    """n where a percentage is one in n, give or take a twentieth of it, else None.

    >>> share(9.71), share(1.8), share(28.6), share(45.0), share(0.0)
    (10, 56, None, None, None)
    """
    if not 0 < percent <= 34:
        return None
    n = round(100 / percent)
    return n if n <= 1000 and abs(100 / n - percent) <= percent / 20 else None


def counted(name: str) -> bool:
    """Whether a name begins with the people or things that its percentage is a share of.

    >>> counted("Households in fuel poverty"), counted("Youth unemployment gap")
    (True, False)
    """
    return name.partition(" ")[0].lower() in _COUNTED


def one_in(name: str, n: int, where: str) -> str:
    """ "One household in 10 in Saltmarsh is in fuel poverty", where the name can be turned so.

    >>> one_in("Households in fuel poverty", 10, "Saltmarsh")
    'One household in 10 in Saltmarsh is in fuel poverty'
    >>> one_in("Pupils who are persistently absent", 5, "Saltmarsh")
    'One pupil in 5 in Saltmarsh is persistently absent'
    >>> one_in("Non-decent homes", 7, "Abbey")
    'Non-decent homes: one in 7 in Abbey'
    """
    first, _, rest = plain(name).partition(" ")
    verb, _, tail = rest.partition(" ")
    single = _COUNTED.get(first.lower())
    if single and tail and not _FURTHER.search(f" {tail}"):
        if verb in ("in", "without"):
            return f"One {single} in {n} in {where} is {verb} {tail}"
        if verb == "with" and " in " not in tail:
            return f"One {single} in {n} in {where} has {tail}"
        if verb == "who" and tail.startswith("are "):
            return f"One {single} in {n} in {where} is {tail.removeprefix('are ')}"
    return f"{plain(name)}: one in {n} in {where}"
