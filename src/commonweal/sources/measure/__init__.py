"""From exact totals to observations: the value of every kind of measure, with its interval."""
