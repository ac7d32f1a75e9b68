"""The house's laws on imports and sizes, read from the syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("geodata", "etl", "dashboard")
MODULES = [*sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py")), *sorted(ROOT.glob("firstmile*.py"))]

# Longer than 300 lines, with the reason.
LONG = {
    "geodata/fields.py": "a list of declarations",
    "geodata/policy.py": "a list of declarations",
    "etl/recipe.py": "one model a table of the recipe language",
}


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_who_may_import_whom(path: Path) -> None:
    tops = {module.split(".")[0] for module in imports(path)}
    room = name(path).split("/")[0]
    if room == "geodata":
        assert not tops & {"etl", "dashboard", "dash", "requests", "firstmile"}
    if room == "etl":
        assert not tops & {"dashboard", "dash", "firstmile"}
    if room == "dashboard":
        assert not tops & {"etl", "requests", "firstmile"}
    if "requests" in tops:
        assert name(path) == "etl/source.py"
    if any(top.startswith("dash") and top != "dashboard" for top in tops):
        assert room == "dashboard"
    if "plotly" in tops:
        assert name(path).startswith("dashboard/figures")


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_environment_is_read_only_at_the_entry_points(path: Path) -> None:
    if name(path) in ("firstmile.py", "dashboard/app.py"):
        return
    text = path.read_text("utf-8")
    assert "os.environ" not in text
    assert "getenv(" not in text


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_stay_small(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= 320 or name(path) in LONG, f"{name(path)} has {lines} lines"
