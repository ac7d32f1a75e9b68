"""A unit cost, and a price book of them: every price has a low, a middle and a high, a year, a source, and says whether
it is provisional, which it is until a national quote replaces it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import nan
from typing import Any, Literal

from geodata.costing.items import ITEMS, nearest
from geodata.costing.notes import notes
from geodata.say import tr

Case = Literal["low", "mid", "high"]


@dataclass(frozen=True)
class UnitCost:
    """One price. `item` is its name in a sheet (`fibre_per_km`), `unit` what it is paid for (`km`, `Mbps a year`)."""

    item: str
    title: str
    unit: str
    low: float
    mid: float
    high: float
    price_year: int
    source: str
    date: str = ""
    provisional: bool = True
    note: str = ""

    def at(self, case: Case = "mid") -> float:
        """The price at one end of its range, or in the middle."""
        return {"low": self.low, "mid": self.mid, "high": self.high}[case]


@dataclass(frozen=True)
class Quote:
    """What somebody offered for one school's link: what is paid at the start, and each year. It stands in the place of
    the unit costs of that school and way, and is not provisional."""

    school_id: str
    way: str
    setup: float
    yearly: float
    source: str  # lot and bidder


@dataclass(frozen=True)
class PriceBook:
    """All unit costs of a plan, by item, in one currency. `name` says whose prices they are; a title says it in words.

    An item without a price in the book's currency is not in `costs`: it is `missing`, and whatever needs it has no known
    cost. Exchange rates are never guessed. `quotes`, by school and way, go before unit costs (`geodata.lots.quotes`).
    """

    name: str
    currency: str
    costs: Mapping[str, UnitCost]
    title: str = ""
    quotes: tuple[Quote, ...] = ()

    def at(self, item: str, case: Case = "mid") -> float:
        """The price of an item; NaN where the book has none. KeyError for what is no item at all."""
        cost = self.costs.get(item)
        if cost is not None:
            return cost.at(case)
        if item not in ITEMS:
            raise KeyError(tr("there is no price called {item!r}{item_2}", item=item, item_2=nearest(item)))
        return nan

    def toward(self, item: str, case: Case = "mid") -> float:
        """The value of an item at one end of the *cost*: a long life is the low end of what a plan costs."""
        saves = item in ITEMS and ITEMS[item].saves
        turned: dict[Case, Case] = {"low": "high", "mid": "mid", "high": "low"}
        return self.at(item, turned[case] if saves else case)

    @property
    def provisional(self) -> tuple[str, ...]:
        """Items whose price no national quote has replaced."""
        return tuple(item for item, cost in self.costs.items() if cost.provisional)

    @property
    def missing(self) -> tuple[str, ...]:
        """Items that the book has no price of."""
        return tuple(item for item in ITEMS if item not in self.costs)

    def with_(self, **prices: float) -> PriceBook:
        """A copy in which some items cost exactly so much (for examples and what-ifs; still provisional)."""
        changed = {i: replace(self.costs[i], low=p, mid=p, high=p, source="set by hand") for i, p in prices.items()}
        return replace(self, costs={**self.costs, **changed})

    def notes(self) -> tuple[str, ...]:
        """Sentences that every plan made with these prices must carry."""
        return notes(self)

    def as_data(self) -> dict[str, Any]:
        """The book as plain data (JSON)."""
        costs = {item: asdict(cost) for item, cost in self.costs.items()}
        held = {"name": self.name, "title": self.title, "currency": self.currency, "costs": costs}
        return {**held, "quotes": [asdict(quote) for quote in self.quotes]} if self.quotes else held

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> PriceBook:
        """A book from `as_data`, also after a round through JSON that sorted its keys: items stand in their usual order."""
        held = data["costs"]
        costs = {item: UnitCost(**held[item]) for item in [*(i for i in ITEMS if i in held), *(i for i in held if i not in ITEMS)]}  # fmt: skip
        quotes = tuple(Quote(**quote) for quote in data.get("quotes", ()))
        return cls(data["name"], data["currency"], costs, data.get("title", ""), quotes)

    @property
    def key(self) -> str:
        """SHA-256 of the canonical book: same key, same prices and sources."""
        text = json.dumps(self.as_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
