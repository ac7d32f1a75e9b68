"""Geofabrik: a catalogue of extracts, and the free shapefile of a region that Quenara shares with a neighbour."""

from __future__ import annotations

import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_file, answer_json

MODIFIED = "Sun, 01 Nov 2026 21:20:00 GMT"


def catalogue(asked: Asked) -> Answer:
    """`index-v1.json`: a region of one country of another name, one of two countries, one without a code."""
    land = asked.land or quenara
    base = asked.replay.url("geofabrik")
    rows: list[dict[str, Any]] = [
        {"id": "africa", "name": "Africa", "urls": {"pbf": f"{base}/africa-latest.osm.pbf"}},
        {
            "id": "quenara-and-isles", "parent": "africa", "name": "Quenara and Isles", "iso3166-1:alpha2": [land.ISO2, "XR"],
            "urls": {"shp": f"{base}/africa/quenara-and-isles-latest-free.shp.zip"},
        },
        {"id": "elsewhere", "name": "Elsewhere", "iso3166-1:alpha2": ["XX"], "urls": {"shp": f"{base}/africa/elsewhere.zip"}},
    ]  # fmt: skip
    features = [{"type": "Feature", "properties": row, "geometry": None} for row in rows]
    return answer_json({"type": "FeatureCollection", "features": features})


@cache
def archive() -> bytes:
    """Both layers of places, schools and others among them, and a school of the neighbour."""
    points, outlines = [], []
    for s in quenara.seen("osm"):
        kind = "kindergarten" if s.level == "pre_primary" else "school"
        point = shapely.Point(s.lon, s.lat)
        row = {"osm_id": str(s.osm_id), "code": 2082, "fclass": kind, "name": s.name or None}
        (points if s.osm_type == "node" else outlines).append(
            (row, point if s.osm_type == "node" else point.buffer(0.0004))
        )
    points.append(({"osm_id": "1", "code": 2501, "fclass": "bakery", "name": "Pão"}, shapely.Point(*quenara.CAPITAL)))
    points.append(
        ({"osm_id": "2", "code": 2082, "fclass": "school", "name": "School abroad"}, shapely.Point(-8.0, -20.0))
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        with zipfile.ZipFile(path, "w") as packed:
            for name, rows in (("gis_osm_pois_free_1", points), ("gis_osm_pois_a_free_1", outlines)):
                frame = gpd.GeoDataFrame([r for r, _ in rows], geometry=[g for _, g in rows], crs=4326)
                frame.to_file(Path(folder) / f"{name}.shp", encoding="utf-8")
                for part in sorted(Path(folder).glob(f"{name}.*")):
                    packed.writestr(zipfile.ZipInfo(part.name, (2026, 11, 1, 0, 0, 0)), part.read_bytes())
        return path.read_bytes()


def shapefile(asked: Asked) -> Answer:
    """The extract."""
    answer = answer_file(archive(), "application/zip")
    answer.headers["Last-Modified"] = MODIFIED
    return answer


ROUTES = [(r"/index-v1\.json", catalogue), (r"/africa/quenara-and-isles-latest-free\.shp\.zip", shapefile)]
