"""What is wrong with a price book that came from outside: nothing is counted with prices that nobody could have meant."""

from __future__ import annotations

from math import isfinite
from typing import Any

from geodata.costing.items import ITEMS, nearest
from geodata.costing.unit import PriceBook, Quote, UnitCost
from geodata.say import tr

MOST = 1e15  # of a price: above it sums are no longer exact
MOST_TEXT = 2000  # characters of a name, source or note
_TEXTS = ("title", "unit", "source", "date", "note")


def faults_of(book: PriceBook) -> list[str]:
    """One sentence a fault of a book read from a file, in the order of its items; empty where there is none."""
    faults = [
        tr("{name} is no text.", name=name) for name in ("name", "currency", "title") if not _text(getattr(book, name))
    ]
    if not faults and not (book.currency.strip() and book.currency.isprintable() and len(book.currency) <= 12):
        faults.append(
            tr("{currency!r} is no currency. Write its three letters, such as USD.", currency=book.currency[:20])
        )
    for item, cost in book.costs.items():
        faults += [f"{str(item)[:40]}: {said}" for said in _cost(str(item), cost)]
    for quote in book.quotes:
        faults += [
            tr("The quote of school {school_id}: {said}", school_id=str(quote.school_id)[:40], said=said)
            for said in _quote(quote)
        ]
    return faults


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MOST and isfinite(value)


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MOST_TEXT and "\0" not in value and _sound(value)


def _sound(value: str) -> bool:
    """Whether a text can be written: halves of characters cannot."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _cost(item: str, cost: UnitCost) -> list[str]:
    if item not in ITEMS or cost.item != item:
        return [tr("there is no such item{item}.", item=nearest(item))]
    found = [tr("{name} is no text.", name=name) for name in _TEXTS if not _text(getattr(cost, name))]
    if not isinstance(cost.provisional, bool):
        found.append(tr("provisional must be true or false."))
    if not isinstance(cost.price_year, int) or isinstance(cost.price_year, bool):
        found.append("price_year is no year.")
    ends = (cost.low, cost.mid, cost.high)
    if not all(_number(end) and end >= 0 for end in ends):
        return [*found, tr("low, mid and high must be numbers, 0 or more.")]
    if not cost.low <= cost.mid <= cost.high:
        found.append(tr("low, mid and high are not in order."))
    if cost.unit == "share a year" and cost.high > 1:
        found.append(tr("a share is 1 at most."))
    if cost.unit == "years" and cost.low < 1:
        found.append(tr("a life is a year at least."))
    if not found and not cost.source.strip():
        found.append(tr("a price needs its source."))
    return found


def _quote(quote: Quote) -> list[str]:
    if not all(_text(v) and v for v in (quote.school_id, quote.way, quote.source)):
        return [tr("school_id, way and source must be given, as texts.")]
    if not all(_number(v) and v >= 0 for v in (quote.setup, quote.yearly)):
        return [tr("setup and yearly must be numbers, 0 or more.")]
    return []
