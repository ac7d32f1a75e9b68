"""Files with geometry: GeoJSON, GeoPackage, shapefile, Parquet and GeoParquet (WKB or geoarrow), and WKT in a table."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely

from etl.read_workbook import number_text
from etl.recipe import Reading
from geodata.errors import SourceError

WGS84 = "EPSG:4326"
WKT_NAMES = ("geometry", "wkt", "geom", "the_geom", "wkt_geom", "geo_wkt")
WKT_WORDS = ("POINT", "LINESTRING", "POLYGON", "MULTI", "GEOMETRYCOLLECTION", "SRID=")


def read_vector(
    content: bytes | Path, path: Path, reading: Reading
) -> tuple[list[str], pd.DataFrame, gpd.GeoSeries | None, list[str]]:
    """Attributes as text and geometry of one layer, through GDAL; dates stay as they were written."""
    if path.suffix.lower() == ".shp":
        _whole_shapefile(path)
    options: dict[str, Any] = {"DATE_AS_STRING": "YES"} if "json" in "".join(path.suffixes).lower() else {}
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            layer, notes = _layer(content, path, reading.layer)
            meta, table = pyogrio.read_arrow(content, layer=layer, encoding=reading.encoding, **options)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError) as error:
            raise SourceError(
                f"{path.name} cannot be read: {_short(error)}. Is it whole, and is `format` right?"
            ) from None
    notes += [f"{path.name}: {text}." for text in dict.fromkeys(_short(w.message) for w in said)]
    geometry_name = meta["geometry_name"] or "wkb_geometry"
    columns = [name for name in table.column_names if name != geometry_name]
    frame = arrow_text(table.select(columns))
    if geometry_name not in table.column_names:
        return columns, frame, None, notes
    shapes = shapely.from_wkb(np.array(table[geometry_name].to_pylist(), dtype=object))
    geometry, more = to_wgs84(shapes, meta["crs"], path, reading.crs)
    return columns, frame, geometry, notes + more


def _layer(content: bytes | Path, path: Path, wanted: str | None) -> tuple[str | None, list[str]]:
    layers = [str(name) for name, _ in pyogrio.list_layers(content)]
    if wanted is not None and wanted not in layers:
        raise SourceError(f"{path.name} has no layer {wanted!r}; it has {', '.join(map(repr, layers)) or 'none'}.")
    if not layers:
        raise SourceError(f"{path.name} has no layers.")
    if wanted is None and len(layers) > 1:
        return layers[0], [
            f"{path.name}: the layer {layers[0]!r} was read; {', '.join(map(repr, layers[1:]))} was not. Set `layer` to choose."
        ]
    return wanted or layers[0], []


def _whole_shapefile(path: Path) -> None:
    have = {p.suffix.lower() for p in path.parent.iterdir() if p.stem.lower() == path.stem.lower()}
    if missing := [s for s in (".shx", ".dbf") if s not in have]:
        raise SourceError(
            f"{path.name} lacks its {' and '.join(missing)}: a shapefile is several files of one name; copy them all into the same folder."
        )


def read_parquet(path: Path, reading: Reading) -> tuple[list[str], pd.DataFrame, gpd.GeoSeries | None, list[str]]:
    """A Parquet file; with geometry where its `geo` metadata name one (WKB or geoarrow)."""
    try:
        schema = pq.read_schema(path)
        geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
        shapes = {**geo.get("columns", {})}
        covers = {c["bbox"]["xmin"][0] for c in (s.get("covering", {}) for s in shapes.values()) if "bbox" in c}
        columns = [
            n for n in schema.names if n not in shapes and n not in covers and not n.startswith("__index_level_")
        ]
        frame = arrow_text(pq.read_table(path, columns=columns))
        if not shapes:
            return columns, frame, None, []
        primary = geo.get("primary_column", next(iter(shapes)))
        found = gpd.read_parquet(path, columns=[primary])
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, ValueError) as error:
        raise SourceError(f"{path.name} cannot be read as Parquet: {_short(error)}. Is it whole?") from None
    series = found[primary]
    geometry, notes = to_wgs84(series.to_numpy(), series.crs, path, reading.crs)
    return columns, frame, geometry, notes


def arrow_text(table: pa.Table) -> pd.DataFrame:
    """Every column of an Arrow table as text."""
    return pd.DataFrame({i: _column_text(table.column(i).combine_chunks()) for i in range(table.num_columns)})


def _column_text(column: Any) -> pd.Series:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist()]
        return pd.Series(texts, dtype="str")
    if pa.types.is_floating(kind):
        numbers = np.asarray(column.to_numpy(zero_copy_only=False), dtype="float64")
        text = number_text(np.where(np.isnan(numbers), 0.0, numbers))
        if pa.types.is_float32(kind) or pa.types.is_float16(kind):
            text = pd.Series(
                [np.format_float_positional(v, trim="-") for v in np.nan_to_num(column.to_numpy(zero_copy_only=False))],
                dtype="str",
            )
        return text.mask(np.isnan(numbers))
    plain = pd.Series(column.cast(pa.string()).to_pandas(), dtype="str")
    return plain.mask(plain == "")


def to_wgs84(shapes: np.ndarray, crs: Any, path: Path, given: str | None) -> tuple[gpd.GeoSeries, list[str]]:
    """Shapes in EPSG:4326; raises SourceError where neither the file nor the recipe says their reference system."""
    notes = []
    if given:
        said = None if crs is None else pyproj.CRS.from_user_input(crs)
        try:
            wanted = pyproj.CRS.from_user_input(given)
        except pyproj.exceptions.CRSError:
            raise SourceError(
                f"{path.name}: there is no coordinate reference system {given!r}; write it as EPSG:32737."
            ) from None
        if said is not None and not said.equals(wanted, ignore_axis_order=True):
            notes.append(f"{path.name} says {said.name}; the recipe's `crs` {given} was used instead.")
        crs = wanted
    if crs is None:
        hint = " (its .prj file is missing)" if path.suffix.lower() == ".shp" else ""
        raise SourceError(
            f"{path.name} does not say in which coordinate reference system its geometry is{hint}. Ask its publisher, then set `crs`, such as EPSG:4326."
        )
    series = gpd.GeoSeries(shapes, crs=crs)
    return series.to_crs(WGS84), notes


def wkt_column(
    frame: pd.DataFrame, path: Path, crs: str | None
) -> tuple[pd.DataFrame, gpd.GeoSeries | None, list[str]]:
    """Geometry that stands as WKT in a column of a table; the column leaves the frame."""
    for name in frame.columns:
        first = frame[name].dropna().head(1).tolist() if str(name).lower() in WKT_NAMES else []
        if first and first[0].lstrip().upper().startswith(WKT_WORDS):
            texts = frame[name].str.replace(r"^SRID=\d+;", "", regex=True).fillna("")
            try:
                shapes = shapely.from_wkt(np.array([text or None for text in texts], dtype=object))
            except shapely.errors.GEOSException as error:
                raise SourceError(
                    f"{path.name}: the column {name!r} holds a geometry that is not valid WKT: {_short(error)}."
                ) from None
            notes = []
            if crs is None:
                west, south, east, north = shapely.total_bounds(shapes)
                if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
                    raise SourceError(
                        f"{path.name}: the geometry in {name!r} is not in degrees and a table cannot say its reference system. Set `crs`, such as EPSG:32737."
                    )
                notes = [
                    f"{path.name}: the geometry in {name!r} was taken as longitude and latitude (EPSG:4326); set `crs` if it is not."
                ]
            geometry, more = to_wgs84(shapes, crs or WGS84, path, crs)
            return frame.drop(columns=name), geometry, notes + more
    return frame, None, []


def _short(error: object) -> str:
    return " ".join(str(error).split())[:200].rstrip(".")
