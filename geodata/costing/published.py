"""The published models of others, reproduced beside our own so that a planner can see where the figures differ.

`itu` follows the algebra of ITU's Connectivity Planning Platform (user guide, August 2026), `giga` the formulas of
UNICEF's open cost model (November 2023). They are here for comparison only; no plan is made with them.
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata.costing.parts import annuity
from geodata.costing.sources import GIGA, ITU, Published

ITU_RATE = 0.02  # fixed there, not a setting
ITU_LINE = 1.1  # length of a line over the straight line
ITU_MOST_MBPS = {"fibre": 15_000.0, "cellular": 900.0, "microwave": 400.0, "satellite": 400.0}
GIGA_LINE = 1.2
GIGA_SOLAR_W = 11_000.0  # of a whole school


@dataclass(frozen=True)
class Itu:
    """What ITU's platform gives for one school: US dollars over the whole period, `opex`, `annual`, `revenue` a year.

    Faults that our own cash flows do not share: capital paid at the start is spread evenly over the years and then
    discounted, which makes a fibre link look 7 % cheaper than it is at 2 % and 24 % at 8 %; equipment is bought once more in
    the very last year where its life divides the period; fees for bandwidth are the operator's income and nobody's cost;
    electricity costs nothing; the rate cannot be changed.
    """

    init: float
    capex_total: float
    opex: float
    coo: float
    annual: float
    pv: float
    revenue: float
    npv: float


def itu(way: str, *, km: float = 0.0, mbps: float = 20.0, years: int = 10, rate: float = ITU_RATE) -> Itu:
    """ITU's platform for one school at `km` in a straight line; KeyError for a way that it does not have."""
    p = ITU.values
    hardware = p[f"{way}_setup"]
    init, opex = hardware, p[f"{way}_upkeep_share"] * hardware
    if way == "fibre":
        init = hardware + ITU_LINE * km * p["fibre_per_km"]
        opex = p["fibre_upkeep_share"] * init
    if way == "microwave":
        init = hardware + p["microwave_spectrum"] * p["microwave_mhz"]
        opex += p["microwave_spectrum_yearly"] * p["microwave_mhz"]
    capex_total = init + hardware * (years // round(p[f"{way}_life_years"]))
    annual = capex_total / years + opex
    worth = annuity(rate, years)
    revenue = min(mbps, ITU_MOST_MBPS[way]) * p[f"{way}_fee_per_mbps"]
    coo = capex_total + years * opex
    return Itu(init, capex_total, opex, coo, annual, annual * worth, revenue, (revenue - annual) * worth)


@dataclass(frozen=True)
class Giga:
    """What UNICEF's open cost model gives for one school: `capital` with solar power, `yearly` with electricity.

    Faults that our own cash flows do not share: nothing is discounted and nothing replaced, batteries included; a school
    without power is given 11 kW whatever it needs; each microwave link pays for its own tower end; no fee has a least.
    """

    capital: float
    yearly: float
    total: float


def giga(
    way: str, *, km: float = 0.0, mbps: float = 20.0, years: int = 5, grid: bool = True, prices: Published = GIGA
) -> Giga:
    """UNICEF's cost model for one school at `km` in a straight line, provider and consumer together."""
    p = prices.values
    capital, yearly = p[f"{way}_setup"], p[f"{way}_fee_per_mbps"] * mbps
    if way == "fibre":
        capital += GIGA_LINE * km * p["fibre_per_km"]
        yearly += GIGA_LINE * km * p["fibre_upkeep_per_km"]
    if way == "microwave":
        capital += p["microwave_tower"]
    if grid:
        yearly += p[f"{way}_kwh"] * p["grid_kwh"]
    else:
        capital += GIGA_SOLAR_W * p["solar_per_w"]
    return Giga(capital, yearly, capital + years * yearly)
