"""How sure the scores are: what chance alone, and what other choices of method, could have made of them."""
