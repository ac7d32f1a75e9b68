"""The schools of a plan cut into lots: by way of connecting and by province, compact, even, no fibre tree divided,
and none too small to be tendered where a neighbour can take it in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan

import numpy as np
import pandas as pd

from geodata import disclosure
from geodata.arrays import Codes, number
from geodata.costing.parts import present_value
from geodata.costing.unit import Case
from geodata.lots import words
from geodata.lots.compact import flat, parts, units_of
from geodata.lots.merge import areas_of, joined
from geodata.lots.reserve import reserve_lists
from geodata.lots.risks import risk_words
from geodata.options.needs import needs
from geodata.options.price import Buyer
from geodata.options.table import Way
from geodata.plan.result import Plan
from geodata.plan.terms import WAYS
from geodata.query import Desk
from geodata.say import in_english, tr

CASES: tuple[Case, ...] = ("low", "mid", "high")
LINE = ("line_low", "line", "line_high")  # what bidders are asked for: the link with its fees, without contingency
AMOUNTS = (*LINE, "link_low", "link_cost", "link_high", "cost_low", "cost", "cost_high")
# One row a lot. Amounts in the price book's currency, whole life; unknown where one of its schools' is unknown.
LOTS = (
    "lot",  # L001 …
    "title",  # fibre, Velúmar, 1 of 3
    "way",
    "area_id",  # first level; several are parted by |; empty where not reported
    "area",
    "schools",
    "trees",  # fibre trees or clusters of two schools and more, never divided
    "required_mbps",  # of those whose need is known
    "mbps_unknown",  # schools whose need is not known
    "learners",
    *AMOUNTS,
    "first_year",
    "last_year",
    "verify_first",
    "too_large",  # one tree is larger than a lot may be
    "risk",  # sentence
    "latitude",  # middle, as exactly as the tier may see
    "longitude",
)
# One row a school of a lot; `order` from 1 within its lot, from west to east.
SCHOOLS = (
    "school_id",
    "lot",
    "order",
    "area",
    "tree",  # first school of its tree; empty where it stands alone, or where the tier may not see who is near whom
    "way",
    "year",
    "required_mbps",
    "learners",
    *AMOUNTS,
    "advice",
    "why",
    "latitude",
    "longitude",
)


@dataclass(frozen=True)
class Lots:
    """Lots of a plan. `lots` has LOTS, `schools` SCHOOLS, `reserve` geodata.lots.reserve.RESERVE (the next best schools,
    lot by lot). `most`: schools of a lot at most. `currency` of the amounts. `notes`: what the lots must say."""

    lots: pd.DataFrame
    schools: pd.DataFrame
    reserve: pd.DataFrame
    most: int
    currency: str
    notes: tuple[str, ...] = ()


@in_english
def lots(plan: Plan, desk: Desk, needed: pd.DataFrame | None = None) -> Lots:
    """The lots of a plan. `needed`: what `geodata.options.needs` says under the plan's terms, made here unless given. Places stand as exactly as the desk's tier may see them, and nothing finer decides the cut.

    Raises DisclosureError where the tier may not see schools one by one: a lot names its schools.
    """
    disclosure.one_by_one(desk.tier, desk.risk, desk.atlas.name)
    most = round(plan.terms.number("plan_lot_schools"))
    every = candidates(plan, desk, needs(desk, plan.terms) if needed is None else needed)
    chosen = every[every["decision"] == "chosen"].reset_index(drop=True)
    code = _codes(chosen, most)
    least = round(plan.terms.number("lot_least_schools"))
    chosen = chosen.assign(lot_code=joined(code, chosen, least=least, most=most) if len(chosen) else code)
    chosen = _numbered(chosen)
    table = _lots_of(chosen, most)
    pays = "cost" if plan.terms.policy["plan_budget_covers"] == "whole_life" else "capital"
    spare = plan.terms.total - float(number(chosen[pays]).sum())
    reserve = reserve_lists(table, chosen, every, plan.terms.number("plan_reserve_share"), pays=pays, spare=spare)
    if not desk.locations.exact:
        chosen["tree"] = ""
    texts = chosen.assign(**{c: chosen[c].astype("str") for c in ("school_id", "lot", "tree", "way", "advice", "why")})
    return Lots(table, texts[list(SCHOOLS)], reserve, most, plan.book.currency, _notes(plan, desk, table))


def candidates(plan: Plan, desk: Desk, needed: pd.DataFrame) -> pd.DataFrame:
    """The plan's schools with area, place as the tier sees it, Mbps needed, and the range of the link and line alone."""
    schools, seen = plan.schools, desk.schools
    index = pd.Index(seen["school_id"].astype("str"))
    at = index.get_indexer(pd.Index(schools["school_id"].astype("str")))
    own = {c: seen[c].iloc[at].reset_index(drop=True) for c in ("latitude", "longitude")}
    own["area_id"] = seen["admin1_id"].iloc[at].astype("str").reset_index(drop=True).fillna("")
    out = schools.reset_index(drop=True).assign(**own)
    out["area"] = [desk.places.names.get(a, a) for a in out["area_id"]]
    row = pd.Index(needed["school_id"]).get_indexer(pd.Index(out["school_id"]))
    out["required_mbps"] = number(needed["required_mbps"])[row]
    if plan.unit == "schools":
        out["learners"] = np.nan  # a plan that counts schools knows of no learners
    out["relay_of"] = out["relay_of"].astype("str").fillna("") if "relay_of" in out else ""
    out = _link_range(out, plan.options)
    return _line_range(out, plan, needed.iloc[row].reset_index(drop=True))


def _link_range(schools: pd.DataFrame, options: pd.DataFrame) -> pd.DataFrame:
    """The low and high end of the price of the link that each school would have; unknown where the options do not say."""
    own = options.drop_duplicates(["school_id", "way"]).set_index(["school_id", "way"])
    keys = pd.MultiIndex.from_arrays([schools["school_id"].astype("str"), schools["way"].astype("str").fillna("")])
    own = own.reindex(index=keys, columns=["link_low", "link_high", "distance_m"])
    return schools.assign(**{str(c): number(own[c]) for c in own})


def _line_range(schools: pd.DataFrame, plan: Plan, needed: pd.DataFrame) -> pd.DataFrame:
    """What the line and its fees would cost each school by its way, at low, middle and high prices, no contingency in it."""
    buyer = Buyer(needed, needed, plan.terms, plan.book)  # of promises nothing is asked here
    money = replace(buyer.money, contingency=0.0)
    found: pd.DataFrame = schools.assign(**dict.fromkeys(LINE, np.nan))
    for way in [w for w in WAYS if (schools["way"] == w).any()]:
        rows = np.flatnonzero((schools["way"] == way).to_numpy(dtype=bool, na_value=False))
        length, own = number(schools["distance_m"])[rows], buyer.of(rows)
        for column, case in zip(LINE, CASES, strict=True):
            worth = present_value(own.line(way, length, case), money)
            found.loc[rows, column] = np.where(np.isnan(length) & (way == Way.FIBRE), np.nan, worth)
    return found


def _codes(chosen: pd.DataFrame, most: int) -> Codes:
    """The lot of each chosen school, numbered from 0 in the order of areas, ways and places."""
    ids = chosen["school_id"].to_numpy(dtype=object)
    unit = units_of(ids, chosen["relay_of"].to_numpy(dtype=object))
    top = pd.Index(ids).get_indexer(pd.Index(unit))
    # A unit is tendered where and as its first school is; schools without a place are tendered apart.
    placed = np.isfinite(number(chosen["latitude"]))[top]
    keys = pd.DataFrame({"area": chosen["area"].iloc[top].to_numpy(), "area_id": chosen["area_id"].iloc[top].to_numpy(), "way": chosen["way"].iloc[top].to_numpy(), "lost": ~placed})  # fmt: skip
    code = np.zeros(len(chosen), dtype=np.int64)
    done = 0
    for _, rows in keys.groupby(["area", "area_id", "way", "lost"], sort=True, dropna=False).indices.items():
        code[rows] = done + _within(chosen, unit, np.asarray(rows), most)
        done = int(code[rows].max()) + 1
    return code


def _within(chosen: pd.DataFrame, unit: np.ndarray, rows: np.ndarray, most: int) -> Codes:  # type: ignore[type-arg]
    """The lots among schools of one area and way, from 0."""
    names, of, size = np.unique(unit[rows].astype(str), return_inverse=True, return_counts=True)
    x, y = flat(chosen["latitude"].iloc[rows], chosen["longitude"].iloc[rows])
    x, y = (np.nan_to_num(np.bincount(of, weights=np.nan_to_num(v), minlength=len(names)) / size) for v in (x, y))
    return parts(x, y, size.astype(np.int64), most)[of]


def _numbered(chosen: pd.DataFrame) -> pd.DataFrame:
    """Names of lots and trees, and the order of schools within a lot: trees together, else from west to east."""
    code = chosen["lot_code"].to_numpy(dtype=np.int64)
    digits = max(3, len(str(int(code.max(initial=0)) + 1)))
    unit = units_of(chosen["school_id"].to_numpy(dtype=object), chosen["relay_of"].to_numpy(dtype=object))
    several = pd.Series(unit).groupby(unit).transform("size").to_numpy() > 1 if len(unit) else np.zeros(0, dtype=bool)
    out = chosen.assign(lot=[f"L{c + 1:0{digits}d}" for c in code], tree=np.where(several, unit, ""))
    out = out.sort_values(["lot", "tree", "longitude", "latitude", "school_id"], kind="stable").reset_index(drop=True)
    return out.assign(order=out.groupby("lot").cumcount() + 1)


def _lots_of(chosen: pd.DataFrame, most: int) -> pd.DataFrame:
    rows = [_lot(str(name), part, most) for name, part in chosen.groupby("lot", sort=True)]
    table = pd.DataFrame(rows, columns=list(LOTS))
    count = table.groupby(["area_id", "way"])["lot"].transform("size")
    number_of = table.groupby(["area_id", "way"]).cumcount() + 1
    which = [tr(", {part} of {of}", part=n, of=of) if of > 1 else "" for n, of in zip(number_of, count, strict=True)]
    lost = [f", {words.NO_PLACE}" if isnan(lat) else "" for lat in table["latitude"]]
    table["title"] = [f"{words.way(w)}, {a or words.NO_AREA}{t}{u}" for w, a, t, u in zip(table["way"], table["area"], which, lost, strict=True)]  # fmt: skip
    return table


def _lot(name: str, part: pd.DataFrame, most: int) -> dict[str, object]:
    """One row of the lots."""
    first = part[part["tree"].eq("") | part["tree"].eq(part["school_id"])].iloc[0]
    needed = number(part["required_mbps"])
    trees = part.loc[part["tree"] != "", "tree"].nunique()
    year = pd.to_numeric(part["year"])
    ids, names = areas_of(part)
    row = {
        "lot": name,
        "way": first["way"],
        "area_id": ids,
        "area": names,
        "schools": len(part),
        "trees": int(trees),
        "required_mbps": float(np.nansum(needed)),
        "mbps_unknown": int(np.isnan(needed).sum()),
        "learners": float(np.nansum(number(part["learners"]))) if part["learners"].notna().any() else np.nan,
        **{c: float(number(part[c]).sum()) for c in AMOUNTS},  # one unknown makes the sum unknown
        "first_year": int(year.min()),
        "last_year": int(year.max()),
        "verify_first": int((part["advice"] == "verify_first").sum()),
        "too_large": len(part) > most,
        "latitude": float(part["latitude"].mean()),
        "longitude": float(part["longitude"].mean()),
    }
    return {**row, "risk": risk_words(row, part)}


def _notes(plan: Plan, desk: Desk, table: pd.DataFrame) -> tuple[str, ...]:
    large = table.loc[table["too_large"], "lot"]
    said = [
        tr("Synthetic demonstration data: not for a real tender.") if desk.atlas.synthetic else "",
        tr("{large}: one fibre tree is larger than a lot is to be, and is not divided.", large=", ".join(large))
        if len(large)
        else "",
        desk.location_note,
        *(n for n in plan.notes if "provisional" in n.lower()),
    ]
    return tuple(filter(None, said))
