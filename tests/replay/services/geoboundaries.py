"""geoBoundaries: a static record a level (a list where ALL is asked for), and a GeoJSON that may be a pointer of Git LFS."""

from __future__ import annotations

import json
from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_file, answer_json, answer_text, redirect

HOSTS = ("media",)
SHA = "9469f09"
WORDS = {0: "Country", 1: "Provinces", 2: "Districts"}


def record(asked: Asked, level: int) -> dict[str, str]:
    """All values are texts; what is not known is "nan"."""
    land = asked.land or quenara
    file = f"releaseData/gbOpen/{land.ISO3}/ADM{level}/geoBoundaries-{land.ISO3}-ADM{level}"
    base = f"{asked.replay.url('geoboundaries')}/wmgeolab/geoBoundaries/raw/{SHA}/{file}"
    return {
        "boundaryID": f"{land.ISO3}-ADM{level}-00000000", "boundaryName": land.NAME, "boundaryISO": land.ISO3,
        "boundaryYearRepresented": "2021", "boundaryType": f"ADM{level}", "boundaryCanonical": WORDS[level],
        "boundarySource": f"Mapping Office of {land.NAME}", "boundaryLicense": "Open Data Commons Open Database License 1.0",
        "licenseDetail": "nan", "boundarySourceURL": "nan", "buildDate": "Dec 12, 2023",
        "admUnitCount": str(len(land.areas(level))), "gjDownloadURL": f"{base}.geojson",
        "simplifiedGeometryGeoJSON": f"{base}_simplified.geojson",
    }  # fmt: skip


def about(asked: Asked) -> Answer | None:
    """An object, or a list for ALL; 404 is a web page."""
    land = asked.land or quenara
    assert asked.match is not None
    iso3, level = asked.match[1], asked.match[2]
    if iso3 == land.ISO3 and level == "ALL":
        return answer_json([record(asked, n) for n in (0, 1, 2)])
    if iso3 == land.ISO3 and level in ("ADM0", "ADM1", "ADM2"):
        return answer_json(record(asked, int(level[-1])))
    return answer_text(
        "<!DOCTYPE html><html><body>404 There isn't a GitHub Pages site here.</body></html>", "text/html", 404
    )


def raw(asked: Asked) -> Answer:
    """To the other host, where the large files lie."""
    assert asked.match is not None
    return redirect(f"{asked.replay.url('geoboundaries_media', 'media')}/{asked.match[1]}/{asked.match[2]}")


def media(asked: Asked) -> Answer | None:
    """The shapes; a shapeID that is another in each edition, an empty shapeISO."""
    land = asked.land or quenara
    assert asked.match is not None
    level = int(asked.match[1])
    rows: list[dict[str, Any]] = [
        {
            "type": "Feature", "geometry": a.geometry,
            "properties": {
                "shapeName": a.name, "shapeISO": "", "shapeID": f"{number}B{level}00417{number}", "shapeGroup": land.ISO3,
                "shapeType": f"ADM{level}",
            },
        } for number, a in enumerate(land.areas(level))
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)
    return answer_file(text.encode(), "application/octet-stream")


SERVICES = {
    "geoboundaries": [
        (r"/gb\w+/([A-Z]{3}|ALL)/(ADM\d|ALL)/", about),
        (r"/wmgeolab/geoBoundaries/raw/([0-9a-z]+)/(.+)", raw),
    ],
    "geoboundaries_media": [(r"/[0-9a-z]+/.+ADM(\d)(?:_simplified)?\.geojson", media)],
}
