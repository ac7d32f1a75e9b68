"""What is known of one school beyond its own row: its arithmetic, neighbours, disagreements and findings.

Everything as plain values; only what the desk's tier may see.
"""

from __future__ import annotations

from typing import Any

from dashboard.ranking import whole
from geodata import disclosure
from geodata.answers import plain_rows
from geodata.explain import Explanation, explain_row
from geodata.policy import Policy
from geodata.query import Desk
from geodata.say import remembered
from geodata.spatial import distance
from geodata.view import View

NEIGHBOUR = ("school_id", "school_name", "has_internet_for_learners", "num_students", "tier", "priority_rank")


def explanation(desk: Desk, school_id: str, policy: Policy) -> Explanation:
    """How the school came to its score, group and list under a policy."""
    return explain_row(desk.scoring(policy), position(desk, school_id), policy)


def position(desk: Desk, school_id: str) -> int:
    """Position of a school in the desk's tables."""
    return int((whole(desk)["school_id"].to_numpy() == school_id).argmax())


def neighbours(desk: Desk, school: dict[str, Any], view: View, many: int = 5) -> list[dict[str, Any]]:
    """The nearest schools with their distance in metres; none where this tier may not see points or there is no location."""
    latitude, longitude = school.get("latitude"), school.get("longitude")
    if latitude is None or longitude is None or not desk.locations.exact:
        return []
    others = desk.schools[["school_id", "latitude", "longitude"]].dropna()
    others = others[others["school_id"] != school["school_id"]]
    metres = distance(others["latitude"], others["longitude"], latitude, longitude)
    near = metres.argsort(kind="stable")[:many]
    ids = others["school_id"].iloc[near].tolist()
    return [{**desk.school(i, view, NEIGHBOUR), "distance_m": float(metres[k])} for i, k in zip(ids, near, strict=True)]


def conflicts(desk: Desk, school_id: str) -> list[dict[str, Any]]:
    """Values on which two sources disagree: column, kept, kept_source, other, other_source, rule."""
    return [row for row in _of_school(desk, "conflicts", school_id) if row["column"] in desk.columns]


def months(desk: Desk, school_id: str, indicators: tuple[str, ...]) -> list[dict[str, Any]]:
    """What a school's series says of these indicators, month by month: indicator, date, value, known, unknown."""
    rows = [
        r for r in _of_school(desk, "series", school_id) if r["indicator"] in indicators and len(str(r["date"])) == 7
    ]
    return sorted(rows, key=lambda r: (str(r["date"]), str(r["indicator"])))


def findings(desk: Desk, school_id: str) -> list[dict[str, Any]]:
    """What the checks say about the school, and which values could not be used: check, severity, reason.

    A reason may repeat the value in doubt, so that one stands only where the tier may see its column (and a location
    as it was written only where it may see the exact point).
    """
    found = _of_school(desk, "findings", school_id)
    return [row for row in found if disclosure.may_tell(str(row["check"]), desk.tier, desk.risk) and _seen(desk, row)]


def links(desk: Desk, school_id: str) -> list[dict[str, Any]]:
    """The schools of other sources that this one was linked with, where this tier may see names at all."""
    if "school_name" not in desk.columns or not desk.one_by_one:
        return []
    return [row for row in _of_school(desk, "links", school_id) if row["outcome"] == "linked"]


def _seen(desk: Desk, row: dict[str, Any]) -> bool:
    column = row.get("column")
    if not isinstance(column, str):
        return True
    return column in desk.columns and (desk.locations.exact or column not in ("latitude", "longitude"))


def fed(desk: Desk, school: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    """Source and date of each column by the manifest; the school's own register where it is among them."""
    manifest = desk.atlas.manifest
    dates = {str(s.get("name")): s.get("date") for s in manifest.get("sources") or []}
    out: dict[str, tuple[str | None, str | None]] = {}
    for column, told in (manifest.get("columns") or {}).items():
        names = [str(name) for name in told.get("sources", [])]
        own = school.get("source_name")
        name = own if own in names else "; ".join(names)
        out[column] = (name or None, dates.get(str(name)) or None)
    return out


def _of_school(desk: Desk, layer: str, school_id: str) -> list[dict[str, Any]]:
    table = _layer(desk, layer)
    return [] if table is None else plain_rows(table[table["school_id"] == school_id])


@remembered(maxsize=8)
def _layer(desk: Desk, layer: str) -> Any:
    return desk.atlas.read(layer) if desk.atlas.has(layer) else None
