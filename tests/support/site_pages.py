"""What tests of a site need: a page read by parsing, and a visit to it in a real browser."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: What the pages promise: WCAG 2.2, level AA.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Elements that never have an end tag.
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


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


def read_pages(site: Path) -> dict[Path, Page]:
    """Every page of a site, read."""
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def unsound(page: Page) -> list[str]:
    """What is wrong with a page by itself."""
    found = list(page.faults)
    found += [f"id {id} stands twice" for id, count in page.ids.items() if count > 1]
    found += [f"nothing is called {label}" for label in set(page.labels) - set(page.ids)]
    found += [f"nothing to use at {use}" for use in page.uses if use.removeprefix("#") not in page.ids]
    if page.headings[:1] != [1] or page.headings.count(1) != 1:
        found.append(f"headings {page.headings}")
    if any(b > a + 1 for a, b in zip(page.headings, page.headings[1:], strict=False)):
        found.append(f"a heading is skipped: {page.headings}")
    if page.lang != "en-GB":
        found.append(f"language {page.lang!r}")
    return found


def broken_links(pages: dict[Path, Page]) -> list[str]:
    """The links that lead nowhere."""
    return [
        f"{path.name}: {link}"
        for path, page in pages.items()
        for link in page.links
        if not leads(path, link, pages)
    ]


def leads(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme in ("mailto", "data") or link == "https:"
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return False
    return not parts.fragment or parts.fragment in pages[target].ids


def visit(context: Any, path: Path, *, scripts: bool) -> None:
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
        page.evaluate("document.querySelectorAll('details').forEach(found => { found.open = true; })")
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
