"""The demo's site in a real browser, and every page of it by parsing."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from site_pages import Page, broken_links, read_pages, unsound, visit

WIDTHS = (360, 768, 1280)
pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def pages(demo_site: Path) -> dict[Path, Page]:
    return read_pages(demo_site)


def test_every_page_is_sound_html(pages: dict[Path, Page]) -> None:
    assert len(pages) == 17 + 69 + 7
    assert {path.name: found for path, page in pages.items() if (found := unsound(page))} == {}


def test_every_link_leads_somewhere(pages: dict[Path, Page]) -> None:
    assert broken_links(pages) == []


def test_every_statement_has_an_address_on_a_page(demo_build: Path, pages: dict[Path, Page]) -> None:
    import polars as pl

    said = pl.read_csv(demo_build / "data" / "statements.csv", infer_schema=False)["id"].to_list()
    ids = {id for page in pages.values() for id in page.ids}
    assert [id for id in said if id not in ids] == []


def test_every_page_says_that_it_is_a_draft_about_no_real_place(pages: dict[Path, Page]) -> None:
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert '<meta name="robots" content="noindex">' in text, path
        assert "Draft: figures on this page may change" in text, path
        assert "fictional" in text, path


def test_area_pages_are_small(demo_site: Path) -> None:
    import gzip

    for path in (demo_site / "areas").iterdir():
        raw = path.read_bytes()
        assert len(raw) < 400_000, path
        assert len(gzip.compress(raw, 6)) < 100_000, path


TEMPLATES = (
    "index.html",
    "areas/{area}",
    "nodes/index.html",
    "nodes/{hidden}",
    "indicators.html",
    "method.html",
    "audit.html",
    "protection.html",
    "data.html",
    "accessibility.html",
)


def _address(template: str, demo_site: Path) -> Path:
    area = sorted((demo_site / "areas").iterdir())[7].name
    return demo_site / template.format(area=area, hidden="learning-disability-employment.html")


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [False, True], ids=["scripts-off", "scripts-on"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_templates(browser: Any, demo_site: Path, template: str, scripts: bool, width: int) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale="en-GB"
    )
    try:
        visit(context, _address(template, demo_site), scripts=scripts)
    finally:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("template", TEMPLATES)
def test_templates_in_the_dark(browser: Any, demo_site: Path, template: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    try:
        visit(context, _address(template, demo_site), scripts=True)
    finally:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("template", TEMPLATES)
def test_templates_at_320_pixels(browser: Any, demo_site: Path, template: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(_address(template, demo_site).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


@pytest.mark.browser
@pytest.mark.slow
def test_every_page_once(browser: Any, demo_site: Path, pages: dict[Path, Page]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    for path in pages:
        visit(context, path, scripts=True)
    context.close()


@pytest.mark.browser
def test_pages_obey_a_strict_content_policy(browser: Any, demo_site: Path) -> None:
    """Served with the strictest policy that a style sheet allows, nothing is refused."""
    policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
    context = browser.new_context()

    def serve(route: Any) -> None:
        path = demo_site / urlsplit(route.request.url).path.lstrip("/")
        kind = {".html": "text/html; charset=utf-8", ".css": "text/css"}[path.suffix]
        headers = {"content-type": kind, "content-security-policy": policy}
        route.fulfill(status=200, headers=headers, body=path.read_bytes())

    context.route("**/*", serve)
    for template in TEMPLATES:
        page, said = context.new_page(), []
        page.on("console", lambda message, said=said: said.append(message.text))
        address = _address(template, demo_site).relative_to(demo_site).as_posix()
        page.goto(f"http://site.test/{address}")
        assert said == [], template
        page.close()
    context.close()


@pytest.mark.browser
def test_the_keyboard_reaches_main_content_first(browser: Any, demo_site: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto((demo_site / "index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    context.close()


@pytest.mark.browser
def test_folded_figures_open_by_their_address_and_on_paper(browser: Any, demo_site: Path) -> None:
    shown = "[...document.querySelectorAll('.fold tbody tr')].filter(row => row.checkVisibility()).length"
    context = browser.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto(_address("areas/{area}", demo_site).as_uri())
    rows = page.locator(".fold tbody tr").count()
    assert rows == 53 + 12
    assert page.evaluate(shown) == 0
    page.locator(".fold summary").first.click()
    assert 0 < page.evaluate(shown) < rows
    page.emulate_media(media="print")
    assert page.evaluate(shown) == rows
    page.goto(f"{_address('areas/{area}', demo_site).as_uri()}#f-voter-turnout")
    page.emulate_media(media="screen")
    assert page.locator("#f-voter-turnout").is_visible()
    context.close()
