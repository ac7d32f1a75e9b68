"""ITU's map as a GeoServer: lines in a box, page by page from a start index; an exception report (XML) has status 200."""

from __future__ import annotations

from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json, answer_text

MOST = 2  # lines of one answer, however many are asked for
REPORT = (
    '<?xml version="1.0" encoding="UTF-8"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0">'
    '<ows:Exception exceptionCode="InvalidParameterValue"><ows:ExceptionText>Feature type unknown</ows:ExceptionText>'
    "</ows:Exception></ows:ExceptionReport>"
)


def features(land: Any) -> list[dict[str, Any]]:
    """The land's lines in the map's own properties."""
    return [
        {
            "type": "Feature", "id": f"trx_geocatalogue.{link['id']}", "geometry_name": "geom",
            "geometry": {"type": "LineString", "coordinates": [list(p) for p in link["line"]]},
            "properties": {"gid": n, "type_status": f"{link['kind']} {link['status']}", "operator": "Quenara Telecom"},
        } for n, link in enumerate(land.FIBRE)
    ]  # fmt: skip


def wfs(asked: Asked) -> Answer:
    """`/geoserver/itu-geocatalogue/ows`."""
    land = asked.land or quenara
    if asked.query.get("typeNames") != "itu-geocatalogue:trx_geocatalogue":
        return answer_text(REPORT, "application/xml")
    west, south, east, north = (float(v) for v in asked.query["bbox"].split(",")[:4])
    here = [
        f
        for f in features(land)
        if any(west <= x <= east and south <= y <= north for x, y in f["geometry"]["coordinates"])
    ]
    start, count = int(asked.query.get("startIndex", 0)), min(int(asked.query.get("count", 1_000)), MOST)
    some = here[start : start + count]
    about = {"totalFeatures": len(here), "numberMatched": len(here), "numberReturned": len(some)}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}
    return answer_json(
        {"type": "FeatureCollection", "features": some, **about, "timeStamp": "2026-11-01T00:00:00Z", "crs": crs}
    )


ROUTES = [(r"/geoserver/itu-geocatalogue/ows", wfs)]
