"""Where the numbers of a file come from: the sources behind its columns, their licences, the sentences they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from geodata import disclosure
from geodata.query import Desk

SYNTHETIC = "Synthetic demonstration data"


def _origin(desk: Desk, column: str, what: str) -> tuple[str, ...]:
    declared = desk.atlas.manifest.get("columns", {})
    return tuple(str(text) for text in declared.get(disclosure.base_column(column), {}).get(what, ()))


def column_licences(desk: Desk, column: str) -> tuple[str, ...]:
    """The licences that a column stands under; the manifest gives a derived column those of what it is made from."""
    return _origin(desk, column, "licences")


def column_sources(desk: Desk, column: str) -> tuple[str, ...]:
    """The names of the sources that feed a column, directly or through what it is made from."""
    return _origin(desk, column, "sources")


def attribution(source: dict[str, Any]) -> str:
    """The sentence that a source asks to be shown; else what it is called."""
    said = str(source.get("attribution") or "").strip()
    if said:
        return said if said.endswith(".") else f"{said}."
    named = [str(source.get(key) or "") for key in ("publisher", "title", "date", "licence")]
    return ", ".join(part for part in named if part) + "." if any(named) else ""


def sources_of(desk: Desk, columns: Iterable[str]) -> list[dict[str, Any]]:
    """The sources of the manifest, each with `used_here`: whether it feeds one of the columns (all do where none is known to)."""
    feeding = {name for c in columns for name in column_sources(desk, c)}
    known = desk.atlas.manifest.get("sources", [])
    return [{**source, "used_here": not feeding or source.get("name") in feeding} for source in known]


def under(sources: Sequence[dict[str, Any]]) -> dict[str, str]:
    """`data_licence` and `attribution` of those sources that are used."""
    used = [s for s in sources if s["used_here"]]
    said = list(dict.fromkeys(attribution(s) for s in used))
    return {
        "data_licence": "; ".join(sorted({str(s["licence"]) or "not stated" for s in used})),
        "attribution": " ".join(text for text in said if text),
    }


def stamped(desk: Desk, table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """A table with what every file says of itself, the same in each row: licence, attribution, notice, version of the data.

    `columns`: those that its numbers rest on.
    """
    notice = [f"{SYNTHETIC}."] if desk.atlas.synthetic else []
    notice += filter(None, [desk.kept_back_note, desk.location_note, str(desk.place.get("disclaimer", ""))])
    words = {**under(sources_of(desk, columns)), "notice": " ".join(notice), "data_version": desk.atlas.version}
    return table.assign(**{k: pd.Series(v, index=table.index, dtype="str") for k, v in words.items()})
