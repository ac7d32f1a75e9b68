"""UNHCR's population statistics: numbers as int or text, "-" for what is hidden; without cf_type=ISO codes are UNHCR's own."""

from __future__ import annotations

from typing import Any

from tests.replay import land as quenara
from tests.replay.server import Answer, Asked, answer_json

PAGE = 1  # items of one page at most, so that there are several
GROUPS = ("refugees", "asylum_seekers", "returned_refugees", "idps", "returned_idps", "stateless", "ooc", "oip", "hst")
AGES = ("0_4", "5_11", "12_17", "18_59", "60", "other")


def text(value: int | None, number: int) -> Any:
    """Some counts come as numbers and some as text; a hyphen is one that is hidden."""
    return "-" if value is None else value if number % 2 else str(value)


def head(year: int, land: Any) -> dict[str, Any]:
    """What every item begins with; origins are summed, so their columns hold hyphens."""
    origin = dict.fromkeys(("coo_id", "coo_name", "coo", "coo_iso"), "-")
    return {"year": year, **origin, "coa_id": 999, "coa_name": land.NAME, "coa": "QUE", "coa_iso": land.ISO3}


def population(land: Any) -> list[dict[str, Any]]:
    """An item a year; who is not named is a true zero."""
    return [
        {**head(year, land), **{g: text(counts.get(g, 0), i) for i, g in enumerate(GROUPS)}}
        for year, counts in sorted(land.DISPLACED.items(), reverse=True)
    ]


def demographics(land: Any) -> list[dict[str, Any]]:
    """An item a year."""
    items = []
    for year, ages in land.DISPLACED_AGES.items():
        cells = {f"{s}_{a}": text(ages.get(f"{s}_{a}", 0), i) for s in "fm" for i, a in enumerate(AGES)}
        whole = sum(v for v in ages.values() if v)
        items.append({**head(year, land), **cells, "f_total": "-", "m_total": "-", "total": whole})
    return items


def table(asked: Asked) -> Answer:
    """`/population/v1/population/` and `/population/v1/demographics/`."""
    land = asked.land or quenara
    assert asked.match is not None
    own = asked.query.get("coa") == (land.ISO3 if asked.query.get("cf_type") == "ISO" else "QUE")
    first, last = int(asked.query.get("yearFrom", 0)), int(asked.query.get("yearTo", 9999))
    items = {"population": population, "demographics": demographics}[asked.match[1]](land) if own else []
    items = [i for i in items if first <= i["year"] <= last]
    size, page = min(int(asked.query.get("limit", 100)), PAGE), int(asked.query.get("page", 1))
    some = items[(page - 1) * size : page * size]
    return answer_json({"page": page, "shortUrl": "", "maxPages": -(-len(items) // size), "total": [], "items": some})


ROUTES = [(r"/population/v1/(population|demographics)/", table)]
