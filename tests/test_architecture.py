"""The house's laws on imports and sizes, read from the syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("geodata", "etl", "dashboard")
MODULES = [
    *sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py")),
    *sorted(ROOT.glob("firstmile*.py")),
]

# Longer than 300 lines, with the reason.
LONG = {
    "geodata/fields.py": "a list of declarations",
    "geodata/policy.py": "a list of declarations",
    "geodata/policyplans.py": "a list of declarations",
    "geodata/costing/items.py": "a list of declarations",
}
# What a room never imports; the front door may use all.
NEVER = {
    "geodata": {"etl", "dashboard", "dash", "requests", "firstmile"},
    "etl": {"dashboard", "dash", "firstmile"},
    "dashboard": {"etl", "requests", "firstmile"},
}
# Who alone may use a library: rooms or modules, by how their name starts.
ONLY = {
    "requests": ("etl/fetching/",),
    "plotly": ("dashboard/figures",),
    "sqlalchemy": ("geodata/store/",),
    "alembic": ("geodata/store/",),
    "sklearn": ("geodata/predict/",),
    "crepes": ("geodata/predict/",),
    "duckdb": ("geodata/filters.py",),
    "numba": ("geodata/kernels.py",),
    "rasterio": ("etl/",),
    "pyogrio": ("etl/", "geodata/exports/"),
    "xlsxwriter": ("etl/", "geodata/exports/"),
    "pptx": ("geodata/exports/",),
    "docx": ("geodata/exports/",),
}
# Rooms that read and write files. The others get frames, or ask one of these.
FILES = ("etl/", "geodata/layers.py", "geodata/store/", "geodata/exports/", "firstmile")
READS_OWN_PARTS = {
    "dashboard/basemap.py": "the world's outline, a browser part",
    "dashboard/replies.py": "hashes of the browser's files, for their addresses",
    "dashboard/tongue.py": "the texts of the browser's own scripts, to bring their translations",
    "dashboard/taking.py": "the export it hands out, written by geodata/exports/ into a folder of its own",
}
TOUCHES = {"read_text", "write_text", "read_bytes", "write_bytes", "to_parquet", "read_parquet", "read_csv", "read_excel", "mkdir", "unlink", "mkstemp"}  # fmt: skip


@cache
def tree_of(path: Path) -> ast.Module:
    """A module's syntax tree, read once for all laws."""
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path, *, at_start: bool = False) -> frozenset[str]:
    """What a module imports; `at_start`: as it is itself imported, not when a function is called or types are checked."""
    tree = tree_of(path)
    found: set[str] = set()
    for node in tree.body if at_start else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def faults(law: Callable[[Path], Iterator[str]]) -> list[str]:
    """What a law finds wrong in any module; one test a law, for a test a module costs more than reading it."""
    return [fault for path in MODULES for fault in law(path)]


def test_who_may_import_whom() -> None:
    def law(path: Path) -> Iterator[str]:
        tops = {module.split(".")[0] for module in imports(path)}
        room = name(path).split("/")[0]
        for top in sorted(tops & NEVER.get(room, set())):
            yield f"{name(path)} imports {top}"
        if room != "dashboard" and any(top.startswith("dash") and top != "dashboard" for top in tops):
            yield f"{name(path)} imports Dash"
        for library in sorted(tops & set(ONLY)):
            if not name(path).startswith(ONLY[library]):
                yield f"{name(path)} imports {library}, which belongs in {', '.join(ONLY[library])}"

    assert faults(law) == []


def test_files_are_touched_in_their_rooms_alone() -> None:
    def law(path: Path) -> Iterator[str]:
        if name(path).startswith(FILES) or name(path) in READS_OWN_PARTS:
            return
        calls = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        touched = {f.attr for f in calls if isinstance(f, ast.Attribute)} & TOUCHES
        touched |= {f.id for f in calls if isinstance(f, ast.Name) and f.id == "open"}
        if touched:
            yield f"{name(path)} touches files: {', '.join(sorted(touched))}"

    assert faults(law) == []


def test_no_import_goes_in_a_circle() -> None:
    names = {name(p).removesuffix(".py").removesuffix("/__init__").replace("/", "."): p for p in MODULES}
    left = {module: imports(path, at_start=True) & set(names) - {module} for module, path in names.items()}
    while free := [module for module, needs in left.items() if not needs & set(left)]:
        for module in free:
            del left[module]
    assert not left, f"these import each other: {', '.join(sorted(left))}"


def test_nothing_private_is_used_by_another_module() -> None:
    def law(path: Path) -> Iterator[str]:
        nodes = list(ast.walk(tree_of(path)))
        taken = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
        desks = {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "desk"}  # fmt: skip
        for private in sorted(n for n in taken | desks if n.startswith("_") and not n.startswith("__")):
            yield f"{name(path)} uses {private}"

    assert faults(law) == []


def test_environment_is_read_only_at_the_entry_points() -> None:
    def law(path: Path) -> Iterator[str]:
        text = path.read_text("utf-8")
        if name(path) not in ("firstmile.py", "dashboard/app.py") and ("os.environ" in text or "getenv(" in text):
            yield name(path)

    assert faults(law) == []


def test_modules_stay_small() -> None:
    def law(path: Path) -> Iterator[str]:
        lines = len(path.read_text("utf-8").splitlines())
        if lines > 300 and name(path) not in LONG:
            yield f"{name(path)} has {lines} lines"

    assert faults(law) == []
