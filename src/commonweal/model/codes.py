"""What an area code looks like: the prefix of a nine-character GSS code tells the type of area.

Source: ONS, Register of Geographic Codes; the first three characters are the entity code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from commonweal.model.area import Areas

#: Entity code -> the type of area, as `area: {type: …}` would say it.
ENTITIES: Final[dict[str, str]] = {
    "E00": "oa", "W00": "oa",
    "E01": "lsoa", "W01": "lsoa",
    "E02": "msoa", "W02": "msoa",
    "E05": "ward", "W05": "ward", "S13": "ward", "N08": "ward",
    "E06": "district", "E07": "district", "E08": "district", "E09": "district",
    "W06": "district", "S12": "district", "N09": "district",
    "E10": "county", "E12": "region", "S01": "data zone", "S02": "intermediate zone",
}  # fmt: skip
_GSS: Final = re.compile(r"[A-Z]\d{8}")


def entity(code: str) -> str:
    """The type of area that a GSS code is of; empty where it is none, or of a type not known here.

    >>> entity("E05000026"), entity("E01000006"), entity("Abbey")
    ('ward', 'lsoa', '')
    """
    return ENTITIES.get(code[:3], "") if _GSS.fullmatch(code) else ""


def advice(unknown: Iterable[str], areas: Areas, names: str = "write the codes") -> str:
    """What codes that are of no area look like, as a sentence with the next move; empty where nothing shows.

    Only what is true of most of them is said, and no code is repeated. `names` is the move for names.

    >>> from commonweal.model.area import Area
    >>> wards = Areas("ward", "2022", (Area("E05014053", "Abbey"), Area("E05014054", "Alibon")))
    >>> advice(["E01000006", "E01000007"], wards)
    'They look like codes of areas of type lsoa: write `area: {type: lsoa, vintage: …}` and name a lookup.'
    >>> advice(["abbey"], wards)
    'They are names of areas: write the codes.'
    """
    codes = [code.strip() for code in unknown if code and code.strip()]
    if not codes:
        return ""
    called = {area.name.casefold() for area in areas}
    if 2 * sum(code.casefold() in called for code in codes) > len(codes):
        return f"They are names of areas: {names}."
    (kind, count), *_ = Counter(map(entity, codes)).most_common(1)
    if not kind or 2 * count <= len(codes):
        return ""
    own = Counter(map(entity, areas.codes)).most_common(1)[0][0]
    if kind != own:
        what = f"They look like codes of areas of type {kind}"
        return f"{what}: write `area: {{type: {kind}, vintage: …}}` and name a lookup."
    what = f"They look like codes of another vintage than {areas.vintage or 'that of the areas table'}"
    return f"{what}: write `area: {{type: {areas.type}, vintage: …}}` and name a lookup."
