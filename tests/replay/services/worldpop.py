"""WorldPop's list of data sets and its files: releases R24B and R25A, years to 2030, a raster an age group and sex."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_file, answer_json

DOI = "10.5258/SOTON/WP00839"
PROJECTS = {
    "pop": ["wpgp", "wpic1km", "G2_CN_POP_R24B_1km", "G2_CN_POP_R25A_100m", "G2_CN_POP_R25A_1km"],
    "age_structures": ["aswpgp", "G2_CN_Age_R25A_100m", "G2_CN_Age_R25A_1km", "G2_Age_U18_R25A_100m"],
}
YEARS = (2025, 2026, 2030)  # 2030 is a projection: not before its year


def tif(values: npt.NDArray[np.float32]) -> bytes:
    """A raster of Quenara as GeoTIFF, in degrees, with WorldPop's mark for no data."""
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype="float32", crs="EPSG:4326",
            transform=Affine(quenara.PIXEL, 0, quenara.WEST, 0, -quenara.PIXEL, quenara.NORTH), nodata=quenara.NO_PEOPLE, compress="lzw",
        ) as raster:  # fmt: skip
            raster.write(values, 1)
        return bytes(memory.read())


@cache
def population() -> bytes:
    """People a square kilometre."""
    return tif(quenara.people())


@cache
def by_age(sex: str, code: str) -> bytes:
    """People of an age group and sex."""
    return tif(quenara.people_of_age(code, sex))


def projects(asked: Asked) -> Answer:
    """The projects."""
    return answer_json({"data": [{"alias": p, "name": p} for p in PROJECTS]})


def categories(asked: Asked) -> Answer | None:
    """The categories of a project."""
    assert asked.match is not None
    names = PROJECTS.get(asked.match[1])
    return None if names is None else answer_json({"data": [{"alias": n, "name": n.replace("_", " ")} for n in names]})


def records(asked: Asked) -> Answer:
    """The records of a country; without a country all of them, without their files."""
    assert asked.match is not None
    project, category = asked.match[1], asked.match[2]
    iso3 = asked.query.get("iso3")
    if category not in PROJECTS.get(project, []) or iso3 not in (None, quenara.ISO3, "KOS"):
        return answer_json({"data": []})
    rows = [_record(asked, project, category, year, iso3 or "") for year in YEARS]
    for row in rows:
        if iso3 is None:
            row.pop("files")
    return answer_json({"data": rows})


def _record(asked: Asked, project: str, category: str, year: int, iso3: str) -> dict[str, Any]:
    base, code = f"{asked.replay.url(asked.service)}/GIS", "xkx" if iso3 == "KOS" else "xqa"
    release = "R2024B" if "R24B" in category else "R2025A"
    names = [f"{code}_pop_{year}_CN_1km_{release}_UA_v1.tif"]
    if project == "age_structures":
        names = [f"{code}_{sex}_{age}_{year}_CN_1km_{release}_UA_v1.tif" for sex in "fmt" for age in quenara.AGE_CODES]
    return {
        "id": f"7{year}", "title": f"Population of Quenara {year}, {category}", "doi": DOI, "popyear": str(year), "iso3": iso3,
        "citation": "Example citation text.", "files": [f"{base}/{release}/{year}/{n}" for n in names], "public": "Y",
        "license": "https://hub.worldpop.org/data/licence.txt", "url_summary": f"https://hub.worldpop.org/geodata/summary?id=7{year}",
    }  # fmt: skip


def file(asked: Asked) -> Answer | None:
    """A file, of the newest release's years."""
    assert asked.match is not None
    name = asked.match[1].split("_")
    if name[1] == "pop":
        return answer_file(population(), "image/tiff")
    if len(name) > 3 and name[2] in quenara.AGE_CODES:
        return answer_file(by_age(name[1], name[2]), "image/tiff")
    return None


ROUTES = [
    (r"/rest/data/?", projects),
    (r"/rest/data/([a-z_]+)", categories),
    (r"/rest/data/([a-z_]+)/(\w+)", records),
    (r"/GIS/R20\d\d[A-Z]/\d{4}/([\w.]+)", file),
]
SERVICES = {"worldpop": ROUTES, "worldpop_ages": ROUTES}
