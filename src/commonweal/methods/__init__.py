"""Pure functions on arrays, one family of methods a file.

The functions of a family share one signature, and the family's `METHODS` maps the names that a recipe uses
to them, so a new way to normalise is one function more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int32]
Positions = NDArray[np.intp]
