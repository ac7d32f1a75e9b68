"""Giga Meter: v1 in an envelope with whoever tested, v2 a bare list; pages from 0, 60 requests a minute, ISO2 in records."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, Replay, answer_json

KEY = "replay.meter#key*44_d"
KEYS = {("giga_meter", "key"): KEY}
FIRST, LAST = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)
IP = "203.0.113.77"  # a documentation address: in the answers, and nowhere else
BROWSER = "browser-id-of-one-computer"


@dataclass
class Ways:
    """How this Giga Meter answers."""

    no_v2: bool = False
    granted: int = 1000
    unordered: bool = False
    countries: tuple[str, ...] = ("XQA",)


def ways(replay: Replay) -> Ways:
    """The ways of the Giga Meter of this server, to be changed by a test."""
    found: Ways = replay.__dict__.setdefault("giga_meter", Ways())
    return found


def with_app(land: Any) -> list[Any]:
    """Schools with the app: those with a line, as far as the service knows them."""
    return [s for s in land.seen("giga_meter") if s.down]


@cache
def tests(land: Any) -> list[dict[str, Any]]:
    """All tests, oldest first. UTC-1 is the local time. The first school tests daily with each version of the app, one
    has few tests, one stopped in August; some fail, some are made at night, one says another country, one no school."""
    rng = random.Random(5)
    rows: list[dict[str, Any]] = []
    for n, s in enumerate(with_app(land)):
        day = FIRST
        while day <= LAST:
            if (n == 1 and day.day != 3) or (n == 2 and day.month > 8):
                day += timedelta(days=1)
                continue
            version = "1.9.4" if day.month < 9 else "2.0.2"
            slower = 0.5 if version.startswith("1") else 1.0
            for hour in (9, 14, 23):  # UTC: 8, 13 and 22 o'clock there
                speed = s.down * 1000 * slower * rng.uniform(0.8, 1.2) * (10 if hour == 23 else 1)
                failed = day.day == 10
                made = day + timedelta(hours=hour, minutes=15)
                rows.append({"giga_id_school": s.giga_id, "made": made, "down": 0 if failed else round(speed, 1), "version": version})  # fmt: skip
            day += timedelta(days=1)
    one = rows[0]
    rows += [{**one, "made": one["made"] + timedelta(seconds=1), "country": "KE"}, {**one, "made": one["made"] + timedelta(seconds=2), "giga_id_school": None}]  # fmt: skip
    rows.append({**one, "made": one["made"] + timedelta(seconds=3), "giga_id_school": "00000000-0000-4000-8000-000000000000"})  # fmt: skip
    rows.sort(key=lambda r: (r["made"], str(r["giga_id_school"])))
    return [{**r, "n": n} for n, r in enumerate(rows)]


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def first_version(r: dict[str, Any]) -> dict[str, Any]:
    """A record of v1. The device's clock is years off."""
    return {
        "id": str(900_000 + r["n"]), "Timestamp": "1970-01-01T00:00:11.000Z", "BrowserID": BROWSER, "DeviceType": "windows", "Notes": "daily",
        "ClientInfo": {"ASN": "AS64500" if r["n"] % 2 else {"asn": "AS64501"}, "ISP": "Example ISP", "City": "Exampletown", "Country": "XQ", "Timezone": "Etc/GMT+1", "Hostname": IP},
        "ServerInfo": {"City": "Nairobi", "FQDN": "ndt.example", "Country": "KE"}, "Download": r["down"], "Upload": r["down"] / 4, "Latency": None if not r["down"] else 48,
        "giga_id_school": r["giga_id_school"], "country_code": r.get("country", "XQ"), "app_version": r["version"], "created_at": _iso(r["made"]),
    }  # fmt: skip


def second_version(r: dict[str, Any]) -> dict[str, Any]:
    """A record of v2: no id, no time zone."""
    return {
        "timestamp": "1970-01-01T00:00:11.000Z", "browserId": BROWSER, "download": r["down"], "upload": r["down"] / 4, "latency": 48,
        "school_id": "", "giga_id_school": r["giga_id_school"], "country_code": r.get("country", "XQ"), "ip_address": IP,
        "app_version": r["version"], "source": "DailyCheckApp", "created_at": _iso(r["made"]),
    }  # fmt: skip


def measurements(asked: Asked) -> Answer | None:
    """Both versions."""
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        return answer_json({"success": False, "message": "Unauthorized"}, 401)
    way, query, second = ways(asked.replay), asked.query, asked.path.endswith("/v2")
    if second and way.no_v2:
        return None
    if query.get("country_iso3_code") not in way.countries:
        return answer_json({"statusCode": 400, "message": "not authorized to access"}, 400)
    most = min(1000 if second else 100, way.granted)
    size, page = int(query.get("size", 10)), int(query.get("page", 0))
    if size > (1000 if second else 100):
        return answer_json({"statusCode": 400, "message": "size is too large"}, 400)
    rows = tests(asked.land or quenara)
    if query.get("filterBy") == "created_at" and query.get("filterCondition") == "gte":
        rows = [r for r in rows if _iso(r["made"]) >= query["filterValue"]]
    if way.unordered or query.get("orderBy") != "created_at":
        rows = rows[::-1]
    size = min(size, most)
    shown = [second_version(r) if second else first_version(r) for r in rows[page * size : (page + 1) * size]]
    if second:
        return answer_json(shown)
    return answer_json({"success": True, "timestamp": "2026-11-01T08:00:00Z", "message": "success", "data": shown})


ROUTES = [(r"/api/v1/measurements(?:/v2)?", measurements)]
