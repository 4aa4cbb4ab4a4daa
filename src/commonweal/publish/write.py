"""Write everything an edition publishes into an empty folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from commonweal.files import write_json, write_text
from commonweal.insight.audit import audit
from commonweal.model.edition import Edition
from commonweal.model.project import Project
from commonweal.publish.briefs import write_briefs
from commonweal.publish.catalogue import data_tables
from commonweal.publish.datapackage import describe
from commonweal.publish.geography import write_geojson
from commonweal.publish.record import write_record
from commonweal.publish.republish import write_project
from commonweal.publish.site import write_site
from commonweal.publish.tables import write_table
from commonweal.report import Report, silent

#: What lies in every folder of an internal build, so that a file that is passed on is known for what it is.
WARNING: Final = "NOT-FOR-PUBLICATION.txt"
_WARNS: Final = (
    "Not for publication. This was built with --internal: people are not protected in these files.\n"
    "Do not pass them on. `commonweal build` without --internal makes files that can be published.\n"
)


def write_edition(
    edition: Edition,
    project: Project,
    tree: Path,
    *,
    version: str,
    inputs: Mapping[str, str],
    report: Report = silent,
) -> None:
    """Write data, project, briefs, audit, site and record into `tree`; `inputs` maps files to hashes."""
    report("Writing tables")
    tables = data_tables(edition)
    for name, frame in tables.items():
        write_table(frame, tree / "data" / name)
    if edition.areas.boundaries is not None:
        write_geojson(edition.areas, tree / "data" / "areas.geojson", _headlines(edition))
    write_json(tree / "data" / "datapackage.json", describe(edition, tables))
    write_project(edition, project, tree / "project")
    write_briefs(edition, tree / "briefs")
    report("Auditing")
    audited = audit(edition)
    write_json(tree / "audit.json", audited.document())
    report("Writing pages")
    write_site(edition, tree / "site", audited)
    if edition.internal:
        _warn(tree)
    write_record(edition, tree, version, inputs)


def _warn(tree: Path) -> None:
    """Put the warning into every folder; tables and project carry no word of their own."""
    for folder in (tree, *sorted(path for path in tree.rglob("*") if path.is_dir())):
        write_text(folder / WARNING, _WARNS)


def _headlines(edition: Edition) -> dict[str, dict[str, object]]:
    """The latest index score and rank of each area, to stand in its feature."""
    root = edition.framework.roots[0].id
    latest = edition.scores.filter((pl.col("node") == root) & (pl.col("period") == edition.periods[-1].label))
    return {
        row["area"]: {
            "period": row["period"],
            "score": row["score"] and round(row["score"], 2),
            "rank": row["rank"],
        }
        for row in latest.iter_rows(named=True)
    }
