"""The fibre of a plan as lines: from a school to the school before it on its tree, or to the node it starts from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geodata.plan.result import Plan
from geodata.query import Desk

Point = tuple[float, float]


def of_plan(desk: Desk, plan: Plan) -> dict[str, Any]:
    """GeoJSON of the links of chosen schools that get fibre; those without a place at either end are left out."""
    rows = plan.schools
    fibre = rows[(rows["decision"] == "chosen") & (rows["way"] == "fibre")]
    schools = _points(desk.whole, "school_id")
    starts = {**_nodes(desk), **schools}
    from_ids = _starts(plan)
    features = []
    for school, parent in zip(fibre["school_id"], fibre["relay_of"].fillna(""), strict=True):
        start = starts.get(str(parent or from_ids.get(school, "")))
        if school in schools and start is not None:
            features.append({"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [start, schools[school]]}})  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def _points(table: pd.DataFrame, key: str) -> dict[str, Point]:
    known = table[table["latitude"].notna() & table["longitude"].notna()]
    return {str(k): (round(float(x), 5), round(float(y), 5)) for k, x, y in zip(known[key], known["longitude"], known["latitude"], strict=True)}  # fmt: skip


def _nodes(desk: Desk) -> dict[str, Point]:
    """Fibre nodes by id, where the country has them."""
    if not desk.atlas.has("nodes"):
        return {}
    table = desk.atlas.read("nodes")
    places = table.geometry
    return {str(k): (round(float(p.x), 5), round(float(p.y), 5)) for k, p in zip(table["node_id"], places, strict=True) if p is not None and not p.is_empty}  # fmt: skip


def _starts(plan: Plan) -> dict[str, str]:
    """Where the fibre of each school starts, by the options."""
    if not len(plan.options):
        return {}
    fibre = plan.options[(plan.options["way"] == "fibre") & plan.options["from_id"].notna()]
    return dict(zip(fibre["school_id"].astype(str), fibre["from_id"].astype(str), strict=True))
