"""The demo's site in a real browser, and every page of it by parsing."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: What the pages promise: WCAG 2.2, level AA.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (360, 768, 1280)
#: Elements that never have an end tag.
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

pytestmark = pytest.mark.xdist_group("demo")


class Page(HTMLParser):
    """What a test needs to know of a page: ids, links, headings, and what it must not hold."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.uses: list[str] = []
        self.labels: list[str] = []
        self.headings: list[int] = []
        self.faults: list[str] = []
        self.lang = ""
        self._open: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        if self._open:
            self.faults.append(f"left open: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, dict(attrs))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing, line {self.getpos()[0]}")

    def _note(self, tag: str, attributes: dict[str, str | None]) -> None:
        if attributes.get("id"):
            self.ids[str(attributes["id"])] += 1
        if tag in ("script", "style", "iframe", "object", "embed", "base"):
            self.faults.append(f"<{tag}>")
        self.faults += [f"{tag} {name}" for name in attributes if name == "style" or name.startswith("on")]
        target = attributes.get("href") or attributes.get("src")
        if target and tag in ("a", "link", "img", "source"):
            self.links.append(target)
        if target and tag == "use":
            self.uses.append(target)
        self.labels += (attributes.get("aria-labelledby") or "").split()
        if tag == "html":
            self.lang = attributes.get("lang") or ""
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))


@pytest.fixture(scope="module")
def pages(demo_site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(demo_site.rglob("*.html"))}


def test_every_page_is_sound_html(pages: dict[Path, Page]) -> None:
    assert len(pages) == 17 + 69 + 7
    for path, page in pages.items():
        assert not page.faults, path
        assert page.lang == "en-GB", path
        assert [id for id, count in page.ids.items() if count > 1] == [], path
        assert set(page.labels) <= set(page.ids), path
        assert {use.removeprefix("#") for use in page.uses} <= set(page.ids), path
        assert page.headings[0] == 1, path
        assert page.headings.count(1) == 1, path
        assert all(b <= a + 1 for a, b in zip(page.headings, page.headings[1:], strict=False)), path


def test_every_link_leads_somewhere(pages: dict[Path, Page]) -> None:
    broken = [
        f"{path.name}: {link}"
        for path, page in pages.items()
        for link in page.links
        if not _leads(path, link, pages)
    ]
    assert broken == []


def _leads(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme in ("mailto", "data") or link == "https:"
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return False
    return not parts.fragment or parts.fragment in pages[target].ids


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed (make test installs it)")
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (make test installs it)")
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


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
        _visit(context, _address(template, demo_site), scripts=scripts)
    finally:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("template", TEMPLATES)
def test_templates_in_the_dark(browser: Any, demo_site: Path, template: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    try:
        _visit(context, _address(template, demo_site), scripts=True)
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
        _visit(context, path, scripts=True)
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


def _visit(context: Any, path: Path, *, scripts: bool) -> None:
    """Open one page: no message, no request that fails or leaves the folder, no overflow, no violation."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"failed {request.url}"))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:")) else said.append(f"asked {request.url}")
        ),
    )
    page.goto(path.as_uri())
    assert said == [], path
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} overflows {width} px"
    if scripts:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
            WCAG,
        )
        told = [
            {"rule": v["id"], "at": [n["target"] for n in v["nodes"][:3]], "of": len(v["nodes"])}
            for v in found["violations"]
        ]
        assert told == [], f"{path}\n{json.dumps(told, indent=1)}"
    page.close()
