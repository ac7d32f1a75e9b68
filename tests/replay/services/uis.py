"""UNESCO's data API: definitions, releases, records; too much at once is 400, a long address 414, unknown codes are hints."""

from __future__ import annotations

from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json, answer_text

VERSION = "20260507-91260335"
MOST_RECORDS, MOST_CODES = 100_000, 400  # a test lowers them
NAMES = {
    "WINTERN": "access to Internet for pedagogical purposes", "WELEC": "access to electricity",
    "WCOMPUT": "access to computers for pedagogical purposes", "WWASH": "basic handwashing facilities",
}  # fmt: skip
LEVELS = {"1": "primary", "2": "lower secondary", "3": "upper secondary", "2T3": "secondary"}
OTHERS = {"CR.1": "Completion rate, primary (%)", "SCHBSPX.1": "Not of this family"}


def codes(land: Any) -> dict[str, str]:
    """Code → title of every indicator that the service defines; one has a level that nobody foresaw, one an unknown end."""
    own = {*land.UIS, "SCHBSP.2T3.WWASH", "SCHBSP.1.WNEWTHING"}
    named = {}
    for code in own:
        _, level, end = code.split(".")
        what = NAMES.get(end, "a service that is new")
        named[code] = f"Proportion of {LEVELS[level]} schools with {what} (%)"
    return {**named, **OTHERS}


def record(code: str, year: int, value: float | None, land: Any) -> dict[str, Any]:
    """A record; what is not known has a magnitude, an estimate a qualifier."""
    estimate = "UIS_EST" if (code, year) == ("SCHBSP.1.WINTERN", 2023) else None
    return {
        "indicatorId": code, "geoUnit": land.ISO3, "year": year, "value": value,
        "magnitude": "NA" if value is None else None, "qualifier": estimate,
    }  # fmt: skip


def data(asked: Asked) -> Answer:
    """`/api/public/data/indicators`."""
    land = asked.land or quenara
    wanted = asked.queries.get("indicator", [])
    if len(wanted) > MOST_CODES:
        return answer_text("<html>414 Request-URI Too Large</html>", "text/html", 414)
    known = codes(land)
    first, last = int(asked.query.get("start", 1970)), int(asked.query.get("end", 2100))
    rows = [
        record(code, year, value, land)
        for code in wanted
        for year, value in land.UIS.get(code, {}).items()
        if first <= year <= last and land.ISO3 in asked.queries.get("geoUnit", [])
    ]
    if len(rows) > MOST_RECORDS:
        said = f"Too much data requested ({len(rows)} records)"
        return answer_json({"message": said, "error": "Bad Request", "statusCode": 400}, 400)
    hints = [{"code": "UIS::HINT::001", "message": f"Indicator not found: {c}"} for c in wanted if c not in known]
    return answer_json({"hints": hints, "records": rows, "indicatorMetadata": []})


def definitions(asked: Asked) -> Answer:
    """`/api/public/definitions/indicators`."""
    land = asked.land or quenara
    return answer_json(
        [{"indicatorCode": c, "name": n, "theme": "EDUCATION", "lastDataUpdate": "2026-03-01"} for c, n in codes(land).items()]
    )  # fmt: skip


def version(_: Asked) -> Answer:
    """`/api/public/versions/default`."""
    return answer_json({"version": VERSION, "publicationDate": "2026-05-07T00:00:00Z", "description": ""})


ROUTES = [
    (r"/api/public/data/indicators", data),
    (r"/api/public/definitions/indicators", definitions),
    (r"/api/public/versions/default", version),
]
