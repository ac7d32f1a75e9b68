"""OCHA's boundaries through HDX: a dataset's record, and a ZIP with a GeoJSON a level behind a redirect to another host."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_file, answer_json, redirect

HOSTS = ("s3",)
VERSION = "v02"
SIGNATURE = "X-Amz-Signature=0f1e2d3c4b5a&X-Amz-Expires=180"


def feature(area: Any, land: Any) -> dict[str, Any]:
    """An area in the column names of today."""
    row: dict[str, Any] = {"adm0_name": land.NAME, "adm0_pcode": land.ISO2}
    chain = [area] if area.level else []
    if area.level == 2:
        chain.append(land.area(area.parent))
    for one in chain:
        n = one.level
        row |= {
            f"adm{n}_name": one.name,
            f"adm{n}_name1": one.name_local,
            f"adm{n}_name2": None,
            f"adm{n}_pcode": one.code,
        }
    row |= {
        "valid_on": "2024-01-01", "valid_to": None, "area_sqkm": 123.4, "version": VERSION, "lang": "en", "lang1": "ru",
        "iso2": land.ISO2, "iso3": land.ISO3,
    }  # fmt: skip
    return {"type": "Feature", "properties": row, "geometry": area.geometry}


def layer(level: int, land: Any) -> bytes:
    """A level as GeoJSON."""
    rows = [feature(a, land) for a in land.areas(level)]
    return json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False).encode()


def packed(files: dict[str, bytes]) -> bytes:
    """A ZIP whose bytes are the same in every run."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 15, 10, 0, 0)), content)
    return out.getvalue()


def archive(land: Any) -> bytes:
    """All levels, and lines and points that are no areas."""
    iso3 = land.ISO3.lower()
    line = {"type": "LineString", "coordinates": [list(p) for p in land.areas(1)[0].ring]}
    point = {"type": "Point", "coordinates": list(land.CAPITAL)}
    other = {
        f"{iso3}_{name}.geojson": json.dumps(
            {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"adm1_pcode": "XQ01"}, "geometry": g}]}
        ).encode() for name, g in (("adminlines", line), ("adminpoints", point), ("admincapitals", point))
    }  # fmt: skip
    return packed({**{f"{iso3}_admin{n}.geojson": layer(n, land) for n in (0, 1, 2)}, **other})


def package_show(asked: Asked) -> Answer:
    """The record; not found is 404 with success false."""
    land, wanted = asked.land or quenara, asked.query.get("id", "")
    iso3 = land.ISO3.lower()
    if wanted != f"cod-ab-{iso3}":
        fault = {"__type": "Not Found Error", "message": "Not found"}
        return answer_json({"help": "…", "success": False, "error": fault}, 404)
    files = asked.replay.url("cod_ab") + f"/dataset/0aa/resource/0bb/download/{iso3}_admin_boundaries"
    resources = [
        {"id": "0", "name": f"{iso3}_admin_boundaries.xlsx", "format": "XLSX", "download_url": f"{files}.xlsx"},
        {"id": "1", "name": f"{iso3}_admin_boundaries.geojson.zip", "format": "GeoJSON", "in_quarantine": True, "download_url": f"{files}.bad.zip"},
        {"id": "2", "name": f"{iso3}_admin_boundaries.shp.zip", "format": "SHP", "download_url": f"{files}.shp.zip"},
        {"id": "3", "name": f"{iso3}_admin_boundaries.geojson.zip", "format": "GeoJSON", "download_url": f"{files}.geojson.zip", "in_quarantine": False},
    ]  # fmt: skip
    record = {
        "id": "0aa", "name": wanted, "title": f"{land.NAME} - Subnational Administrative Boundaries", "archived": False,
        "groups": [{"name": iso3}], "dataset_date": "[2024-01-01T00:00:00 TO *]", "license_id": "cc-by-igo",
        "dataset_source": f"Bureau of Statistics of {land.NAME}", "cod_level": "cod-standard", "resources": resources,
    }  # fmt: skip
    return answer_json({"help": "…", "success": True, "result": record})


def download(asked: Asked) -> Answer:
    """To the store, under a signed address."""
    assert asked.match is not None
    return redirect(f"{asked.replay.url('cod_ab', 's3')}/store/{asked.match[1]}?{SIGNATURE}")


def store(asked: Asked) -> Answer | None:
    """The file."""
    assert asked.match is not None
    land = asked.land or quenara
    return answer_file(archive(land), "application/zip") if asked.match[1].endswith(".geojson.zip") else None


ROUTES = [
    (r"/package_show", package_show),
    (r"/dataset/[^/]+/resource/[^/]+/download/(.+)", download),
    (r"/store/(.+)", store),
]
