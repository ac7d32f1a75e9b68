"""Which code acted: a hash of the program's own sources, for the trail."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def code_version() -> str:
    """Sixteen hexadecimal digits over every module of the program, in a stable order."""
    digest = sha256()
    packages = [p for name in ("geodata", "etl", "dashboard") for p in (ROOT / name).rglob("*.py")]
    for path in sorted([*packages, *ROOT.glob("firstmile*.py")]):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
