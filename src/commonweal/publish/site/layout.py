"""What every page shares: title, address, the way back, notices, navigation and footer."""

from __future__ import annotations

from dataclasses import dataclass

from commonweal.model.edition import Edition
from commonweal.publish.site import numbers

_LICENCES = {
    "OGL-UK-3.0": "Open Government Licence v3.0",
    "CC-BY-4.0": "Creative Commons Attribution 4.0",
    "CC0-1.0": "Creative Commons Zero 1.0 (public domain)",
}


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way back; the last one has no address."""

    name: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its text."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the few figures under a title."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The frame of a page.

    `file` is its address below the site, `root` the way from it to the site (empty or `../`), `section`
    the part of the navigation that it belongs to.
    """

    file: str
    title: str
    section: str
    site: str
    notices: tuple[str, ...]
    crumbs: tuple[Crumb, ...]
    footer: str
    contact: Link | None
    noindex: bool

    @property
    def root(self) -> str:
        """The way from this page to the site's folder."""
        return "../" * self.file.count("/")

    @property
    def data(self) -> str:
        """The way from this page to the data files."""
        return f"{self.root}../data/"


def page(edition: Edition, file: str, title: str, section: str, crumbs: tuple[Crumb, ...] = ()) -> Page:
    """The frame of one page of an edition."""
    publication = edition.publication
    site = f"{edition.place}: {edition.title}" if edition.place else edition.title
    return Page(
        file=file,
        title=f"{title}: {site}",
        section=section,
        site=site,
        notices=notices(edition),
        crumbs=crumbs,
        footer=_footer(edition),
        contact=contact_link(publication.contact, "Contact"),
        noindex=edition.internal or publication.status == "draft",
    )


def notices(edition: Edition) -> tuple[str, ...]:
    """The sentences under the header of every page, in print too."""
    found = []
    if edition.internal:
        found.append(
            "Internal: not for publication. People in these figures are not protected; do not pass them on."
        )
    elif edition.publication.status == "draft":
        found.append("Draft: figures on this page may change and should not be quoted.")
    if edition.publication.notice:
        found.append(edition.publication.notice)
    return tuple(found)


def licence(name: str) -> str:
    """A licence by its full name.

    >>> licence("OGL-UK-3.0")
    'Open Government Licence v3.0'
    """
    return _LICENCES.get(name, name)


def contact_link(contact: str, name: str) -> Link | None:
    """A link to a mail address or page; None where the contact is neither.

    >>> contact_link("insight@example.org", "Contact").href
    'mailto:insight@example.org'
    """
    text = contact.strip()
    if text.startswith(("https://", "http://", "mailto:")):
        return Link(name, text)
    if "@" in text and " " not in text:
        return Link(name, f"mailto:{text}")
    return None


def _footer(edition: Edition) -> str:
    publication = edition.publication
    parts = []
    if publication.date:
        by = f" by {publication.owner}" if publication.owner else ""
        what = "Draft for publication on" if publication.status == "draft" else "Published"
        parts.append(f"{what} {numbers.day(publication.date)}{by}.")
    elif publication.owner:
        parts.append(f"{publication.owner}.")
    if publication.next_update:
        parts.append(f"Next update {numbers.day(publication.next_update)}.")
    if publication.licence:
        parts.append(f"{licence(publication.licence)}.")
    if publication.contact and contact_link(publication.contact, "") is None:
        parts.append(f"Contact: {publication.contact}.")
    parts.append("No cookies.")
    return " ".join(parts)
