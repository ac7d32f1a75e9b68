"""The options of every school: each way judged and priced, and the cheapest that would do (methods 4.1 to 4.3)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from geodata.arrays import Codes, Floats, number
from geodata.costing.breakeven import break_even_m
from geodata.costing.unit import Case, PriceBook
from geodata.errors import DisclosureError
from geodata.options import cellular, cluster, fibre, microwave, offline, satellite
from geodata.options.eligible import eligible as eligible_of
from geodata.options.ground import FIXED, MAYBE, STATES, WHYS, YES, Ground, Link, blocked, ground
from geodata.options.needs import needs as needs_of
from geodata.options.price import BESIDE, Amounts, Buyer
from geodata.options.table import COLUMNS, Way, Why
from geodata.options.words import why_none, why_this
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.say import in_english

JUDGES: dict[str, Callable[[Ground], Link]] = {
    Way.FIBRE.value: fibre.link,
    Way.CELLULAR.value: cellular.link,
    Way.MICROWAVE.value: microwave.link,
    Way.SATELLITE.value: satellite.link,
    Way.CLUSTER.value: cluster.link,
    Way.OFFLINE.value: offline.link,
}


def options(
    desk: Desk,
    terms: Terms,
    book: PriceBook,
    *,
    needs: pd.DataFrame | None = None,
    eligible: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """COLUMNS, one row a school and way, sorted by school_id and in the order of Way.

    `needs` and `eligible` as their functions give them, made here where they are not given. Raises DisclosureError where
    the desk's tier may not see where schools lie.
    """
    if why := blocked(desk):
        raise DisclosureError(why)
    needs = needs_of(desk, terms) if needs is None else needs
    eligible = eligible_of(desk, terms) if eligible is None else eligible
    buyer = Buyer(needs, eligible, terms, book)
    beside = {case: {n: Amounts.of(p, buyer.money) for n, p in buyer.beside(case).items()} for case in _cases(terms)}
    on = ground(desk, terms, needs)
    tables = [_of_way(way, on, buyer, beside) for way in Way]
    out = pd.concat(tables, ignore_index=True)
    n, order = len(needs), np.argsort(needs["school_id"].to_numpy(dtype=object).astype(str), kind="stable")
    rows = (order[:, None] + n * np.arange(len(tables))[None, :]).ravel()
    return out.iloc[rows].reset_index(drop=True)[list(COLUMNS)]


def _cases(terms: Terms) -> tuple[Case, ...]:
    cases: tuple[Case, ...] = (terms.case, "low", "high")
    return tuple(dict.fromkeys(cases))


def _of_way(way: Way, on: Ground, buyer: Buyer, beside: dict[Case, dict[str, Amounts]]) -> pd.DataFrame:
    """The rows of one way, in the order of the needs."""
    terms, money = buyer.terms, buyer.money
    link = on.settled(JUDGES[way.value](on), way.value)
    length = link.near.distance_m
    priced = {case: Amounts.of(buyer.link(way.value, length, case), money) for case in beside}
    unmeasured = np.isnan(length) & (way == Way.FIBRE)  # fibre is paid by its length: without one its cost is not known
    worth = {case: np.where(unmeasured, np.nan, amounts.worth) for case, amounts in priced.items()}
    total = {case: worth[case] + sum(beside[case][n].worth for n in BESIDE) for case in priced}
    now, own = beside[terms.case], priced[terms.case]
    state, why = link.state, link.why
    unpriced = np.isnan(total[terms.case]) & (state == YES)
    state, why = np.where(unpriced, MAYBE, state), np.where(unpriced, WHYS.index(Why.NO_PRICE.value), why)
    high_risk = on.risky & (way.value in FIXED)
    capital = own.capital + sum(now[n].capital for n in BESIDE)
    yearly = own.yearly + sum(now[n].yearly for n in BESIDE)
    may = (state == YES) | ((state == MAYBE) & (terms.policy["plan_unknown_ways"] == "yes"))
    return pd.DataFrame(
        {
            "school_id": buyer.needs["school_id"].to_numpy(),
            "way": way.value,
            "state": _texts([s.value for s in STATES], state),
            "why": _texts(list(WHYS), why),
            "distance_m": length,
            "along_road": link.near.along_road,
            "from_id": pd.array(link.near.from_id, dtype="str"),
            "mbps": link.mbps,
            "high_latency": link.high_latency,
            "capital": np.where(unmeasured, np.nan, capital),
            "yearly": np.where(unmeasured, np.nan, yearly),
            "link_cost": worth[terms.case],
            "link_low": worth["low"],
            "link_high": worth["high"],
            "power_cost": now["power"].worth,
            "device_cost": now["device"].worth,
            "training_cost": now["training"].worth,
            "cost": total[terms.case],
            "cost_low": total["low"],
            "cost_high": total["high"],
            "choosable": may & ~np.isnan(total[terms.case]) & (way != Way.OFFLINE),
            "compared_cost": total[terms.case] * np.where(high_risk, 1 + terms.number("plan_risk_margin"), 1.0),
            "break_even_m": _break_even(way, buyer, worth[terms.case]),
        }
    )


def _texts(names: list[str], codes: Codes) -> pd.Series:
    return pd.Series(pd.array(np.array(names, dtype=object)[codes], dtype="str"))


def _break_even(way: Way, buyer: Buyer, link_cost: Floats) -> Floats:
    """Metres of fibre below which fibre would cost the same school less; unknown for fibre itself and offline-first."""
    if way in (Way.FIBRE, Way.OFFLINE):
        return np.full(len(link_cost), np.nan)
    case, money, mbps = buyer.terms.case, buyer.money, buyer.column("required_mbps")
    beside = Amounts.of(buyer.inside("fibre", case), money).worth
    return break_even_m(buyer.book, link_cost, mbps, money, beside=beside, case=case)


@in_english
def cheapest(options: pd.DataFrame) -> pd.DataFrame:
    """One row a school, sorted by school_id: its cheapest choosable way (ties in the order of Way) and `way_why`, a
    sentence; `way` is empty and costs are missing where no way may be chosen."""
    code = coded(options["way"], [way.value for way in Way])
    school, ids = pd.factorize(options["school_id"])
    can = options["choosable"].to_numpy(dtype=bool)
    rows = np.flatnonzero(can)
    compared, cost = number(options["compared_cost"]), number(options["cost"])
    best = _first(rows, school, compared, code, len(ids))
    least = _first(rows, school, cost, code, len(ids))
    has = best >= 0
    out = options.iloc[np.maximum(best, 0)].reset_index(drop=True)
    out["school_id"] = np.asarray(ids)
    blank = [c for c in out.columns if c not in ("school_id", "along_road", "high_latency", "choosable")]
    for name in blank:
        out[name] = out[name].mask(~has, "" if out[name].dtype == "str" else np.nan)
    for name in ("along_road", "high_latency", "choosable"):
        out[name] = out[name].to_numpy(dtype=bool) & has
    n_ways = np.bincount(school[can], minlength=len(ids))
    moved = np.where(has & (best != least), code[np.maximum(least, 0)], -1)
    chosen = np.where(has, code[np.maximum(best, 0)], -1)
    unsure = has & (options["state"].to_numpy()[np.maximum(best, 0)] != "feasible")
    return out.assign(way_why=_why(options, school, chosen, n_ways, moved, unsure))


def _first(rows: Codes, school: Codes, cost: Floats, code: Codes, n: int) -> Codes:
    """Position of each school's cheapest row among some; -1 where it has none."""
    order = rows[np.lexsort((code[rows], np.round(cost[rows], 6), school[rows]))]
    out = np.full(n, -1, dtype=np.int64)
    first = order[np.r_[True, school[order][1:] != school[order][:-1]]] if len(order) else order
    out[school[first]] = first
    return out


def _why(options: pd.DataFrame, school: Codes, chosen: Codes, n_ways: Codes, moved: Codes, unsure: np.ndarray) -> pd.Series:  # fmt: skip  # noqa: PLR0917
    """A sentence a school; schools in the same case share it."""
    names, base = [way.value for way in Way], len(WHYS)
    against = np.zeros(len(chosen), dtype=np.int64)
    reasons, codes = coded(options["why"], list(WHYS)), coded(options["way"], names)
    np.add.at(against, school, reasons * base**codes)
    case = np.where(chosen < 0, against, 0)
    for values in (chosen + 1, n_ways, moved + 1, unsure):
        case = case * 8 + values.astype(np.int64)
    kinds, which = np.unique(case, return_inverse=True)
    said = []
    for coded_case in kinds.tolist():
        rest, doubt = divmod(coded_case, 8)
        rest, cheaper = divmod(rest, 8)
        rest, ways = divmod(rest, 8)
        held, taken = divmod(rest, 8)
        if taken:
            said.append(why_this(names[taken - 1], ways, names[cheaper - 1] if cheaper else "", bool(doubt)))
        else:
            said.append(why_none({name: WHYS[held // base**k % base] for k, name in enumerate(names)}))
    return pd.Series(pd.array(np.array(said, dtype=object)[which], dtype="str"))


def coded(values: pd.Series, names: list[str]) -> Codes:
    """Position of each value in `names`."""
    codes, found = pd.factorize(values)
    return np.array([names.index(str(name)) for name in found], dtype=np.int64)[codes]
