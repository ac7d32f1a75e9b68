"""Price books: what the publications give, with ranges from the spread between them, until national quotes replace it.

The middle is the publication's own point value. What it does not price is taken from another publication, and says so;
what none prices is a planning value with a wide range, and says so. Low and high are the lowest and highest value that
any of the publications gives; where only one value is published, half of it and one and a half times. Every price is
provisional. One currency a book: exchange rates are never guessed.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from math import ceil, floor

from geodata.costing.items import ITEMS
from geodata.costing.notes import PLANNING as PLANNING_VALUE
from geodata.costing.sources import ALL, BOOKS, BRAZIL, CURRENCY, GIGA, ITU, PLANNING, RWANDA, Published
from geodata.costing.unit import PriceBook, UnitCost
from geodata.errors import PolicyError
from geodata.layers import Atlas

DEFAULT = ITU.name
NATIONAL = "national"  # name of a country's own book
ALONE = 0.5  # range of a price of which only one value is published: half below and half above
_YEAR = 2026  # of the planning values
# Whose value fills in what a publication leaves open, in this order. Solar power: Rwanda's, the middle of the published.
_FILL: dict[str, tuple[Published, ...]] = {"solar_per_w": (RWANDA, BRAZIL)}


def books() -> tuple[str, ...]:
    """Names of the shipped books."""
    return tuple(published.name for published in BOOKS)


@cache
def book(name: str = DEFAULT) -> PriceBook:
    """A shipped book by name. PolicyError with the nearest name where there is none."""
    for published in BOOKS:
        if published.name == name:
            costs = {item: _cost(item, published) for item in ITEMS}
            return PriceBook(name, CURRENCY, costs, published.title)
    near = get_close_matches(name, books(), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(books())}"
    raise PolicyError(f"there is no price book {name!r}; {hint}")


def book_of(atlas: Atlas, name: str = "") -> PriceBook:
    """The price book of a country: the one named; else its own prices (NATIONAL); else the one its recipe names; else ITU's.

    The manifest's `planning.prices` holds the country's own book as `PriceBook.as_data` gives it (etl.prices), and
    `planning.price_book` the name of a shipped one. PolicyError where a name is none, or its own are asked for and not given.
    """
    planning = atlas.manifest.get("planning") or {}
    own = planning.get("prices")
    if own and name in ("", NATIONAL):
        return PriceBook.from_data(own)
    if name == NATIONAL:
        raise PolicyError(f"{atlas.name} has no prices of its own: name a filled-in unit-cost sheet in the recipe")
    return book(name or planning.get("price_book") or DEFAULT)


def _cost(item: str, own: Published) -> UnitCost:
    declared = ITEMS[item]
    if item in PLANNING:
        low, mid, high, note = PLANNING[item]
        source, year, date = f"{PLANNING_VALUE}; to be replaced by a national quote", _YEAR, ""
    else:
        giver = next(p for p in (own, *_FILL.get(item, ()), ITU, GIGA) if item in p.values)
        mid, source, year, date = giver.values[item], giver.source, giver.year, giver.date
        low, high, note = _range(item, mid)
        note = note if giver is own else f"not in {own.title}; {note}"
    return UnitCost(item, declared.title, declared.unit, low, mid, high, year, source, date, note=note)


def _range(item: str, mid: float) -> tuple[float, float, str]:
    """Low, high, and how they were come by. A value of 0 says that the publication counts none; it makes no range."""
    given = [p.values[item] for p in ALL if p.values.get(item, 0) > 0]
    if mid == 0:
        high = 0.0 if item.startswith("fibre_upkeep") else max(given, default=0.0)  # upkeep is counted the other way
        return 0.0, high, "none is counted"
    if len(set(given)) > 1:
        return min(given), max(given), f"range: lowest and highest of {len(given)} published values"
    if ITEMS[item].unit == "MHz" and not ITEMS[item].money:
        return mid, mid, "one published value"
    low, high = round(mid * (1 - ALONE), 6), round(mid * (1 + ALONE), 6)
    if ITEMS[item].unit == "years":
        low, high = float(ceil(low)), float(floor(high))
    return low, high, "range: half below and above, because only one value is published"
