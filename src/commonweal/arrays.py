"""The kinds of NumPy array that signatures name; their shapes stand with each function."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = np.ndarray[Any, Any]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int32]
Positions = NDArray[np.intp]
