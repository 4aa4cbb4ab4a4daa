"""Writes the site: the only place here that touches the disk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from commonweal.files import write_text
from commonweal.insight.audit import Audit, audit
from commonweal.model.edition import Edition
from commonweal.publish.site.accessibility import accessibility_page
from commonweal.publish.site.area import area_page
from commonweal.publish.site.audit import audit_page
from commonweal.publish.site.data import data_page
from commonweal.publish.site.home import home
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.method import method_page
from commonweal.publish.site.node import node_page
from commonweal.publish.site.overview import overview
from commonweal.publish.site.protection import protection_page
from commonweal.publish.site.shapes import draw
from commonweal.publish.site.theme import stylesheet

_HERE: Final = files("commonweal.publish.site")
_STYLES: Final = ("tokens.css", "site.css")


def write_site(edition: Edition, site_dir: Path, audited: Audit | None = None) -> None:
    """Write the public site of `edition` into `site_dir`, which is made if it is not there.

    Links to data are relative: the site stands beside a folder `data` with the edition's files. The same
    edition gives the same bytes. `audited` is its audit, if that is at hand. Raises THEME-CONTRAST.
    """
    theme = stylesheet(edition.publication.theme)
    for folder in ("", "areas", "nodes"):
        (site_dir / folder).mkdir(parents=True, exist_ok=True)
    for name in _STYLES:
        write_text(site_dir / name, (_HERE / "static" / name).read_text(encoding="utf-8"))
    write_text(site_dir / "theme.css", theme)
    for file, text in pages(edition, audited):
        write_text(site_dir / file, text)


def pages(edition: Edition, audited: Audit | None = None) -> Iterator[tuple[str, str]]:
    """Every page of an edition: its file below the site, and its text."""
    lookup = Lookup(edition)
    boundaries = edition.areas.boundaries
    shapes = draw(boundaries) if boundaries is not None else None
    yield _page("home", home(lookup, shapes))
    yield _page("overview", overview(lookup))
    yield _page("method", method_page(lookup))
    yield _page("audit", audit_page(lookup, audited or audit(edition)))
    yield _page("protection", protection_page(lookup))
    yield _page("data", data_page(lookup))
    yield _page("accessibility", accessibility_page(lookup))
    for area in lookup.areas:
        yield _page("area", area_page(lookup, area.code))
    for node in lookup.framework:
        yield _page("node", node_page(lookup, node, shapes))


def _page(template: str, document: Any) -> tuple[str, str]:
    return document.page.file, _template(f"{template}.html").render(d=document, page=document.page)


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    def load(name: str) -> str:
        return (_HERE / "templates" / name).read_text(encoding="utf-8")

    return Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
