"""The sites of the real examples: all by parsing, 20 pages of each, drawn from a seed, in a real browser."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest
from site_pages import broken_links, read_pages, unsound, visit

ROOT = Path(__file__).resolve().parents[2]
DRAWN = 20

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]


@pytest.fixture(scope="module", params=["barking-and-dagenham", "london"])
def real_site(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory, command: Any
) -> Path:
    out = tmp_path_factory.mktemp(request.param) / "out"
    os.environ.setdefault("COMMONWEAL_DATA", str(shared_data))
    done = command("build", ROOT / "examples" / request.param, "--out", out)
    assert done.returncode == 0, done.stderr
    return out / "site"


def test_every_page_is_sound_and_every_link_leads_somewhere(real_site: Path) -> None:
    pages = read_pages(real_site)
    assert {path.name: found for path, page in pages.items() if (found := unsound(page))} == {}
    assert broken_links(pages) == []


@pytest.mark.browser
def test_drawn_pages(browser: Any, real_site: Path) -> None:
    pages = random.Random(2014).sample(sorted(real_site.rglob("*.html")), DRAWN)
    for i, path in enumerate(pages):
        context = browser.new_context(viewport={"width": (360, 768, 1280)[i % 3], "height": 900})
        visit(context, path, scripts=True)
        context.close()
