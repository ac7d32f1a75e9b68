"""AfTerFibre: a GeoJSON of lines whose properties are as each operator wrote them."""

from __future__ import annotations

from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json


def lines(asked: Asked) -> Answer:
    """`/data/afterfibre.geojson`: the land's fibre, a row without a course, and a line on another continent."""
    land = asked.land or quenara
    rows: list[dict[str, Any]] = [
        {
            "type": "Feature", "properties": {"OPERATOR": "Quenara Power", "live": link["status"] == "Operational", "STATE": link["status"].upper()},
            "geometry": {"type": "MultiLineString", "coordinates": [[list(p) for p in link["line"]]]},
        } for link in land.FIBRE if link["kind"] == "Fibre"
    ]  # fmt: skip
    rows.append({"type": "Feature", "properties": {"remark": None}, "geometry": None})
    far = {"type": "LineString", "coordinates": [[36.8, -1.3], [39.7, -4.0]]}
    rows.append({"type": "Feature", "properties": {}, "geometry": far})
    return answer_json({"type": "FeatureCollection", "features": rows})


ROUTES = [(r"/data/afterfibre\.geojson", lines)]
