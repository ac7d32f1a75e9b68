"""The reserve list of each lot: the next best schools that the plan left out, in the same area and by the same way."""

from __future__ import annotations

from math import ceil

import numpy as np
import pandas as pd

from geodata.arrays import number
from geodata.lots.compact import flat
from geodata.lots.merge import APART
from geodata.say import in_english, tr

RESERVE = (
    "lot",
    "order",
    "school_id",
    "way",
    "required_mbps",
    "learners",
    "value",
    "cost_low",
    "cost",
    "cost_high",
    "why",
)


@in_english
def reserve_lists(
    lots: pd.DataFrame,
    chosen: pd.DataFrame,
    every: pd.DataFrame,
    share: float,
    *,
    pays: str = "cost",
    spare: float = np.inf,
) -> pd.DataFrame:
    """RESERVE: for each lot `share` of its schools, one at least where there is one, most value for its cost first.

    Each school stands on the list of the nearest lot of its area and way only. A school that would go on from another's
    link is listed only where that one is in the plan. One that costs more (column `pays`: what the budget pays for) than
    the dearest school of its lot and what the plan has to `spare` could take nobody's place, and is not listed.
    """
    left = every[every["decision"] == "left_out"]
    relay = left["relay_of"]
    left = left[relay.eq("") | relay.isin(chosen["school_id"])]
    left = left[number(left["cost"]) > 0]
    left = left.assign(lot=_nearest_lot(left, lots), worth=number(left["value"]) / number(left["cost"]))
    dearest = chosen.groupby("lot")[pays].max()
    left = left[number(left[pays]) <= number(left["lot"].map(dearest)) + max(spare, 0.0)]
    left = left[left["lot"] != ""].sort_values(
        ["lot", "worth", "school_id"], ascending=[True, False, True], kind="stable"
    )
    order = left.groupby("lot").cumcount() + 1
    size = {lot: max(1, ceil(share * n)) for lot, n in zip(lots["lot"], lots["schools"], strict=True)}
    room = np.array([size[lot] for lot in left["lot"]] if share > 0 else [0] * len(left), dtype=np.int64)
    kept = left.assign(order=order)[order.to_numpy() <= room]
    worth = number(kept["worth"])
    why = [tr("left out of the plan; place {o} by value for cost ({v:.3g} per unit of money)", o=o, v=v) for o, v in zip(kept["order"], worth, strict=True)]  # fmt: skip
    return kept.assign(why=pd.Series(why, index=kept.index, dtype="str"))[list(RESERVE)].reset_index(drop=True)


def _nearest_lot(left: pd.DataFrame, lots: pd.DataFrame) -> pd.Series:
    """The lot of the same area and way whose middle is nearest to each school; the first one where either has no place."""
    out = pd.Series("", index=left.index, dtype="str")
    by_kind = left.groupby(["area_id", "way"], dropna=False).groups
    each = lots.assign(area_id=lots["area_id"].str.split(APART)).explode("area_id")  # a lot may lie in several areas
    for (area, way), some in each.groupby(["area_id", "way"], sort=True):
        rows = by_kind.get((area, way))
        if rows is None or not len(rows):
            continue
        here = left.loc[rows]
        x, y = flat(pd.concat((here["latitude"], some["latitude"])), pd.concat((here["longitude"], some["longitude"])))
        away = np.hypot(x[: len(here), None] - x[len(here) :], y[: len(here), None] - y[len(here) :])
        out.loc[rows] = some["lot"].to_numpy()[np.nan_to_num(away, nan=np.inf).argmin(axis=1)]
    return out
