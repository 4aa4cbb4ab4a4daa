"""What we promise about the house, a machine keeps: import rules, the public face, error pages."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import commonweal
from commonweal.errors import CODES
from commonweal.model.recipe import METHODS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "commonweal"

#: Package -> what it may import directly; what those may import, it may import too.
RULES = {
    "__main__": {"cli"},
    "cli": {"pipeline", "demo"},
    "demo": {"frameworks", "model"},
    "pipeline": {"project", "sources", "publish"},
    "publish": {"insight"},
    "insight": {"engine"},
    "engine": {"methods", "model"},
    "sources": {"formats", "lock", "methods", "model"},
    "project": {"formats", "frameworks", "model"},
    "frameworks": set(),
    "model": {"errors"},
    "methods": {"errors"},
    "formats": {"errors", "model"},
    "errors": set(),
    "lock": set(),
    "arrays": set(),
    "files": set(),
    "report": set(),
}


def allowed(package: str) -> set[str]:
    found = {package, "errors", "arrays", "files", "report"}
    for direct in RULES[package]:
        found |= allowed(direct)
    return found


def modules() -> Iterator[Path]:
    return (path for path in sorted(SOURCE.rglob("*.py")) if path != SOURCE / "__init__.py")


def package_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The packages of commonweal that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "commonweal":
                names = [f"commonweal.{alias.name}" for alias in node.names]
            else:
                names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith("commonweal."))


@pytest.mark.parametrize("path", list(modules()), ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    wrong = set(imports(path)) - allowed(package_of(path)) - {"__version__"}
    assert not wrong, f"{path.relative_to(SOURCE)} may not import {sorted(wrong)}"


def test_every_package_has_a_rule() -> None:
    assert {package_of(path) for path in modules()} <= set(RULES)


def test_only_a_backend_imports_an_engine() -> None:
    for path in modules():
        if "backends" not in path.parts:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"^\s*(import|from) (duckdb|psycopg|pyspark|py4j)\b", text, re.M), path


def test_the_public_face_can_be_imported() -> None:
    for name in commonweal.__all__:
        assert getattr(commonweal, name) is not None
    assert sorted(commonweal.__all__) == commonweal.__all__


def test_no_public_name_is_also_a_modules_name() -> None:
    names = {path.stem for path in modules()} | {path.name for path in SOURCE.rglob("*") if path.is_dir()}
    # Commands are files named after themselves; nothing imports them from outside cli.
    names -= {path.stem for path in (SOURCE / "cli").glob("*.py")}
    assert not names & set(commonweal.__all__)


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = "import sys, commonweal; print(sorted(set(sys.modules) & {'polars','duckdb','numpy','shapely'}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_every_error_code_has_a_page_and_every_page_a_code() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "errors").glob("*.md")} - {"index"}
    assert pages == set(CODES)


def test_every_error_code_is_raised_in_a_test() -> None:
    tests = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("*.py"))
    assert not [code for code in CODES if code not in tests]


def test_every_error_code_is_used() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in modules() if path.stem != "errors")
    assert not [code for code in CODES if f'"{code}"' not in source]


def test_recipe_families_have_their_methods() -> None:
    """The names a recipe may write are those that methods/ defines."""
    from commonweal.methods import aggregate, impute, normalise, treat, weigh

    families = {
        "impute": impute, "treat": treat, "normalise": normalise, "weigh": weigh, "aggregate": aggregate,
    }  # fmt: skip
    for family, module in families.items():
        assert set(METHODS[family]) == set(module.METHODS), family
