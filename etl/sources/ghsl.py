"""GHSL's degree of urbanisation (SMOD): a code a square kilometre of the world, of which the country's window is kept.

The raster stays in its own equal-area projection (Mollweide), for codes cannot be averaged: schools are brought to the
raster, never the raster to schools.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.transform import Affine
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from etl.boxes import names_in
from etl.connect import Ask, Block, Bounds, Connector, Taken
from etl.nearby import near
from geodata.errors import NothingFoundError, SourceError

if TYPE_CHECKING:
    from etl.fetching.client import Client

NAME = "ghsl"
RELEASE, VERSION = "R2023A", "V2-0"
FIRST, LAST, STEP = 1975, 2030, 5
MARGIN_KM = 5.0  # cells beyond the coast or border that a school may be brought to
NO_DATA = -200
CITED = "Schiavina M., Melchiorri M., Pesaresi M. (2023): GHS-SMOD R2023A. European Commission, JRC. doi:10.2905/A0DF7A6F-49DE-46EA-9BDE-563437A6E2BA"


def take(client: Client, ask: Ask) -> Taken:
    """A GeoTIFF of the country's window, in the world file's own projection and codes.

    Raises NothingFoundError where the window has no cell with a code, SourceError where the file is no such raster or
    the server's certificate is not trusted.
    """
    year = epoch(ask)
    path = ask.dropped or _fetched(client, year)
    here = near(ask, MARGIN_KM)
    out = _place_for(client, ask, path)
    cells = cut(path, here.around, out)
    if not cells:
        raise NothingFoundError(f"GHSL has no cell with a code of {ask.name or ask.iso3} in {path.name}.")
    name = f"E{year}" if not ask.dropped else path.stem
    return Taken(
        out,
        title=f"GHS-SMOD degree of urbanisation, {name}",
        date=str(year) if not ask.dropped else _year_of(path.name),
        version=RELEASE,
        attribution=CITED,
        address="https://human-settlement.emergency.copernicus.eu/ghs_smod2023.php",
        notes=(f"A window of {cells:,} square kilometres with a code, around the country.",),
    )


def _place_for(client: Client, ask: Ask, path: Path) -> Path:
    """A file of the cache for the country's window."""
    folder = Path(client.cache) / "cut"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{ask.iso3}_{path.stem}.tif"


def epoch(ask: Ask) -> int:
    """The newest epoch that is not in the future, or the one that the option `year` names."""
    named = int(ask.options.get("year", 0))
    if named and (named % STEP or not FIRST <= named <= LAST):
        raise SourceError(f"GHSL has epochs every {STEP} years from {FIRST} to {LAST}, not {named}. Correct service.options.year.")  # fmt: skip
    return named or min(LAST, ask.today.year // STEP * STEP)


def _fetched(client: Client, year: int) -> Path:
    """The world's file, once for all countries."""
    folder = f"GHS_SMOD_E{year}_GLOBE_{RELEASE}_54009_1000"
    name = f"{folder}_{VERSION.replace('-', '_')}.zip"
    try:
        return client.download(NAME, f"/GHS_SMOD_GLOBE_{RELEASE}/{folder}/{VERSION}/{name}", magic=(b"PK\x03\x04",), name=name)  # fmt: skip
    except SourceError as error:
        if "certificate" in str(error).lower() or "ssl" in str(error).lower():
            raise SourceError(
                f"The certificate of GHSL's server is not trusted from this network ({error}) Set REQUESTS_CA_BUNDLE to the network's certificates, or put the file there by hand (`file` of the service in the recipe); checking is never switched off."
            ) from None
        raise


def cut(path: Path, bounds: Bounds, out: Path) -> int:
    """Write the window of west, south, east, north (degrees) of a raster or of the raster in a zip; cells with a code."""
    try:
        with rasterio.open(_inside(path), driver="GTiff") as raster:
            if raster.crs is None:
                raise SourceError(f"{path.name} does not say its projection. It must be GHSL's file as it is.")
            window = _window(raster, bounds)
            if not window.width or not window.height:
                return 0
            codes = raster.read(1, window=window)
            profile = {"driver": "GTiff", "height": codes.shape[0], "width": codes.shape[1], "count": 1, "dtype": "int16", "crs": raster.crs, "transform": _moved(raster.transform, window), "nodata": NO_DATA, "compress": "deflate"}  # fmt: skip
            if not np.issubdtype(codes.dtype, np.integer):
                raise SourceError(f"{path.name} has no whole-number codes. Is it GHSL's SMOD raster?")  # fmt: skip
            with rasterio.open(out, "w", **profile) as written:
                written.write(codes.astype("int16"), 1)
    except RasterioError as error:
        raise SourceError(f"{path.name} cannot be read as a raster ({str(error)[:160]}). Fetch it again.") from None
    return int(((codes >= 10) & (codes <= 30)).sum())


def _moved(transform: Affine, window: Window) -> Affine:
    """The transform of a window of a raster whose north is up."""
    t = transform
    return Affine(t.a, 0.0, t.c + window.col_off * t.a, 0.0, t.e, t.f + window.row_off * t.e)


def _window(raster: Any, bounds: Bounds) -> Window:
    """The raster's cells that cover a box of degrees; edges are bent, so many points of each are brought over."""
    west, south, east, north = bounds
    left, bottom, right, top = transform_bounds("EPSG:4326", raster.crs, west, max(south, -89.9), east, min(north, 89.9), densify_pts=101)  # fmt: skip
    first, last = (np.array(~raster.transform @ corner) for corner in ((left, top), (right, bottom)))  # column, row
    start = np.clip(np.floor(first).astype(int) - 1, 0, (raster.width, raster.height))
    end = np.clip(np.ceil(last).astype(int) + 1, 0, (raster.width, raster.height))
    return Window(int(start[0]), int(start[1]), int(max(end[0] - start[0], 0)), int(max(end[1] - start[1], 0)))


def _inside(path: Path) -> str:
    """How the raster is opened: a zip's only GeoTIFF is read in its place."""
    if path.suffix.lower() != ".zip":
        return str(path)
    names = [n for n in names_in(path) if n.lower().endswith(".tif")]
    if len(names) != 1:
        raise SourceError(f"{path.name} should hold one GeoTIFF, and holds {len(names)}.")
    return f"/vsizip/{path}/{names[0]}"


def _year_of(name: str) -> str:
    found = [part[1:] for part in name.split("_") if part[:1] == "E" and part[1:].isdecimal()]
    return found[0] if found else ""


CONNECTOR = Connector(
    name=NAME,
    title="Degree of urbanisation (GHSL SMOD)",
    publisher="European Commission, Joint Research Centre",
    gives="settlement",
    base="https://jeodpp.jrc.ec.europa.eu/ftp/jrc-opendata/GHSL",
    licence="CC-BY-4.0",
    take=take,
    blocks=(
        Block("source", "degree of urbanisation", "settlement.tif", {"kind": "settlement", "evidence": "inferred"}),
    ),
    attribution=CITED,
    address="https://human-settlement.emergency.copernicus.eu/ghs_smod2023.php",
    by_hand="GHS_SMOD_E2025_GLOBE_R2023A_54009_1000_V2_0.zip, or the GeoTIFF in it",
    options={"year": "an epoch in place of the newest (1975 to 2030, every five years)"},
)
