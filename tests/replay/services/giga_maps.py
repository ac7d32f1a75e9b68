"""Giga Maps: locations, profiles and measurements, each with a key of its own; 404 past the last page and for no schools."""

from __future__ import annotations

from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json

KEYS = {"giga_maps": "replay.giga#location*1_a", "giga_profile": "replay.giga#profile*2_b", "giga_measurements": "replay.giga#speed*3_c"}  # fmt: skip
LEVELS = {
    "pre_primary": "Pre-Primary", "primary": "Primary", "lower_secondary": "Secondary", "upper_secondary": "Secondary",
    "combined": "Primary and Secondary", "": "Unknown",
}  # fmt: skip
TYPES = {"fibre": "fiber", "4g": "4G", "satellite": "satellite"}


def land_of(asked: Asked) -> Any:
    """The country that is spoken of."""
    return asked.land or quenara


def refused(asked: Asked) -> Answer | None:
    """401 without a key, 403 with the key of another of the three services."""
    given = asked.headers.get("authorization", "").removeprefix("Bearer ")
    if given == KEYS[asked.service]:
        return None
    status = 403 if given in KEYS.values() else 401
    return answer_json({"success": False, "data": None, "message": "Invalid API key"}, status)


def envelope(asked: Asked, rows: list[dict[str, Any]]) -> Answer | None:
    """One page in the service's envelope; 404 where there is nothing."""
    page, size = int(asked.query.get("page", 1)), int(asked.query["size"])
    shown = rows[(page - 1) * size : page * size]
    if not shown or size > 1000:
        return None
    return answer_json({"success": True, "timestamp": "2026-11-01T08:00:00Z", "message": "fetched", "data": shown})


def locations(asked: Asked) -> Answer | None:
    """`/schools_location/country/{ISO3}`."""
    land = land_of(asked)
    if answer := refused(asked):
        return answer
    assert asked.match is not None
    if asked.match[1] != land.ISO3:
        return None
    rows = [
        {
            "giga_id_school": s.giga_id, "school_name": s.name or None, "latitude": s.lat, "longitude": s.lon,
            "education_level": LEVELS[s.level], "country_iso3_code": land.ISO3, "school_data_source": "Government",
        } for s in land.seen("giga_maps")
    ]  # fmt: skip
    return envelope(asked, rows)


def profiles(asked: Asked) -> Answer | None:
    """`/schools_profile`: yes and no as words or booleans, unknown as a word."""
    land = land_of(asked)
    if answer := refused(asked):
        return answer
    if asked.query.get("country_iso3_code") != land.ISO3:
        return None
    said: dict[Any, list[Any]] = {True: ["Yes", True], False: ["No", False], None: ["Unknown", None]}
    rows = [
        {
            "giga_id_school": s.giga_id, "school_area_type": "Urban" if s.urban else "Rural", "admin1": None, "admin2": None,
            "country_iso3_code": land.ISO3, "connectivity": said[s.internet][s.number % 2], "connectivity_RT": "Unknown",
            "connectivity_type": TYPES.get(s.connection or "", "unknown"), "school_data_source": "Government",
        } for s in {s.number: s for s in land.seen("giga_maps")}.values()
    ]  # fmt: skip
    return envelope(asked, rows)


def measurements(asked: Asked) -> Answer | None:
    """`/all_measurements`: a row a school and day, Mbps."""
    land = land_of(asked)
    if answer := refused(asked):
        return answer
    days = ("2026-10-29", "2026-10-30", "2026-10-31")
    first, last = asked.query.get("start_date", ""), asked.query.get("end_date", "9999")
    rows = [
        {
            "date": day, "giga_id_school": s.giga_id, "country_iso3_code": land.ISO3, "download_speed": s.down,
            "upload_speed": s.up, "latency": s.latency, "data_source": "DCA",
        } for s in land.seen("giga_meter") if s.down for day in days if first <= day <= last
    ]  # fmt: skip
    return envelope(asked, rows) if asked.query.get("country_iso3_code") == land.ISO3 else None


SERVICES = {
    "giga_maps": [(r"/schools_location/country/([A-Z]{3})", locations)],
    "giga_profile": [(r"/schools_profile", profiles)],
    "giga_measurements": [(r"/all_measurements", measurements)],
}
