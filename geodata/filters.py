"""A view as parameterised SQL: which schools, in which order. Values are always parameters, never part of the text.

Column names come from the declared tables alone and stand quoted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from geodata.fields import FIELDS
from geodata.text import fold
from geodata.view import UNKNOWN, View

FOLDED = "folded_text"
POSITION = "position_in_layer"


@dataclass(frozen=True)
class Question:
    """One SELECT over the table `schools`: its text, its parameters, and the columns that it reads."""

    sql: str
    parameters: tuple[Any, ...]
    columns: tuple[str, ...]


def question(view: View, area_columns: Sequence[str]) -> Question:
    """The SELECT of positions for a view. `area_columns` are the id columns that `area=` may match, none for the whole place."""
    parts: list[tuple[str, tuple[Any, ...]]] = []
    if view.area and area_columns:
        parts.append((" OR ".join(f'"{c}" = ?' for c in area_columns), (view.area,) * len(area_columns)))
    parts += [_among(name, values) for name, values in view.among]
    parts += [(f'"{name}" >= ?', (value,)) for name, value in view.at_least]
    parts += [(f'"{name}" <= ?', (value,)) for name, value in view.at_most]
    if text := fold(view.text):
        parts.append((f"contains({FOLDED}, ?)", (text,)))
    if view.ids:
        parts.append(("school_id IN (SELECT unnest(?::VARCHAR[]))", (list(view.ids),)))
    where = " AND ".join(f"({sql})" for sql, _ in parts) or "TRUE"
    direction = "DESC" if view.descending else "ASC"
    key = f'strip_accents(lower("{view.sort}"))' if FIELDS[view.sort].kind == "text" else f'"{view.sort}"'
    sql = f"SELECT {POSITION} FROM schools WHERE {where} ORDER BY {key} {direction} NULLS LAST, school_id"
    return Question(sql, tuple(p for _, ps in parts for p in ps), _columns(view, area_columns))


def _columns(view: View, area_columns: Sequence[str]) -> tuple[str, ...]:
    named = [name for pairs in (view.among, view.at_least, view.at_most) for name, _ in pairs]
    areas = area_columns if view.area else ()
    return tuple(dict.fromkeys([POSITION, "school_id", *areas, *named, *([FOLDED] if view.text else []), view.sort]))


def _among(name: str, values: Sequence[str]) -> tuple[str, tuple[Any, ...]]:
    known = [value for value in values if value != UNKNOWN]
    parts = [f'"{name}" IS NULL'] if UNKNOWN in values else []
    if FIELDS[name].kind == "yesno":
        return " OR ".join([*parts, *[f'"{name}" = ?'] * len(known)]), tuple(value == "yes" for value in known)
    if known:
        parts.append(f'list_contains(?::VARCHAR[], "{name}")')
    return " OR ".join(parts), (known,) if known else ()


class Engine:
    """An in-memory DuckDB without files, network or extensions; each ask has a cursor of its own, so threads may share it."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(
            config={
                "enable_external_access": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "threads": 2,
            }
        )

    def positions(self, asked: Question, table: pa.Table) -> np.ndarray:
        """Positions (int64) of the rows that a question selects, in its order."""
        cursor = self._connection.cursor()
        try:
            cursor.register("schools", table)
            found = cursor.execute(asked.sql, list(asked.parameters)).fetchnumpy()[POSITION]
            return np.asarray(found, dtype=np.int64)
        finally:
            cursor.close()
