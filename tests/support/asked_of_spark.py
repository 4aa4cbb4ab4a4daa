"""What a Spark at an address answers, printed as fingerprints; for a process of its own, which has only one.

python asked_of_spark.py ADDRESS FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from questions import ASKS, FILTERS, LINKS, TALLIES, write
from questions_of_all import batch

from commonweal.sources.backends import spark
from commonweal.sources.filter import parse_filter
from commonweal.sources.query import Backend, Cells, File, Query, Tally, Totals

ROWS = batch(400)
#: A tally of each kind, some filters, and all other questions: few words, since each is put into a plan anew.
ASKED = (Cells((*TALLIES[::7], *(Tally(where=parse_filter(text)) for text in FILTERS[1::4]))), *ASKS.values())
WAYS = (("code", "id"), ("near", ""))


def files(folder: Path) -> tuple[File, ...]:
    """The records in two files, the second compressed and with another separator."""
    return write(folder / "a.csv", ROWS[:300]), write(folder / "b.csv.gz", ROWS[300:], ";", "utf-8-sig")


def answers(engine: Backend, folder: Path) -> list[list[object]]:
    """What an engine says to every question by code, and by point with the nearest area."""
    source = files(folder)
    asked = (Query(source, LINKS[link], ASKED, "month", key) for link, key in WAYS)
    return [_told(engine(query, scratch=folder / "scratch")) for query in asked]


def _told(totals: Totals) -> list[object]:
    return [totals.fingerprint(), totals.identical, totals.differing, totals.unreadable]


if __name__ == "__main__":
    import warnings
    from functools import partial

    from pyspark.sql import SparkSession

    warnings.simplefilter("ignore")
    address, folder = sys.argv[1:]
    # our own sessions are part of this one, which saves their start
    session = spark.start(SparkSession.builder, address)
    sys.stdout.write(json.dumps(answers(partial(spark.total, master=address), Path(folder))))
    session.stop()
