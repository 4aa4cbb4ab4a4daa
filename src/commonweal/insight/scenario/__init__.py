"""What if: other figures put through an edition's own method, and the least change that reaches a target.

The method is fixed: scales, goalposts, weights and means are those of the edition, and gaps that were filled
stay as they are. Nothing here says what would bring a figure about.
"""

from commonweal.insight.scenario.reach import Reach, whatif_reach
from commonweal.insight.scenario.spend import PlaceSpending, Spending, whatif_budget, whatif_place_budget
from commonweal.insight.scenario.suppose import Scenario, whatif

__all__ = [
    "PlaceSpending",
    "Reach",
    "Scenario",
    "Spending",
    "whatif",
    "whatif_budget",
    "whatif_place_budget",
    "whatif_reach",
]
