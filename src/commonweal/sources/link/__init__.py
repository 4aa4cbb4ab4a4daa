"""How records and figures find their areas: by code, postcode, point or lookup, and when areas change."""
