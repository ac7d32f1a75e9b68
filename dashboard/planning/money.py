"""Amounts, and the totals of a plan, as the page says them: exact in tables, short in sentences, never without a currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard import words
from geodata.options.words import WAYS
from geodata.plan.result import Plan
from geodata.say import language, separated, tr, written

THOUSAND, MILLION, BILLION = 1e3, 1e6, 1e9


def short(amount: Any, currency: str = "") -> str:
    """An amount for a sentence: "853,000 US$", "2.1 million US$", in two or three figures."""
    if words.unknown(amount):
        return tr("an amount not reported")
    size = abs(float(amount))
    for step in (BILLION, MILLION):
        if size >= step * 0.9995:
            return f"{_large(separated(f'{float(amount) / step:,.3g}'), step)} {currency}".strip()
    near = round(float(amount), -3) if size >= 100 * THOUSAND else round(float(amount), -2 if size >= THOUSAND else 0)
    return f"{written(near)} {currency}".strip()


def _large(number: str, step: float) -> str:
    return tr("{number} billion", number=number) if step == BILLION else tr("{number} million", number=number)


def exact(amount: Any) -> str:
    """An amount for a table, whole units; the currency stands in the head."""
    return words.NOT_REPORTED if words.unknown(amount) else written(float(amount))


def span(low: Any, high: Any, currency: str = "") -> str:
    """A range of amounts: "1.5 to 3.2 million US$"."""
    if words.unknown(low) or words.unknown(high):
        return short(None)
    first, last = short(low), short(high)
    if language().code == "en":  # "1.5 to 3.2 million"
        for name in (" billion", " million"):
            if first.endswith(name) and last.endswith(name):
                first = first.removesuffix(name)
    text = last if first == last else tr("{first} to {last}", first=first, last=last)
    return f"{text} {currency}".strip()


def way(name: Any) -> str:
    """A way of connecting in words."""
    return tr(WAYS.get(str(name), words.code(name)))


def titled(name: Any) -> str:
    """A way of connecting at the head of a row, its capitals kept: "Wi-Fi from a connected school"."""
    text = way(name)
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Totals:
    """What a plan adds up to. `people` are learners, or schools where enrolment is known for none; `reached` those of
    them who are underserved now, as far as is known or expected, and `need` all who are in eligible schools."""

    schools: int
    people: float
    reached: float
    need: float
    cost: float
    low: float
    high: float
    capital: float
    yearly: float
    budget: float

    @property
    def share(self) -> float | None:
        """Share of the underserved people of eligible schools that the plan reaches; None where nobody is underserved."""
        return self.reached / self.need if self.need else None

    @property
    def each(self) -> float | None:
        """Cost for each underserved person reached; None where nobody is."""
        return self.cost / self.reached if self.reached else None


def people_of(plan: Plan, rows: pd.DataFrame) -> np.ndarray:
    """What the plan counts of each row: its learners, or 1."""
    if plan.unit == "schools":
        return np.ones(len(rows))
    return rows["learners"].to_numpy(dtype=float, na_value=0.0)


def need_of(plan: Plan, rows: pd.DataFrame) -> np.ndarray:
    """Underserved people expected in each row."""
    return people_of(plan, rows) * np.nan_to_num(rows["chance_underserved"].to_numpy(dtype=float, na_value=0.0))


def totals(plan: Plan) -> Totals:
    """The totals of a plan, summed from its schools."""
    rows = plan.schools[plan.schools["decision"] == "chosen"]
    total = {name: float(rows[name].sum()) for name in ("cost", "cost_low", "cost_high", "capital", "yearly")}
    return Totals(
        schools=len(rows),
        people=float(people_of(plan, rows).sum()),
        reached=float(need_of(plan, rows).sum()),
        need=float(need_of(plan, plan.schools[plan.schools["eligible"].astype(bool)]).sum()),
        cost=total["cost"],
        low=total["cost_low"],
        high=total["cost_high"],
        capital=total["capital"],
        yearly=total["yearly"],
        budget=plan.terms.total,
    )


def reached_words(plan: Plan, found: Totals) -> str:
    """ "312 schools, with 84,000 learners who lack usable internet now" or, where enrolment is not known, schools alone."""
    schools = words.count(found.schools, "school")
    if plan.unit == "schools":
        return schools
    return tr(
        "{schools}, with {reached} learners who are underserved now",
        schools=schools,
        reached=words.rounded(found.reached, 3),
    )
