"""Rows that come in batches of Arrow find the areas of their points."""

from __future__ import annotations

from typing import Any

from commonweal.sources.link.point import locate
from commonweal.sources.query import ByPoint


def with_area(batch: Any, link: ByPoint) -> Any:
    """A batch of rows with x and y, and the area of each point beside them; no coordinate is not a number."""
    import pyarrow as pa

    x, y = (batch.column(name).to_numpy(zero_copy_only=False) for name in ("x", "y"))
    return batch.append_column("area", pa.array(locate(link, x, y)))
