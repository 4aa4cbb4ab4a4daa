"""Reads tables and boundaries, and remembers where in the file each row stood."""
