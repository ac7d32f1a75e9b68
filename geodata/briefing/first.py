"""What comes first: areas by learners without, schools by their rank with its band and reasons (methods 8.1, item 6)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geodata.briefing import said
from geodata.briefing.parts import First
from geodata.briefing.scope import Scope
from geodata.say import told, tr, written

MOST = 6
REASONS = 3
COLUMNS = ("school_id", "school_name", "admin1", "admin2", "admin3", "admin4", "num_students", "priority_rank", "rank_low", "rank_high", "priority_reasons")  # fmt: skip


def first_schools(scope: Scope, most: int = MOST) -> tuple[First, ...]:
    """The schools that stand first in the list of the scope; none where schools are not shown one by one."""
    if not scope.desk.one_by_one or not scope.schools or scope.schools != scope.schools:
        return ()
    names = [c for c in COLUMNS if c in scope.desk.columns or c.startswith(("priority_", "rank_"))]
    rows = scope.desk.frame(scope.view, names, 0, most)
    rows = rows[rows["priority_rank"].notna()] if "priority_rank" in rows else rows.iloc[:0]
    return tuple(_school(scope, row) for row in rows.to_dict("records"))


def _school(scope: Scope, row: dict[Any, Any]) -> First:
    reasons = [part for part in str(row.get("priority_reasons") or "").split("; ") if part]
    places = [str(row[c]) for c in ("admin4", "admin3", "admin2", "admin1") if c in row and not pd.isna(row[c])]
    inside = scope.desk.places.names.get(scope.area, "")
    where = [p for p in dict.fromkeys(places) if p != inside]
    count = row.get("num_students", float("nan"))
    return First(
        key=str(row["school_id"]),
        name=str(row["school_name"]) if not pd.isna(row.get("school_name")) else str(row["school_id"]),
        band=said.rank_band(row.get("rank_low"), row.get("rank_high"), row.get("priority_rank")),
        where=", ".join(where[:2]),
        learners=said.exact(float(count)) if not said.unknown(count) else said.not_reported(),
        why=said.capital("; ".join(told(r) for r in reasons[:REASONS])) if reasons else "",
        number=float(row["priority_rank"]),
    )


def first_areas(scope: Scope, most: int = MOST) -> tuple[First, ...]:
    """The areas inside with the most learners (or schools) known to be without usable internet, most first."""
    table = scope.parts
    if table.empty:
        return ()
    name = scope.shown
    known, value = pd.to_numeric(table[f"{name}_known"]), pd.to_numeric(table[name])
    table = table.assign(
        _least=known * (1 - value), _most=known * (1 - value) + pd.to_numeric(table[f"{name}_unknown"])
    )
    table = table[table["_least"].gt(0)].sort_values(["_least", "name"], ascending=[False, True], kind="stable")
    return tuple(_area(scope, name, row, n) for n, row in enumerate(table.head(most).to_dict("records"), 1))


def _area(scope: Scope, name: str, row: dict[Any, Any], place: int) -> First:
    m = scope.measure(name, pd.Series(row))
    least, most = float(row["_least"]), float(row["_most"])
    count = said.exact(least) if round(least) == round(most) else tr("{low} to {high}", low=said.exact(least), high=said.exact(most))  # fmt: skip
    reach = said.between(1 - m.high, 1 - m.low)
    share = said.share_said(1 - m.value)
    why = tr("{share} ({range})", share=share, range=reach) if reach else share
    return First(str(row["area_id"]), str(row["name"]), written(place), "", count, why, least)


def first_note(scope: Scope, rows: tuple[First, ...]) -> str:
    """What the bands mean; nothing where no school is shown."""
    if not rows:
        return ""
    return tr("Rank in all of {place}, as a band: where the school lands in 9 of 10 draws of weights and unknown data.", place=scope.desk.atlas.name)  # fmt: skip
