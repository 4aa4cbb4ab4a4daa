"""The accessibility statement."""

from __future__ import annotations

from dataclasses import dataclass

from commonweal.publish.site import layout
from commonweal.publish.site.lookup import Lookup


@dataclass(frozen=True, slots=True)
class AccessibilityPage:
    """The accessibility statement, ready to be written."""

    page: layout.Page
    owner: str
    contact: str
    link: layout.Link | None


def accessibility_page(lookup: Lookup) -> AccessibilityPage:
    """The statement of an edition; its own contact is used if there is one, else the general one."""
    publication = lookup.edition.publication
    contact = publication.accessibility_contact or publication.contact
    return AccessibilityPage(
        layout.page(lookup.edition, "accessibility.html", "Accessibility statement", "accessibility"),
        publication.owner or lookup.edition.place or "The publisher",
        contact,
        layout.contact_link(contact, contact),
    )
