"""The unit-cost sheet as rows, and back: what a ministry fills in, read with every fault named by its cell.

A row a price. A row without a price keeps the price of the book that it is read into, where that is in the sheet's
currency; a price marked as a national quote is no longer provisional.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geodata.costing.books import NATIONAL, book
from geodata.costing.items import ITEMS
from geodata.costing.sheetcells import Cells, opened, text_of
from geodata.costing.sheetrows import read_row
from geodata.costing.unit import PriceBook, UnitCost
from geodata.errors import SchemaError, SourceError
from geodata.say import in_english, tr

# Title of a column → what is in it. Columns may stand in any order, and others beside them.
COLUMNS: dict[str, str] = {
    "item": "Item",
    "title": "What it is",
    "unit": "Paid for each",
    "low": "Low",
    "mid": "Price",
    "high": "High",
    "currency": "Currency",
    "price_year": "Price year",
    "source": "Source",
    "date": "Date",
    "quote": "National quote",
    "note": "Note",
}
_NEEDED = ("item", "mid")
_LARGEST = 50_000_000  # bytes unpacked: what is larger is no unit-cost sheet
_HEAD_WITHIN = 30  # rows in which the titles are looked for


def write_rows(prices: PriceBook) -> list[dict[str, Any]]:
    """The rows of a sheet, one an item, keys as in COLUMNS; an item without a price has an empty row."""
    rows = []
    for item in ITEMS.values():
        cost = prices.costs.get(item.name)
        row: dict[str, Any] = {"item": item.name, "title": item.title, "unit": item.unit}
        row["currency"] = prices.currency if item.money else ""
        if cost is not None:
            row |= {"low": cost.low, "mid": cost.mid, "high": cost.high, "price_year": cost.price_year or ""}
            row |= {"source": cost.source, "date": cost.date, "note": cost.note}
        row["quote"] = "yes" if cost is not None and not cost.provisional else "no"
        rows.append({name: row.get(name, "") for name in COLUMNS})
    return rows


def read(data: bytes, base: PriceBook | None = None) -> PriceBook:
    """A filled-in sheet as a price book, on top of `base` (the default book). SchemaError names each fault by its cell.

    Where the sheet is in another currency than the base, prices that were left empty are missing: no exchange rate is
    guessed. A sheet that changes nothing gives the base itself.
    """
    under = base or book()
    cells = _cells(data)
    faults: list[str] = []
    given: dict[str, tuple[int, UnitCost | None, str]] = {}
    for row in cells.rows():
        name, cost, currency, wrong = read_row(cells, row, under)
        faults += wrong
        if name in given:
            faults.append(tr("{row}: {name!r} stands in row {given} already; keep one of them.", row=cells.at(row, 'item'), name=name, given=given[name][0] + 1))  # fmt: skip
        elif name:
            given[name] = (row, cost, currency)
    currency = _currency(cells, given, under, faults)
    if not given and not faults:
        faults.append(tr("No row names an item. Fill in the sheet that First Mile wrote, and leave its first column as it is."))  # fmt: skip
    if faults:
        raise SchemaError(tr("The unit-cost sheet has faults; nothing of it was taken:"), faults)
    return _book(under, {n: c for n, (_, c, _) in given.items() if c is not None}, currency)


@in_english
def _book(base: PriceBook, given: dict[str, UnitCost], currency: str) -> PriceBook:
    kept = {i: c for i, c in base.costs.items() if currency == base.currency or not ITEMS[i].money}
    costs = {item: given.get(item, kept.get(item)) for item in ITEMS}
    held = {item: cost for item, cost in costs.items() if cost is not None}
    if held == dict(base.costs) and currency == base.currency:
        return base
    title = tr(
        "the country's own unit-cost sheet, {quotes}; the rest {book}",
        quotes=_count(held, base),
        book=base.title or base.name,
    )
    return PriceBook(NATIONAL, currency, held, title, base.quotes)


def _count(held: dict[str, UnitCost], base: PriceBook) -> str:
    """How many prices of a sheet are national quotes, and how many stand in it without being one or the base's."""
    quoted = sum(not cost.provisional for cost in held.values())
    own = sum(cost.provisional and _range(cost) != _range(base.costs.get(item)) for item, cost in held.items())
    of = {"quoted": quoted, "held": len(held)}
    if not own:
        return tr("{quoted} of {held} national quotes", **of)
    return tr("{quoted} of {held} national quotes, {own} other prices of the sheet", own=own, **of)


def _range(cost: UnitCost | None) -> tuple[float, ...]:
    return () if cost is None else (cost.low, cost.mid, cost.high)


def _currency(cells: Cells, given: dict[str, tuple[int, UnitCost | None, str]], base: PriceBook, faults: list[str]) -> str:  # fmt: skip
    """The one currency of the sheet; a fault where there are two."""
    rows: dict[str, list[str]] = {}
    for name, (row, cost, currency) in given.items():
        if cost is not None and ITEMS[name].money:
            rows.setdefault(currency or base.currency, []).append(cells.at(row, "currency"))
    if len(rows) > 1:
        where = "; ".join(
            tr("{currency} in {at}", currency=currency, at=_some(at)) for currency, at in sorted(rows.items())
        )
        faults.append(
            tr(
                "Two currencies stand in one sheet: {where}. Give all prices in one; clear the price of rows that nobody has quoted in it.",
                where=where,
            )
        )
    return next(iter(rows), base.currency)


def _some(cells: Sequence[str], most: int = 3) -> str:
    said = ", ".join(cells[:most])
    return tr("{names} and {n} more", names=said, n=len(cells) - most) if len(cells) > most else said


def _cells(data: bytes) -> Cells:
    """The cells of the sheet that has the titles; SchemaError where it is no workbook or has none."""
    again = tr("Write a new sheet and fill that in.")
    try:
        sheets = opened(data, largest=_LARGEST)
    except SourceError as error:
        raise SchemaError(f"{error} {again}") from None
    for name, rows in sheets.items():
        for number, row in enumerate(rows[:_HEAD_WITHIN]):
            titles = {text_of(cell).casefold(): column for column, cell in reversed(list(enumerate(row)))}
            places = {key: titles[title.casefold()] for key, title in COLUMNS.items() if title.casefold() in titles}
            if all(key in places for key in _NEEDED):
                return Cells(name, rows, number, places)
    raise SchemaError(
        tr(
            "No sheet has the columns {columns}. {again}",
            columns=tr(" and ").join(COLUMNS[n] for n in _NEEDED),
            again=again,
        )
    )
