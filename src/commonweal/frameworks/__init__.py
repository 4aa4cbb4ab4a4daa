"""Built-in frameworks, as data: one CSV file each, with the columns of framework.csv."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

#: The names a project may use.
NAMES: Final = ("social-progress",)


def built_in(name: str) -> AbstractContextManager[Path]:
    """The file of a built-in framework, for as long as the context lasts.

    >>> with built_in("social-progress") as path:
    ...     path.name
    'social_progress.csv'
    """
    return as_file(files(__name__) / f"{name.replace('-', '_')}.csv")
