"""Worked examples of costs, E5.1 to E5.6: published models reproduced, and our own dated cash flows beside them."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.costing.books import book
from geodata.costing.breakeven import break_even_m
from geodata.costing.parts import Money, annuity, equivalent_annual, present_value
from geodata.costing.published import giga, itu
from geodata.costing.sources import BOOKS
from geodata.costing.unit import PriceBook
from geodata.costing.ways import fibre, link

SIX = Money(discount=0.06, horizon=10)
WAYS = ("fibre", "cellular", "microwave", "satellite")
FIBRE_5_KM = 5 * 1.1  # ITU's line is a tenth longer than the straight line


def bare(least: float = 0.0) -> PriceBook:
    """ITU's prices with one least fee for mobile broadband and satellite."""
    return book("itu_2026").with_(cellular_fee_least=least, satellite_fee_least=least)


def payer(way: str, least: float = 0.0, money: Money = SIX) -> float:
    return float(present_value(link(bare(least), way, FIBRE_5_KM, 20), money)[0])


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("fibre", (110_500, 111_000, 5525, 166_250, 16_625, 149_335.48)),
        ("cellular", (120, 360, 14.4, 504, 50.4, 452.72)),
        ("microwave", (5000, 8000, 900, 17_000, 1700, 15_270.39)),
        ("satellite", (800, 2400, 80, 3200, 320, 2874.43)),
    ],
)
def test_e5_1_itus_platform_is_reproduced(way: str, told: tuple[float, ...]) -> None:
    """E5.1, with its faults: capital spread evenly before it is discounted, a purchase in the last year."""
    got = itu(way, km=5)
    assert (got.init, got.capex_total, got.opex, got.coo, got.annual, round(got.pv, 2)) == pytest.approx(told)


def test_e5_2_the_payers_dated_cash_flow() -> None:
    """E5.2: 20 Mbps, 6 %, ten years. E5.2b: with a least fee of 600 a year."""
    got = [round(payer(way), 2) for way in WAYS]
    assert got == [151_974.09, 978.06, 14_428.86, 2928.70]
    assert [round(payer(way, 600), 2) for way in ("cellular", "satellite")] == [4731.71, 6402.67]


def test_e5_3_spreading_capital_evenly_hides_a_quarter_of_fibre() -> None:
    """E5.3: the operator's cost of 5 km, without its income from fees: ITU's figure is 7 % low at 2 %, 24 % at 8 %."""
    for rate, theirs, ours in ((0.02, 149_335.48, 160_128.78), (0.08, 111_555.10, 147_573.20)):
        building = present_value(fibre(bare(), FIBRE_5_KM, 0), Money(discount=rate, perspective="operator"))[0]
        assert round(itu("fibre", km=5, rate=rate).pv, 2) == theirs
        assert round(building, 2) == ours


def test_e5_4_break_even_distance() -> None:
    """E5.4: at these prices fibre costs less than satellite (least fee 600) only under 0.16 km."""
    per_km = present_value(fibre(bare(), 1.1, 0), SIX) - present_value(fibre(bare(), 0, 0), SIX)
    assert round(per_km[0], 1) == 30_096.1
    metres = break_even_m(bare(600), payer("satellite", 600), 20, SIX)[0]
    assert round(metres / 1.1 / 1000, 4) == 0.1631
    there = present_value(fibre(bare(600), metres / 1000, 20), SIX)[0]
    assert there == pytest.approx(payer("satellite", 600)), "at the break-even both cost the same"


def test_e5_5_annuities() -> None:
    """E5.5: present value of 1 a year over ten years, and the even yearly payment of 5 km of fibre."""
    assert [round(annuity(rate, 10), 5) for rate in (0.02, 0.06, 0.08)] == [8.98259, 7.36009, 6.71008]
    assert round(equivalent_annual(np.array([payer("fibre")]), SIX)[0], 2) == 20_648.41


def test_e5_6_published_mobile_fees_differ_190_fold() -> None:
    """E5.6: what 20 Mbps cost a year, publication by publication; a plan says so in words."""
    fees = {b.name: 20 * b.values["cellular_fee_per_mbps"] for b in BOOKS}
    told = {"itu_2026": 90, "giga_2023": 200, "rwanda": 2400, "brazil": 2560, "sierra_leone": 17_180}
    assert fees == pytest.approx(told)
    (said,) = [note for note in book("itu_2026").notes() if "mobile broadband differ" in note]
    assert "191-fold (90 to 17,180 USD" in said
    assert "indicative" in said


@pytest.mark.parametrize(
    ("way", "km", "grid", "total"),
    [
        ("fibre", 1, True, 12_630),
        ("fibre", 5, True, 57_750),
        ("fibre", 20, True, 226_950),
        ("cellular", 0, True, 1055),
        ("microwave", 0, True, 5505),
        ("satellite", 0, True, 2200),
        ("fibre", 5, False, 68_500),
        ("cellular", 0, False, 12_050),
        ("microwave", 0, False, 16_500),
        ("satellite", 0, False, 13_100),
    ],
)
def test_the_open_cost_model_of_unicef_is_reproduced(way: str, km: float, grid: bool, total: float) -> None:
    """Its notebook defaults, 20 Mbps, five years: nothing discounted, nothing replaced, 11 kW for any school."""
    assert giga(way, km=km, grid=grid).total == pytest.approx(total)


def test_the_options_of_the_toy_country_cost_what_the_method_says() -> None:
    """Costs of links from ITU's prices with least fees of 600 and 900, and solar power at 3 US$ a watt."""
    prices = bare().with_(cellular_fee_least=600, satellite_fee_least=900)
    satellite = present_value(link(prices, "satellite", 0, 20), SIX)[0]
    solar = prices.at("solar_per_w") * 1922.7
    assert round(satellite + solar) == 14_379
    assert round(satellite) == 8611
    assert round(present_value(link(prices, "cellular", 0, 20), SIX)[0]) == 4732
