"""OpenEMIS as a ministry runs it: a token for an hour, Laravel pages or a bare list, ids that only lookups explain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, Replay, answer_json

USER, PASSWORD, API_KEY = "clerk", "replay-pass-of-openemis", "replay-api-key-openemis-77"
KEYS = {("openemis", "user"): USER, ("openemis", "password"): PASSWORD, ("openemis", "key"): API_KEY}
TOKEN = "eyJhbGciOiJub25lIn0.replayTokenOfQuenara"
PERIOD = 32
LOOKUPS = {
    "utility-internet-types": {1: "Fibre", 2: "Mobile data", 3: "Satellite"},
    "utility-internet-bandwidths": {1: "2 Mbps", 2: "10 Mbps"},
    "utility-internet-conditions": {1: "Working", 2: "Broken"},
    "utility-electricity-types": {1: "Grid", 2: "Solar panels"},
    "utility-electricity-conditions": {1: "Good", 2: "Not functional"},
    "asset-types": {1: "Desktop computer", 2: "Laptop", 3: "Tablet", 4: "Projector"},
}


@dataclass
class Ways:
    """How this OpenEMIS answers."""

    bare: bool = False  # a bare list in `data`
    granted: int = 100
    tokens_die_after: int | None = None  # requests that a token lives
    locked: tuple[str, ...] = ()  # resources that answer 404
    no_current: bool = False
    nested_set_only: bool = False
    logins: list[str] = field(default_factory=list)
    used: int = 0


def ways(replay: Replay) -> Ways:
    """The ways of the OpenEMIS of this server, to be changed by a test."""
    found: Ways = replay.__dict__.setdefault("openemis", Ways())
    return found


def login(asked: Asked) -> Answer:
    """`POST /login`."""
    given, way = asked.json(), ways(asked.replay)
    if asked.method != "POST":
        return answer_json({"message": "Method not allowed."}, 405)
    if given.get("api_key") != API_KEY:
        return answer_json({"message": "Invalid API key provided."}, 401)
    if (given.get("username"), given.get("password")) != (USER, PASSWORD):
        return answer_json({"error": "Invalid credentials."}, 422)
    way.used = 0
    way.logins.append(f"{TOKEN}.{len(way.logins)}")
    return answer_json({"message": "Successful.", "data": {"token": way.logins[-1], "client_id": 1}, "success": True})


def refused(asked: Asked) -> Answer | None:
    """401 without a token, with an old one, or one that has run out."""
    way = ways(asked.replay)
    given = asked.headers.get("authorization", "").removeprefix("Bearer ")
    way.used += 1
    late = way.tokens_die_after is not None and way.used > way.tokens_die_after
    if not way.logins or given != way.logins[-1] or late:
        return answer_json({"message": "Unauthenticated."}, 401)
    return None


def areas(land: Any) -> list[dict[str, Any]]:
    """The nested set: the country, provinces, districts."""
    rows, edge = [], 0

    def walk(area: Any, parent: int | None, level: int) -> None:
        nonlocal edge
        edge += 1
        row = {"id": area_id(area.code), "code": area.code, "name": area.name, "parent_id": parent, "lft": edge, "area_level_id": level + 1}  # fmt: skip
        rows.append(row)
        for below in land.areas(level + 1) if level < 2 else ():
            if below.parent == area.code:
                walk(below, row["id"], level + 1)
        edge += 1
        row["rght"] = edge

    walk(land.areas(0)[0], None, 0)
    return rows


def area_id(code: str) -> int:
    """A number for each area."""
    return 1 + int(code[2:] or 0)


def institutions(land: Any) -> list[dict[str, Any]]:
    """Schools; coordinates as text, empty, swapped; an office that is no school; a deleted one."""
    rows = []
    for s in land.schools():
        seen = s.seen("emis") or s
        lon, lat = str(seen.lon), str(seen.lat)
        lon, lat = ("", None) if s.number == 12 else (lat, lon) if s.number == 13 else (lon, lat)  # type: ignore[assignment]
        rows.append({"id": 100 + s.number, "name": seen.name, "code": s.govt_id, "longitude": lon, "latitude": lat, "area_id": area_id(s.district), "institution_ownership_id": 1 if s.funding == "public" else 2, "classification": 1, "is_deleted": 0, "date_closed": "2018-06-30" if s.number == 60 else None})  # fmt: skip
    rows.append({**rows[0], "id": 900, "name": "District office", "code": "OFFICE1", "classification": 2})
    rows.append({**rows[0], "id": 901, "name": "Gone School", "code": "GONE1", "is_deleted": 1})
    return rows


def internets(land: Any) -> list[dict[str, Any]]:
    """Several rows a school: fibre that works beside mobile that does not; only broken; of another year."""
    rows: list[dict[str, Any]] = []
    for s in land.schools():
        if s.internet is None:
            continue
        kind = {"fibre": 1, "4g": 2, "satellite": 3, None: 2}[s.connection]
        row = {"institution_id": 100 + s.number, "academic_period_id": PERIOD, "internet_purpose": 1 if s.internet_for_learners else 2, "utility_internet_type_id": kind, "utility_internet_bandwidth_id": 2, "utility_internet_condition_id": 1 if s.internet else 2}  # fmt: skip
        rows.append(row)
        if s.number % 4 == 0:
            rows.append({**row, "utility_internet_type_id": 2, "utility_internet_condition_id": 2})
    rows.append({**rows[0], "institution_id": 112, "academic_period_id": 31})  # last year's: not of the current period
    return [{"id": n, **row} for n, row in enumerate(rows, 1)]


def electricities(land: Any) -> list[dict[str, Any]]:
    """Electricity; one school whose condition nobody told."""
    out = []
    for s in land.schools():
        if s.electricity is not None:
            condition = None if s.number == 5 else 1 if s.electricity else 2
            out.append({"id": s.number, "institution_id": 100 + s.number, "academic_period_id": PERIOD, "utility_electricity_type_id": 1 if s.urban else 2, "utility_electricity_condition_id": condition})  # fmt: skip
    return out


def assets(land: Any) -> list[dict[str, Any]]:
    """One row a device: computers and laptops that work, one broken, a projector, a tablet."""
    rows: list[dict[str, Any]] = []
    for s in land.schools():
        for n in range(min(s.computers or 0, 8)):
            rows.append({"institution_id": 100 + s.number, "asset_type_id": 1 + n % 2, "asset_condition_id": 1})
        if s.computers:
            rows.append({"institution_id": 100 + s.number, "asset_type_id": 1, "asset_condition_id": 2})
            rows.append({"institution_id": 100 + s.number, "asset_type_id": 4, "asset_condition_id": 1})
    rows.append({"institution_id": 103, "asset_type_id": 3, "asset_condition_id": None})
    return [{"id": n, "code": f"A{n}", **row} for n, row in enumerate(rows, 1)]


def summaries(land: Any) -> list[dict[str, Any]]:
    """Learners and teachers."""
    return [
        {"id": s.number, "academic_period_id": PERIOD, "institution_id": 100 + s.number, "institution_code": s.govt_id, "total_students": s.learners, "total_students_female": s.girls, "total_students_male": s.boys, "total_staff_teaching": s.teachers}
        for s in land.schools() if s.girls is not None
    ]  # fmt: skip


def periods(asked: Asked) -> list[dict[str, Any]]:
    """Academic periods."""
    now = 0 if ways(asked.replay).no_current else 1
    return [
        {"id": 31, "code": "2024", "name": "2024", "start_date": "2024-01-08", "end_date": "2024-12-13", "current": 0},
        {"id": PERIOD, "code": "2025", "name": "2025", "start_date": "2025-01-06", "end_date": "2025-12-12", "current": now},
    ]  # fmt: skip


def resource(asked: Asked) -> Answer | None:
    """A list, filtered by `_conditions` and paged."""
    if answer := refused(asked):
        return answer
    assert asked.match is not None
    land, way, name = asked.land or quenara, ways(asked.replay), asked.match[1]
    makers: dict[str, Any] = {"areas": areas, "institutions": institutions, "infrastructure-utility-internets": internets, "infrastructure-utility-electricities": electricities, "institution-assets": assets, "summary-institutions": summaries}  # fmt: skip
    if name in way.locked or (name not in makers and name not in LOOKUPS and name != "academic-periods"):
        return answer_json({"error": "Resource not found."}, 404)
    if name in LOOKUPS:
        rows = [{"id": i, "name": n, "order": i, "visible": 1} for i, n in LOOKUPS[name].items()]
    else:
        rows = periods(asked) if name == "academic-periods" else makers[name](land)
    if name == "areas" and way.nested_set_only:
        rows = [{k: v for k, v in r.items() if k != "parent_id"} for r in rows]
    for one in filter(None, asked.query.get("_conditions", "").split(";")):
        column, _, value = one.partition(":")
        rows = [r for r in rows if str(r.get(column)) == value or column == "is_deleted"]  # some versions ignore it
    limit, page = min(int(asked.query.get("limit", 20)), way.granted), int(asked.query.get("page", 1))
    shown, last = rows[(page - 1) * limit : page * limit], max(1, -(-len(rows) // limit))
    if way.bare:
        return answer_json({"message": "Data retrieved successfully.", "data": shown})
    data = {"current_page": page, "data": shown, "from": 1, "last_page": last, "next_page_url": None if page >= last else "…", "per_page": limit, "to": len(shown), "total": len(rows)}  # fmt: skip
    return answer_json({"message": "Data retrieved successfully.", "data": data})


ROUTES = [(r"(?:/core)?/api/v[45]/login", login), (r"(?:/core)?/api/v[45]/([a-z-]+)", resource)]
