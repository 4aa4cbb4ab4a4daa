"""Every recipe that the how-to pages spell out is one that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from commonweal.model.recipe import ORDER, Recipe
from commonweal.project.schema import MeasureKeys, RecordKeys

PAGES = Path(__file__).resolve().parents[2] / "docs" / "how-to"


def spelled_out() -> list[str]:
    """Pieces of code in the tables and lists that begin with a step of a recipe."""
    found = []
    for page in ("coming-from-coinr.md", "coming-from-excel.md", "editions.md"):
        text = (PAGES / page).read_text(encoding="utf-8")
        found += [code for code in re.findall(r"`([^`\n]+)`", text) if code.split(":")[0] in ORDER]
    return sorted({code for code in found if ": " in code})


@pytest.mark.parametrize("written", spelled_out())
def test_a_recipe_can_be_read(written: str) -> None:
    held = YAML(typ="safe").load(written.replace("…", "1" if ", p: …" in written else "somewhere"))
    assert Recipe.read(held).steps


def test_there_are_some() -> None:
    assert len(spelled_out()) > 20


SOURCES = sorted((PAGES / "sources").glob("*.md"))


def blocks(page: Path, section: str) -> list[str]:
    """The blocks of a page that write out a section of commonweal.yaml."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"(?:^ {4}.*\n)+", text, re.M)
    return [block for block in found if block.startswith(f"    {section}:")]


@pytest.mark.parametrize("page", SOURCES, ids=lambda page: page.stem)
def test_a_source_can_be_read(page: Path) -> None:
    found = blocks(page, "records")
    assert found
    for block in found:
        for keys in YAML(typ="safe").load(block)["records"].values():
            assert RecordKeys.model_validate(keys).link
    for block in blocks(page, "measures"):
        for keys in YAML(typ="safe").load(block)["measures"].values():
            assert MeasureKeys.model_validate(keys).records
