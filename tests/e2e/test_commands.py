"""Each command as a user meets it: help, exit codes, messages, JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

COMMANDS = (
    "demo",
    "new",
    "check",
    "build",
    "audit",
    "explain",
    "whatif",
    "freeze",
    "diff",
    "export",
    "schema",
    "help",
)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example(command, name: str) -> None:
    done = command(name, "--help")
    assert done.returncode == 0
    assert f"Example: commonweal {name}" in done.stdout


def test_help_lists_the_commands(command) -> None:
    done = command("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)


def test_version(command) -> None:
    import commonweal

    assert command("--version").stdout.strip() == f"commonweal {commonweal.__version__}"


def test_schema_is_json(command) -> None:
    schema = json.loads(command("schema").stdout)
    assert {"project", "areas", "recipe"} <= set(schema["required"])


def test_help_explains_a_code(command) -> None:
    done = command("help", "area-unknown")
    assert done.stdout.startswith("# AREA-UNKNOWN: ")
    assert "FILTER-EMPTY" in command("help").stdout
    unknown = command("help", "AREA-UNKNOWM")
    assert unknown.returncode == 2
    assert "HELP-CODE there is no fault of the code 'AREA-UNKNOWM', did you mean 'AREA-UNKNOWN'?" in (
        unknown.stderr
    )


def test_every_code_has_a_page_of_its_own() -> None:
    from commonweal.cli.help_page import page
    from commonweal.errors import CODES

    assert [code for code in CODES if not page(code).startswith(f"# {code}: ")] == []


def test_faults_are_json_where_json_is_asked_for(command, tmp_path: Path) -> None:
    done = command("check", tmp_path, "--json")
    assert done.returncode == 2
    assert [fault["code"] for fault in json.loads(done.stdout)["faults"]] == ["PATH-MISSING"]
    assert done.stderr == ""


def test_only_what_writes_says_that_nothing_was_written(command, tmp_path: Path) -> None:
    assert "1 fault. To read more: commonweal help PATH-MISSING" in command("check", tmp_path).stderr
    assert "1 fault; nothing was written." in command("build", tmp_path).stderr


@pytest.mark.xdist_group("demo")
class TestOnTheDemo:
    def test_check(self, command, demo_project: Path) -> None:
        done = command("check", demo_project)
        assert done.returncode == 0, done.stderr
        assert "No faults found." in done.stdout
        assert "food_inspections: 5,630 read, 5,608 counted (99%), 22 without an area code" in done.stdout
        assert "the first dates that can't be read are at housing-register.csv:400" in done.stdout
        assert "premature-mortality" not in done.stdout
        assert "premature-mortality" in command("check", demo_project, "--all").stdout
        assert not (demo_project / ".commonweal" / "scratch").exists()

    def test_check_json(self, command, demo_project: Path) -> None:
        document = json.loads(command("check", demo_project, "--json").stdout)
        assert len({row["indicator"] for row in document["coverage"]}) == 53

    @pytest.mark.parametrize("against", ["peers", "all", "Kingsmead", "2021"])
    def test_explain(self, command, demo_project: Path, against: str) -> None:
        done = command("explain", demo_project, "Quayside", "--against", against)
        assert done.returncode == 0, done.stderr
        assert "Quayside" in done.stdout

    def test_explain_adds_up_in_json(self, command, demo_project: Path) -> None:
        document = json.loads(command("explain", demo_project, "Quayside", "--json").stdout)
        parts = [row["points"] for row in document["gap"]["parts"] if row["adds_up"]]
        assert sum(parts) == pytest.approx(document["gap"]["points"], abs=1e-9)

    def test_audit(self, command, demo_project: Path) -> None:
        done = command("audit", demo_project)
        assert done.returncode == 0, done.stderr
        assert "10. Presentation and dissemination" in done.stdout
        assert "FAILED" not in done.stdout

    def test_audit_json(self, command, demo_project: Path, demo_build: Path) -> None:
        printed = json.loads(command("audit", demo_project, "--json").stdout)
        built = json.loads((demo_build / "audit.json").read_text(encoding="utf-8"))
        # which choice moves ranks is the command's alone
        step = printed["sections"][6]
        assert step["tables"].pop()["id"] == "sensitivity"
        assert "ranks most" in step["findings"].pop()["found"]
        assert printed == built
        assert [section["step"] for section in printed["sections"]] == list(range(1, 11))
        assert all(check["passed"] for check in printed["assurance"]["verified"])

    def test_explain_unknown_area(self, command, demo_project: Path) -> None:
        done = command("explain", demo_project, "Quaysde")
        assert done.returncode == 2
        assert "AREA-UNKNOWN" in done.stderr
        assert "Quayside" in done.stderr


def test_a_fault_is_told_and_nothing_is_written(command, tmp_path: Path) -> None:
    done = command("build", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "PATH-MISSING" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_new_then_check_says_what_to_fill_in(command, tmp_path: Path) -> None:
    project = tmp_path / "ours"
    assert command("new", project).returncode == 0
    done = command("check", project)
    assert done.returncode == 2
    assert "areas.csv" in done.stderr
    assert command("new", project).returncode == 2


def test_several_faults_in_one_run(command, demo_project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "broken"
    shutil.copytree(demo_project, copy, ignore=shutil.ignore_patterns("build", ".*"))
    settings = copy / "commonweal.yaml"
    text = settings.read_text(encoding="utf-8").replace("recipe:", "recipies:")
    settings.write_text(text.replace("place:", "plaice:"), encoding="utf-8")
    done = command("build", copy)
    assert done.returncode == 2
    assert "recipies" in done.stderr
    assert "plaice" in done.stderr
    assert "commonweal.yaml:" in done.stderr
    assert not (copy / "build").exists()
