"""Whom long work tells what it does."""

from __future__ import annotations

from collections.abc import Callable

#: Told in words which step begins, or how far one has come.
Report = Callable[[str], None]


def silent(step: str) -> None:
    """Report nothing."""
