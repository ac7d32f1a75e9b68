"""What is bought: once, again at the end of its life, and each year; and what all of it is worth today, and to whom.

All amounts are arrays over schools (or any other rows), so that a country's options are counted at once. Perspectives
(methods 4.3): the *payer* (school or government) pays everything, fees and taxes included; the *operator* builds and
keeps the connection, and fees are its income, so that what is left is the net subsidy it needs; *social* counts the
resources used: fees, charges and taxes only change hands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isfinite, isnan, nan
from typing import Literal, cast

import numpy as np

from geodata.arrays import Floats
from geodata.policy import POLICY, Policy
from geodata.say import later

Perspective = Literal["payer", "operator", "social"]
Kind = Literal["thing", "fee", "charge"]
# Lines of a cash flow, in the order in which they are shown.
LINES: dict[str, str] = {
    "link": later("Connection"),
    "fees": later("Fees for bandwidth"),
    "energy": later("Electricity"),
    "power": later("Solar power"),
    "devices": later("Devices and assistive kits"),
    "support": later("Support"),
    "training": later("Teacher training"),
    "offline": later("Offline-first"),
    "contingency": later("Contingency"),
    "taxes": later("Taxes and duties"),
}
SCHOOL_PAYS: dict[str, frozenset[str]] = {
    "nothing": frozenset(),
    "energy": frozenset({"energy"}),
    "fees_and_energy": frozenset({"fees", "energy"}),
    "all_running": frozenset(LINES),
}


@dataclass(frozen=True)
class Part:
    """One thing that a plan pays for, over n rows.

    `capital` is paid at the start, `again` at the end of each life of `life_years` (never in or after the last year),
    `yearly` at the end of every year of service. `kind`: a thing uses resources; a fee is what a provider charges, and its
    income; a charge goes to the state. `by_operator`: an operator builds and keeps it.
    """

    name: str
    line: str
    capital: Floats
    yearly: Floats
    again: Floats
    life_years: float = inf
    kind: Kind = "thing"
    by_operator: bool = False

    def of(self, rows: Floats | np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Part:
        """The part for some of the rows (a mask or positions)."""
        cut = (self.capital[rows], self.yearly[rows], self.again[rows])
        return Part(self.name, self.line, *cut, self.life_years, self.kind, self.by_operator)


@dataclass(frozen=True)
class Money:
    """How money is counted. Rates and shares as in the policy; `school_pays` says whose the running costs are."""

    discount: float = 0.0
    horizon: int = 10
    contingency: float = 0.0
    tax: float = 0.0
    perspective: Perspective = "payer"
    school_pays: str = "nothing"

    @classmethod
    def of(cls, policy: Policy = POLICY) -> Money:
        """As the policy says."""
        return cls(
            discount=policy.number("plan_discount_rate"),
            horizon=round(policy.number("plan_horizon_years")),
            contingency=policy.number("plan_contingency_share"),
            tax=policy.number("plan_tax_share"),
            perspective=cast("Perspective", str(policy["plan_perspective"])),
            school_pays=str(policy["plan_school_pays"]),
        )

    def sign(self, part: Part) -> float:
        """How a part counts in this perspective: 1 paid, -1 earned, 0 not at all."""
        if self.perspective == "payer":
            return 1.0
        if self.perspective == "social":
            return 1.0 if part.kind == "thing" else 0.0
        return -1.0 if part.kind == "fee" else float(part.by_operator)

    def on_capital(self, part: Part) -> float:
        """By how much what is paid at the start is multiplied: contingency, then taxes."""
        return self.sign(part) * (1 + self.contingency) * (1 + self.taxed)

    def on_running(self, part: Part) -> float:
        """By how much what is paid later is multiplied: taxes alone."""
        return self.sign(part) * (1 + self.taxed)

    @property
    def taxed(self) -> float:
        """Taxes as a share of what is bought; only the payer's."""
        return self.tax if self.perspective == "payer" else 0.0


def annuity(discount: float, years: int) -> float:
    """What 1 a year is worth today, paid at the end of each of so many years (PVIFA)."""
    return float(years) if discount == 0 else (1 - (1 + discount) ** -years) / discount


def replaced_in(life_years: float, horizon: int) -> tuple[int, ...]:
    """Years in which something is bought again: at the end of each life, and never in the last year or after it."""
    if not isfinite(life_years):
        return ()
    life = max(1, round(life_years))
    return tuple(range(life, horizon, life))


def again_factor(life_years: float, discount: float, horizon: int) -> float:
    """What buying 1 again at the end of each life is worth today; NaN where the life is not known."""
    if isnan(life_years):
        return nan
    return float(sum((1 + discount) ** -year for year in replaced_in(life_years, horizon)))


def present_value(parts: Iterable[Part], money: Money) -> Floats:
    """Present value of the parts together, a row each: C0 + Σ again/(1+d)^y + Σ yearly/(1+d)^y (methods 4.3).

    NaN where any price or amount that counts is not known.
    """
    total: Floats | float = 0.0
    for part in parts:
        if money.sign(part) == 0:
            continue
        again = part.again * again_factor(part.life_years, money.discount, money.horizon)
        again = again + part.yearly * annuity(money.discount, money.horizon)
        total = total + money.on_capital(part) * part.capital + money.on_running(part) * again
    return np.asarray(total, dtype=np.float64)


def at_start(parts: Iterable[Part], money: Money) -> Floats:
    """What is paid at the start, contingency and taxes in it."""
    return np.asarray(sum((money.on_capital(p) * p.capital for p in parts if money.sign(p)), 0.0), dtype=np.float64)


def each_year(parts: Iterable[Part], money: Money) -> Floats:
    """What is paid in every year of service, taxes in it; replacements apart."""
    return np.asarray(sum((money.on_running(p) * p.yearly for p in parts if money.sign(p)), 0.0), dtype=np.float64)


def equivalent_annual(value: Floats, money: Money) -> Floats:
    """The even yearly payment over the horizon that is worth as much as a present value."""
    return np.asarray(value / annuity(money.discount, money.horizon), dtype=np.float64)
