"""Satellite bundles: one contract for the satellite schools of an area. What a provider would give off for it is not
known, so nothing is taken off any price: what a discount would save is said beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.arrays import number
from geodata.options.table import Way
from geodata.say import in_english, tr, written

SHARES = (0.05, 0.1, 0.2, 0.3)  # discounts that the table is worked out for
BUNDLES = ("area_id", "area", "schools", "fees", "fees_unknown")


def bundles(chosen: pd.DataFrame, shares: Sequence[float] = SHARES) -> pd.DataFrame:
    """One row an area with two or more satellite schools: BUNDLES and `saves_5`, `saves_10` … for each share.

    `chosen`: area_id, area, way and fees (present value of each school's fees, unknown where not known). A saving is only
    of the fees that are known.
    """
    here = chosen[(chosen["way"] == Way.SATELLITE).to_numpy()]
    known = here.assign(fees=number(here["fees"]), unknown=np.isnan(number(here["fees"])))
    found = known.groupby(["area_id", "area"], dropna=False, sort=True).agg(
        schools=("fees", "size"), fees=("fees", "sum"), fees_unknown=("unknown", "sum")
    )
    table = found[found["schools"] >= 2].reset_index()
    return table.assign(**{column(share): table["fees"] * share for share in shares})


def column(share: float) -> str:
    """The column of a discount."""
    return f"saves_{round(share * 100)}"


@in_english
def say(table: pd.DataFrame, currency: str, share: float = 0.1) -> str:
    """What bundling would save at a discount, in a sentence that says that the discount is not known."""
    if not len(table):
        return tr("No area has two satellite schools or more.")
    saved = float(table[column(share)].sum())
    return tr(
        "{schools} satellite schools in {areas} areas could be bought together. What a provider would give off for it is not known; at {share:.0%} off the fees it would save {currency} {saved} over the years counted.",
        schools=written(int(table["schools"].sum())),
        areas=len(table),
        share=share,
        currency=currency,
        saved=written(saved, 0),
    )
