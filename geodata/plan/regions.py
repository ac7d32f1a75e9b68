"""Share of need beside share of money for every region; a region that gets nothing says why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import number
from geodata.plan.basis import Basis
from geodata.plan.reasons import Limit
from geodata.say import tr, written

COLUMNS = ("region_id", "region", "schools", "unserved", "need_share", "chosen", "reached", "reached_share", "cost", "money_share", "why")  # fmt: skip


def regions_of(ground: Basis, schools: pd.DataFrame, entry: Limit) -> pd.DataFrame:
    """COLUMNS, a row a region of the first level in the order of the ids, and one for schools whose region is not
    reported. `schools` are the eligible, `unserved` their people expected to be underserved, `reached` those chosen."""
    needs = ground.needs
    every = needs.drop_duplicates("region").sort_values("region")
    code = needs["region"].to_numpy(dtype=np.int64)
    eligible, chosen = schools["eligible"].to_numpy(dtype=bool), schools["decision"].eq("chosen").to_numpy()
    unserved = number(needs["people"]) * number(needs["chance_underserved"])
    cost = number(schools["cost"])
    rows = []
    for region, area, name in zip(every["region"], every["region_id"], every["region_name"], strict=True):
        here = code == region
        ours, taken = here & eligible, here & chosen
        why = "" if taken.any() else _why_none(schools[ours], ground, entry)
        rows.append((
            area if region >= 0 else None, name if region >= 0 else None, int(ours.sum()), unserved[ours].sum(),
            int(taken.sum()), unserved[taken].sum(), cost[taken].sum(), why,
        ))  # fmt: skip
    names = ["region_id", "region", "schools", "unserved", "chosen", "reached", "cost", "why"]
    out = pd.DataFrame(rows, columns=names)
    out = out.sort_values("region_id", na_position="last", kind="stable").reset_index(drop=True)
    for share, of in (("need_share", "unserved"), ("reached_share", "reached"), ("money_share", "cost")):
        total = out[of].sum()
        out[share] = out[of] / total if total else np.nan
    return out[list(COLUMNS)]


def _why_none(ours: pd.DataFrame, ground: Basis, entry: Limit) -> str:
    """Why a region gets nothing."""
    if ours.empty:
        return tr("No school here is eligible.")
    able = ours[ours["decision"] == "left_out"]
    if able.empty:
        return tr(
            "None of the {schools} eligible schools here can be connected by a way known to be possible.",
            schools=written(len(ours)),
        )
    worth = able[number(able["value"]) > 0]
    if worth.empty:
        return tr("Every eligible school here is known to have what the standard asks for.")
    each = (number(worth["cost"]) / number(worth["value"])).min()
    of = {"each": f"{ground.book.currency} {written(each)}", "unit": tr("weighted learner") if ground.unit == "learners" else tr("weighted school")}  # fmt: skip
    if not np.isfinite(entry.per_unit) or each <= entry.per_unit:
        return tr("The cheapest eligible school here costs {each} for each {unit}.", **of)
    return tr("The cheapest eligible school here costs {each} for each {unit}; the plan's money ends at about {end}.", end=written(entry.per_unit), **of)  # fmt: skip
