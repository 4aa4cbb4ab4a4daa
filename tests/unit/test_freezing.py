"""Editions are kept whole, read-only, and once."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest
from small_project import YAML, write_small_project, write_values

import commonweal
from commonweal.errors import CommonwealError
from commonweal.pipeline import freezing
from commonweal.project.edition import read_edition


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_small_project(tmp_path / "town")


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def code_of(error: pytest.ExceptionInfo[CommonwealError]) -> str:
    return error.value.faults[0].code


def test_an_edition_is_all_that_the_output_holds(town: Path) -> None:
    commonweal.build(town)
    kept = commonweal.freeze(town, "2025")
    assert kept == town / "editions" / "2025"
    assert files(kept) == files(town / "build")


def test_nobody_may_write_in_it(town: Path) -> None:
    kept = commonweal.freeze(town, "2025")
    write = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
    assert not [path for path in (kept, *kept.rglob("*")) if path.stat().st_mode & write]


def test_it_is_built_first_where_there_is_no_output(town: Path) -> None:
    commonweal.freeze(town, "2025")
    assert (town / "build" / "edition.json").is_file()


def test_it_is_built_first_where_inputs_have_changed(town: Path) -> None:
    commonweal.build(town)
    write_values(town, {("A", "2025", "jobs"): 99.0})
    kept = commonweal.freeze(town, "2025")
    assert ",99.0," in (kept / "data" / "observations.csv").read_text()


def test_it_is_built_first_where_the_output_is_not_whole(town: Path) -> None:
    commonweal.build(town)
    (town / "build" / "data" / "scores.csv").write_text("spoilt")
    assert read_edition(commonweal.freeze(town, "2025")).scores.height


def test_it_is_not_built_where_nothing_has_changed(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commonweal.build(town)
    monkeypatch.setattr(freezing, "build", lambda *_, **__: pytest.fail("built again"))
    commonweal.freeze(town, "2025")


def test_it_is_never_overwritten(town: Path) -> None:
    kept = commonweal.freeze(town, "2025")
    before = files(kept)
    write_values(town, {("A", "2025", "jobs"): 99.0})
    with pytest.raises(CommonwealError) as error:
        commonweal.freeze(town, "2025")
    assert code_of(error) == "EDITION-EXISTS"
    assert files(kept) == before


@pytest.mark.parametrize("name", ["", "../2025", "a/b", ".hidden", "a b"])
def test_a_name_is_a_plain_word(town: Path, name: str) -> None:
    with pytest.raises(CommonwealError) as error:
        commonweal.freeze(town, name)
    assert code_of(error) == "EDITION-NAME"


def test_an_internal_output_is_refused(town: Path) -> None:
    commonweal.build(town, internal=True)
    with pytest.raises(CommonwealError) as error:
        commonweal.freeze(town, "2025")
    assert code_of(error) == "EDITION-INTERNAL"
    assert not (town / "editions").exists()
    out = town / "build"
    folders = {out, *(path.parent for path in out.rglob("*"))}
    assert all((folder / "NOT-FOR-PUBLICATION.txt").is_file() for folder in folders)
    commonweal.build(town)
    assert not list(out.rglob("NOT-FOR-PUBLICATION.txt"))


@pytest.mark.parametrize("step", ["copytree", "_close", "rename"])
def test_a_freeze_that_is_cut_short_leaves_no_edition(
    town: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    close = freezing._close

    def half_copied(source: Path, target: Path) -> None:
        target.mkdir()
        shutil.copy(source / "edition.json", target)
        raise KeyboardInterrupt

    def half_closed(folder: Path) -> None:
        close(folder)
        raise KeyboardInterrupt

    def not_renamed(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    commonweal.build(town)
    with monkeypatch.context() as patch:
        if step == "copytree":
            patch.setattr(shutil, "copytree", half_copied)
        elif step == "_close":
            patch.setattr(freezing, "_close", half_closed)
        else:
            patch.setattr(Path, "rename", not_renamed)
        with pytest.raises(KeyboardInterrupt):
            commonweal.freeze(town, "2025")
    assert not (town / "editions" / "2025").exists()
    kept = commonweal.freeze(town, "2025")
    assert files(kept) == files(town / "build")
    assert [path.name for path in (town / "editions").iterdir()] == ["2025"]


class TestReading:
    def test_it_gives_back_what_was_published(self, town: Path) -> None:
        edition = commonweal.build(town)
        kept = read_edition(commonweal.freeze(town, "2025"))
        assert kept.scores.select("period", "area", "node", "rank", "status").equals(
            edition.scores.select("period", "area", "node", "rank", "status")
        )
        assert (kept.scores["score"] - edition.scores["score"]).abs().max() < 1e-9
        assert kept.goalposts["indicator"].to_list() == ["crime", "fires", "jobs", "pay"]
        assert kept.weights["node"].to_list() == [node.id for node in kept.framework]
        assert kept.recipe == edition.recipe
        assert len(kept.observations) == 48

    def test_a_folder_without_one(self, tmp_path: Path) -> None:
        with pytest.raises(CommonwealError) as error:
            read_edition(tmp_path)
        assert code_of(error) == "EDITION-MISSING"

    def test_a_file_that_was_changed_or_is_gone(self, town: Path) -> None:
        commonweal.build(town)
        scores = town / "build" / "data" / "scores.csv"
        scores.write_text(scores.read_text().replace("2024", "2023", 1))
        (town / "build" / "data" / "weights.csv").unlink()
        with pytest.raises(CommonwealError) as error:
            read_edition(town / "build")
        assert [fault.code for fault in error.value.faults] == ["EDITION-BROKEN"] * 2
        assert "not the one that was published" in error.value.faults[0].what
        assert "not there" in error.value.faults[1].what

    @pytest.mark.parametrize("text", ["{", "[]", json.dumps({"format": 99, "files": {}})])
    def test_a_record_that_can_not_be_read(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "edition.json").write_text(text)
        with pytest.raises(CommonwealError) as error:
            read_edition(tmp_path)
        assert code_of(error) == "EDITION-BROKEN"


def test_frozen_goalposts_hold_for_new_periods_and_restate_old_ones(tmp_path: Path) -> None:
    town = write_small_project(tmp_path / "town", yaml=YAML + "periods: {publish: [2024]}\n")
    first = commonweal.build(town)
    commonweal.freeze(town, "2024")
    frozen = YAML.replace("rule: pooled", "rule: frozen, edition: editions/2024")
    (town / "commonweal.yaml").write_text(frozen + "periods: {publish: [2024, 2025]}\n")
    second = commonweal.build(town)
    assert second.goalposts.select("indicator", "worst", "best").equals(
        first.goalposts.select("indicator", "worst", "best")
    )
    restated = second.scores.filter(period="2024")
    assert restated["score"].to_list() == pytest.approx(first.scores["score"].to_list(), nan_ok=True)
    again = commonweal.build(town / "build" / "project", tmp_path / "again")
    assert again.scores.equals(second.scores)


FIRST = "periods: {publish: [2024]}\n"
BOTH = "periods: {publish: [2024, 2025]}\n"


def then_freeze(town: Path, recipe: str, next_recipe: str) -> tuple[commonweal.Edition, commonweal.Edition]:
    """An edition of 2024 frozen, and one of both years by the next recipe."""
    start = YAML.split("recipe:")[0]
    (town / "commonweal.yaml").write_text(f"{start}recipe: {recipe}\n{FIRST}")
    first = commonweal.build(town)
    commonweal.freeze(town, "2024")
    (town / "commonweal.yaml").write_text(f"{start}recipe: {next_recipe}\n{BOTH}")
    return first, commonweal.build(town)


def builds_again(town: Path, edition: commonweal.Edition) -> None:
    again = commonweal.build(town / "build" / "project", town / "again")
    scores = (town / "build" / "data" / "scores.csv").read_bytes()
    assert (town / "again" / "data" / "scores.csv").read_bytes() == scores
    assert again.scores.height == edition.scores.height


@pytest.mark.parametrize("method", ["zscore", "t-score", "{method: zscore, mean: 10, sd: 2}"])
def test_means_and_deviations_are_handed_on(town: Path, method: str) -> None:
    inner = method.strip("{}") if method.startswith("{") else f"method: {method}"
    frozen = f"{{normalise: {{{inner}, rule: frozen, edition: editions/2024}}}}"
    first, second = then_freeze(town, f"{{normalise: {method}}}", frozen)
    assert first.scales.row(0, named=True)["mean"] == pytest.approx(191 / 6)
    assert second.scores.filter(period="2024")["score"].to_list() == pytest.approx(
        first.scores["score"].to_list(), abs=1e-9
    )
    jobs = second.scales.filter(indicator="jobs").row(0, named=True)
    shift = second.scores.filter(node="jobs", area="A")["score"].to_list()
    unit = {"zscore": 1, "t-score": 10}.get(method, 2)
    assert shift[1] - shift[0] == pytest.approx(unit / jobs["sd"])  # every value is one higher in 2025
    builds_again(town, second)


def test_weights_are_handed_on(town: Path) -> None:
    recipe = "{normalise: minmax, weigh: entropy}"
    first, second = then_freeze(
        town, recipe, "{normalise: minmax, weigh: {method: frozen, edition: editions/2024}}"
    )
    weights = first.weights.filter(parent="safety")["weight"].to_list()
    assert weights[0] != pytest.approx(0.5)
    assert second.weights.filter(parent="safety")["weight"].to_list() == pytest.approx(weights, rel=1e-11)
    builds_again(town, second)
    loaded = commonweal.load_project(town / "build" / "project")
    assert loaded.recipe.weigh.method.at("safety", "component").name == "given"


def test_a_new_indicator_has_no_frozen_weight(town: Path) -> None:
    lines = (town / "framework.csv").read_text()
    (town / "framework.csv").write_text("\n".join(r for r in lines.splitlines() if r[:4] != "pay,"))
    values = (town / "data" / "values.csv").read_text()
    (town / "data" / "values.csv").write_text("\n".join(r for r in values.splitlines() if ",pay," not in r))
    commonweal.freeze(town, "2024")
    (town / "framework.csv").write_text(lines)
    (town / "data" / "values.csv").write_text(values)
    frozen = YAML.replace("weigh: given", "weigh: {method: frozen, edition: editions/2024}")
    (town / "commonweal.yaml").write_text(frozen)
    with pytest.raises(CommonwealError) as error:
        commonweal.load_project(town)
    assert code_of(error) == "EDITION-WEIGHTS"
    assert "'pay' in 'work'" in error.value.faults[0].what


def test_weights_can_not_be_frozen_without_a_folder(town: Path) -> None:
    edition = commonweal.build(town)
    with pytest.raises(CommonwealError) as error:
        commonweal.replay(edition, {"weigh": {"method": "frozen", "edition": "editions/2024"}})
    assert code_of(error) == "RECIPE-RULE"


def test_nothing_is_built_into_an_edition(town: Path) -> None:
    kept = commonweal.freeze(town, "2025")
    before = files(kept)
    with pytest.raises(CommonwealError) as error:
        commonweal.build(kept / "project")
    assert code_of(error) == "OUT-FROZEN"
    commonweal.build(kept / "project", town / "again")
    assert files(kept) == before
    assert (town / "again" / "data" / "scores.csv").read_bytes() == before["data/scores.csv"]
