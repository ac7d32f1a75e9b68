"""Schools of OpenStreetMap out of Geofabrik's country extracts: a file a day, where Overpass is too busy to answer.

Only class and name are in the free shapefile. Some files hold several countries: of those, the schools that lie in or
near the boundaries asked for are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import geopandas as gpd
import pandas as pd

from etl.connect import Ask, Block, Connector, Taken
from etl.sources.osm import ATTRIBUTION, SAME_WITHIN_M, SCHOOLS, without_repeats
from etl.sources.osm_files import geofabrik_rows
from etl.sources.osm_tags import COLUMNS
from etl.sources.rows import counted, kind_of, table
from geodata.errors import NothingFoundError, SourceError
from geodata.spatial import inside

if TYPE_CHECKING:
    from etl.fetching.client import Client

BASE = "https://download.geofabrik.de"
NEAR_DEGREES = 0.05  # about 5 km: a school on a border or a coast that is drawn coarsely


def take(client: Client, ask: Ask) -> Taken:
    """Every school of the country's extract. Raises NothingFoundError where Geofabrik has none of the country."""
    if ask.dropped is not None:
        path, stamp, alone, where = ask.dropped, "", True, ""
    else:
        where, alone = _extract(client, ask)
        path = client.download(CONNECTOR.name, where, magic=(b"PK\x03\x04",), name=urlsplit(where).path.rsplit("/", 1)[-1], absent=(404,))  # fmt: skip
        stamp = _day(client.met[-1].headers)
    records, notes = geofabrik_rows(path)
    frame, more = without_repeats(table(records, COLUMNS), float(ask.options.get("same_within_m", SAME_WITHIN_M)))
    notes += more
    if not alone:
        frame = _here(frame, ask, notes)
    if frame.empty:
        raise NothingFoundError(f"Geofabrik's extract has no school in {ask.name or ask.iso3}.")
    return Taken(frame, "Schools in OpenStreetMap (Geofabrik)", stamp, stamp, address=where, rows_read=len(records), rows_kept=len(frame), notes=tuple(notes))  # fmt: skip


def _extract(client: Client, ask: Ask) -> tuple[str, bool]:
    """Address of the shapefile with the country and fewest others, and whether the country is alone in it."""
    if not ask.iso2:
        raise NothingFoundError(f"Geofabrik lists countries by two letters, and {ask.iso3} has none here.")
    catalogue = client.json(CONNECTOR.name, f"{client.base(CONNECTOR)}/index-v1.json")
    features = catalogue.get("features") if isinstance(catalogue, dict) else None
    if not isinstance(features, list):
        raise SourceError(f"Geofabrik's catalogue is {kind_of(catalogue)} without features. Try again later.")
    fitting = []
    for feature in features:
        about = feature.get("properties") if isinstance(feature, dict) else None
        codes = about.get("iso3166-1:alpha2") if isinstance(about, dict) else None
        urls = about.get("urls") if isinstance(about, dict) else None
        shp = urls.get("shp") if isinstance(urls, Mapping) else None
        if isinstance(codes, list) and ask.iso2 in codes and isinstance(shp, str):
            fitting.append((len(codes), shp))
    if not fitting:
        raise NothingFoundError(f"Geofabrik has no shapefile of {ask.name or ask.iso3}.")
    countries, address = min(fitting)
    return address, countries == 1


def _here(frame: pd.DataFrame, ask: Ask, notes: list[str]) -> pd.DataFrame:
    """Of a file with several countries, what lies in or near the country's areas, and what has no place."""
    if ask.areas is None or ask.areas.empty:
        notes.append("The file holds several countries, and no boundaries tell which schools are whose: all are kept.")
        return frame
    shapes = gpd.GeoSeries([ask.areas.geometry.union_all().buffer(NEAR_DEGREES)], crs=4326)
    lat, lon = (pd.to_numeric(frame[c], errors="coerce") for c in ("latitude", "longitude"))
    here = inside(lat, lon, shapes.to_numpy()) | lat.isna().to_numpy()
    notes.append(
        f"The file holds several countries: {counted(int((~here).sum()), 'school')} outside the boundaries left out."
    )
    return frame[here].reset_index(drop=True)


def _day(headers: Mapping[str, Any]) -> str:
    """Day of the file, YYYY-MM-DD, as the server says; empty where it does not."""
    try:
        return parsedate_to_datetime(str(headers["last-modified"])).date().isoformat()
    except (KeyError, ValueError, TypeError):
        return ""


_KEYS = {**SCHOOLS, "columns": {k: v for k, v in SCHOOLS["columns"].items() if k in ("school_name", "education_level", "isced_levels", "latitude", "longitude")}}  # fmt: skip
del _KEYS["values"]
CONNECTOR = Connector(
    "geofabrik", "OpenStreetMap (Geofabrik's extract)", "OpenStreetMap contributors, Geofabrik", "schools", BASE, "ODbL-1.0",
    take, (Block("source", "OpenStreetMap extract", "geofabrik-schools.csv", _KEYS),), ATTRIBUTION,
    "https://www.openstreetmap.org/copyright", order=40, rest_h=24.0,
    by_hand="The file <country>-latest-free.shp.zip.",
    options={"same_within_m": "metres within which a point and an outline of like names are one school (150)"},
)  # fmt: skip
