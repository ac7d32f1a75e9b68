"""Common operational boundaries (COD-AB) of OCHA, through HDX: one file with every level, each level read on its own.

Codes are text and unique only inside one version, so `iso3`, `version` and `pcode` are all kept. A level that a file does
not have is joined together from the level below where that names its parents.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from etl.boxes import names_in
from etl.connect import Ask, Block, Connector, Taken
from etl.sources import hdx
from etl.sources.admin_columns import code_column, deepest, standard, together
from etl.sources.polygons import read_shapes
from etl.sources.rows import counted, text
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

FORMATS = ("GeoJSON", "GeoParquet", "Parquet", "GeoPackage", "SHP")  # on HDX, the best first
# How a file begins, by the end of its name.
MAGIC = {
    ".zip": b"PK\x03\x04",
    ".parquet": b"PAR1",
    ".geoparquet": b"PAR1",
    ".gpkg": b"SQLite format 3\x00",
    ".geojson": b"{",
}
NOT_AREAS = re.compile(r"(?i)(line|point|capital)")


def take(client: Client, ask: Ask) -> Taken:
    """The areas of the level that option `level` names (1, the first below the country, where it is not given)."""
    level = int(ask.options.get("level", 1))
    if ask.dropped is not None:
        record: Mapping[str, Any] = {}
        path = ask.dropped
    else:
        record = hdx.package(client, CONNECTOR, f"cod-ab-{ask.iso3.lower()}")
        path = _fetched(client, hdx.resource(record, wanted(level)))
    notes: list[str] = []
    raw, read = _level(path, level, notes)
    frame = standard(raw, level, ask.iso3, ask.today.isoformat(), notes)
    if frame.empty:
        raise NothingFoundError(f"{path.name} has no valid area of level {level}.")
    source = text(record.get("dataset_source"))
    dates = sorted(frame["valid_on"].dropna())
    return Taken(
        frame, str(text(record.get("title")) or f"{ask.name or ask.iso3}: boundaries (COD-AB)"),
        dates[-1] if dates else hdx.date_of(record), next(iter(frame["version"].dropna()), ""),
        licence=hdx.licence_of(record) if record else "", rows_read=read, rows_kept=len(frame), notes=tuple(notes),
        attribution=f"{source}, through OCHA" if source else "",
        address=f"https://data.humdata.org/dataset/{record['name']}" if record.get("name") else "",
    )  # fmt: skip


def wanted(level: int) -> list[tuple[str, str]]:
    """Format and name of the files that may hold a level: all levels in one, else this level's own, else any."""
    names = (r"admin_?boundaries(?!.*adm(in)?_?\d)", rf"adm(in)?_?{level}(?!\d)", r"adm")
    return [(form, name) for name in names for form in FORMATS]


def _fetched(client: Client, resource: Mapping[str, Any]) -> Path:
    name = re.sub(r"[^\w.-]", "_", str(resource.get("name") or "boundaries"))[-80:]
    magic = tuple({MAGIC[end] for end in MAGIC if name.lower().endswith(end)} or set(MAGIC.values()))
    address = str(resource.get("download_url") or resource.get("url"))
    return client.download(CONNECTOR.name, address, magic=magic, name=name, absent=(404,))


def _level(path: Path, level: int, notes: list[str]) -> tuple[gpd.GeoDataFrame, int]:
    """The shapes of a level, the file's own or joined together from the next below, and how many were read."""
    found = layers(path, level, notes)
    if level in found:
        return found[level], len(found[level])
    found = found or layers(path, None, notes)
    below = min((n for n in found if n > level and code_column(found[n].columns, level)), default=None)
    if below is None:
        there = ", ".join(map(str, sorted(found))) or "none"
        raise NothingFoundError(f"{path.name} has no areas of level {level} (levels there: {there}).")
    frame = found[below]
    own = [c for c in frame.columns if not re.match(rf"(?i)adm(?:in)?[{level + 1}-9]", c)]
    code = str(code_column(frame.columns, level))
    lost = int(frame[code].isna().sum())
    notes.append(f"The areas of level {level} are made of those of level {below}.")
    if lost:
        notes.append(f"{counted(lost, 'area')} of level {below} without a code of level {level} left out.")
    known = gpd.GeoDataFrame(frame[frame[code].notna()][own], geometry="geometry", crs=frame.crs)
    return together(known, code), len(frame)


def layers(path: Path, level: int | None, notes: list[str]) -> dict[int, gpd.GeoDataFrame]:
    """Level → shapes, of a ZIP with a file a level, or a single file; `level` spares reading others where names tell.

    Raises SourceError where nothing in it can be read.
    """
    out: dict[int, gpd.GeoDataFrame] = {}
    for where, name in _members(path):
        said = re.search(r"(?i)adm(?:in)?_?(?:bnda?_?)?(?:adm)?_?(\d)", name)
        if level is not None and said and int(said[1]) < level:
            continue
        frame = read_shapes(where, path.name, notes)
        deep = deepest(frame.columns)
        if deep is None or not frame.geom_type.isin(["Polygon", "MultiPolygon"]).any():
            continue
        if deep not in out:
            out[deep] = frame
        if deep == level:
            break
    return out


def _members(path: Path) -> list[tuple[str | Path, str]]:
    """The files inside that may hold areas, as GDAL names them, or the file itself."""
    if not zipfile.is_zipfile(path):
        return [(path, "")]
    names = names_in(path)
    wanted = [n for n in names if n.lower().endswith((".geojson", ".json", ".shp", ".gpkg")) and not n.startswith("__")]
    wanted = [n for n in wanted if not NOT_AREAS.search(n.rsplit("/", 1)[-1])]
    if not wanted:
        raise SourceError(
            f"{path.name} holds no GeoJSON, shapefile or GeoPackage of areas; it has {', '.join(names[:6])}."
        )
    return [(f"/vsizip/{path}/{n}", n.rsplit("/", 1)[-1]) for n in wanted]


def _block(level: int) -> Block:
    keys = {
        "level": level, "id_column": "area_id", "name_column": "name", **({"parent_column": "parent_id"} if level > 1 else {}),
    }  # fmt: skip
    return Block("boundary", f"COD-AB, level {level}", f"cod-ab-{level}.geoparquet", keys, {"level": level}, level == 1)


CONNECTOR = Connector(
    "cod_ab", "Common operational boundaries (OCHA, through HDX)", "OCHA and national agencies", "boundaries", hdx.BASE,
    "CC-BY-3.0-IGO", take, tuple(_block(n) for n in (1, 2, 3)), "OCHA", "https://data.humdata.org/dashboards/cod", order=10, licence_of_record=True,
    by_hand="A file <iso3>_admin_boundaries.geojson.zip or .shp.zip of the dataset cod-ab-<iso3>, or one Parquet file.",
    options={"level": "level of the areas: 1 the first below the country"},
)  # fmt: skip
