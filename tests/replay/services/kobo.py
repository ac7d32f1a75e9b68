"""KoboToolbox: submissions of one form, paged by `start`; places as one text, latitude first."""

from __future__ import annotations

from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json

KEY = "replay0kobo0token0of0quenara"
KEYS = {("kobo", "key"): KEY}
FORM = "aQuenaraSchools2026"
MOST = 25  # what the server grants a page


def submission(s: Any) -> dict[str, Any]:
    """One school's form, filled on a telephone."""
    return {
        "_id": 5000 + s.number, "_submission_time": "2026-09-30T10:00:00", "_submitted_by": "enumerator.one", "deviceid": "phone-imei-1",
        "school/code": s.govt_id, "school/name": s.name, "school/gps": None if s.number == 12 else f"{s.lat} {s.lon} 12.5 4.9",
        "school/internet": {True: "yes", False: "no", None: "dk"}[s.internet], "school/computers": None if s.computers is None else str(s.computers),
        "head/name_of_head": "Ms Somebody", "head/phone": "0123456", "_geolocation": [s.lat, s.lon], "_attachments": [],
    }  # fmt: skip


def data(asked: Asked) -> Answer | None:
    """`/api/v2/assets/{uid}/data.json`."""
    if asked.headers.get("authorization") != f"Token {KEY}":
        return answer_json({"detail": "Invalid token."}, 401)
    assert asked.match is not None
    if asked.match[1] != FORM:
        return answer_json({"detail": "Not found."}, 404)
    rows = [submission(s) for s in (asked.land or quenara).schools()]
    start, limit = int(asked.query.get("start", 0)), min(int(asked.query.get("limit", 100)), MOST)
    more = f"{asked.replay.url('kobo')}{asked.path}?start={start + limit}" if start + limit < len(rows) else None
    return answer_json({"count": len(rows), "next": more, "previous": None, "results": rows[start : start + limit]})


ROUTES = [(r"/api/v2/assets/([^/]+)/data\.json", data)]
