"""GHSL's download folder: the degree of urbanisation of a part of the world, in Mollweide, as a zip."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import numpy as np
from pyproj import Transformer
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_file

CRS = "ESRI:54009"
CELL = 1000.0


@cache
def raster(year: int) -> bytes:
    """Codes on a square kilometre each: Quenara, the sea around it as water, no data beyond; the same in every epoch."""
    to, back = (Transformer.from_crs(*pair, always_xy=True) for pair in (("EPSG:4326", CRS), (CRS, "EPSG:4326")))
    x, y = to.transform(*zip((-14.3, -26.3), (-13.3, -26.3), (-14.3, -25.5), (-13.3, -25.5), strict=True))
    left, top = np.floor(min(x) / CELL) * CELL, np.ceil(max(y) / CELL) * CELL
    rows, columns = int((top - min(y)) // CELL) + 1, int((max(x) - left) // CELL) + 1
    codes = np.full((rows, columns), -200, "int16")
    for row in range(2, rows - 2):
        for column in range(2, columns - 2):
            codes[row, column] = quenara.smod(*back.transform(left + (column + 0.5) * CELL, top - (row + 0.5) * CELL))
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", height=rows, width=columns, count=1, dtype="int16", crs=CRS, nodata=-200,
            transform=Affine(CELL, 0, left, 0, -CELL, top), compress="deflate",
        ) as out:  # fmt: skip
            out.write(codes, 1)
        return bytes(memory.read())


@cache
def packed(year: int) -> bytes:
    """The zip, with the documents that lie beside the raster."""
    out = io.BytesIO()
    name = f"GHS_SMOD_E{year}_GLOBE_R2023A_54009_1000_V2_0"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.tif", raster(year))
        archive.writestr("GHSL_Data_Package_2023.pdf", b"%PDF-1.4 invented")
    return out.getvalue()


def world(asked: Asked) -> Answer | None:
    """The world's file of an epoch."""
    assert asked.match is not None
    year = int(asked.match[1])
    return answer_file(packed(year), "application/zip") if year in range(1975, 2031, 5) else None


ROUTES = [
    (
        r"/GHS_SMOD_GLOBE_R2023A/GHS_SMOD_E(\d{4})_GLOBE_R2023A_54009_1000/V2-0/GHS_SMOD_E\d{4}_GLOBE_R2023A_54009_1000_V2_0\.zip",
        world,
    )
]
