"""How indicators and scores hang together: pure functions on arrays, and on a whole scoring.

Arrays have a row an area (or an area in a period) and a column an indicator or node; missing is nan, and
every statistic leaves it out. Standard deviations, variances and covariances divide by n - 1.
"""
