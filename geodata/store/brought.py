"""Countries that were brought in the browser and are shown beside those that a server was started with."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from filelock import FileLock

from geodata.store.uploads import shelf_of

LIST = "served.json"
MOST = 30


def names(beside: Path, tier: str) -> list[str]:
    """The names of their folders, beside some built data, in the order in which they came; those brought on this tier
    alone, so that what came to a government's server is not on a public one by itself."""
    return [name for name, seen in _read(beside).items() if seen == tier][:MOST]


def show(beside: Path, name: str, tier: str) -> None:
    """Show one more from now on, to visitors of a tier."""
    _change(beside, {name: tier})


def hide(beside: Path, name: str) -> None:
    """Show one no more; its data stay on the disk."""
    _change(beside, {name: ""})


def _read(beside: Path) -> dict[str, str]:
    try:
        found = json.loads((shelf_of(beside) / LIST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    plain = found.items() if isinstance(found, dict) else ()
    return {str(n): str(t) for n, t in plain if n and Path(n).name == n and n not in (".", "..")}


def _change(beside: Path, values: dict[str, str]) -> None:
    shelf = shelf_of(beside)
    with FileLock(shelf / ".served", timeout=20):
        wanted = {name: tier for name, tier in {**_read(beside), **values}.items() if tier}
        part = shelf / f".{LIST}.{secrets.token_hex(4)}"
        part.write_text(json.dumps(wanted, ensure_ascii=False), "utf-8")
        os.replace(part, shelf / LIST)
