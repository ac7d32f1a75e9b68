"""Laws of costs: what money is worth, when things are replaced, who pays, and that what is not known stays not known."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.costing.books import book, books
from geodata.costing.breakeven import break_even_m
from geodata.costing.draws import drawn, triangular
from geodata.costing.flows import by_year, flows, together, worth
from geodata.costing.items import ITEMS
from geodata.costing.parts import LINES, Money, Part, annuity, at_start, each_year, present_value, replaced_in
from geodata.costing.ways import WAYS, devices, energy, kits, link, mast, solar, training, wifi
from geodata.policy import POLICY

FEW = settings(max_examples=40, deadline=None)
money_of = st.builds(
    Money,
    discount=st.sampled_from([0.0, 0.02, 0.06, 0.12, 0.3]),
    horizon=st.integers(1, 30),
    contingency=st.sampled_from([0.0, 0.1]),
    tax=st.sampled_from([0.0, 0.18]),
    perspective=st.sampled_from(["payer", "operator", "social"]),
    school_pays=st.sampled_from(["nothing", "energy", "fees_and_energy", "all_running"]),
)
amounts = st.lists(st.floats(0, 1e6), min_size=3, max_size=3).map(np.array)
lines = st.sampled_from([line for line in LINES if line not in ("contingency", "taxes")])


@st.composite
def parts_of(draw: st.DrawFn) -> tuple[Part, ...]:
    kind = st.sampled_from(["thing", "fee", "charge"])
    one = st.builds(Part, st.just("x"), lines, amounts, amounts, amounts, st.integers(1, 40).map(float), kind, st.booleans())  # fmt: skip
    return tuple(draw(st.lists(one, min_size=1, max_size=3)))


def everything(name: str, case: str = "mid", perspective: str = "payer") -> tuple[Part, ...]:
    """All that two schools could need, at the prices of a book."""
    prices = book(name)
    some = np.array([1.0, 4.5])
    beside = (
        *wifi(prices, case=case),
        *mast(prices, case=case),
        *energy(prices, 500 * some, 0.5, case=case),
        *solar(prices, 2 * some, 10 * some, 0.5, case=case),
        *devices(prices, 30 * some, life_years=4, loss_share=0.05, case=case),
        *kits(prices, some, case=case),
        *training(prices, 9 * some, case=case),
    )
    return (
        *(part for way in WAYS for part in link(prices, way, some, 20 * some, case=case, perspective=perspective)),
        *beside,
    )


@given(parts_of(), money_of)
@FEW
def test_dated_flows_are_worth_what_the_formula_says(parts: tuple[Part, ...], money: Money) -> None:
    """The two ways of counting agree: one payment after another, and the closed form; at a rate of 0, the plain sum."""
    table = flows(parts, money)
    assert worth(table, money.discount) == pytest.approx(present_value(parts, money).sum(), rel=1e-9, abs=1e-3)
    plain = present_value(parts, replace(money, discount=0.0)).sum()
    assert table["amount"].sum() == pytest.approx(plain, rel=1e-9, abs=1e-3)
    assert by_year(table).sum() == pytest.approx(plain, rel=1e-9, abs=1e-3)


@given(parts_of(), money_of, st.lists(st.integers(1, 4), min_size=3, max_size=3))
@FEW
def test_building_later_moves_payments_and_changes_none(
    parts: tuple[Part, ...], money: Money, start: list[int]
) -> None:
    later = flows(parts, money, start)
    one_by_one = together([flows([p.of([n]) for p in parts], money, year) for n, year in enumerate(start)])
    assert worth(later, 0.06) == pytest.approx(worth(one_by_one, 0.06), rel=1e-9, abs=1e-3)
    assert later["amount"].sum() == pytest.approx(flows(parts, money)["amount"].sum(), rel=1e-9, abs=1e-3)
    assert not len(later) or later["year"].max() <= max(start) - 1 + money.horizon


@given(amounts, money_of)
@FEW
def test_what_is_paid_at_the_start_is_worth_its_face(capital: np.ndarray, money: Money) -> None:
    nothing = np.zeros(3)
    once = Part("x", "link", capital, nothing, nothing, by_operator=True)
    assert present_value([once], money) == pytest.approx(at_start([once], money))
    assert at_start([once], replace(money, contingency=0.0, tax=0.0)) == pytest.approx(capital)


@given(parts_of(), st.sampled_from(["payer", "social"]))
@FEW
def test_a_higher_rate_and_fewer_years_never_cost_more(parts: tuple[Part, ...], perspective: str) -> None:
    rates = [present_value(parts, Money(r, 12, perspective=perspective)) for r in (0.0, 0.02, 0.06, 0.12, 0.3)]  # type: ignore[arg-type]
    years = [present_value(parts, Money(0.06, y, perspective=perspective)) for y in (1, 2, 5, 6, 10, 11, 20)]  # type: ignore[arg-type]
    assert all((b <= a + 1e-6).all() for a, b in itertools.pairwise(rates))
    assert all((a <= b + 1e-6).all() for a, b in itertools.pairwise(years))


@given(st.integers(1, 40), st.integers(1, 30))
def test_nothing_is_bought_in_the_last_year_or_after_it(life: int, horizon: int) -> None:
    years = replaced_in(float(life), horizon)
    assert all(0 < y < horizon and y % life == 0 for y in years)
    assert len(years) == (horizon - 1) // life


@pytest.mark.parametrize("perspective", ["payer", "operator", "social"])
@pytest.mark.parametrize("name", books())
def test_low_is_never_above_the_middle_nor_the_middle_above_high(name: str, perspective: str) -> None:
    """Also where a *longer* life, or a *higher* fee that an operator earns, is the low end of the cost; part by part."""
    money = replace(Money.of(), perspective=perspective)  # type: ignore[arg-type]
    ends = (everything(name, case, perspective) for case in ("low", "mid", "high"))
    low, mid, high = ([present_value([p], money) for p in parts] for parts in ends)
    for a, b, c in zip(low, mid, high, strict=True):
        assert (a <= b).all()
        assert (b <= c).all()


@given(parts_of(), st.sampled_from([0.0, 0.06]))
@FEW
def test_perspectives_differ_by_what_only_changes_hands(parts: tuple[Part, ...], rate: float) -> None:
    """payer = social + fees + charges + taxes; operator = what it builds - fees."""
    payer, operator, social = (Money(rate, 10, perspective=p) for p in ("payer", "operator", "social"))
    of = {kind: [p for p in parts if p.kind == kind] for kind in ("thing", "fee", "charge")}
    zero = np.zeros(3)
    fees, charges = (present_value(of[kind], payer) + zero for kind in ("fee", "charge"))
    assert present_value(parts, payer) == pytest.approx(present_value(parts, social) + fees + charges)
    taxed = present_value(parts, replace(payer, tax=0.2))
    assert taxed == pytest.approx(1.2 * present_value(parts, payer))
    built = [p for p in parts if p.by_operator and p.kind != "fee"]
    assert present_value(parts, operator) + zero == pytest.approx(present_value(built, payer) - fees)


def test_the_school_pays_what_the_policy_says() -> None:
    parts = (*link(book(), "satellite", 0, 20), *energy(book(), 200.0))
    money = Money(0.06, 10, contingency=0.1, tax=0.05, school_pays="fees_and_energy")
    table = flows(parts, money)
    schools = table[table["payer"] == "school"]
    assert set(schools["line"]) == {"fees", "energy", "taxes"}
    assert schools["amount"].sum() == pytest.approx(10 * 1.05 * (900 + 20))
    assert set(flows(parts, replace(money, perspective="operator"))["payer"]) == {"operator"}
    fees = flows(parts, replace(money, perspective="operator")).query("line == 'fees'")
    assert (fees["amount"] == -900).all(), "fees are the operator's income"
    assert flows(parts, Money.of(POLICY))["payer"].eq("funder").all()


@given(st.floats(0.05, 20), st.floats(1, 200), st.sampled_from(books()))
@FEW
def test_shorter_than_the_break_even_fibre_costs_less(km: float, mbps: float, name: str) -> None:
    money, prices = Money.of(), book(name)
    other = present_value(link(prices, "satellite", 0, mbps), money)[0]
    metres = float(break_even_m(prices, other, mbps, money)[0])
    fibre = present_value(link(prices, "fibre", km, mbps), money)[0]
    if abs(km * 1000 - metres) > 1:
        assert (km * 1000 < metres) == (fibre < other)


def test_a_price_that_is_missing_makes_a_cost_that_is_not_known() -> None:
    money = Money.of()
    for item in ITEMS:
        lacking = replace(book(), costs={i: c for i, c in book().costs.items() if i != item})
        way = item.split("_")[0]
        if way in WAYS and item not in ("fibre_kwh", "cellular_kwh", "microwave_kwh", "satellite_kwh", "cluster_kwh", "offline_kwh"):  # fmt: skip
            assert np.isnan(present_value(link(lacking, way, 1.0, 20), money)).all(), item
    lacking = replace(book(), costs={i: c for i, c in book().costs.items() if i != "cellular_fee_least"})
    assert np.isnan(each_year(link(lacking, "cellular", 0, 20), money)).all(), "a least fee that is not known"
    assert "least fee for mobile broadband" in " ".join(lacking.notes())
    assert flows(link(lacking, "cellular", 0, 20), money)["amount"].isna().any()
    with pytest.raises(KeyError, match="did you mean 'fibre_per_km'"):
        book().at("fiber_per_km")


def test_no_length_is_no_fibre_and_one_unknown_school_leaves_the_others() -> None:
    money = Money(0.06, 10)
    cost = present_value(link(book(), "fibre", np.array([1.0, np.nan, 2.0]), 20), money)
    assert np.isnan(cost).tolist() == [False, True, False]
    per_km = cost[2] - cost[0]
    assert per_km == pytest.approx(20_000 * (1 + 0.05 * annuity(0.06, 10)))


def test_every_price_has_its_source_and_range() -> None:
    for name in books():
        one = book(name)
        assert one.missing == ()
        assert set(one.provisional) == set(ITEMS), "no publication is a national quote"
        assert one.notes() == tuple(dict.fromkeys(one.notes()))
        for cost in one.costs.values():
            assert 0 <= cost.low <= cost.mid <= cost.high
            assert cost.source
            assert cost.note, "how the range was come by"
            assert cost.price_year in (2023, 2026)
    assert book("rwanda").at("cellular_fee_per_mbps") == 120
    assert book("sierra_leone").at("solar_per_w") == 3.9
    assert (book("brazil").at("fibre_per_km"), book("giga_2023").at("microwave_tower")) == (5000, 2500)


def test_drawn_prices_stay_in_their_range_and_are_the_same_from_one_seed() -> None:
    """Half of the draws of the mobile fee lie below the geometric middle of its 190-fold range, not above 200."""
    random = np.random.default_rng(7)
    books_ = [drawn(book(), random) for _ in range(200)]
    for item, cost in book().costs.items():
        values = [b.at(item) for b in books_]
        assert cost.low <= min(values)
        assert max(values) <= cost.high
        assert (len(set(values)) > 1) == (cost.low < cost.high)
    assert 10 < np.median([b.at("cellular_fee_per_mbps") for b in books_]) < 30
    assert 180 < np.median([b.at("device") for b in books_]) < 220
    assert drawn(book(), np.random.default_rng(7)).key == books_[0].key


@given(st.floats(0, 1e3), st.floats(0, 1e3), st.floats(0, 1e3))
@FEW
def test_the_triangle_rises_from_low_to_high(a: float, b: float, c: float) -> None:
    low, mid, high = sorted((a, b, c))
    values = triangular(np.linspace(0, 1, 21), low, mid, high)
    assert values[0] == pytest.approx(low, abs=1e-6)
    assert values[-1] == pytest.approx(high, abs=1e-6)
    assert (np.diff(values) >= -1e-9).all()
    assert triangular(np.array([0.5]), 0, 1, 2)[0] == 1
