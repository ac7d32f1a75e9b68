"""A unit cost, and a price book of them: every price has a low, a middle and a high, a year, a source, and says whether
it is provisional, which it is until a national quote replaces it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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
class PriceBook:
    """All unit costs of a plan, by item, in one currency. `name` says whose prices they are."""

    name: str
    currency: str
    costs: Mapping[str, UnitCost]

    def at(self, item: str, case: Case = "mid") -> float:
        """The price of an item."""
        return self.costs[item].at(case)

    @property
    def provisional(self) -> tuple[str, ...]:
        """Items whose price no national quote has replaced."""
        return tuple(item for item, cost in self.costs.items() if cost.provisional)
