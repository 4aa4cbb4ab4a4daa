"""Progress is shown in a terminal and nowhere else."""

from __future__ import annotations

import io
import os
import sys

import pytest

from commonweal.cli.progress import steps


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_quiet_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    with steps() as report:
        report("Reading records")
    assert said.getvalue() == ""


def test_a_terminal_is_told_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Terminal()
    monkeypatch.setattr(sys, "stderr", said)
    monkeypatch.setitem(os.environ, "TERM", "xterm")
    with steps() as report:
        report("Reading records")
    assert "Reading records" in said.getvalue()
