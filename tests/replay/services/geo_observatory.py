"""Global Education Observatory: tables as files of a repository; blank is unknown, and a table that is not there is 404."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_text

ISCED = {"pre_primary": "0", "primary": "1", "lower_secondary": "2", "upper_secondary": "3", "combined": "1-2", "": ""}
TYPES = {"fibre": "fiber", "4g": "mobile_4g", "satellite": "satellite"}
GEO = "geo_id,source_id,country,school_name,isced_level,school_type,sector,adm0,adm1,adm2,adm3,urban_rural,latitude,longitude,coordinate_source,coordinate_precision,status"
RESOURCES = "geo_id,year,water_basic,water_improved,sanitation_basic,handwashing_basic,electricity,internet,internet_type,computers,library,classrooms_total"


def written(header: str, rows: list[dict[str, Any]]) -> str:
    """CSV; None is a blank."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header.split(","), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def flag(value: bool | None) -> int | None:
    """1, 0 or nothing."""
    return None if value is None else int(value)


def geo(asked: Asked) -> Answer | None:
    """`/geo/xqa_geo.csv`."""
    land = asked.land or quenara
    assert asked.match is not None
    if asked.match[1] != land.ISO3.lower():
        return None
    rows = [
        {
            "geo_id": f"{land.ISO3}_{s.number:06d}", "source_id": s.govt_id, "country": land.NAME, "school_name": s.name,
            "isced_level": ISCED[s.level], "sector": s.funding, "adm1": land.area(s.province).name,
            "adm2": land.area(s.district).name, "urban_rural": "urban" if s.urban else "rural", "latitude": s.lat,
            "longitude": s.lon, "status": "open",
        } for s in land.seen("geo_observatory")
    ]  # fmt: skip
    return answer_text(written(GEO, rows), "text/plain; charset=utf-8")


def resources(asked: Asked) -> Answer | None:
    """`/resources/xqa_resources.csv`: two years of some schools; a school of which nothing is known has a lone 0 in internet."""
    land = asked.land or quenara
    assert asked.match is not None
    if asked.match[1] != land.ISO3.lower():
        return None
    rows: list[dict[str, Any]] = []
    for s in {s.number: s for s in land.seen("geo_observatory")}.values():
        row = {"geo_id": f"{land.ISO3}_{s.number:06d}", "year": 2023}
        if s.number % 7 == 0:  # an earlier year, in which nothing was there
            rows.append({**row, "year": 2021, "water_basic": 0, "electricity": 0, "internet": 0, "computers": 0})
        if s.internet is None:
            rows.append({**row, "electricity": flag(s.electricity), "internet": 0})
        else:
            more = {"internet_type": TYPES.get(s.connection or ""), "computers": s.computers, "water_basic": 1}
            rows.append({**row, "electricity": flag(s.electricity), "internet": flag(s.internet), **more})
    return answer_text(written(RESOURCES, rows), "text/plain; charset=utf-8")


ROUTES = [(r"/geo/([a-z]{3})_geo\.csv", geo), (r"/resources/([a-z]{3})_resources\.csv", resources)]
