"""Files of areas as services give them: read through GDAL or as GeoParquet, faults said, warnings kept as notes."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyogrio
import shapely

from etl.boxes import refuse_pointers
from geodata.errors import SourceError

FAULTS = (
    pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError, pa.ArrowException,
    shapely.errors.ShapelyError, ValueError, TypeError, OSError, RecursionError,
)  # fmt: skip


def read_shapes(where: Any, name: str, notes: list[str]) -> gpd.GeoDataFrame:
    """The shapes of a file (a path, a place inside a ZIP as GDAL names it, or a stream), in EPSG:4326.

    What GDAL grumbles at goes to `notes`, each once. Raises SourceError where it is no file of shapes.
    """
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            refuse_pointers(where, name)
            parquet = isinstance(where, Path) and _begins(where) == b"PAR1"
            frame = gpd.read_parquet(where) if parquet else pyogrio.read_dataframe(where, datetime_as_string=True)
        except FAULTS as error:
            raise SourceError(f"{name} cannot be read: {_short(error)}. Is it whole, and are these areas?") from None
        if not isinstance(frame, gpd.GeoDataFrame) or "geometry" not in frame:
            raise SourceError(f"{name} holds a table without shapes.")
        frame = frame.set_crs(4326) if frame.crs is None else frame.to_crs(4326)
    told = list(dict.fromkeys(_short(w.message) for w in said if "as JSON" not in str(w.message)))
    notes += [f"{name}: {text}." for text in told[:3]]
    return frame


def _begins(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(4)


def _short(error: object) -> str:
    """A sentence of GDAL's without the folders of this machine."""
    words = " ".join(str(error).split()).split(" ")
    return " ".join(w.rsplit("/", 1)[-1] if "/" in w else w for w in words)[:160].rstrip(".")
