"""A council's colours: three custom properties, refused where text on them could not be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from commonweal.errors import Fault, raise_any

#: Key in `publication: theme:` -> custom property of the style sheet.
PROPERTIES: Final = {
    "brand": "--council-brand",
    "on_brand": "--council-on-brand",
    "link": "--council-link",
    "link_dark": "--council-link",
}
LEAST: Final = 4.5
#: What stands where a theme leaves a colour out, and the surfaces that links stand on (site.css keeps them).
DEFAULT: Final = {"brand": "#12436d", "on_brand": "#ffffff", "link": "#1a5a96", "link_dark": "#8fc3f2"}
_SURFACES: Final = {
    "link": ("the page in light", ("#ffffff", "#f4f6f8")),
    "link_dark": ("the page in dark", ("#11161c", "#1a222b")),
}
#: Paper and a reader's own colours keep what tokens.css gives them.
_SCREEN: Final = "screen and (forced-colors: none)"
_HEX: Final = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def luminance(colour: str) -> float:
    """Relative luminance of a hex colour, 0 (black) to 1 (white), as WCAG 2 defines it.

    >>> luminance("#fff"), luminance("#000000")
    (1.0, 0.0)
    """
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(d * 2 for d in digits)
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two hex colours, 1 to 21.

    >>> round(contrast("#ffffff", "#12436d"), 1)
    10.2
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def stylesheet(theme: Mapping[str, str]) -> str:
    """The style sheet that a theme makes: nothing but custom properties.

    `brand` and `on_brand` colour the header; `link` colours links in light, `link_dark` in dark. What is
    left out keeps the standard colour. Raises THEME-CONTRAST, for a colour that is not written as hex,
    a key that is not known, or a pair under 4.5 to 1.

    >>> print(stylesheet({"brand": "#5c2d91"}).splitlines()[0])
    @media screen and (forced-colors: none) {
    >>> "--council-brand: #5c2d91;" in stylesheet({"brand": "#5c2d91"})
    True
    """
    faults = [
        Fault(
            "THEME-CONTRAST", f"the theme has the key {key!r}", f"Use {', '.join(PROPERTIES)}.", path=(key,)
        )
        for key in theme
        if key not in PROPERTIES
    ]
    faults += [
        Fault(
            "THEME-CONTRAST",
            f"the theme's {key} is {value!r}",
            "Write a colour as #rrggbb, in quotes.",
            path=(key,),
        )
        for key, value in theme.items()
        if key in PROPERTIES and not _HEX.fullmatch(str(value))
    ]
    raise_any(faults)
    colours = {**DEFAULT, **theme}
    raise_any(_too_close(colours))
    light = " ".join(f"{PROPERTIES[key]}: {colours[key]};" for key in ("brand", "on_brand", "link"))
    dark = f"{PROPERTIES['link_dark']}: {colours['link_dark']};"
    return (
        f"@media {_SCREEN} {{\n  :root {{ {light} }}\n}}\n"
        f"@media {_SCREEN} and (prefers-color-scheme: dark) {{\n  :root {{ {dark} }}\n}}\n"
    )


def _too_close(colours: Mapping[str, str]) -> list[Fault]:
    pairs = [("on_brand", "the header", colours["brand"])]
    pairs += [(key, where, paper) for key, (where, papers) in _SURFACES.items() for paper in papers]
    return [
        Fault(
            "THEME-CONTRAST",
            f"{key} {colours[key]} on {where} {paper} has contrast {contrast(colours[key], paper):.2f}",
            f"Choose a pair with at least {LEAST} to 1.",
            path=(key,),
        )
        for key, where, paper in pairs
        if contrast(colours[key], paper) < LEAST
    ]
