"""Pure functions on arrays, one family of methods a file.

The functions of a family share one signature, and the family's `METHODS` maps the names that a recipe uses
to them, so a new way to normalise is one function more.
"""
