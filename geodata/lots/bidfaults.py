"""Faults of a bid, and those of its prices and sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from geodata.costing.sheetcells import letters
from geodata.lots.editions import TOTALS
from geodata.say import tr, written

TOTAL = "Totals"
ROUNDED, SUM_SHARE = 0.505, 1e-6  # how far a written sum may be off: rounded to whole units, and as a share


@dataclass(frozen=True)
class Fault:
    """What is wrong in a bid: the sheet and cell, the lot it spoils (empty: the whole bid), what, and how to mend it."""

    sheet: str
    cell: str
    lot: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}: {self.what} {self.mend}"


def price_fault(value: Any) -> str:
    """What is wrong with a price, as the end of a sentence; empty where nothing is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return tr("is not a number: {strip!r}", strip=str(value).strip()) if str(value).strip() else tr("is missing")
    if not isfinite(value):
        return tr("is not a number")
    return tr("is negative: {value:g}", value=value) if value < 0 else ""


def sum_faults(lot: str, at: int, held: dict[str, Any], rows: list[dict[str, Any]]) -> Iterator[Fault]:
    """A lot's sums that are missing, or not those of its prices (`rows`)."""
    for column in ("setup", "yearly"):
        cell, value = f"{letters(list(TOTALS).index(column))}{at}", held[column]
        wrong = price_fault(value)
        if wrong:
            yield Fault(
                TOTAL,
                cell,
                lot,
                tr("The {lower} of lot {lot} {wrong}.", lower=TOTALS[column].lower(), lot=lot, wrong=wrong),
                tr("Write the sum of its prices."),
            )
            continue
        if any(price_fault(r[column]) for r in rows):
            continue  # said already
        total = sum(float(r[column]) for r in rows)
        if abs(float(value) - total) > max(ROUNDED, SUM_SHARE * total):
            yield Fault(
                TOTAL,
                cell,
                lot,
                tr(
                    "The {lower} of lot {lot} is {value}, and its prices add up to {total}.",
                    lower=TOTALS[column].lower(),
                    lot=lot,
                    value=written(float(value), 2),
                    total=written(total, 2),
                ),
                tr("Correct the sum or the prices."),
            )
