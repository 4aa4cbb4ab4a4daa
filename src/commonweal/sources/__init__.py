"""From records to observations, and through the gate: read, link, measure, protect."""

from commonweal.sources.collect import Collected, collect
from commonweal.sources.columns import columns_read
from commonweal.sources.ledger import lines as ledger_lines
from commonweal.sources.link.transfer import fit_table
from commonweal.sources.plan import header_faults
from commonweal.sources.protect.declared import with_declared
from commonweal.sources.protect.gate import Gated, gate
from commonweal.sources.protect.values import with_values_told
from commonweal.sources.reads_as import type_lines
from commonweal.sources.undated import undated_lines

__all__ = [
    "Collected",
    "Gated",
    "collect",
    "columns_read",
    "fit_table",
    "gate",
    "header_faults",
    "ledger_lines",
    "type_lines",
    "undated_lines",
    "with_declared",
    "with_values_told",
]
