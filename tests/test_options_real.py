"""Options of real and demonstration schools: costs counted again in plain Python, eligibility in words and counts."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from geodata.costing.books import book_of
from geodata.costing.unit import PriceBook
from geodata.layers import Atlas
from geodata.options.eligible import eligible, excluded, rule
from geodata.options.make import cheapest, options
from geodata.options.needs import needs, said, unit
from geodata.plan.terms import Terms
from geodata.query import Desk

Built = Callable[[str], Atlas]


@pytest.fixture(scope="module", params=["demo", "tocantins"])
def made(request: pytest.FixtureRequest, built: Built) -> tuple[Desk, Terms, PriceBook, pd.DataFrame]:
    """A country, its terms and prices, and the options of all its schools."""
    desk = Desk(built(request.param), tier="government")
    terms = Terms.of(desk.policy, 2_000_000.0)
    prices = book_of(desk.atlas)
    return desk, terms, prices, options(desk, terms, prices)


def plainly(need: pd.Series, way: str, metres: float, book: PriceBook, terms: Terms) -> dict[str, float]:
    """The cost of a way at a school, step by step."""
    rate, horizon = terms.number("plan_discount_rate"), int(terms.number("plan_horizon_years"))
    at, start = book.at, 1 + terms.number("plan_contingency_share")
    years = sum((1 + rate) ** -y for y in range(1, horizon + 1))

    def worth(capital: float, yearly: float, life: float, again: float | None = None) -> float:
        rounds = [y for y in range(1, horizon) if life and y % int(life) == 0]
        later = sum((1 + rate) ** -y for y in rounds) * (capital if again is None else again)
        return start * capital + later + years * yearly

    mbps = need["required_mbps"]
    fee = at(f"{way}_fee_per_mbps") * mbps
    if way in ("cellular", "satellite"):
        fee = max(fee, at(f"{way}_fee_least"))
    setup = at(f"{way}_setup") + (at("microwave_tower") if way == "microwave" else 0)
    if way == "fibre":
        built = setup + at("fibre_per_km") * metres / 1000
        upkeep = built * at("fibre_upkeep_share") + at("fibre_upkeep_per_km") * metres / 1000
        link = worth(built, upkeep, at("fibre_life_years"), again=setup)
    else:
        link = worth(setup, setup * at(f"{way}_upkeep_share"), at(f"{way}_life_years"))
    if way == "microwave":
        link += worth(at("microwave_mhz") * at("microwave_spectrum"), at("microwave_mhz") * at("microwave_spectrum_yearly"), 0)  # fmt: skip
    wifi = at("wifi_setup") * need["chance_no_internet"]
    link += fee * years + worth(wifi, wifi * at("wifi_upkeep_share"), at("wifi_life_years"))
    link += at(f"{way}_kwh") * at("grid_kwh") * (1 - need["chance_no_power"]) * years
    energy = (need["device_need"] * 30 * 5 + 75 * 8 + 20 * 8) / 1000
    sun = energy / (5 * 0.75) * 1000 * at("solar_per_w")
    battery = energy / (0.8 * 0.9) * at("battery_per_kwh")
    power = worth(sun, sun * at("solar_upkeep_share"), at("panel_life_years")) + worth(0, 0, at("battery_life_years"), again=battery)  # fmt: skip
    stock, kits = need["devices_to_buy"] * at("device"), need["kits"] * at("kit")
    devices = worth(stock, stock * 0.05 + stock * at("support_share"), 4) + worth(kits, 0, at("kit_life_years"))
    training = worth(need["teachers_to_train"] * at("training"), 0, at("training_years"))
    return {"link_cost": link, "power_cost": power * need["chance_no_power"], "device_cost": devices, "training_cost": training}  # fmt: skip


def test_costs_are_what_plain_arithmetic_gives(made: tuple[Desk, Terms, PriceBook, pd.DataFrame]) -> None:
    desk, terms, prices, table = made
    need = needs(desk, terms).set_index("school_id")
    connecting = table[(table["way"] != "offline") & table["cost"].notna()]
    some = connecting.groupby(["way", "state", "why"], sort=False).head(2)
    assert len(some) >= 8
    for row in some.to_dict("records"):
        plain = plainly(need.loc[row["school_id"]], row["way"], row["distance_m"], prices, terms)
        for part, cost in plain.items():
            assert row[part] == pytest.approx(cost, rel=1e-9, abs=1e-6), (row["school_id"], row["way"], part)
        assert row["cost"] == pytest.approx(sum(plain.values()))


def test_the_cheapest_is_the_cheapest(made: tuple[Desk, Terms, PriceBook, pd.DataFrame]) -> None:
    desk, _, _, table = made
    best = cheapest(table)
    assert len(best) == len(desk.whole)
    can = table[table["choosable"]]
    assert best.set_index("school_id")["compared_cost"].dropna().to_dict() == can.groupby("school_id")["compared_cost"].min().to_dict()  # fmt: skip
    assert (best["way_why"] != "").all()
    assert ((best["way"] == "") == best["cost"].isna()).all()
    assert (best["way"] != "").mean() > 0.9


def test_everyone_is_eligible_or_left_out_for_a_reason(made: tuple[Desk, Terms, PriceBook, pd.DataFrame]) -> None:
    desk, terms, _, _ = made
    need, who = needs(desk, terms), eligible(desk, terms)
    out = excluded(who, need)
    assert int(who["eligible"].sum()) + int(out["schools"].sum()) == len(desk.whole)
    assert ((who["not_eligible_why"] == "") == who["eligible"]).all()
    wide = eligible(desk, terms.with_(include_private=True))
    assert int(wide["eligible"].sum()) > int(who["eligible"].sum())
    assert "publicly funded" in rule(terms)
    learners = desk.whole["num_students"].notna().any()
    assert unit(need) == ("learners" if learners else "schools")
    assert any("no school" in text for text in said(need)) is not learners
    assert need["people"].notna().all()
    assert need["people"].min() >= 0


def test_no_connected_school_is_asked_to_carry_more_than_it_has(made: tuple[Desk, Terms, PriceBook, pd.DataFrame]) -> None:  # fmt: skip
    """Over all schools that could hang on it: what its link carries, less what it needs itself."""
    desk, terms, _, table = made
    need = needs(desk, terms).set_index("school_id")["required_mbps"].to_dict()
    columns = ["school_id", "has_internet", "connectivity_type", "download_speed_mbps"]
    whole = desk.whole[columns].set_index("school_id").to_dict("index")
    limits = {"fiber": 15_000, "4g": 100, "5g": 100, "radio": 100, "leo": 150, "meo": 150, "geo": 150}
    hung = table[(table["way"] == "cluster") & (table["state"] == "feasible")]
    assert len(hung) > 1000 or not len(hung)
    for anchor, children in hung.groupby("from_id"):
        told = whole[str(anchor)]
        assert told["has_internet"]
        assert children["distance_m"].max() <= 2000
        limit = limits.get(str(told["connectivity_type"]), float("nan"))
        speed = told["download_speed_mbps"]
        carries = max(limit, 0 if pd.isna(speed) else speed) if limit == 15_000 else limit if pd.isna(speed) else speed
        assert sum(need[i] for i in children["school_id"]) <= carries - need[str(anchor)] + 1e-9


def test_one_end_of_the_range_asked_for_is_the_end_that_is_told(made: tuple[Desk, Terms, PriceBook, pd.DataFrame]) -> None:  # fmt: skip
    desk, terms, prices, table = made
    found = options(desk, terms.with_(case="high"), prices)
    pd.testing.assert_series_equal(found["cost"], table["cost_high"], check_names=False)
