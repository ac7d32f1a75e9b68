"""What hexagons of people tell of schools (how far the nearest is, what it has), kept back with the schools themselves.

Ways from several hexagons to one school give its place back, as two distances to masts do; the underserved children
and the device seats of a hexagon with one school near it say what that school has (methods 6.2).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from geodata.places import area_of_each
from geodata.query import Desk
from geodata.tables import NEAREST

WAYS = tuple(f"{end}_{unit}" for end in (*(f"nearest_{n}" for n in NEAREST), "farthest_primary") for unit in ("minutes", "m"))  # fmt: skip
OF_SCHOOLS = ("underserved_children_lower", "underserved_children_upper", "device_seats_per_child", "schools_seats_unknown")  # fmt: skip
STEPS = {"minutes": 10.0, "m": 1000.0}  # of ways where places are rounded to about a kilometre
TOWN = ("town_distance_m", "town_direction")


def ways_told(desk: Desk) -> bool:
    """Whether this tier may read how far schools are: not where schools stand in hexagons."""
    return desk.locations.cell is None


def seen(table: pd.DataFrame, desk: Desk) -> pd.DataFrame:
    """Hexagons or places as this tier may read them: ways to schools exact, rounded or unknown as the schools' places are;
    where no school is shown by itself, nothing that tells what the schools nearby have."""
    if desk.locations.exact:
        return table
    gone = [] if ways_told(desk) else [*WAYS, *TOWN]
    gone += [] if desk.one_by_one else list(OF_SCHOOLS)
    rounded = {c: _in_steps(table[c], STEPS[c.rsplit("_", 1)[1]]) for c in WAYS if c in table}
    out = table.assign(**rounded).assign(**{c: _unknown(table[c]) for c in gone if c in table})
    if desk.one_by_one or "need_class" not in table:
        return out
    return out.assign(need_class=0, need_unsure=False)


def _in_steps(values: pd.Series, step: float) -> pd.Series:
    return (values.astype("float64") / step).round() * step


def _unknown(values: pd.Series) -> pd.Series:
    return pd.Series(np.nan if values.dtype.kind in "if" else None, index=values.index, dtype="float64" if values.dtype.kind in "if" else values.dtype)  # fmt: skip


@lru_cache(maxsize=256)
def enough(desk: Desk, area: str) -> bool:
    """Whether this tier may read of an area what its schools have: everywhere where schools are shown one by one. Else it
    and its sisters hold enough schools each, and so do those above: then no area less its parts tells of a few."""
    if desk.one_by_one or not area:
        return desk.one_by_one or len(desk.whole) >= desk.locations.least
    level = desk.places.levels[area]
    above = desk.places.parents.get(area, "") if level > 1 else ""
    table = desk.places.of_level(level)
    sisters = table["area_id"][table["parent_id"] == above] if above else table["area_id"]
    counts = area_of_each(desk.whole, desk.places, level).value_counts().reindex(sisters, fill_value=0)
    return bool((counts >= desk.locations.least).all()) and enough(desk, above)
