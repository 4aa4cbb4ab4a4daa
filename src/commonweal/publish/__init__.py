"""An edition becomes files: tables, a project that rebuilds it, its record, the site."""
