"""One row of a unit-cost sheet: what it gives, or what is wrong with it, in words for the person who filled it in."""

from __future__ import annotations

import re
from math import isfinite

from geodata.costing.checked import MOST
from geodata.costing.items import ITEMS, Item, nearest
from geodata.costing.sheetcells import Cells
from geodata.costing.unit import PriceBook, UnitCost
from geodata.exports.formula import GUARD, safe
from geodata.say import tr

YES, NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0", ""})
CURRENCY = re.compile(r"[A-Z]{3}")
YEARS = (1990, 2100)


def read_row(cells: Cells, row: int, base: PriceBook) -> tuple[str, UnitCost | None, str, list[str]]:
    """Item (empty where it is none), its cost (None where no price is given), its currency, and the faults of the row."""
    name = cells.text(row, "item")
    if name not in ITEMS:
        what = (
            tr("there is no item {name!r}{name_2}", name=name, name_2=nearest(name))
            if name
            else tr("the row gives no item")
        )
        return (
            "",
            None,
            "",
            [tr("{row}: {what}. Leave the column Item as it was written.", row=cells.at(row, "item"), what=what)],
        )
    item = ITEMS[name]
    faults: list[str] = []
    low, mid, high = (_number(cells, row, end, item, faults) for end in ("low", "mid", "high"))
    unread = bool(faults) and mid is None and cells.text(row, "mid") != ""  # said already; it is not missing
    currency = cells.text(row, "currency").upper()
    if currency and not CURRENCY.fullmatch(currency):
        faults.append(tr("{row}: {currency!r} is no currency. Write its three letters, such as USD.", row=cells.at(row, 'currency'), currency=currency))  # fmt: skip
        currency = ""
    if mid is None:
        faults += [] if unread else _without_price(cells, row, (low, high))
        return name, None, currency, faults
    low, high = mid if low is None else low, mid if high is None else high
    faults += _out_of_order(cells, row, low, mid, high)
    quote = _quote(cells, row, faults)
    year = _year(cells, row, quote, faults)
    source, date, note = (_plain(cells.text(row, n)) for n in ("source", "date", "note"))
    cost = UnitCost(name, item.title, item.unit, low, mid, high, year, source, date, not quote, note)
    if quote or not faults:  # a price that is mistyped was not changed on purpose
        faults += _unsourced(cells, row, cost, base.costs.get(name))
    return name, cost, currency, faults


def _number(cells: Cells, row: int, end: str, item: Item, faults: list[str]) -> float | None:
    """A number, or None where the cell is empty or faulty."""
    value = cells.get(row, end)
    if isinstance(value, str) and not value.strip():
        return None
    at = cells.at(row, end)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        faults.append(tr("{at}: {row!r} is text, not a number. Type the number alone, without currency, unit or spaces.", at=at, row=cells.text(row, end)))  # fmt: skip
        return None
    if value < 0:
        faults.append(tr("{at}: {value:g} is negative. A price is 0 or more.", at=at, value=value))
    elif value > MOST:
        faults.append(tr("{at}: {value:g} is more than any price. Are units or digits mixed up?", at=at, value=value))
    elif item.unit == "share a year" and value > 1:
        faults.append(tr("{at}: {value:g} is more than 1. Shares are written as 0.05 for 5 %.", at=at, value=value))
    elif item.unit == "years" and value < 1:
        faults.append(tr("{at}: {value:g} is less than a year. Give the life in whole years.", at=at, value=value))
    return float(value)


def _without_price(cells: Cells, row: int, ends: tuple[float | None, ...]) -> list[str]:
    if any(end is not None for end in ends):
        return [
            tr(
                "{row}: low or high is given, but no price. Fill in the price, or clear the row.",
                row=cells.at(row, "mid"),
            )
        ]
    if cells.text(row, "quote").casefold() in YES:
        return [
            tr(
                "{row}: marked as a national quote, but no price is given. Fill it in, or write no.",
                row=cells.at(row, "mid"),
            )
        ]
    return []


def _out_of_order(cells: Cells, row: int, low: float, mid: float, high: float) -> list[str]:
    faults = []
    if low > mid:
        faults.append(tr("{row}: low ({low:g}) is above the price ({mid:g}). Exchange them, or clear low.", row=cells.at(row, 'low'), low=low, mid=mid))  # fmt: skip
    if high < mid:
        faults.append(tr("{row}: high ({high:g}) is below the price ({mid:g}). Exchange them, or clear high.", row=cells.at(row, 'high'), high=high, mid=mid))  # fmt: skip
    return faults


def _quote(cells: Cells, row: int, faults: list[str]) -> bool:
    said = cells.text(row, "quote").casefold()
    if said not in YES | NO:
        faults.append(
            tr(
                "{row}: {said!r} is neither yes nor no. Choose one from the list.",
                row=cells.at(row, "quote"),
                said=said,
            )
        )
    return said in YES


def _year(cells: Cells, row: int, quote: bool, faults: list[str]) -> int:
    """The year of the price; 0 where it is not given, which a quote may not leave open."""
    text = cells.text(row, "price_year")
    at = cells.at(row, "price_year")
    if not text and quote:
        faults.append(tr("{at}: a national quote needs the year of its prices.", at=at))
    elif text and not (text.isdigit() and YEARS[0] <= int(text) <= YEARS[1]):
        faults.append(tr("{at}: {text!r} is no year. Write it with four digits, such as 2026.", at=at, text=text))
        return 0
    return int(text) if text else 0


def _unsourced(cells: Cells, row: int, cost: UnitCost, before: UnitCost | None) -> list[str]:
    """A price needs its own source: a quote any, and a changed price another than the one that it replaces."""
    at = cells.at(row, "source")
    if not cost.source:
        why = tr("a national quote needs its source") if not cost.provisional else tr("every price needs its source")
        return [
            tr("{at}: {why}. Write who gave it: ministry, provider, tender, with its number or date.", at=at, why=why)
        ]
    if before is None or not before.provisional or cost.source != before.source:
        return []
    if not cost.provisional:
        return [
            tr(
                "{at}: {source!r} gave no national quote. Write who did, or write no under National quote.",
                at=at,
                source=before.source,
            )
        ]
    if (cost.low, cost.mid, cost.high) != (before.low, before.mid, before.high):
        return [
            tr(
                "{at}: the price was changed, and its source still says {source!r}. Write where it is from.",
                at=at,
                source=before.source,
            )
        ]
    return []


def _plain(text: str) -> str:
    """A text without the apostrophe that keeps spreadsheets from taking it for a formula."""
    inner = text.removeprefix(GUARD)
    return inner if inner != text and safe(inner) != inner else text
