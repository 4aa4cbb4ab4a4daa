"""What scores mean: peers, performance, progress, explanation, unevenness, benchmarks, statements."""

from commonweal.insight.interpret import interpret

__all__ = ["interpret"]
