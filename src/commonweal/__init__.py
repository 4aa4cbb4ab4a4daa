"""Commonweal: from a council's records to a published, explainable social progress index."""
