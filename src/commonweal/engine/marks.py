"""What some scales hang on beside the values: an area, the weights of areas, the targets of the framework."""

from __future__ import annotations

import numpy as np
import polars as pl

from commonweal.arrays import Flags, Floats
from commonweal.errors import refusal
from commonweal.methods.normalise import Marks
from commonweal.model.framework import Node
from commonweal.model.recipe import Method


def marks(
    node: Node,
    method: Method,
    sign: float,
    values: Floats,
    used: Flags,
    areas: tuple[str, ...],
    attributes: pl.DataFrame,
) -> Marks:
    """The marks of one reference: the `values` (periods, areas) that are `used` in it, directed by `sign`.

    Raises AREA-UNKNOWN for an area to compare with that is not there, and RECIPE-PARAMETER for weights that
    no column of the areas holds.
    """
    worst, best, target = (np.nan if x is None else x * sign for x in (node.worst, node.best, node.target))
    if method.name == "distance-to-reference":
        place = _place(method["area"], values, used, areas)
        return Marks(place=place, worst=worst, best=best, target=target)
    if method.name == "index-100":
        weight = np.broadcast_to(_weights(method["weight"], areas, attributes), values.shape)[used]
        return Marks(weight=weight, worst=worst, best=best, target=target)
    return Marks(worst=worst, best=best, target=target)


def _place(area: str, values: Floats, used: Flags, areas: tuple[str, ...]) -> float:
    """The area's value, or the mean of its values where the reference spans several periods."""
    if area not in areas:
        what = f"distance-to-reference names the area {area!r}, which is not among the areas"
        remedy = "Write the code of one of the areas."
        raise refusal("AREA-UNKNOWN", what, remedy, path=("normalise", "area"))
    at = areas.index(area)
    own = values[:, at][used[:, at]]
    return float(own.mean()) if len(own) else np.nan


def _weights(column: str, areas: tuple[str, ...], attributes: pl.DataFrame) -> Floats:
    numeric = [c for c in attributes.columns if attributes[c].dtype.is_numeric()]
    if column not in numeric:
        what = f"index-100 is weighted with {column!r}, which is not a column of numbers of the areas"
        remedy = f"Use one of: {', '.join(numeric)}." if numeric else "Add it to the areas table."
        raise refusal("RECIPE-PARAMETER", what, remedy, path=("normalise", "weight"))
    held = dict(attributes.select("code", pl.col(column).cast(pl.Float64).fill_nan(None)).iter_rows())
    bad = [code for code in areas if held.get(code) is None or held[code] < 0]
    if bad:
        what = f"index-100 is weighted with {column!r}, which is {held.get(bad[0])} for area {bad[0]!r}"
        remedy = "Give each area a number of 0 or more."
        raise refusal("RECIPE-PARAMETER", what, remedy, path=("normalise", "weight"))
    return np.array([held[code] for code in areas])
