"""The demo, written and built once for all end-to-end tests, by the command line as a user types it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from site_pages import AXE

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def command() -> Command:
    """Run `commonweal` with arguments in a process of its own; give back what it printed."""

    def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-X", "utf8", "-W", "error", "-m", "commonweal", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=cwd,
            env={**os.environ, "COLUMNS": "110"},
        )

    return run


@pytest.fixture(scope="session")
def demo_project(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Path:
    """The demo project, as `commonweal demo` writes it."""
    folder = tmp_path_factory.mktemp("demo") / "marlbridge"
    done = command("demo", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def demo_build(demo_project: Path, command: Command) -> Path:
    """The demo's output, as `commonweal build` writes it."""
    done = command("build", demo_project)
    assert done.returncode == 0, done.stderr
    return demo_project / "build"


@pytest.fixture(scope="session")
def demo_site(demo_build: Path) -> Path:
    """The demo's site."""
    return demo_build / "site"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real headless Chromium; where others wait for the run, its absence is a failure."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None or not AXE.is_file():
        missing = "Chromium" if program is None else "axe-core"
        (pytest.fail if "CI" in os.environ else pytest.skip)(f"{missing} is not installed: run make test")
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()
