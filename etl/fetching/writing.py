"""The one tidy file that a service's answers become: whole or not at all, and the same bytes for the same content."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from etl.fetching.cache import write_whole
from etl.fetching.hiding import Veil
from geodata.errors import SourceError

TEXT = (".csv", ".tsv", ".geojson", ".json")
TABLE = (".parquet", ".geoparquet", ".gpkg")
LONGEST_NAME = 1000  # characters: the longest names of schools have some 200, and each page and tile carries them
# A GeoPackage notes when it was changed; the clock must not change the bytes.
NO_CLOCK = {"OGR_CURRENT_DATE": "1970-01-01T00:00:00.000Z"}


def write_tidy(content: pd.DataFrame | gpd.GeoDataFrame | Path, path: Path, veil: Veil) -> None:
    """Write a table in the format of the path's suffix, or copy a file as it is.

    Geometry goes to EPSG:4326; a secret that stands in a text is struck out. Raises SourceError for another suffix, and
    where the disk is full.
    """
    suffix = path.suffix.lower()
    try:
        if isinstance(content, Path):
            copy_whole(content, path)
        elif suffix in TEXT:
            write_whole(path, veil.content(_text(content, suffix)))
        elif suffix in TABLE:
            _write_table(content, path)
        else:
            raise SourceError(
                f"{path.name}: a service's table cannot be written as {suffix or 'a file without suffix'}. Give it one of {', '.join((*TEXT, *TABLE))}."
            )
    except OSError as error:
        fault = f"{path} cannot be written ({error.strerror or type(error).__name__}). Is the disk full, or the folder closed?"
    else:
        return
    raise SourceError(fault)


def copy_whole(source: Path, path: Path) -> None:
    """Copy a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part(path)
    try:
        shutil.copyfile(source, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    """A free name beside the file, with its suffix (GDAL goes by it)."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-", suffix=path.suffix)
    os.close(handle)
    Path(name).chmod(0o644)
    return Path(name)


def _text(frame: pd.DataFrame, suffix: str) -> bytes:
    frame = _clean(frame)
    if suffix in (".geojson", ".json"):
        return _geojson(frame)
    if isinstance(frame, gpd.GeoDataFrame):
        shapes = frame.geometry.to_wkt(rounding_precision=-1)
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name)).assign(geometry=shapes)
    out = io.BytesIO()
    frame.to_csv(out, index=False, encoding="utf-8", errors="replace", lineterminator="\n", sep="\t" if suffix == ".tsv" else ",")  # fmt: skip
    return out.getvalue()


def _geojson(frame: pd.DataFrame) -> bytes:
    """A FeatureCollection; a feature without place has null geometry."""
    shapes = frame.geometry if isinstance(frame, gpd.GeoDataFrame) else [None] * len(frame)
    names = [c for c in frame.columns if not (isinstance(frame, gpd.GeoDataFrame) and c == frame.geometry.name)]
    rows = frame[names].astype(object).to_dict("records")
    features = [
        {"type": "Feature", "properties": {str(k): _plain(v) for k, v in row.items()}, "geometry": _shape(shape)}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return text.encode("utf-8", "replace")


def _shape(shape: Any) -> Any:
    return None if shape is None or shape.is_empty else json.loads(shapely.to_geojson(shape))


def _plain(value: Any) -> Any:
    """A value as JSON has it; missing is null."""
    if value is None or (not isinstance(value, list | dict | tuple) and pd.isna(value)):
        return None
    if hasattr(value, "item"):
        value = value.item()
    return value if isinstance(value, str | int | float | bool | list | dict) else str(value)


def _write_table(frame: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame, part = _clean(frame).reset_index(drop=True), _part(path)
    try:
        if path.suffix.lower() != ".gpkg":
            frame.to_parquet(part, index=False, compression="zstd")
        else:
            part.unlink()
            pyogrio.set_gdal_config_options(NO_CLOCK)
            try:
                pyogrio.write_dataframe(frame, part, layer="data", driver="GPKG")
            finally:
                pyogrio.set_gdal_config_options(dict.fromkeys(NO_CLOCK))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _clean(frame: pd.DataFrame) -> pd.DataFrame:
    """In EPSG:4326; texts without the null character and half surrogate pairs, which no format can hold; names no longer than names are."""
    if isinstance(frame, gpd.GeoDataFrame):
        frame = frame.set_crs(4326) if frame.crs is None else frame.to_crs(4326)
    else:
        frame = frame.copy()
    for name in frame.columns:
        values = frame[name]
        if values.dtype == object or isinstance(values.dtype, pd.StringDtype):
            bad = values.map(lambda v: isinstance(v, str) and ("\0" in v or not _encodable(v)))
            if "name" in str(name).lower():
                bad |= values.map(lambda v: isinstance(v, str) and len(v) > LONGEST_NAME)
            if bad.any():
                frame[name] = values.map(lambda v: _mended(v) if isinstance(v, str) else v)
                if "name" in str(name).lower():
                    frame[name] = frame[name].map(lambda v: v[:LONGEST_NAME] if isinstance(v, str) else v)
    return frame


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mended(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
