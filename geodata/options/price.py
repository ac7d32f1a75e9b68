"""What a way of connecting costs a school: the link, and beside it power, devices, kits, support and training, always.

Amounts come from `geodata.costing` as parts; here quantities meet prices. What funders have promised beside a connection
is left out of the cost, unless the terms take promised schools in: then nothing is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import Codes, Floats, number
from geodata.costing import ways
from geodata.costing.parts import Money, Part, at_start, each_year, present_value
from geodata.costing.unit import Case, PriceBook
from geodata.gaps import solar
from geodata.lots.quotes import offered
from geodata.plan.terms import Terms

Parts = tuple[Part, ...]
BESIDE = ("power", "device", "training")


@dataclass(frozen=True)
class Buyer:
    """What all schools need (the rows of `needs`), what is promised to them (of `eligible`), and at which prices and terms."""

    needs: pd.DataFrame
    promised: pd.DataFrame
    terms: Terms
    book: PriceBook

    @property
    def money(self) -> Money:
        """How money is counted."""
        return Money.of(self.terms.policy)

    def column(self, name: str) -> Floats:
        """A column of the needs as numbers."""
        return number(self.needs[name])

    def open(self, scope: str) -> Floats:
        """1 where a part is to be paid for, 0 where a funder has promised it."""
        taken = self.promised[f"promised_{scope}"].to_numpy(dtype=bool) & (not self.terms.include_committed)
        return np.where(taken, 0.0, 1.0)

    def line(self, way: str, length_m: Floats, case: Case) -> Parts:
        """The link itself, of so many metres (NaN: nothing by length), and its fees; an offer in their place where the book
        holds one for the school."""
        km, mbps, sees = np.nan_to_num(length_m) / 1000, self.column("required_mbps"), self.money.perspective
        parts = ways.link(self.book, way, km, mbps, case=case, perspective=sees)
        return offered(parts, self.book, way, self.needs["school_id"], self.money) if self.book.quotes else parts

    def inside(self, way: str, case: Case) -> Parts:
        """What a link needs at the school: Wi-Fi where there is none, and electricity from the grid where that is there."""
        kwh, on_grid = ways.link_kwh(self.book, way, case=case), 1 - self.column("chance_no_power")
        wifi = ways.wifi(self.book, self.column("chance_no_internet"), case=case)
        return (*wifi, *ways.energy(self.book, kwh, on_grid, case=case))

    def link(self, way: str, length_m: Floats, case: Case) -> Parts:
        """Everything that is counted as the connection."""
        return (*self.line(way, length_m, case), *self.inside(way, case))

    def power(self, case: Case) -> Parts:
        """Solar power with battery, at the chance that it is needed; at the ends of the range not at all or surely, where
        power is not known."""
        chance = self.column("chance_no_power")
        if case != "mid":
            chance = np.where(self.needs["power_from"] == "reported", chance, float(case == "high"))
        size = solar(self.column("device_need"), policy=self.terms.policy)
        return ways.solar(self.book, size["kwp"], size["battery_kwh"], chance * self.open("power"), case=case)

    def device(self, case: Case) -> Parts:
        """Devices to buy with their support, and assistive kits."""
        wanted = self.open("devices") * float(self.terms.devices)
        policy = self.terms.policy
        life, loss = policy.number("device_life_years"), policy.number("device_loss_share")
        count, kits = self.column("devices_to_buy") * wanted, self.column("kits") * wanted
        bought = ways.devices(self.book, count, life_years=life, loss_share=loss, case=case)
        return (*bought, *ways.kits(self.book, kits, case=case))

    def training(self, case: Case) -> Parts:
        """Training of the teachers who have none."""
        wanted = self.open("training") * float(self.terms.training)
        return ways.training(self.book, self.column("teachers_to_train") * wanted, case=case)

    def beside(self, case: Case) -> dict[str, Parts]:
        """Everything beside the link, by BESIDE."""
        return {"power": self.power(case), "device": self.device(case), "training": self.training(case)}

    def of(self, rows: npt.NDArray[np.int64]) -> Buyer:
        """The same for some of the schools."""
        return Buyer(self.needs.iloc[rows], self.promised.iloc[rows], self.terms, self.book)


@dataclass(frozen=True)
class Amounts:
    """Present value, what is paid at the start and each year, of some parts: a row a school."""

    worth: Floats
    capital: Floats
    yearly: Floats

    @classmethod
    def of(cls, parts: Parts, money: Money) -> Amounts:
        """The amounts of parts."""
        return cls(present_value(parts, money), at_start(parts, money), each_year(parts, money))


def bought(options: pd.DataFrame, buyer: Buyer, case: Case = "mid") -> Iterator[tuple[Codes, Parts]]:
    """Everything that some options buy, for cash flows: for each way the positions of its rows in `options`, and their
    parts (one row each). `options` has school_id, way and distance_m; a school may stand in it once."""
    where = pd.Index(buyer.needs["school_id"]).get_indexer(pd.Index(options["school_id"]))
    for way in dict.fromkeys(options["way"]):
        rows = np.flatnonzero((options["way"] == way).to_numpy())
        own = buyer.of(where[rows].astype(np.int64))
        beside = own.beside(case)
        yield rows, (*own.link(str(way), number(options["distance_m"])[rows], case), *(p for n in BESIDE for p in beside[n]))  # fmt: skip
