"""DHIS2 as a ministry of education runs it: units by level, a census with values as text, refusals as the real one has them.

A test changes how it answers through `ways(replay)`: version, page size that is granted, what is too large at once.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.replay import land as quenara
from tests.replay.server import HTML, Answer, Asked, Replay, answer_json, redirect

TOKEN = "d2pat_REPLAYtokenOfQuenara0123456789"
USER, PASSWORD = "clerk", "replay-pass-word-of-dhis2"
KEYS = {("dhis2", "token"): TOKEN}
LEVELS = {1: "Country", 2: "Province", 3: "District", 4: "School", 5: "Class"}
GROUPS = {"gpPublic001": "Government schools", "gpPrivate01": "Private schools"}
CENSUS, OTHER = "dsCensus001", "dsHealth001"
ELEMENTS = {
    "deLearners1": ("Learners enrolled", "INTEGER_POSITIVE"),
    "deComputer1": ("Working computers", "INTEGER_ZERO_OR_POSITIVE"),
    "deInternet1": ("Does the school have internet?", "BOOLEAN"),
    "deElectric1": ("Connected to electricity", "TRUE_ONLY"),
    "dePowerSrc1": ("Main source of power", "TEXT"),
    "deSpeedKb01": ("Contracted speed (kbps)", "NUMBER"),
    "deTeachers1": ("Teachers", "NUMBER"),
    "deWaterSrc1": ("Drinking water", "TEXT"),
}
GIRLS, BOYS, ALL, DESK, LAP = "cocGirls001", "cocBoys0001", "cocDefault1", "cocDesktop1", "cocLaptop01"


@dataclass
class Ways:
    """How this DHIS2 answers."""

    version: str = "2.41.3"
    calendar: str = "iso8601"
    granted: int = 1000  # page size that is granted whatever is asked for
    most_schools: int | None = None  # more below one unit → 504
    login_page: bool = False
    seen: str = "XQ"  # the unit that the user sees, with all below
    denied: bool = False  # no read right on the census
    analytics: int | None = None  # rows that one answer of the nightly tables may have; None: not allowed either
    hidden_total: int = 0  # how many more the total promises
    since: dict[tuple[str, str, str], str | None] = field(default_factory=dict)  # later values; None: deleted
    asked_since: list[str] = field(default_factory=list)


def ways(replay: Replay) -> Ways:
    """The ways of the DHIS2 of this server, to be changed by a test."""
    found: Ways = replay.__dict__.setdefault("dhis2", Ways())
    return found


def uid(code: str | int) -> str:
    """An id as DHIS2 makes them: 11 letters and figures, the first a letter."""
    return f"Sch{code:08d}" if isinstance(code, int) else f"U{code.lower():x<10}"


def tree(asked: Asked) -> list[dict[str, Any]]:
    """All units that the user sees, with their level and path."""
    way = ways(asked.replay)
    return _tree(asked.land or quenara, way.seen, way.version.startswith("2.31"))


@cache
def _tree(land: Any, sees: str, old: bool) -> list[dict[str, Any]]:
    rows = []
    for level in (0, 1, 2):
        for area in land.areas(level):
            codes = [area.code[:n] for n in (2, 4, 6) if n <= len(area.code)]
            rows.append(_unit(area.code, area.name, level + 1, codes, {"geometry": area.geometry}))
    for school in land.schools():
        seen = school.seen("dhis2")
        if seen is not None:
            codes = [seen.district[:2], seen.district[:4], seen.district, seen.number]
            rows.append({**_unit(seen.number, seen.name, 4, codes, {}), **_school(seen)})
            if seen.number % 20 == 0:  # classes below a school: the deepest level is not the schools'
                rows.append(_unit(f"{seen.number}cls", "Class A", 5, [*codes, f"{seen.number}cls"], {}))
    above = {uid(sees[:n]) for n in (2, 4)}
    mine = [r for r in rows if uid(sees) in r["path"].split("/") or r["id"] in above]
    return [_old(r) for r in mine] if old else mine


def _unit(code: str | int, name: str, level: int, codes: list[str | int], more: dict[str, Any]) -> dict[str, Any]:
    path = "/" + "/".join(uid(c) for c in codes)
    parent = {"parent": {"id": uid(codes[-2])}} if len(codes) > 1 else {}
    return {"id": uid(code), "code": str(code), "name": name, "level": level, "path": path, **parent, **more}


def _school(s: Any) -> dict[str, Any]:
    """What a school has beside: places of every kind, groups, attributes, closing dates; faults as the real ones."""
    place: Any = {"type": "Point", "coordinates": [s.lon, s.lat]}
    if s.number == 12:
        place = None
    elif s.number == 15:
        x, y = s.lon, s.lat
        ring = [[x - 0.001, y - 0.001], [x + 0.001, y - 0.001], [x + 0.001, y + 0.001], [x - 0.001, y + 0.001], [x - 0.001, y - 0.001]]  # fmt: skip
        place = {"type": "Polygon", "coordinates": [ring]}
    out = {
        "code": None if s.number == 7 else s.govt_id, "geometry": place, "openingDate": "1995-01-01T00:00:00.000",
        "organisationUnitGroups": [{"id": f"gp{'Public001' if s.funding == 'public' else 'Private01'}", "name": GROUPS[f"gp{'Public001' if s.funding == 'public' else 'Private01'}"]}],
        "attributeValues": [] if s.number == 9 else [{"value": f"XQ-{s.govt_id}", "attribute": {"id": "attEmisNo01", "code": "EMIS_NO", "name": "EMIS number"}}, {"value": s.giga_id, "attribute": {"id": "attGigaId01", "code": "GIGA_ID", "name": "Giga id"}}],
    }  # fmt: skip
    if s.number == 60:
        out["closedDate"] = "2019-12-31T00:00:00.000"
    if s.number == 59:
        out["closedDate"] = "2031-12-31T00:00:00.000"
    return out


def _old(row: dict[str, Any]) -> dict[str, Any]:
    """As version 2.31 writes places: text."""
    place = row.pop("geometry", None)
    if place:
        kind = {"Point": "POINT", "Polygon": "POLYGON", "MultiPolygon": "MULTI_POLYGON"}[place["type"]]
        row |= {"featureType": kind, "coordinates": str(place["coordinates"]).replace("(", "[").replace(")", "]")}
    return {**row, "featureType": row.get("featureType", "NONE")}


def refused(asked: Asked) -> Answer | None:
    """401 for a wrong key, or (older versions) the log-in page."""
    given = asked.headers.get("authorization", "")
    basic = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if given in (f"ApiToken {TOKEN}", basic):
        return None
    if ways(asked.replay).login_page:
        return redirect(f"{asked.replay.url('dhis2')}/dhis-web-commons/security/login.action")
    return answer_json(
        {"httpStatus": "Unauthorized", "httpStatusCode": 401, "status": "ERROR", "message": "Unauthorized"}, 401
    )


def login_page(_: Asked) -> Answer:
    """What a browser would show."""
    return Answer(HTML, 200, {"Content-Type": "text/html;charset=UTF-8"})


def conflict(message: str, code: str) -> Answer:
    """A refusal in DHIS2's words."""
    said = {"httpStatus": "Conflict", "httpStatusCode": 409, "status": "ERROR", "message": message, "errorCode": code}
    return answer_json(said, 409)


def info(asked: Asked) -> Answer:
    """`system/info`."""
    way = ways(asked.replay)
    return refused(asked) or answer_json({"version": way.version, "serverDate": "2026-11-01T07:00:00.000", "calendar": way.calendar, "lastAnalyticsTableSuccess": "2026-10-31T23:00:00.000"})  # fmt: skip


def me(asked: Asked) -> Answer:
    """`me`: what the user sees."""
    seen = ways(asked.replay).seen
    units = [{"id": uid(seen), "name": "Quenara" if seen == "XQ" else seen, "level": len(seen) // 2}] if seen else []
    return refused(asked) or answer_json({"id": "usClerk0001", "username": USER, "organisationUnits": units})


def levels(asked: Asked) -> Answer:
    """`organisationUnitLevels`."""
    rows = [{"level": n, "name": name} for n, name in LEVELS.items()]
    return refused(asked) or answer_json({"organisationUnitLevels": rows})


def groups(asked: Asked) -> Answer:
    """`organisationUnitGroups`."""
    return refused(asked) or answer_json({"organisationUnitGroups": [{"id": i, "name": n} for i, n in GROUPS.items()]})


def units(asked: Asked) -> Answer:
    """`organisationUnits`, filtered and paged."""
    if answer := refused(asked):
        return answer
    rows = list(tree(asked))
    for one in asked.queries.get("filter", []):
        name, rule, value = one.split(":")
        if name == "level":
            rows = [r for r in rows if (r["level"] == int(value) if rule == "eq" else r["level"] < int(value))]
        elif name == "organisationUnitGroups.id":
            rows = [r for r in rows if value in [g["id"] for g in r.get("organisationUnitGroups", [])]]
    rows.sort(key=lambda r: r["id"])
    way = ways(asked.replay)
    size, page = min(int(asked.query.get("pageSize", 50)), way.granted), int(asked.query.get("page", 1))
    count = max(1, -(-len(rows) // size))
    pager = {"page": page, "total": len(rows) + way.hidden_total, "pageSize": size, "pageCount": count}
    if page < count:
        pager["nextPage"] = f"{asked.replay.url('dhis2')}/api/organisationUnits?page={page + 1}"  # type: ignore[assignment]
    return answer_json({"pager": pager, "organisationUnits": rows[(page - 1) * size : page * size]})


def data_sets(asked: Asked) -> Answer:
    """`dataSets` with their elements."""
    elements = [{"dataElement": {"id": i, "code": None, "name": n, "valueType": k, "aggregationType": "SUM", "categoryCombo": {"id": "ccDefault01", "name": "default"}}} for i, (n, k) in ELEMENTS.items()]  # fmt: skip
    rows = [
        {"id": CENSUS, "name": "Annual school census", "periodType": "Yearly", "dataSetElements": elements},
        {"id": OTHER, "name": "School feeding", "periodType": "Monthly", "dataSetElements": [{"dataElement": {"id": "deMeals0001", "name": "Meals served", "valueType": "NUMBER"}}]},
    ]  # fmt: skip
    return refused(asked) or answer_json({"dataSets": rows})


def cells(s: Any, year: str) -> list[tuple[str, str, str]]:
    """Element, part and value of what a school answered in a year: all as text, nothing where it said nothing."""
    if year not in ("2024", "2025"):
        return []
    older = year == "2024"
    if (older and s.number % 3) or (not older and s.girls is None):
        return []
    out = [("deLearners1", GIRLS, str(s.girls or 10)), ("deLearners1", BOYS, str(s.boys or 12)), ("deTeachers1", ALL, f"{s.teachers or 2}.0")]  # fmt: skip
    if s.computers is not None:
        laptops = s.computers // 3
        out += [("deComputer1", DESK, str(s.computers - laptops)), ("deComputer1", LAP, f"{laptops}.0")]
    if s.internet is not None:
        out.append(("deInternet1", ALL, "true" if s.internet else "false"))
    if s.electricity:
        out += [("deElectric1", ALL, "true"), ("dePowerSrc1", ALL, "GRID" if s.urban else "SOLAR")]
    if s.down:
        out.append(("deSpeedKb01", ALL, str(int(s.down * 1000))))
    return out


def values(asked: Asked) -> Answer:
    """`dataValueSets`: a data set, a time and a unit are required; nothing is `{}`; too much at once is 504."""
    if answer := refused(asked):
        return answer
    way, land = ways(asked.replay), asked.land or quenara
    if not asked.queries.get("dataSet"):
        return conflict("At least one data set, data element or data element group must be specified", "E2001")
    if not asked.queries.get("period"):
        return conflict("At least one valid period, start/end dates, last updated or last updated duration must be specified", "E2002")  # fmt: skip
    if way.denied:
        return conflict("User is not allowed to read data for data set: dsCensus001", "E2010")
    below = [r for r in tree(asked) if asked.query["orgUnit"] in r["path"].split("/")]
    if way.most_schools is not None and sum(r["level"] == 4 for r in below) > way.most_schools:
        return answer_json({"httpStatus": "Gateway Time-out"}, 504)
    there = {r["id"] for r in below}
    since = asked.query.get("lastUpdated")
    way.asked_since += [since] if since else []
    rows = [
        _value(element, year, uid(s.number), part, value)
        for s in land.schools()
        for year in asked.queries["period"]
        for element, part, value in cells(s, year)
        if uid(s.number) in there and not since and CENSUS in asked.queries["dataSet"]
    ]
    if not since and CENSUS in asked.queries["dataSet"] and uid("20cls") in there and "2025" in asked.queries["period"]:
        rows.append(_value("deLearners1", "2025", uid("20cls"), GIRLS, "9"))
    if since:
        for (element, unit, part), value in way.since.items():
            rows.append({**_value(element, "2025", unit, part, value or "0"), **({} if value else {"deleted": True})})
    return answer_json({"dataValues": rows} if rows else {})


def analytics(asked: Asked) -> Answer:
    """`analytics/dataValueSet`: sums of the night before; zeros and parts are gone, too many rows are E7128."""
    way, land = ways(asked.replay), asked.land or quenara
    if answer := refused(asked):
        return answer
    if way.analytics is None:
        return conflict("User is not allowed to view data", "E7120")
    named = dict(d.split(":", 1) for d in asked.queries["dimension"])
    level, unit = named["ou"].split(";")
    there = {r["id"] for r in tree(asked) if unit in r["path"].split("/") and f"LEVEL-{r['level']}" == level}
    rows = []
    for s in land.schools():
        for year in named["pe"].split(";"):
            for element in named["dx"].split(";"):
                total = sum(float(v) for e, _, v in cells(s, year) if e == element)
                if uid(s.number) in there and total:
                    rows.append(
                        {"dataElement": element, "period": year, "orgUnit": uid(s.number), "value": f"{total:.1f}"}
                    )
    if len(rows) > way.analytics:
        return conflict("Query result set exceeded max limit", "E7128")
    return answer_json({"dataValues": rows})


def _value(element: str, year: str, unit: str, part: str, value: str) -> dict[str, Any]:
    return {"dataElement": element, "period": year, "orgUnit": unit, "categoryOptionCombo": part, "attributeOptionCombo": ALL, "value": value, "storedBy": "head.teacher", "lastUpdated": "2026-01-10T10:00:00.000", "followup": False}  # fmt: skip


API = r"(?:/emis)?/api/"
ROUTES = [
    (API + r"system/info", info),
    (API + r"me", me),
    (API + r"organisationUnitLevels", levels),
    (API + r"organisationUnitGroups", groups),
    (API + r"organisationUnits", units),
    (API + r"dataSets", data_sets),
    (API + r"dataValueSets\.json", values),
    (API + r"analytics/dataValueSet\.json", analytics),
    (r"/dhis-web-commons/security/login\.action", login_page),
]
