"""Fixtures that more than one kind of test needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _data() -> Path:
    return Path(os.environ.get("COMMONWEAL_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets; tests that need it are skipped where it is absent."""
    folder = _data()
    if not folder.is_dir():
        pytest.skip(f"real data not found at {folder} (set COMMONWEAL_DATA)")
    return folder


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of results made by others; it lies beside the real data."""
    folder = _data().parent / "golden"
    if not folder.is_dir():
        pytest.skip(f"golden results not found at {folder} (set COMMONWEAL_DATA)")
    return folder
