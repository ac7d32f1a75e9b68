"""The forms that OpenStreetMap comes in: an answer of Overpass, a GeoJSON export, Geofabrik's free shapefile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyogrio
import shapely

from etl.boxes import names_in, refuse_pointers
from etl.sources.osm_tags import row_of
from etl.sources.rows import counted, mappings
from geodata.errors import SourceError

LETTERS = {"node": "n", "nodes": "n", "way": "w", "ways": "w", "ways_poly": "w", "ways_line": "w", "relation": "r", "relations": "r"}  # fmt: skip
CLASSES = ("school", "kindergarten", "college", "university")
LAYERS = {"gis_osm_pois_free_1": "n", "gis_osm_pois_a_free_1": "a"}  # points, outlines (ways and relations alike)


def read_dropped(path: Path) -> tuple[list[dict[str, Any]], list[str], str]:
    """Rows as `osm_tags.row_of` gives them, notes, and the moment of the data where the file says it.

    Raises SourceError where the file is none of the three.
    """
    with path.open("rb") as stream:
        start = stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"PK\x03\x04"):
        return *geofabrik_rows(path), ""
    if not start.startswith(b"{"):
        raise SourceError(f"{path.name} is no GeoJSON, no answer of Overpass and no ZIP of Geofabrik.")
    try:
        answer = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError):
        raise SourceError(f"{path.name} is not whole JSON. Fetch it again.") from None
    features = answer.get("features")
    if isinstance(features, list):
        return *_features([f for f in features if isinstance(f, dict)]), str(answer.get("timestamp") or "")
    if isinstance(answer.get("elements"), list):
        return *records_of(answer), stamp_of(answer)
    raise SourceError(f"{path.name} holds neither features (GeoJSON) nor elements (Overpass).")


def stamp_of(answer: Mapping[str, Any]) -> str:
    about = answer.get("osm3s")
    return str(about.get("timestamp_osm_base") or "") if isinstance(about, dict) else ""


def records_of(answer: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """Elements as rows. An element without a place is kept: it is a school, though nobody can say where."""
    rows = []
    elements = mappings(answer.get("elements"), "Overpass")
    for element in elements:
        centre = element.get("center")
        place = centre if isinstance(centre, dict) else element
        tags = element.get("tags")
        letter = LETTERS.get(str(element.get("type")), "a")
        if re.fullmatch(r"-?[0-9]{1,20}", str(element.get("id"))):
            own = tags if isinstance(tags, dict) else {}
            rows.append(row_of(f"{letter}{element['id']}", place.get("lat"), place.get("lon"), own))
    lost = len(elements) - len(rows)
    return rows, [f"{counted(lost, 'element')} without an id left out."] if lost else []


def _features(features: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    rows = []
    for number, feature in enumerate(features, 1):
        tags = feature.get("properties")
        tags = tags if isinstance(tags, dict) else {}
        lat, lon = _point(feature.get("geometry"))
        rows.append(row_of(_id(feature, tags) or f"x{number}", lat, lon, tags))
    unnumbered = sum(row["osm_id"].startswith("x") for row in rows)
    notes = [f"{counted(unnumbered, 'feature')} without an id of OpenStreetMap; numbered by row."] if unnumbered else []
    return rows, notes


def _id(feature: Mapping[str, Any], tags: Mapping[str, Any]) -> str | None:
    """n1, w2, r3 from `node/1` (as `@id`, `id`) or from osm_type and osm_id, as exports have them."""
    for value in (tags.get("@id"), feature.get("id"), tags.get("id"), tags.get("osm_id")):
        found = re.fullmatch(r"(?:(node|way|relation)/)?(-?\d+)(?:\.0)?", str(value if value is not None else ""))
        if found and (found[1] or value is tags.get("osm_id")):
            kind = found[1] or str(tags.get("osm_type") or "").lower()
            return f"{LETTERS.get(kind, 'a')}{found[2]}"
    return None


def _point(geometry: Any) -> tuple[float | None, float | None]:
    """Latitude and longitude of a point, or of a point inside a shape; nothing where there is no geometry."""
    if not isinstance(geometry, dict):
        return None, None
    try:
        shape = shapely.geometry.shape(geometry)
        point: Any = shape if shape.geom_type == "Point" else shape.representative_point()
        return (None, None) if point.is_empty else (float(point.y), float(point.x))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return None, None


def geofabrik_rows(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Schools of both layers of Geofabrik's free shapefile: points and outlines; of tags only class and name are there."""
    rows: list[dict[str, Any]] = []
    lacking = []
    for layer, letter in LAYERS.items():
        member = _member(path, f"{layer}.shp")
        if member is None:
            lacking.append(layer)
            continue
        for osm_id, fclass, name, shape in _pois(f"/vsizip/{path}/{member}", path):
            point = None if shape is None else shapely.point_on_surface(shape)
            lat, lon = (None, None) if point is None or point.is_empty else (point.y, point.x)
            rows.append(row_of(f"{letter}{osm_id}", lat, lon, {"amenity": fclass, "name": name}))
    if len(lacking) == len(LAYERS):
        raise SourceError(f"{path.name} has no layer {' or '.join(LAYERS)}: it is not Geofabrik's free shapefile.")
    notes = [f"{path.name} lacks the layer {name}." for name in lacking]
    return rows, [*notes, "Geofabrik's shapefile says no levels, operators or internet."]


def _member(path: Path, name: str) -> str | None:
    return next((n for n in names_in(path) if n.rsplit("/", 1)[-1].lower() == name), None)


def _pois(where: str, path: Path) -> Iterator[tuple[str, str, str | None, Any]]:
    wanted = "fclass IN (" + ", ".join(f"'{c}'" for c in CLASSES) + ")"
    refuse_pointers(where, path.name)
    try:
        _, table = pyogrio.read_arrow(where, columns=["osm_id", "fclass", "name"], where=wanted)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise SourceError(f"{path.name} cannot be read: {' '.join(str(error).split())[:160]}.") from None
    shapes = table["wkb_geometry"].to_pylist()
    columns = (table[c].to_pylist() for c in ("osm_id", "fclass", "name"))
    for osm_id, fclass, name, shape in zip(*columns, shapes, strict=True):
        yield str(osm_id), str(fclass), name, None if shape is None else shapely.from_wkb(shape)
