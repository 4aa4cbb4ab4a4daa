"""From records to observations, and through the gate: read, link, measure, protect."""

from commonweal.sources.collect import Collected, collect
from commonweal.sources.gate import Gated, gate

__all__ = ["Collected", "Gated", "collect", "gate"]
