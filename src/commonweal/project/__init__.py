"""From a folder on disk to model objects, with file and line for every fault."""

from commonweal.project.coverage import coverage, exceptions
from commonweal.project.editions import published_before
from commonweal.project.frameworks import framework_from_frame
from commonweal.project.interchange import begin_from, export_pair, write_template
from commonweal.project.load import load
from commonweal.project.new import new
from commonweal.project.place import placing
from commonweal.project.schema import json_schema
from commonweal.project.values import values_from_frame

__all__ = [
    "begin_from",
    "coverage",
    "exceptions",
    "export_pair",
    "framework_from_frame",
    "json_schema",
    "load",
    "new",
    "placing",
    "published_before",
    "values_from_frame",
    "write_template",
]
