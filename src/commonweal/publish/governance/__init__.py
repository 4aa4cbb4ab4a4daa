"""The governance pack: what those who answer for the data need, in one document."""

from commonweal.publish.governance.pack import Pack, governance_pack
from commonweal.publish.governance.write import write_pack

__all__ = ["Pack", "governance_pack", "write_pack"]
