"""A frame as plain aligned text, the same in every terminal and in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


def lines(frame: pl.DataFrame, decimals: int = 1) -> Iterator[str]:
    """The header and rows of a frame, columns aligned, numbers to the right, written as in sentences.

    >>> import polars as pl
    >>> list(lines(pl.DataFrame({"ward": ["Abbey", "River"], "score": [37.1, 9.0]})))
    ['ward   score', 'Abbey   37.1', 'River    9.0']
    """
    cells = [[_text(value, decimals) for value in frame[name]] for name in frame.columns]
    widths = [max(map(len, [name, *column])) for name, column in zip(frame.columns, cells, strict=True)]
    right = [dtype.is_numeric() for dtype in frame.dtypes]
    for row in [frame.columns, *zip(*cells, strict=True)]:
        fields = (
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(row, widths, right, strict=True)
        )
        yield "  ".join(fields).rstrip()


def _text(value: object, decimals: int) -> str:
    if value is None:
        return ""
    from commonweal.insight.words import number

    return number(value, decimals) if isinstance(value, float) else str(value)
