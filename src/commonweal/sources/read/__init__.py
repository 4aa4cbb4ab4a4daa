"""How records are written, and how they come to an engine: files, sheets, databases."""
