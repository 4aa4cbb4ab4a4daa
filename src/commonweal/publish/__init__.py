"""An edition becomes files: tables, a project that rebuilds it, its record, and the site. Effects live here."""
