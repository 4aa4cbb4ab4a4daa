"""Each command as a user meets it: help, exit codes, messages, JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

COMMANDS = ("demo", "new", "check", "build", "audit", "explain", "schema")


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


@pytest.mark.xdist_group("demo")
class TestOnTheDemo:
    def test_check(self, command, demo_project: Path) -> None:
        done = command("check", demo_project)
        assert done.returncode == 0, done.stderr
        assert "No faults found." in done.stdout

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
        assert printed == json.loads((demo_build / "audit.json").read_text(encoding="utf-8"))
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
