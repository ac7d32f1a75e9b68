"""Bids: read back cell by cell, every fault at its cell, compared with the estimate, and as prices of a new plan."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from geodata.costing.books import book
from geodata.costing.parts import Money, at_start, each_year, present_value
from geodata.costing.unit import PriceBook, Quote
from geodata.costing.ways import link
from geodata.errors import PlanError, SourceError
from geodata.exports.lotsheets import bidder_workbook
from geodata.layers import Atlas
from geodata.lots.bids import Bid, read
from geodata.lots.compared import COMPARED, MARKS, compare, with_bids
from geodata.lots.cut import Lots, lots
from geodata.lots.editions import Tender, tender
from geodata.lots.quotes import offered
from geodata.plan.result import Plan
from geodata.query import Desk
from tests.lotplans import country, plan

Sheets = Any


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return country(tmp_path_factory.mktemp("bids"), 12)


@pytest.fixture(scope="module")
def sent(atlas: Atlas) -> tuple[Plan, Lots, Tender, bytes]:
    desk = Desk(atlas, tier="government")
    one = plan(desk, ways=["fibre"], chosen=9, plan_lot_schools=3)
    cut = lots(one, desk)
    out = tender(one, cut, desk)
    return one, cut, out, bidder_workbook(out)


def filled(data: bytes, bidder: str = "Net One", *, setup: float = 1000.0, yearly: float = 200.0, change: Callable[[Sheets], None] | None = None, lots_offered: tuple[str, ...] = ()) -> bytes:  # fmt: skip
    """The bidder's workbook as a bidder fills it in a spreadsheet; `change` spoils it afterwards."""
    work = load_workbook(io.BytesIO(data))
    work["Bid"]["B2"] = bidder
    sums: dict[str, list[float]] = {}
    for row in work["Prices"].iter_rows(min_row=3):
        lot = str(row[0].value)
        if not lots_offered or lot in lots_offered:
            row[8].value, row[9].value = setup, yearly
            sums.setdefault(lot, [0.0, 0.0])
            sums[lot] = [sums[lot][0] + setup, sums[lot][1] + yearly]
    for row in work["Totals"].iter_rows(min_row=3):
        if str(row[0].value) in sums:
            row[4].value, row[5].value = sums[str(row[0].value)]
    if change:
        change(work)
    out = io.BytesIO()
    work.save(out)
    return out.getvalue()


def test_a_good_bid_is_read_back_as_it_was_written(sent: tuple[Plan, Lots, Tender, bytes]) -> None:
    _, cut, out, data = sent
    bid = read(filled(data), out)
    assert bid.faults == ()
    assert (bid.bidder, bid.currency, bid.lots) == ("Net One", "USD", ("L001", "L002", "L003"))
    assert sorted(bid.prices["school_id"]) == sorted(cut.schools["school_id"])
    assert bid.prices["setup"].tolist() == [1000.0] * 9


def test_some_lots_may_be_offered_and_the_others_left_empty(sent: tuple[Plan, Lots, Tender, bytes]) -> None:
    *_, out, data = sent
    bid = read(filled(data, lots_offered=("L002",)), out)
    assert bid.lots == ("L002",)
    assert bid.faults == ()


def cell(sheet: str, at: str, value: object) -> Callable[[Sheets], None]:
    def change(work: Sheets) -> None:
        work[sheet][at] = value

    return change


def added(work: Sheets) -> None:
    work["Prices"].append(["L001", 4, "999", "New", "North", -1.9, 30.0, 20, 1, 1])


def removed(work: Sheets) -> None:
    work["Prices"].delete_rows(3)


def twice(work: Sheets) -> None:
    work["Prices"].append([c.value for c in work["Prices"][3]])


@pytest.mark.parametrize(
    ("change", "at", "words", "left"),
    [
        (cell("Prices", "I3", None), "Prices!I3", "is missing", 2),
        (cell("Prices", "J4", -5), "Prices!J4", "is negative: -5", 2),
        (cell("Prices", "I5", "1 000 EUR"), "Prices!I5", "is not a number: '1 000 EUR'", 2),
        (cell("Prices", "I5", True), "Prices!I5", "is not a number", 2),
        (cell("Prices", "A3", "L002"), "Prices!A3", "is in lot L001, not L002", 1),
        (cell("Prices", "H3", 10), "Prices!H3", "were changed to 10", 2),
        (cell("Prices", "C3", "999"), "Prices!C3", "is not in the tender", 2),
        (added, "Prices!C12", "is not in the tender", 2),
        (removed, "Prices!A1", "was left out of lot L001", 2),
        (twice, "Prices!C12", "stands twice", 2),
        (cell("Totals", "E3", 2999), "Totals!E3", "is 2,999.00, and its prices add up to 3,000.00", 2),
        (cell("Totals", "F4", None), "Totals!F4", "is missing", 2),
        (cell("Totals", "G3", "EUR"), "Totals!G3", "Lot L001 is in EUR, the bid in USD", 2),
        (cell("Bid", "B3", "EUR"), "Bid!B3", "The currency is EUR, and the tender asks for USD", 0),
        (cell("Bid", "B2", None), "Bid!B2", "The bidder's name is missing", 0),
    ],
)
def test_every_fault_is_said_at_its_cell_and_spoils_its_lot_alone(
    sent: tuple[Plan, Lots, Tender, bytes], change: Callable[[Sheets], None], at: str, words: str, left: int
) -> None:
    *_, out, data = sent
    bid = read(filled(data, change=change), out)
    said = [str(f) for f in bid.faults]
    assert any(s.startswith(at) and words in s for s in said), said
    assert all(f.mend for f in bid.faults)
    assert len(bid.lots) == left
    assert set(bid.prices["lot"]) == set(bid.lots)


def test_a_sum_rounded_to_whole_units_is_no_fault(sent: tuple[Plan, Lots, Tender, bytes]) -> None:
    *_, out, data = sent
    assert read(filled(data, setup=1000.1, change=cell("Totals", "E3", 3000)), out).faults == ()


@pytest.mark.parametrize(("change", "words"), [(cell("Bid", "B1", "other"), "is for the tender other"), (lambda w: w.remove(w["Prices"]), "has no sheet Prices")])  # fmt: skip
def test_a_file_of_another_tender_is_refused(sent: tuple[Plan, Lots, Tender, bytes], change: Callable[[Sheets], None], words: str) -> None:  # fmt: skip
    *_, out, data = sent
    with pytest.raises(SourceError, match=words):
        read(filled(data, change=change), out)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nonsense", b"lot,price\nL001,5\n"])
def test_what_is_no_workbook_is_refused_in_words(sent: tuple[Plan, Lots, Tender, bytes], data: bytes) -> None:
    with pytest.raises(SourceError, match="cannot be opened as a workbook"):
        read(data, sent[2])


def test_bids_are_compared_over_the_whole_life_and_per_mbps(sent: tuple[Plan, Lots, Tender, bytes]) -> None:
    one, cut, out, data = sent
    line = float(cut.lots["line"][0])
    prices = {"Cheap": 0.2, "Fair": 1.0, "Dear": 4.0}
    bids = [
        read(filled(data, name, setup=share * line / 3, yearly=0.0, lots_offered=("L001",)), out)
        for name, share in prices.items()
    ]
    table = compare(bids, cut, one)
    assert list(table.columns) == list(COMPARED)
    first = table[table["lot"] == "L001"].set_index("bidder")
    assert first.index.tolist() == ["Cheap", "Fair", "Dear"]
    assert first["mark"].to_dict() == {"Cheap": "below", "Fair": "within", "Dear": "abnormally_high"}
    assert first["best"].tolist() == [True, False, False]
    assert first.at["Fair", "whole_life"] == pytest.approx(line)
    assert first.at["Fair", "against"] == pytest.approx(0)
    annuity = (1 - 1.06**-10) / 0.06
    assert first.at["Fair", "per_mbps_year"] == pytest.approx(line / annuity / 60)
    assert table.loc[table["lot"] != "L001", "mark"].tolist() == ["no_bid", "no_bid"]
    assert "nobody offers this lot" in table["say"].iloc[-1]
    low = read(
        filled(data, "Low", setup=0.5 * float(cut.lots["line_low"][0]) / 3, yearly=0.0, lots_offered=("L001",)), out
    )
    assert compare([low], cut, one)["mark"][0] == "abnormally_low"
    assert set(MARKS) >= set(table["mark"])


def test_the_best_offers_become_quotes_and_others_keep_their_estimate(sent: tuple[Plan, Lots, Tender, bytes]) -> None:
    one, cut, out, data = sent
    bids = [
        read(filled(data, "A", setup=900.0, lots_offered=("L001",)), out),
        read(filled(data, "B", setup=800.0, lots_offered=("L001", "L002")), out),
    ]
    prices = with_bids(one, cut, bids)
    assert {q.source for q in prices.quotes} == {"L001, B", "L002, B"}
    assert {q.school_id for q in prices.quotes} == set(
        cut.schools.loc[cut.schools["lot"].isin(("L001", "L002")), "school_id"]
    )
    assert PriceBook.from_data(prices.as_data()) == prices
    assert prices.key != one.book.key
    assert replace(one, book=prices).key != one.key  # the same terms at other prices are another plan


def test_an_offer_stands_in_the_place_of_the_estimate_without_contingency() -> None:
    prices = PriceBook("b", "USD", book("itu_2026").costs, quotes=(Quote("s2", "fibre", 1000.0, 100.0, "L001, A"),))
    money = Money(discount=0.06, horizon=10, contingency=0.1, tax=0.2)
    ids = np.array(["s1", "s2"], dtype=object)
    plain = link(prices, "fibre", np.array([1.0, 1.0]), np.array([20.0, 20.0]))
    parts = offered(plain, prices, "fibre", ids, money)
    assert present_value(parts, money)[0] == pytest.approx(present_value(plain, money)[0])
    assert present_value(parts, money)[1] == pytest.approx(1.2 * (1000 + 100 * (1 - 1.06**-10) / 0.06))
    assert at_start(parts, money)[1] == pytest.approx(1200)
    assert each_year(parts, money)[1] == pytest.approx(120)
    assert offered(plain, prices, "satellite", ids, money) == tuple(plain)


def test_options_of_a_school_with_an_offer_cost_what_was_offered(atlas: Atlas) -> None:
    from geodata.options.make import options
    from geodata.plan.terms import Terms
    from geodata.policy import POLICY

    desk = Desk(atlas, tier="government")
    terms = Terms.of(POLICY, 1e6)
    own = book("itu_2026")
    quoted = PriceBook(own.name, own.currency, own.costs, quotes=(Quote("001", "satellite", 10.0, 1.0, "L001, A"),))
    before, after = (
        options(desk, terms, prices).set_index(["school_id", "way"])["link_cost"] for prices in (own, quoted)
    )
    changed = before.index[~np.isclose(before, after, equal_nan=True)]
    assert changed.tolist() == [("001", "satellite")]
    assert after[("001", "satellite")] < before[("001", "satellite")]


def test_two_bids_of_one_bidder_are_not_compared(sent: tuple[Plan, Lots, Tender, bytes]) -> None:
    one, cut, out, data = sent
    bid = read(filled(data), out)
    with pytest.raises(PlanError, match="several bids of Net One"):
        compare([bid, bid], cut, one)


def test_mbps_that_were_made_a_text_are_the_same(sent: tuple[Plan, Lots, Tender, bytes]) -> None:
    *_, out, data = sent
    assert read(filled(data, change=cell("Prices", "H3", "20")), out).faults == ()


def test_a_file_that_unpacks_to_far_too_much_is_refused(sent: tuple[Plan, Lots, Tender, bytes], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    *_, out, data = sent
    monkeypatch.setattr("geodata.lots.bids.LARGEST", 1000)
    with pytest.raises(SourceError, match="too large"):
        read(data, out)


def test_a_bid_with_a_fault_in_its_head_offers_nothing(sent: tuple[Plan, Lots, Tender, bytes]) -> None:
    one, cut, out, data = sent
    bid = read(filled(data, bidder=""), out)
    assert isinstance(bid, Bid)
    assert bid.lots == ()
    assert (compare([bid], cut, one)["mark"] == "no_bid").all()
    assert isinstance(bid.prices, pd.DataFrame)
