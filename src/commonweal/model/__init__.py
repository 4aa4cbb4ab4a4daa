"""The nouns: frozen, and valid from birth."""
