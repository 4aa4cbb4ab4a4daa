"""Projects from what other programs keep, and back."""

from commonweal.project.interchange.begin import begin_from
from commonweal.project.interchange.export import export_pair
from commonweal.project.interchange.template import write_template

__all__ = ["begin_from", "export_pair", "write_template"]
