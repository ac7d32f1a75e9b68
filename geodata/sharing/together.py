"""What building together could save in a plan, beside the plan: trees, new sites, satellite bundles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.arrays import number
from geodata.costing import ways
from geodata.costing.parts import Money, present_value
from geodata.costing.unit import PriceBook
from geodata.options.price import Amounts, Buyer
from geodata.options.table import Way
from geodata.plan.basis import Basis
from geodata.plan.result import Plan
from geodata.say import in_english, tr, written
from geodata.sharing import bundles
from geodata.sharing.towers import Towers, towers


@dataclass(frozen=True)
class Together:
    """`towers` over schools without mobile broadband; `bundles` of the plan's satellite schools, by area; `say`: sentences."""

    towers: Towers
    bundles: pd.DataFrame
    say: tuple[str, ...]


@in_english
def together(ground: Basis, plan: Plan) -> Together:
    """What a plan's schools could build together, on the basis that the plan was made on. Nothing of it is in the plan's
    numbers, save shared fibre where the terms ask for it."""
    buyer = Buyer(ground.needs, ground.eligible, plan.terms, ground.book)
    sites = new_sites(ground, buyer)
    table = bundles.bundles(_satellite(ground, plan, buyer))
    said = [ground.shared.say()] if ground.shared is not None else []
    said += [_sites_say(sites, ground.book), bundles.say(table, ground.book.currency)]
    return Together(sites, table, tuple(said))


def new_sites(ground: Basis, buyer: Buyer) -> Towers:
    """New 4G sites over eligible schools that have no mobile broadband and may lack something."""
    options, needs = ground.options, ground.needs
    cellular = options[(options["way"] == Way.CELLULAR).to_numpy()].set_index("school_id")
    without = cellular["state"].reindex(needs["school_id"]).eq("infeasible").to_numpy()
    part = ground.eligible["eligible"].to_numpy(dtype=bool) & without & (number(needs["chance_underserved"]) > 0)
    part &= ~(number(needs["required_mbps"]) > buyer.terms.number("plan_cellular_mbps"))
    rows = np.flatnonzero(part).astype(np.int64)
    own = ground.cheapest.set_index("school_id")["link_cost"].reindex(needs["school_id"])
    some = buyer.of(rows)
    by_site = Amounts.of(some.link(Way.CELLULAR, np.full(len(rows), np.nan), buyer.terms.case), buyer.money).worth
    whole = ground.desk.whole
    schools = pd.DataFrame(
        {
            "school_id": needs["school_id"].to_numpy()[rows],
            "latitude": number(whole["latitude"])[rows],
            "longitude": number(whole["longitude"])[rows],
            "own_cost": number(own)[rows],
            "served_cost": by_site,
        }
    )
    most = round(buyer.terms.number("tower_exact_most"))
    reach = buyer.terms.number("plan_cellular_max_m")
    return towers(schools, reach_m=reach, mast_cost=mast_cost(ground.book, buyer.money), exact_most=most)


def mast_cost(book: PriceBook, money: Money) -> float:
    """What a new mast costs over the whole life; unknown where the book has no price of one."""
    return float(present_value(ways.mast(book), money)[0])


def _satellite(ground: Basis, plan: Plan, buyer: Buyer) -> pd.DataFrame:
    """The plan's schools with their area and way, and the fees of those by satellite."""
    needs = ground.needs
    chosen = plan.schools["decision"].eq("chosen").to_numpy()
    rows = np.flatnonzero(chosen & plan.schools["way"].eq(Way.SATELLITE).to_numpy()).astype(np.int64)
    some = buyer.of(rows)
    fees = [p for p in some.line(Way.SATELLITE, np.full(len(rows), np.nan), buyer.terms.case) if p.kind == "fee"]
    return pd.DataFrame(
        {
            "area_id": needs["region_id"].astype("str").fillna("").to_numpy()[rows],
            "area": needs["region_name"].astype("str").fillna("").to_numpy()[rows],
            "way": Way.SATELLITE.value,
            "fees": np.broadcast_to(present_value(fees, buyer.money), len(rows)),
        }
    )


def _sites_say(found: Towers, book: PriceBook) -> str:
    if "mast" not in book.costs:
        return tr("What a new mast costs is not known, so new sites are not weighed.")
    if not len(found.sites):
        return tr("No new site would save more than its mast costs.")
    said = tr(
        "{sites} new sites would serve {served} schools and save {currency} {saving} against each school's own best way, masts paid, but not the links that feed them; operators are to be asked.",
        sites=written(len(found.sites)),
        served=written(len(found.served)),
        currency=book.currency,
        saving=written(found.saving, 0),
    )
    return said if found.exact else f"{said} {tr('Other sets of sites may save more: not all were tried.')}"
