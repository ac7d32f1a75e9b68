"""The World Bank's indicators: a head and rows in pages, an error with status 200, a second part that is null, a byte order mark."""

from __future__ import annotations

import json

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json

UPDATED = "2026-10-07"
PAGE = 2  # rows of one page at most, so that there are several
MARKED = "SP.POP.0014.TO"  # its answer begins with a byte order mark
EMPTY = "SE.SEC.ENRL"  # nothing of this country: the second part is null
GONE = "IT.CEL.SETS.P2"  # archived


def fault(number: str, value: str) -> Answer:
    """An error as the service says it: status 200."""
    return answer_json([{"message": [{"id": number, "key": "Invalid value", "value": value}]}])


def indicator(asked: Asked) -> Answer:
    """`/v2/country/XQA/indicator/CODE`, newest year first."""
    land = asked.land or quenara
    assert asked.match is not None
    place, code = asked.match.groups()
    if asked.query.get("format") != "json":
        return Answer(b"<?xml version='1.0'?><wb:data/>", 200, {"Content-Type": "text/xml"})
    if place != land.ISO3:
        return fault("120", "The provided parameter value is not valid")
    if code == GONE:
        return fault("175", "The indicator was not found. It may have been deleted or archived.")
    years = land.WORLD_BANK.get(code, {})
    size, page = min(int(asked.query["per_page"]), PAGE), int(asked.query.get("page", 1))
    pages = -(-len(years) // size)
    head = {
        "page": page,
        "pages": pages,
        "per_page": size,
        "total": len(years),
        "sourceid": "2",
        "lastupdated": UPDATED,
    }
    rows = [
        {
            "indicator": {"id": code, "value": f"The bank's own name of {code}"}, "country": {"id": land.ISO2, "value": land.NAME},
            "countryiso3code": land.ISO3, "date": str(year), "value": value, "unit": "", "obs_status": "", "decimal": 0,
        } for year, value in sorted(years.items(), reverse=True)
    ]  # fmt: skip
    part = rows[(page - 1) * size : page * size]
    body = json.dumps([head, part or None]).encode()
    mark = b"\xef\xbb\xbf" if code == MARKED else b""
    return Answer(mark + body, 200, {"Content-Type": "application/json;charset=utf-8"})


ROUTES = [(r"/v2/country/(\w+)/indicator/([\w.]+)", indicator)]
