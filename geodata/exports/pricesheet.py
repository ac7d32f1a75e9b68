"""The unit-cost sheet to fill in (XLSX): a row a price, drop-downs, names locked, instructions; read back by
`geodata.costing.sheet`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from geodata.costing.items import GROUPS, ITEMS
from geodata.costing.sheet import COLUMNS, write_rows
from geodata.costing.unit import PriceBook
from geodata.exports.disk import whole, workbook_at
from geodata.exports.formula import safe
from geodata.say import in_english

_WIDTHS = {"item": 26, "title": 40, "unit": 16, "source": 44, "note": 60, "date": 12, "quote": 15}
_LOCKED = ("item", "title", "unit")
_NUMBERS = ("low", "mid", "high")
_HEAD = 2  # row of the titles; above it the name of the book and the hint


@in_english
def write_price_sheet(book: PriceBook, path: Path) -> None:
    """Writes a book as a workbook with the sheets `Unit costs` (to fill in), `How to fill it in` and `What each price is`.

    The same book gives the same file. No cell is a formula or a link. Raises ExportError where it cannot be written.
    """
    with whole(path) as part, workbook_at(part) as workbook:
        workbook.set_properties({"title": f"Unit costs: {book.title or book.name}", "created": datetime(2000, 1, 1)})
        look = _looks(workbook)
        sheet = workbook.add_worksheet("Unit costs")
        _table(sheet, book, look)
        _said(workbook.add_worksheet("How to fill it in"), INSTRUCTIONS, look)
        said = [(f"{GROUPS[i.group]}: {i.title}", f"{i.definition} For each {i.unit}.") for i in ITEMS.values()]
        _said(workbook.add_worksheet("What each price is"), said, look)


INSTRUCTIONS = (
    ("What this is", "The unit prices that a plan is counted with. Replace them by what your country pays."),
    ("Price", "The price you expect, as a number alone. Leave it empty where you do not know it: the price of the book stays, where it is in the same currency."),
    ("Low and high", "The least and the most it may cost. Leave both empty where the price is fixed."),
    ("Currency", "One currency for the whole sheet, in three letters, such as USD. Prices are never converted: in another currency, clear every price that you do not fill in; what needs it then has no known cost."),
    ("Price year", "The year in which the price holds."),
    ("Source and date", "Who gave the price: a tender, a quote, a regulator's list; and when, as 2026-08-21. A price without a source is not taken."),
    ("National quote", "yes where somebody in the country has quoted or paid this price; it is then no longer provisional. no for anything else."),
    ("Shares and years", "Shares are written as 0.05 for 5 %. Lives are whole years."),
    ("Columns", "Do not change the column Item. Columns may be moved, and others added: take the sheet's protection off first, it has no password."),
)  # fmt: skip


def _looks(workbook: Any) -> dict[str, Any]:
    quiet = {"font_color": "#5A5648", "bg_color": "#F1EEE6", "text_wrap": True, "valign": "top"}
    return {
        "title": workbook.add_format({"bold": True, "font_size": 14}),
        "head": workbook.add_format({"bold": True, "bg_color": "#F1EEE6", "bottom": 1}),
        "locked": workbook.add_format(quiet),
        "number": workbook.add_format({"locked": False, "num_format": "#,##0.######", "valign": "top"}),
        "free": workbook.add_format({"locked": False, "text_wrap": True, "valign": "top"}),
        "wrong": workbook.add_format({"bg_color": "#F6C9C0"}),
        "wrap": workbook.add_format({"text_wrap": True, "valign": "top"}),
    }


def _table(sheet: Any, book: PriceBook, look: dict[str, Any]) -> None:
    rows = write_rows(book)
    last = _HEAD + len(rows)
    sheet.write_string(0, 0, safe(f"Unit costs: {book.title or book.name}"), look["title"])
    sheet.write_string(1, 0, "White cells are to be filled in; how, says the next sheet. Empty prices keep the book's.")
    place = {name: number for number, name in enumerate(COLUMNS)}
    for name, column in place.items():
        sheet.set_column(column, column, _WIDTHS.get(name, 11))
        sheet.write_string(_HEAD, column, COLUMNS[name], look["head"])
    for number, row in enumerate(rows, start=_HEAD + 1):
        for name, column in place.items():
            _cell(sheet, (number, column), row[name], _look(name, look))
    sheet.freeze_panes(_HEAD + 1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    _checks(sheet, place, last, look)


def _look(name: str, look: dict[str, Any]) -> Any:
    return look["locked"] if name in _LOCKED else look["number"] if name in _NUMBERS else look["free"]


def _cell(sheet: Any, at: tuple[int, int], value: Any, style: Any) -> None:
    if isinstance(value, int | float):
        sheet.write_number(*at, value, style)
    elif value == "":
        sheet.write_blank(*at, None, style)
    else:
        sheet.write_string(*at, safe(str(value)), style)


def _checks(sheet: Any, place: dict[str, int], last: int, look: dict[str, Any]) -> None:
    """What the spreadsheet itself refuses or colours while it is filled in."""
    first = _HEAD + 1
    said = {"error_title": "Not a price", "error_message": "A number, 0 or more, without currency or unit."}
    for name in _NUMBERS:
        sheet.data_validation(first, place[name], last, place[name], {"validate": "decimal", "criteria": ">=", "value": 0, **said})  # fmt: skip
    sheet.data_validation(first, place["quote"], last, place["quote"], {"validate": "list", "source": ["yes", "no"]})
    year = {"validate": "integer", "criteria": "between", "minimum": 1990, "maximum": 2100}
    sheet.data_validation(first, place["price_year"], last, place["price_year"], year)
    low, mid, high = (chr(ord("A") + place[n]) for n in _NUMBERS)
    wrong = f"OR(AND(${low}{first + 1}<>\"\",${low}{first + 1}>${mid}{first + 1}),AND(${high}{first + 1}<>\"\",${high}{first + 1}<${mid}{first + 1}))"  # fmt: skip
    sheet.conditional_format(first, place["low"], last, place["high"], {"type": "formula", "criteria": f"={wrong}", "format": look["wrong"]})  # fmt: skip


def _said(sheet: Any, rows: Any, look: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 44, look["wrap"])
    sheet.set_column(1, 1, 100, look["wrap"])
    for number, (name, text) in enumerate(rows):
        sheet.write_string(number, 0, name, look["head"])
        sheet.write_string(number, 1, text, look["wrap"])
