"""The engine folds a recipe over observations and keeps the trace of each step."""

from commonweal.engine.fold import fold, score
from commonweal.engine.profile import score_profile
from commonweal.engine.trace import Followed, follow

__all__ = ["Followed", "fold", "follow", "score", "score_profile"]
