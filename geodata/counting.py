"""Schools of a selection rolled up: to the areas of a level, and to hexagons, as a tier may see them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geodata.aggregate import roll_up
from geodata.answers import nearest
from geodata.declare import Indicator
from geodata.disclosure import Coarseness
from geodata.errors import ViewError
from geodata.policy import Policy
from geodata.say import tr

FINEST = 15  # of H3


def rolled(
    frame: pd.DataFrame, by: pd.Series, policy: Policy, indicators: Mapping[str, Indicator], one: str | None
) -> pd.DataFrame:
    """The rows of a selection rolled up by a key on their index; for one indicator or for all that roll up.

    Raises ViewError where there is no such indicator.
    """
    if one is not None and one not in indicators:
        raise ViewError(tr("There is no indicator {one!r} here.{one_2}", one=one, one_2=nearest(one, indicators)))
    names = [one] if one else [name for name, i in indicators.items() if i.rollup != "none"]
    return roll_up(frame, by, policy=policy, indicators=names)


def by_area(table: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """The areas with what was rolled up to them (index area ids); those without a school have 0. Where the number of
    schools is kept back it stays unknown."""
    out = table.join(counts, on="area_id")
    names = [c for c in counts.columns if c.startswith("num_schools") or c.endswith(("_known", "_unknown"))]
    kept_back = out["area_id"].isin(counts.index[counts["num_schools"].isna()])
    out[names] = out[names].fillna(0)
    out.loc[kept_back, [n for n in names if n.startswith("num_schools")]] = np.nan
    return out


def resolution_of(asked: int, locations: Coarseness) -> int:
    """The H3 resolution shown where one is asked for: no finer than the tier may see."""
    finest = locations.cell if locations.cell is not None else 6 if not locations.exact else FINEST
    return min(asked, finest)
