"""Overpass: one address, the question in the form; points with their place, outlines with their centre."""

from __future__ import annotations

from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json, answer_text

ISCED = {"pre_primary": "0", "primary": "1", "lower_secondary": "2", "upper_secondary": "3", "combined": "1;2"}
STAMP = "2026-11-01T08:00:00Z"


def element(kind: str, number: int, lon: float, lat: float, tags: dict[str, str]) -> dict[str, Any]:
    """One element as `out center tags` writes it."""
    place: dict[str, Any] = {"lat": lat, "lon": lon}
    return {"type": kind, "id": number, **(place if kind == "node" else {"center": place}), "tags": tags}


def elements(land: Any) -> list[dict[str, Any]]:
    """The country's schools as volunteers mapped them: some twice (a point in its outline), one university among them."""
    out = []
    for s in land.seen("osm"):
        tags = {"amenity": "kindergarten" if s.level == "pre_primary" else "school"}
        if s.name:
            tags |= {"name": s.name, "name:ru": s.name_local}
        if s.number % 3 == 0 and s.level in ISCED:
            tags["isced:level"] = ISCED[s.level]
        if s.number % 4 == 0:
            tags |= {"operator:type": s.funding, "capacity": "300"}
        if s.number % 5 == 0:
            tags["internet_access"] = {True: "wlan", False: "no", None: "customers"}[s.internet]
        out.append(element(s.osm_type, s.osm_id, s.lon, s.lat, tags))
        if s.osm_type == "way" and s.number % 2 == 0 and s.name:  # the same school again, as a point some 60 m away
            more = {"amenity": tags["amenity"], "name": s.name.upper(), "operator": "Board of Schools"}
            out.append(element("node", s.osm_id + 500, s.lon + 0.0005, s.lat, more))
    lon, lat = land.CAPITAL
    out.append(element("way", 9_100_000_001, lon, lat, {"amenity": "university", "name": f"University of {land.NAME}"}))
    return out


def interpreter(asked: Asked) -> Answer | None:
    """406 without a name of one's own, 400 without a question, no elements where the area is not known."""
    land = asked.land or quenara
    agent = asked.headers.get("user-agent", "")
    if not agent or agent.startswith("python-requests"):
        return answer_text("<html><body>Not Acceptable</body></html>", "text/html", 406)
    question = asked.form().get("data", "")
    if asked.method != "POST" or "out center tags" not in question:
        return answer_text("<html><body>Error: line 1: parse error</body></html>", "text/html", 400)
    here = f'"ISO3166-1"="{land.ISO2}"' in question or f'"ISO3166-1:alpha3"="{land.ISO3}"' in question
    about = {"timestamp_osm_base": STAMP, "copyright": "The data is made available under ODbL."}
    rows = elements(land) if here else []
    return answer_json({"version": 0.6, "generator": "Overpass API", "osm3s": about, "elements": rows})


ROUTES = [(r"/?", interpreter)]
