"""HDX HAPI: conflict events by district and month, paged by offset; without an application identifier it is 403."""

from __future__ import annotations

from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json

IDENTIFIER = "Zmlyc3QtbWlsZTp0ZXN0QGV4YW1wbGUub3Jn"
KEYS = {"hapi": IDENTIFIER}
PAGE = 10_000  # a test lowers it together with the connector's


def rows(land: Any) -> list[dict[str, Any]]:
    """Fourteen months in two districts; one count of deaths is not known; the country as a whole stands there too."""
    out = []
    for district in [a.code for a in land.areas(2)][:2]:
        for month in range(14):
            year, m = divmod(2025 * 12 + 8 + month, 12)
            base = {
                "resource_hdx_id": "0", "location_code": land.ISO3, "admin1_code": district[:4], "admin2_code": district, "admin_level": 2,
                "reference_period_start": f"{year}-{m + 1:02d}-01T00:00:00", "reference_period_end": f"{year}-{m + 1:02d}-28T23:59:59",
            }  # fmt: skip
            out.append(
                {**base, "event_type": "political_violence", "events": 2, "fatalities": None if month == 13 else 1}
            )
            out.append({**base, "event_type": "civilian_targeting", "events": 1, "fatalities": 0})
    whole = {**out[0], "admin_level": 0, "admin1_code": None, "admin2_code": None, "events": 999}
    return [*out, whole]


def events(asked: Asked) -> Answer:
    """`/api/v2/coordination-context/conflict-events`."""
    if asked.headers.get("x-hdx-hapi-app-identifier") != IDENTIFIER:
        return answer_json({"detail": "Invalid app_identifier in request"}, 403)
    land = asked.land or quenara
    here = rows(land) if asked.query.get("location_code") == land.ISO3 else []
    start, size = int(asked.query.get("offset", 0)), min(int(asked.query.get("limit", 100)), PAGE)
    return answer_json({"data": here[start : start + size]})


ROUTES = [(r"/api/v2/coordination-context/conflict-events", events)]
