"""The public site: an edition becomes static pages that work without scripts, cookies or third parties."""

from commonweal.publish.site.write import write_site

__all__ = ["write_site"]
