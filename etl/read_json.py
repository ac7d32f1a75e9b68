"""JSON that is a table: a list of records, bare or in an envelope (KoboToolbox, ODK, and most services)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.errors import SourceError

ENVELOPES = ("results", "value", "data", "records", "items", "rows")
DEEPEST = 8


def read_records(content: bytes, path: Path) -> tuple[list[str], pd.DataFrame, list[str]] | None:
    """Column names, all rows as text and notes; None where the JSON is no list of records (GeoJSON, say).

    Groups become names parted by `/`, as KoboToolbox writes them; lists (repeats, attachments) are left out and said.
    """
    try:
        value = json.loads(content.decode("utf-8-sig"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and not str(value.get("type", "")).startswith("Feature"):
        value = next((value[name] for name in ENVELOPES if isinstance(value.get(name), list)), None)
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
        return None
    rows, lists = flattened(value)
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        raise SourceError(f"{path.name} has records, but nothing in them that is a value.")
    frame = pd.DataFrame([[row.get(n) for n in names] for row in rows], columns=range(len(names)), dtype="str")
    notes = [f"{path.name}: JSON read as a table of {len(rows):,} records."]
    notes += [f"{path.name}: lists within records are left out: {', '.join(sorted(lists)[:8])}."] if lists else []
    return names, frame.mask(frame == ""), notes


def flattened(records: list[dict[str, Any]]) -> tuple[list[dict[str, str]], set[str]]:
    """Each record as names and texts, groups parted by `/`; and the names of lists that are left out."""
    rows, lists = [], set[str]()
    for record in records:
        flat: dict[str, str] = {}
        _flatten(record, "", flat, lists, 0)
        rows.append(flat)
    return rows, lists


def _flatten(value: dict[str, Any], before: str, out: dict[str, str], lists: set[str], depth: int) -> None:
    for key, item in value.items():
        name = f"{before}{key}"
        if isinstance(item, dict):
            if depth < DEEPEST:
                _flatten(item, f"{name}/", out, lists, depth + 1)
        elif isinstance(item, list):
            lists.add(name)
        elif item is not None:
            out[name] = ("true" if item else "false") if isinstance(item, bool) else _text(item)


def _text(item: Any) -> str:
    """Numbers in their shortest exact form."""
    return str(int(item)) if isinstance(item, float) and item.is_integer() and abs(item) < 2**53 else str(item)
