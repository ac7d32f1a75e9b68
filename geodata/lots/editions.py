"""The two editions of lots: what the ministry keeps, and what bidders get.

The bidder's edition says where, how much bandwidth, which service and for how many years, and leaves room for prices. It
holds no estimate, score, rank, risk or reason, nothing about learners, and not who waits on the reserve list. It is made
from a list of what may be in it, not by leaving things out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata.arrays import number
from geodata.lots.cut import Lots
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import in_english, tr

# Columns of the price schedule, machine name → header; the last three are the bidder's.
SITES = {
    "lot": "Lot",
    "order": "No.",
    "school_id": "School id",
    "school_name": "School",
    "area": "Area",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "mbps": "Mbps needed",
    "setup": "Setup price",
    "yearly": "Price a year",
    "remarks": "Remarks",
}
FILLED = ("setup", "yearly", "remarks")
# One row a lot; the bidder writes the sums, which are checked against the sites.
TOTALS = {
    "lot": "Lot",
    "title": "Title",
    "schools": "Schools",
    "mbps": "Mbps needed",
    "setup": "Total setup price",
    "yearly": "Total price a year",
    "currency": "Currency",
}
NOT_REPORTED = "not reported"


@dataclass(frozen=True)
class Tender:
    """What bidders get. `key` says which plan it is of; `sites` has SITES and `totals` TOTALS, the bidder's cells empty;
    `service`: what is asked for, name and words; `marks`: what every page must say."""

    key: str
    place: str
    area_word: str
    currency: str
    years: int
    sites: pd.DataFrame
    totals: pd.DataFrame
    service: tuple[tuple[str, str], ...]
    marks: tuple[str, ...]
    note: str  # how exactly locations stand; empty where they are exact


@in_english
def tender(plan: Plan, lots: Lots, desk: Desk) -> Tender:
    """The bidder's edition of a plan's lots, with places as exactly as the desk's tier may see them."""
    years = round(plan.terms.number("lot_contract_years"))
    marks = [tr("Synthetic demonstration data: not a real tender.")] if desk.atlas.synthetic else []
    marks.append(tr("Draft: a tender is what the buyer signs."))
    return Tender(
        key=plan.key,
        place=str(desk.place.get("name") or desk.atlas.name),
        area_word=str((desk.place.get("levels") or ["area"])[0]),
        currency=lots.currency,
        years=years,
        sites=_sites(lots, desk),
        totals=_totals(lots),
        service=service(plan, years),
        marks=tuple(marks),
        note=desk.location_note,
    )


def whole_mbps(needed: Any) -> pd.Series:
    """Mbps as a tender asks for them: rounded up to whole ones, which also keeps enrolments out of it."""
    values = number(needed)
    return pd.Series(pd.array(np.ceil(np.where(np.isnan(values), 0, values) - 1e-6), dtype="Int64")).mask(
        np.isnan(values)
    )


def service(plan: Plan, years: int) -> tuple[tuple[str, str], ...]:
    """The service that is asked for, from the policy."""
    asked = plan.terms.number
    return (
        (tr("Years of the contract"), f"{years}"),
        ("Bandwidth", tr("as stated for each school, down; measured at the school")),
        ("Availability", tr("at least {asked:.2%} of school hours in a month", asked=asked('lot_uptime_share'))),
        (tr("Delay there and back"), tr("at most {asked:g} ms, median of a month", asked=asked('lot_latency_ms'))),
        ("Faults", tr("mended within {asked:g} hours", asked=asked('lot_repair_hours'))),
        ("Technology", tr("as in the title of the lot; another that gives the same service may be offered, and is named under Remarks")),
        ("Prices", tr("per school: setup once, and the price of one year of service; without taxes; no cell left empty in a lot that is offered")),
    )  # fmt: skip


def _sites(lots: Lots, desk: Desk) -> pd.DataFrame:
    schools = lots.schools
    out = schools[["lot", "order", "school_id", "latitude", "longitude"]].copy()
    out["school_name"] = _named(desk, schools["school_id"])
    out["area"] = schools["area"]
    out["mbps"] = whole_mbps(schools["required_mbps"]).to_numpy()
    return out.assign(**dict.fromkeys(FILLED, ""))[list(SITES)]


def _named(desk: Desk, ids: pd.Series) -> pd.Series:
    """Names of schools where the tier may see them."""
    seen = desk.schools
    if "school_name" not in seen:
        return pd.Series("", index=ids.index, dtype="str")
    names = seen["school_name"].set_axis(seen["school_id"].astype("str"))
    return names.reindex(ids).fillna("").astype("str").set_axis(ids.index)


def _totals(lots: Lots) -> pd.DataFrame:
    by_lot = whole_mbps(lots.schools["required_mbps"]).groupby(lots.schools["lot"].to_numpy()).sum(min_count=1)
    out = lots.lots[["lot", "title", "schools"]].copy()
    out["mbps"] = by_lot.reindex(out["lot"]).to_numpy()
    return out.assign(setup="", yearly="", currency=lots.currency)[list(TOTALS)]
