"""What a plan costs, and whom (methods, sections 4.2 and 4.3)."""

from __future__ import annotations

from geodata.costing.books import DEFAULT, book
from geodata.costing.breakeven import break_even_m
from geodata.costing.parts import Money, Perspective, annuity, equivalent_annual, present_value
from geodata.costing.published import giga, itu
from geodata.costing.sources import BOOKS
from geodata.costing.unit import PriceBook
from geodata.costing.ways import fibre, link
from geodata.declare import Method
from geodata.say import later, tr, written

_SIX = Money(discount=0.06, horizon=10)
_SAID = later("ITU's prices of 2026, 20 Mbps, ten years, 6 %, no contingency and no taxes.")
_LINE_KM = 5.5  # 5 km in a straight line
_WAYS = ("fibre", "cellular", "microwave", "satellite")
_NAMES = {
    "fibre": later("5.5 km of fibre"),
    "cellular": later("mobile broadband"),
    "microwave": "microwave",
    "satellite": "satellite",
}


def _prices(least: float = 0.0) -> PriceBook:
    return book(DEFAULT).with_(cellular_fee_least=least, satellite_fee_least=least)


def _worth(way: str, *, least: float = 0.0, perspective: Perspective = "payer") -> float:
    money = Money(_SIX.discount, _SIX.horizon, perspective=perspective)
    return float(present_value(link(_prices(least), way, _LINE_KM, 20), money)[0])


def _flow() -> list[str]:
    line = fibre(_prices(), _LINE_KM, 20)
    capital, yearly = (float(sum(getattr(p, n)[0] for p in line)) for n in ("capital", "yearly"))
    factor = annuity(_SIX.discount, _SIX.horizon)
    even = float(equivalent_annual(present_value(line, _SIX), _SIX)[0])
    return [
        _SAID,
        tr(
            "5.5 km of fibre: {capital} at the start; upkeep and fees {yearly} a year, worth {factor} times as much today.",
            capital=written(capital, 0),
            yearly=written(yearly, 0),
            factor=written(factor, 5, grouped=False),
        ),
        tr(
            "Present value: {capital} + {yearly} × {factor} = {worth}.",
            capital=written(capital, 0),
            yearly=written(yearly, 0),
            factor=written(factor, 5, grouped=False),
            worth=written(_worth("fibre"), 2),
        ),
        tr("As an even payment in each of the ten years: {even}.", even=written(even, 2)),
        "; ".join(f"{_NAMES[w]} {_worth(w):,.2f}" for w in _WAYS[1:]).capitalize() + ".",
        tr(
            "With a least fee of 600 a year: mobile broadband {worth}; satellite {worth_2}.",
            worth=written(_worth("cellular", least=600), 2),
            worth_2=written(_worth("satellite", least=600), 2),
        ),
    ]


def _perspectives() -> list[str]:
    views: tuple[Perspective, ...] = ("payer", "operator", "social")
    rows = {way: [f"{_worth(way, perspective=p):,.0f}" for p in views] for way in _WAYS}
    return [
        tr("{SAID} No least fee.", SAID=_SAID),
        *(
            tr("{capitalize}: payer {a}, operator {b}, social {c}.", capitalize=_NAMES[way].capitalize(), a=a, b=b, c=c)
            for way, (a, b, c) in rows.items()
        ),
        tr("Below 0, the fees pay the operator more than the connection costs it."),
    ]


def _break_even() -> list[str]:
    prices = _prices(600)
    satellite = present_value(link(prices, "satellite", 0, 20), _SIX)
    metres = float(break_even_m(prices, satellite, 20, _SIX)[0])
    none = present_value(fibre(prices, 0, 20), _SIX)[0]
    per_km = present_value(fibre(prices, 1, 20), _SIX)[0] - none
    return [
        tr("{SAID} Least fee for satellite: 600 a year.", SAID=_SAID),
        tr(
            "Satellite: {satellite}. Fibre: {none} and {per_km} for each kilometre of line.",
            satellite=written(satellite[0], 0),
            none=written(none, 0),
            per_km=written(per_km, 0),
        ),
        tr(
            "({satellite} − {none}) ÷ {per_km} = {metres} km: a longer line costs more than satellite.",
            satellite=written(satellite[0], 0),
            none=written(none, 0),
            per_km=written(per_km, 0),
            metres=written(metres / 1000, 3, grouped=False),
        ),
    ]


def _published() -> list[str]:
    fees = "; ".join(f"{b.title} {20 * b.values['cellular_fee_per_mbps']:,.0f}" for b in BOOKS)
    theirs, ours = itu("fibre", km=5, rate=0.08).pv, present_value(fibre(_prices(), _LINE_KM, 0), Money(0.08, 10))[0]
    return [
        tr("What 20 Mbps of mobile broadband cost a year, in US$: {fees}.", fees=fees),
        tr(
            "ITU's platform, 5 km of fibre, ten years at 2 %: {pv}; mobile broadband {pv_2}, because fees are nobody's cost there.",
            pv=written(itu("fibre", km=5).pv, 0),
            pv_2=written(itu("cellular").pv, 0),
        ),
        tr(
            "At 8 % its way of counting gives {theirs} for building and keeping the line; dated payments give {ours}.",
            theirs=written(theirs, 0),
            ours=written(ours, 0),
        ),
        tr(
            "UNICEF's cost model, 5 km of fibre, five years: {total} with power from the grid, {total_2} without.",
            total=written(giga("fibre", km=5).total, 0),
            total_2=written(giga("fibre", km=5, grid=False).total, 0),
        ),
    ]


PRICES = Method(
    "unit_prices", "Unit prices",
    "Every price has a low, a middle and a high, a year, a source, and a mark that it is provisional until a national quote replaces it in the unit-cost sheet. The middle is what the publication gives; low and high are the lowest and highest that any publication gives. Where none gives a price, a planning value stands in, and says so. A plan that rests on provisional prices says so on every page and file.",
    "low ≤ price ≤ high", "ITU Connectivity Planning Platform (2026); Giga open cost model (2023)", 70, (), _published,
)  # fmt: skip
CASH_FLOW = Method(
    "cash_flow", "Cost over the years",
    "Everything that a school's connection, power, devices, support and training cost over the horizon, each payment in its year. Equipment is bought again at the end of its life, but not in the last year. Payments a year later count less by the discount rate. Contingency is added to what is paid at the start; taxes to all that the payer buys.",
    "C₀ + Σ replacement ÷ (1 + d)^y, y = r, 2r … < P + Σ (upkeep + fee + energy) ÷ (1 + d)^y, y = 1 … P", "World Bank guidance on discounting (2016); ITU Connectivity Planning Platform for prices", 71,
    ("plan_discount_rate", "plan_horizon_years", "plan_contingency_share", "plan_tax_share", "plan_school_pays"), _flow,
)  # fmt: skip
PERSPECTIVE = Method(
    "perspective", "Whose money is counted",
    "The payer (a school or government) pays everything, fees and taxes included. The operator builds and keeps the connection, and fees are its income: what is left is the subsidy it needs. The social view counts the resources used: fees, charges for spectrum and taxes only change hands. A plan is never made with two of them at once, because a fee would count twice.",
    "payer: all; operator: what it builds and keeps − fees; social: all − fees − charges − taxes", "ITU's platform counts fees as the operator's income, Giga's model as the user's cost", 72, ("plan_perspective",), _perspectives,
)  # fmt: skip
BREAK_EVEN = Method(
    "break_even", "Length at which fibre costs as much",
    "Beside every recommendation stands how short a line of fibre to the same school would have to be to cost less over the whole horizon. Fibre also carries more and lasts longer than what it is compared with, which this length does not show.",
    "(cost of the other way − cost of fibre without its line) ÷ cost of a metre of line", "The same idea, in closed form, in Giga's open cost model (2023)", 73, (), _break_even,
)  # fmt: skip
