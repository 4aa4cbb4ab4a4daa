"""An edition is asked in one way, whether it is in memory, was read back, or lies in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import write_small_project

import commonweal
from commonweal.errors import CommonwealError
from commonweal.insight.explain import Explanation
from commonweal.model.edition import Edition
from commonweal.pipeline.opened import AnyEdition


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = write_small_project(tmp_path_factory.mktemp("opened") / "town")
    return folder


@pytest.fixture(scope="module")
def built(town: Path) -> Edition:
    return commonweal.build(town)


@pytest.fixture(params=["project", "folder", "read back", "made again"])
def same(request: pytest.FixtureRequest, town: Path, built: Edition) -> AnyEdition:
    """The edition that was built, in another form."""
    match request.param:
        case "project":
            return str(town)
        case "folder":
            return town / "build"
        case "read back":
            return commonweal.read_edition(town / "build")
    return commonweal.replay(town / "build", {})


def parts(explanation: Explanation) -> list[tuple[object, ...]]:
    rows = explanation.frame.select("node", "kind", "points").rows()
    return [(node, kind, pytest.approx(points, abs=1e-9)) for node, kind, points in rows]


def test_a_score_is_explained_alike(built: Edition, same: AnyEdition) -> None:
    found = commonweal.explain_score(same, "A")
    assert found.total == pytest.approx(sum(found.leaves["points"]))
    assert found.frame.select("node", "kind", "points").rows() == parts(commonweal.explain_score(built, "A"))


def test_a_gap_is_explained_alike(built: Edition, same: AnyEdition) -> None:
    found = commonweal.explain_gap(same, "A", "B")
    assert found.frame.height > 1
    assert found.frame.select("node", "kind", "points").rows() == parts(
        commonweal.explain_gap(built, "A", "B")
    )


def test_figures_are_supposed_alike(built: Edition, same: AnyEdition) -> None:
    of_built = commonweal.whatif(built, "A", {"crime": "-1"})
    assert commonweal.whatif(same, "A", {"crime": "-1"}).says == of_built.says


def test_what_was_read_back_is_compared_and_replayed(town: Path, built: Edition) -> None:
    kept = commonweal.read_edition(town / "build")
    assert commonweal.diff(kept, town / "build").scores.is_empty()
    changed = commonweal.replay(kept, {"aggregate": {"index": "arithmetic"}})
    table = commonweal.compare({"built": built, "kept": kept, "changed": changed})
    assert table["score built"].to_list() == pytest.approx(table["score kept"].to_list(), abs=1e-9)
    assert table["score kept"].to_list() != pytest.approx(table["score changed"].to_list(), abs=1e-3)


def test_a_folder_that_holds_neither_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(CommonwealError) as caught:
        commonweal.explain_score(tmp_path, "A")
    assert [fault.code for fault in caught.value.faults] == ["PATH-MISSING"]
    assert all(fault.remedy for fault in caught.value.faults)
