"""Engines that come with an extra: `pip install commonweal[postgres]`."""

from __future__ import annotations

import importlib
from typing import Any

from commonweal.errors import refusal


def wanted(module: str, extra: str) -> Any:
    """A module of an extra. Raises EXTRA-MISSING where that is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        what = f"records are to be counted with {extra}, and its extra is not installed"
        remedy = f"Install it: pip install 'commonweal[{extra}]'."
        raise refusal("EXTRA-MISSING", what, remedy) from error
