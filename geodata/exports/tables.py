"""CSV, GeoJSON, GeoPackage and GeoParquet of the current selection and ranking. The same input gives the same bytes
(GeoPackage keeps a clock time and is exempt)."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pyogrio

from geodata.answers import plain_rows
from geodata.declare import Export
from geodata.exports.disk import geopackage
from geodata.exports.formula import safe_column
from geodata.exports.result import Result
from geodata.truth import as_words


def words_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame as a spreadsheet shows it: yes, no or empty; texts that start no formula; numbers stay numbers."""
    out = {}
    for name, values in frame.items():
        if values.dtype == "boolean":
            out[name] = as_words(values, unknown="")
        elif pd.api.types.is_string_dtype(values.dtype) or values.dtype == object:
            out[name] = safe_column(values)
        else:
            out[name] = values
    return pd.DataFrame(out, index=frame.index)


def write_csv(result: Result, path: Path) -> None:
    """UTF-8, comma, point as decimal mark, yes/no/empty; a header and plain rows, nothing else."""
    words_frame(result.frame).to_csv(path, index=False, encoding="utf-8", lineterminator="\r\n")


def write_geojson(result: Result, path: Path) -> None:
    """A FeatureCollection (RFC 7946) whose own members say what it is; a school without a location has null geometry."""
    frame = result.points
    x, y = frame.geometry.x.tolist(), frame.geometry.y.tolist()
    rows = plain_rows(result.frame.drop(columns=list(result.passport)))
    head = {
        "type": "FeatureCollection",
        "name": result.desk.atlas.slug,
        "synthetic": result.desk.atlas.synthetic,
        **result.about,
    }
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n')
        for i, (row, lon, lat) in enumerate(zip(rows, x, y, strict=True)):
            stream.write(
                (",\n" if i else "")
                + json.dumps(_feature(row, lon, lat, result.passport), ensure_ascii=False, allow_nan=False)
            )
        stream.write("\n]}\n")


def _feature(row: dict[str, Any], lon: float, lat: float, passport: dict[str, str]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [lon, lat]} if lon == lon and lat == lat else None  # noqa: PLR0124 - NaN
    kept = {name: passport[name] for name in ("data_licence", "attribution")}
    return {"type": "Feature", "geometry": geometry, "properties": {**row, **kept}}


def write_gpkg(result: Result, path: Path) -> None:
    """Layer `schools` with points, and the tables `about`, `dictionary` and `sources` beside it; columns under licences
    that cannot be combined with those are tables of their own, joined by school_id."""
    path.unlink(missing_ok=True)
    about = {key: str(value) for key, value in result.about.items()}
    tables = {
        "about": pd.DataFrame({"key": list(about), "value": list(about.values())}),
        "dictionary": pd.DataFrame(result.dictionary),
        "sources": sources_table(result),
        **{f"schools {one.part.name}": one.frame for one in result.companions},
    }
    with geopackage():
        pyogrio.write_dataframe(
            result.points, path, layer="schools", driver="GPKG", geometry_type="Point", dataset_metadata=about
        )
        for name, table in tables.items():
            pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=True)


def write_parquet(result: Result, path: Path) -> None:
    """GeoParquet 1.1 (WKB) with the passport under the key `first_mile` of the file's metadata."""
    buffer = io.BytesIO()
    result.points.to_parquet(buffer, index=False, compression="zstd", geometry_encoding="WKB", schema_version="1.1.0")
    buffer.seek(0)
    table = pq.read_table(buffer)
    said = {**result.about, "dictionary": result.dictionary, "sources": result.sources}
    metadata = {
        **(table.schema.metadata or {}),
        b"first_mile": json.dumps(said, ensure_ascii=False, default=str).encode(),
    }
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd")


def sources_table(result: Result) -> pd.DataFrame:
    """The sources as texts, one row each; those that feed nothing here say so."""
    keys = ("name", "publisher", "title", "licence", "date", "attribution", "address", "sha256", "used_here")
    rows = [{key: _said(source.get(key)) for key in keys} for source in result.sources]
    return pd.DataFrame(rows, columns=list(keys), dtype="str")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


CSV = Export("csv", "csv", "CSV, for any program", "text/csv", write_csv, order=2)
GPKG = Export(
    "gpkg", "gpkg", "GeoPackage, for a map program", "application/geopackage+sqlite3", write_gpkg, order=3, several=True
)
GEOJSON = Export("geojson", "geojson", "GeoJSON, for web maps", "application/geo+json", write_geojson, order=4)
PARQUET = Export(
    "parquet", "parquet", "GeoParquet, for analysis", "application/vnd.apache.parquet", write_parquet, order=5
)
