"""A second attack written apart from the gate: on everything that is built, and on what editions add to it.

Two sources, tables, ratios, pooled and shrunken figures, wards of another year, all presets, up to thirty
areas, and a frozen edition before a changed build.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from another_attacker import Reader
from made_town import PLANTED, Town, later, new_town, write_town

import commonweal
from commonweal.errors import CommonwealError

QUICK = (3, 8, 21, 2011, 2017)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTACK_KEY", "0123456789abcdef0123456789abcdef")


def build(town: Town) -> bool:
    """Whether it is built; what can't be protected is refused, and then nothing is published."""
    write_town(town)
    try:
        commonweal.build(town.root)
    except CommonwealError as error:
        refused = error
    else:
        return True
    assert {fault.code for fault in refused.faults} <= {"PROTECT-EXPOSED", "PERIOD-EMPTY"}
    return False


def every_byte(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder, those inside archives too."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield str(path.relative_to(folder)), path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield from ((f"{path.name}/{name}", archive.read(name)) for name in archive.namelist())


@pytest.mark.parametrize("seed", QUICK)
def test_nothing_hidden_is_narrowed_and_nothing_planted_is_found(tmp_path: Path, seed: int) -> None:
    """Every other town is frozen first, and changed: then the reader has both."""
    town, before = new_town(tmp_path / "town", seed), None
    built = build(town)
    if built and seed % 2:
        commonweal.freeze(town.root, "one")
        town, before = later(town, seed), town
        built = build(town)
    if built:
        assert list(Reader(town, before).narrowed()) == []
    for name, content in every_byte(town.root / "build") if built else ():
        assert not [text for text in PLANTED if text.encode().lower() in content.lower()], name


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2025, *range(5000, 5060)])
def test_many_more_of_them(tmp_path: Path, seed: int) -> None:
    test_nothing_hidden_is_narrowed_and_nothing_planted_is_found(tmp_path, seed)


@pytest.mark.parametrize("seed", [0, 6, 7])
def test_what_is_published_depends_on_the_published_figures_alone(tmp_path: Path, seed: int) -> None:
    """A record more, less, or of another sex: where figures and ledger are the same, so is every other byte.

    So no score, rank, chance, sentence, brief, page or number of the audit tells more than they do.
    """
    town = replace(new_town(tmp_path / "town", seed), moved=seed % 3 == 0)
    town = replace(
        town, asked={k: v for k, v in town.asked.items() if v.kind != "distinct" or not town.moved}
    )
    assert build(town)
    first = dict(every_byte(town.root / "build"))
    figures = ("project/data/observations.csv", "data/ledger.csv")
    same = 0
    for i, place in enumerate(np.random.default_rng(seed).integers(0, len(town.records), 4)):
        others = [r for j, r in enumerate(town.records) if j != place]
        area, month, (sex, *held), who = town.records[place]
        turned = (area, month, ("M" if sex == "F" else "F", *held), who)
        more = ([town.records[place]] * 2, [], [turned], [town.records[place]] * 3)[i]
        if not build(replace(town, records=(*others, *more))):  # type: ignore[arg-type]
            continue
        second = dict(every_byte(town.root / "build"))
        if all(first[name] == second[name] for name in figures):
            same += 1
            assert first == second
    assert same
