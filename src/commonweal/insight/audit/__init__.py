"""The audit of an edition: what was found at each of the ten steps, and how sure its figures are.

A part of the product adds to it with one function more in `whole.PARTS`.
"""

from commonweal.insight.audit.document import Audit, Check, Column, Finding, Mark, Section, Table
from commonweal.insight.audit.whole import audit

__all__ = ["Audit", "Check", "Column", "Finding", "Mark", "Section", "Table", "audit"]
