"""The unit-cost sheet: written, filled in, read back; every fault named by its cell and how to mend it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from geodata.costing.books import NATIONAL, book, books
from geodata.costing.items import ITEMS
from geodata.costing.sheet import COLUMNS, read
from geodata.costing.unit import PriceBook, UnitCost
from geodata.errors import SchemaError
from geodata.exports.pricesheet import write_price_sheet

LETTER = dict(zip(COLUMNS, "ABCDEFGHIJKL", strict=True))
HEAD = 3  # row of the titles, as a person sees it
ROW = {item: HEAD + 1 + n for n, item in enumerate(ITEMS)}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sheet") / "prices.xlsx"
    write_price_sheet(book(), path)
    return path.read_bytes()


def filled(data: bytes, cells: dict[tuple[str, str], Any]) -> bytes:
    """The sheet as an officer fills it in with another program: (item, column) → what she types."""
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    for (item, column), value in cells.items():
        workbook["Unit costs"][f"{LETTER[column]}{ROW[item]}"] = value
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def small(rows: list[dict[str, Any]]) -> bytes:
    """A sheet of one's own making, columns as the rows give them."""
    workbook = openpyxl.Workbook()
    names = list(rows[0])
    workbook.active.append(names)
    for row in rows:
        workbook.active.append([row[n] for n in names])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def quote(item: str, price: float, **more: Any) -> dict[tuple[str, str], Any]:
    told = {"low": None, "mid": price, "high": None, "price_year": 2026, "source": "Tender 12/2026", "quote": "yes"}
    return {(item, column): value for column, value in {**told, **more}.items()}


def zeros(size: int) -> bytes:
    """A packed file of so many bytes once it is unpacked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", b" " * size)
    return packed.getvalue()


def faults(data: bytes) -> tuple[str, ...]:
    with pytest.raises(SchemaError) as error:
        read(data)
    return error.value.failures or (str(error.value),)


@pytest.mark.parametrize("name", books())
def test_every_shipped_book_comes_back_as_it_went_out(name: str, tmp_path: Path) -> None:
    write_price_sheet(book(name), tmp_path / "a.xlsx")
    write_price_sheet(book(name), tmp_path / "b.xlsx")
    data = (tmp_path / "a.xlsx").read_bytes()
    assert data == (tmp_path / "b.xlsx").read_bytes(), "the same book gives the same file"
    assert read(data, book(name)) is book(name), "a sheet that changes nothing changes nothing"
    assert read(data).costs == book(name).costs


texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp", "Zs")), min_size=1, max_size=12)


@st.composite
def costs(draw: st.DrawFn, item: str) -> UnitCost:
    declared = ITEMS[item]
    least, most = (1, 40) if declared.unit == "years" else (0, 1) if declared.unit == "share a year" else (0, 10**7)
    exact = st.integers(1000 * least, 1000 * most).map(lambda n: n / 1000)  # a cell holds 15 digits
    low, mid, high = sorted(draw(st.tuples(exact, exact, exact)))
    source, note = draw(texts), draw(st.just("") | texts)
    year, provisional = draw(st.integers(1990, 2100)), draw(st.booleans())
    return UnitCost(item, declared.title, declared.unit, low, mid, high, year, source, "2026-08-21", provisional, note)


@given(st.data())
@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_any_book_comes_back_as_it_went_out(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """The law of the round trip: prices, ranges, years, sources (formulas too), quotes, missing prices, another currency."""
    some = data.draw(st.lists(st.sampled_from(list(ITEMS)), min_size=1, max_size=8, unique=True))
    currency = data.draw(st.sampled_from(["USD", "XOF"]))
    kept = {i: c for i, c in book().costs.items() if currency == "USD" or not ITEMS[i].money}
    drawn = {item: data.draw(costs(item)) for item in some}
    if not any(ITEMS[i].money for i in some):
        drawn["device"] = data.draw(costs("device"))
    given_ = {i: drawn.get(i, kept.get(i)) for i in ITEMS}
    prices = PriceBook("any", currency, {i: c for i, c in given_.items() if c is not None})
    path = tmp_path_factory.mktemp("any") / "prices.xlsx"
    write_price_sheet(prices, path)
    back = read(path.read_bytes())
    assert dict(back.costs) == dict(prices.costs)
    assert back.currency == currency
    assert back.missing == prices.missing


def test_a_national_quote_takes_the_provisional_mark_away(written: bytes) -> None:
    typed = quote("cellular_fee_per_mbps", 96, source="Regulator, tariff list 2026", date=date(2026, 3, 1))
    prices = read(filled(written, typed))
    cost = prices.costs["cellular_fee_per_mbps"]
    assert (cost.low, cost.mid, cost.high, cost.provisional, cost.date) == (96, 96, 96, False, "2026-03-01")
    assert "cellular_fee_per_mbps" not in prices.provisional
    assert len(prices.provisional) == len(book().provisional) - 1
    assert prices.name == NATIONAL
    assert (
        prices.title == f"the country's own unit-cost sheet, 1 of {len(ITEMS)} national quotes; the rest {book().title}"
    )
    other = read(filled(written, typed), book("brazil"))
    ends = {name: [(c.low, c.mid, c.high) for c in book(name).costs.values()] for name in ("itu_2026", "brazil")}
    theirs = [i for i, a, b in zip(ITEMS, *ends.values(), strict=True) if a != b]
    assert (
        f"national quotes, {len(theirs) - 1} other prices of the sheet; the rest Giga cost model, Brazil" in other.title
    )
    assert not any("mobile broadband differ" in note for note in prices.notes()), "what is quoted is no longer doubted"
    least = [
        note for note in read(filled(written, quote("satellite_fee_least", 720))).notes() if "no less than" in note
    ]
    assert least == ["Mobile plans are counted at no less than 600 USD a year a school: a planning value, because plans are sold whole and not by the Mbps."]  # fmt: skip


def test_blank_rows_keep_the_books_price(written: bytes) -> None:
    blank = {("device", column): None for column in ("low", "mid", "high", "price_year", "source", "note", "currency")}
    prices = read(filled(written, blank | quote("training", 80)))
    assert prices.costs["device"] == book().costs["device"]
    assert prices.at("training") == 80


def test_in_another_currency_what_is_not_given_is_missing(written: bytes) -> None:
    """No exchange rate is guessed: lives and shares stay, prices that nobody gave are not known, and it is said."""
    typed: dict[tuple[str, str], Any] = {}
    for item, declared in ITEMS.items():
        if declared.money:
            typed |= {(item, column): None for column in ("low", "mid", "high", "currency")}
    typed |= quote("satellite_setup", 350_000, currency="XOF")
    prices = read(filled(written, typed))
    assert prices.currency == "XOF"
    assert prices.at("satellite_life_years") == 5
    assert prices.at("satellite_setup") == 350_000
    assert prices.at("fibre_per_km") != prices.at("fibre_per_km"), "not a number: not known"
    assert set(prices.missing) == {i for i, d in ITEMS.items() if d.money} - {"satellite_setup"}
    assert any("No price in XOF is known for" in note for note in prices.notes())


def test_columns_may_move_and_others_stand_beside_them() -> None:
    row = {"Our remark": "x", "Price": 75, "source": "Tender", "NATIONAL QUOTE": "Yes", "Price year": 2026, "Item": "training"}  # fmt: skip
    cost = read(small([row])).costs["training"]
    assert (cost.mid, cost.provisional, cost.price_year) == (75, False, 2026)


# Item → what the officer types in its row, the column of the fault, and what is said.
CASES: dict[str, tuple[dict[tuple[str, str], Any], str, str]] = {
    "device": ({("device", "low"): 900}, "low", "low (900) is above the price (200)"),
    "kit": ({("kit", "high"): 5}, "high", "high (5) is below the price (300)"),
    "training": ({("training", "mid"): "100 dollars"}, "mid", "is text, not a number"),
    "fibre_setup": (quote("fibre_setup", -3), "mid", "is negative"),
    "fibre_per_km": (quote("fibre_per_km", 9000, source=None), "source", "a national quote needs its source"),
    "grid_kwh": (quote("grid_kwh", 0.2, price_year=None), "price_year", "a national quote needs the year"),
    "cellular_setup": ({("cellular_setup", "quote"): "yes"}, "source", "gave no national quote"),
    "satellite_setup": ({("satellite_setup", "mid"): 799}, "source", "changed, and its source still says"),
    "wifi_setup": ({("wifi_setup", "price_year"): "last year"}, "price_year", "is no year"),
    "solar_per_w": ({("solar_per_w", "quote"): "maybe"}, "quote", "neither yes nor no"),
    "cluster_setup": ({("cluster_setup", "mid"): None}, "mid", "low or high is given, but no price"),
    "offline_server": ({("offline_server", "currency"): "dollars"}, "currency", "is no currency"),
    "battery_per_kwh": (quote("battery_per_kwh", 1, mid=None), "mid", "no price is given"),
}


@pytest.fixture(scope="module")
def told(written: bytes) -> tuple[str, ...]:
    """What is said of a sheet with all the faults at once."""
    return faults(filled(written, {cell: value for typed, _, _ in CASES.values() for cell, value in typed.items()}))


@pytest.mark.parametrize("item", CASES)
def test_each_fault_is_named_by_its_cell(told: tuple[str, ...], item: str) -> None:
    _, column, said = CASES[item]
    (fault,) = [f for f in told if f.startswith(f"{LETTER[column]}{ROW[item]}: ")]
    assert said in fault


def test_nothing_else_is_said(told: tuple[str, ...]) -> None:
    assert [f for f in told if f.split(":")[0] not in {f"{LETTER[c]}{ROW[i]}" for i, (_, c, _) in CASES.items()}] == []
    assert len(told) == len(CASES)


def test_shares_and_lives_have_bounds() -> None:
    rows = [
        {"Item": "support_share", "Price": 15, "Source": "x"},
        {"Item": "kit_life_years", "Price": 0, "Source": "x"},
    ]
    said = faults(small(rows))
    assert said[0].startswith("B2: 15 is more than 1. Shares are written as 0.05")
    assert said[1].startswith("B3: 0 is less than a year")


def test_unknown_items_twice_and_none(written: bytes) -> None:
    assert "did you mean 'fibre_per_km'?" in faults(small([{"Item": "fiber_per_km", "Price": 1, "Source": "x"}]))[0]
    twice = [{"Item": "device", "Price": 1, "Source": "x"}, {"Item": "device", "Price": 2, "Source": "x"}]
    assert faults(small(twice)) == ("A3: 'device' stands in row 2 already; keep one of them.",)
    assert faults(small([{"Item": None, "Price": None, "Source": None}])) == (
        "No row names an item. Fill in the sheet that First Mile wrote, and leave its first column as it is.",
    )


def test_two_currencies_are_refused(written: bytes) -> None:
    (said,) = faults(filled(written, quote("device", 90_000, currency="XOF")))
    assert f"XOF in G{ROW['device']}" in said
    assert "USD in G4, G5, G6 and" in said


def test_what_is_no_sheet_is_said_in_words(written: bytes) -> None:
    assert "cannot be opened as a workbook" in faults(b"item,price\n")[0]
    assert "cannot be opened as a workbook" in faults(written[: len(written) // 2])[0]
    assert "No sheet has the columns Item and Price" in faults(small([{"a": 1}]))[0]
    assert (
        "cannot be opened as a workbook"
        in faults(written[:-900] + written[-900:].replace(b"PK\x01\x02", b"PK\x01\x07"))[0]
    )
    assert "too large" in faults(zeros(50_000_001))[0]


def test_the_sheet_guides_who_fills_it_in(written: bytes) -> None:
    """Names are locked, prices are not; yes and no are a list; no cell is a formula."""
    workbook = openpyxl.load_workbook(io.BytesIO(written))
    sheet = workbook["Unit costs"]
    assert workbook.sheetnames == ["Unit costs", "How to fill it in", "What each price is"]
    assert sheet.protection.sheet
    assert sheet[f"A{ROW['device']}"].protection.locked
    assert not sheet[f"E{ROW['device']}"].protection.locked
    assert {v.type for v in sheet.data_validations.dataValidation} == {"decimal", "list", "whole"}
    assert not [c for page in workbook for row in page.iter_rows() for c in row if c.data_type == "f"]


def test_text_that_would_be_a_formula_comes_back_as_text(tmp_path: Path) -> None:
    odd = replace(book().costs["device"], source="=HYPERLINK(0)", note="+1 on last year")
    write_price_sheet(replace(book(), costs={**book().costs, "device": odd}), tmp_path / "p.xlsx")
    assert read((tmp_path / "p.xlsx").read_bytes()).costs["device"] == odd
