"""The reference of outputs and the glossary leave nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commonweal.model.observation import STATUSES
from commonweal.publish.datapackage import COLUMNS, TABLES

DOCS = Path(__file__).resolve().parents[2] / "docs"
OUTPUTS = (DOCS / "reference" / "outputs.md").read_text(encoding="utf-8")
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(TABLES))
def test_every_table_has_its_place(file):
    assert file in " ".join(re.findall(r"^## (.*)$", OUTPUTS, re.MULTILINE))


def test_every_column_is_explained():
    said = set(re.findall(r"[a-z_0-9]+", OUTPUTS))
    assert set(COLUMNS) <= said


def test_every_status_is_explained_in_order():
    table = re.findall(r"^\| ([a-z_]+) \|", GLOSSARY, re.MULTILINE)
    assert [status for status in table if status != "status"] == list(STATUSES)
