"""Plans in plain Python: who is eligible, which ways there are, what each costs, and the best choice by another solver.

Written apart from the code it checks: nothing of `geodata` is used but a country's tables, its prices and the policy's
numbers, which are data. Chances and weights come from `by_hand_country`.
"""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pulp

from tests.by_hand_country import Country, Row

NETWORKS = {"fibre": ("nodes", "lines"), "cellular": ("cells", "coverage"), "microwave": ("cells", "nodes")}
SCHOOL = (
    *(
        "school_id",
        "school_status",
        "school_funding_type",
        "latitude",
        "connectivity_type",
        "download_speed_measured_mbps",
    ),
    *("in_4g_coverage", "in_5g_coverage", "cellular_coverage_type"),
)
REACH = ("school_id", "way", "distance_m", "along_road_m", "sight")
CAPACITY = {"fibre": 15_000.0, "cellular": 100.0, "microwave": 100.0, "satellite": 150.0}


class Hand:
    """One country's tables, prices (the middle of each) and policy."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], planning: Row, day: str, prices: Row, policy: Row) -> None:
        self.country = Country(tables["schools"], policy)
        self.planning, self.price, self.policy = planning, prices, policy
        self.near: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in _plain(tables["reach"][[*REACH]]):
            self.near[row["school_id"], row["way"]].append(row)
        self.promised: dict[str, set[str]] = defaultdict(set)
        for row in _plain(tables["commitments"]):
            until, status = row["until_date"], row["status"] or "promised"
            over = status != "done" and until is not None and until < day[: len(until)]
            if status != "cancelled" and not over:
                self.promised[row["school_id"]].add(row["scope"] or "all")
        self.schools = {row["school_id"]: row for row in _plain(tables["schools"][[*SCHOOL]])}

    # --- a school -------------------------------------------------------------------------------------------------

    def chance(self, school: str, item: str) -> float:
        """That a school lacks anything of an item: known, else as among similar schools or predicted."""
        country, n = self.country, self.country.at[school]
        known = country.known[item]
        lacks = [None if v is None else float(v > 0) for v in known]
        if all(v is None for v in lacks):
            return float(item == "bandwidth")
        country.known[item] = lacks
        likely = lacks[n] if lacks[n] is not None else country.expected(n, item)
        country.known[item] = known
        return likely

    def without_internet(self, school: str) -> float:
        told, n = self.country.told["bandwidth"], self.country.at[school]
        chance = told[n] if told[n] is not None else self.country.chance["bandwidth"][n]
        if chance is None:
            chance = self.country._mean(n, lambda m: None if told[m] is None else float(bool(told[m])))
        return 1.0 if chance is None else 1 - float(chance)

    def not_eligible(self, school: str) -> str:
        """The first reason that holds; empty where there is none."""
        row = self.schools[school]
        if row["school_status"] not in (None, "open"):
            return "not_open"
        if row["school_funding_type"] not in (None, "public"):
            return "not_public"
        if self.country.known["bandwidth"][self.country.at[school]] == 0:
            return "served"
        return "committed" if self.promised[school] & {"connection", "all"} else ""

    def state(self, school: str, way: str, mbps: float) -> tuple[str, float]:
        """Whether one way could be had (all but Wi-Fi from a neighbour), and the length of its link."""
        row, near = self.schools[school], self.near[school, way]
        lost = row["latitude"] is None or not any(self.planning["given"][n] for n in NETWORKS.get(way, ("nodes",)))
        state, length = "unknown" if lost and not near else "infeasible", math.nan
        if way == "satellite":
            state = {"licensed": "feasible", "not_licensed": "infeasible"}.get(self.planning["satellite"], "unknown")
        elif way == "fibre" and near:
            length = min(r["distance_m"] * 1.2 if r["along_road_m"] is None else r["along_road_m"] for r in near)
            state = "feasible" if length <= 20_000 else "infeasible"
        elif way == "microwave" and near:
            sight = {seen: [r["distance_m"] for r in near if r["sight"] is seen and r["distance_m"] <= 30_000] for seen in (True, None)}  # fmt: skip
            state = "feasible" if sight[True] else "unknown" if sight[None] else "infeasible"
            length = min(sight[True] or sight[None] or [math.nan])
        elif way == "cellular":
            covered = row["in_4g_coverage"] or row["in_5g_coverage"]
            length = min((r["distance_m"] for r in near), default=math.nan)
            if covered is None and row["cellular_coverage_type"] is not None:
                covered = row["cellular_coverage_type"] in ("4G", "5G")
            if covered is not None:
                state = "feasible" if covered else "infeasible"
            elif near:
                state = "feasible" if length <= 5000 else "infeasible"
        own = row["download_speed_measured_mbps"] if row["connectivity_type"] in ("4g", "5g") else None
        most = own if way == "cellular" and own is not None else CAPACITY[way]
        return ("infeasible" if most < mbps else state), length

    # --- money ----------------------------------------------------------------------------------------------------

    def worth(self, bought: float, yearly: float, life: float = math.inf, again: float | None = None) -> float:
        """Paid now with contingency, each year, and again at the end of every life but not in the last year."""
        rate, horizon = self.policy["plan_discount_rate"], round(self.policy["plan_horizon_years"])
        total = bought * (1 + self.policy["plan_contingency_share"])
        for year in range(1, horizon + 1):
            replaced = math.isfinite(life) and year % round(life) == 0 and year < horizon
            total += (yearly + (bought if again is None else again) * replaced) / (1 + rate) ** year
        return total * (1 + self.policy["plan_tax_share"])

    def link(self, way: str, metres: float, mbps: float, lit: float, offline: float) -> float:
        """The link with its fees, Wi-Fi inside where there is none, electricity where there is a grid."""
        p = self.price
        fee, wifi = mbps * p[f"{way}_fee_per_mbps"], p["wifi_setup"]
        total = offline * self.worth(wifi, wifi * p["wifi_upkeep_share"], p["wifi_life_years"])
        total += self.worth(0, lit * p[f"{way}_kwh"] * p["grid_kwh"])
        if way == "fibre":
            built = p["fibre_setup"] + metres / 1000 * p["fibre_per_km"]
            upkeep = built * p["fibre_upkeep_share"] + metres / 1000 * p["fibre_upkeep_per_km"]
            return total + self.worth(built, upkeep + fee, p["fibre_life_years"], p["fibre_setup"])
        if way in ("cellular", "satellite"):
            fee = max(fee, p[f"{way}_fee_least"])
        ends = p[f"{way}_setup"] + (p["microwave_tower"] if way == "microwave" else 0)
        if way == "microwave":
            total += self.worth(p["microwave_mhz"] * p["microwave_spectrum"], p["microwave_mhz"] * p["microwave_spectrum_yearly"])  # fmt: skip
        return total + self.worth(ends, ends * p[f"{way}_upkeep_share"] + fee, p[f"{way}_life_years"])

    def beside(self, school: str, need: Row) -> tuple[float, float, float]:
        """Power, devices with kits and support, training; what is promised costs nothing."""
        p, n = self.price, self.policy
        power, devices, training = (not self.promised[school] & {s, "all"} for s in ("power", "devices", "training"))
        wh = need["device_need"] * n["solar_device_w"] * n["solar_device_hours"]
        wh += n["solar_link_w"] * n["solar_link_hours"] + n["solar_wifi_w"] * n["solar_wifi_hours"]
        panels = wh / (n["solar_peak_sun_hours"] * n["solar_performance_ratio"]) * p["solar_per_w"]
        kwh = wh / 1000 * n["solar_autonomy_days"] / (n["solar_depth_of_discharge"] * n["solar_battery_efficiency"])
        solar = self.worth(panels, panels * p["solar_upkeep_share"], p["panel_life_years"])
        solar += self.worth(0, 0, p["battery_life_years"], kwh * p["battery_per_kwh"])
        stock, kits = need["devices_to_buy"] * p["device"], need["kits"] * p["kit"]
        bought = self.worth(stock, stock * (n["device_loss_share"] + p["support_share"]), n["device_life_years"])
        bought += self.worth(kits, 0, p["kit_life_years"])
        taught = self.worth(need["teachers_to_train"] * p["training"], 0, p["training_years"])
        return self.chance(school, "energy") * solar * power, bought * devices, taught * training


def _plain(frame: pd.DataFrame) -> list[Row]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def best(schools: list[Row], budget: float, ring_fence: float, poorest_share: float, *, weighted: bool) -> float:
    """The best value of one year's plan, within a thousandth, by CBC; `schools`: value, plain, cost, people, a, poorest."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # PuLP's, of names that a later version changes
        return _best(schools, budget, ring_fence, poorest_share, "value" if weighted else "plain")


def _best(schools: list[Row], budget: float, ring_fence: float, poorest_share: float, counted: str) -> float:
    found = []
    for complete in (False, True):  # group A gets its part of the money, or all of it is served
        model = pulp.LpProblem("plan", pulp.LpMaximize)
        x = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(len(schools))]
        rows: list[tuple[Any, Row]] = list(zip(x, schools, strict=True))
        model += pulp.lpSum(s[counted] * v for v, s in rows)
        model += pulp.lpSum(s["cost"] * v for v, s in rows) <= budget
        model += pulp.lpSum((s["poorest"] - poorest_share) * s["people"] * v for v, s in rows) >= 0
        if complete:
            model += pulp.lpSum(v for v, s in rows if s["a"]) == sum(s["a"] for s in schools)
        else:
            model += pulp.lpSum((s["a"] - ring_fence) * s["cost"] * v for v, s in rows) >= 0
        model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=1e-3, threads=1, timeLimit=10))
        found += [pulp.value(model.objective)] if pulp.LpStatus[model.status] == "Optimal" else []
    return float(max(found))
