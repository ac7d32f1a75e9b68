"""How short a fibre link must be to cost less than another way of connecting the same school (methods 4.3, E5.4)."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Floats
from geodata.costing.parts import Money, present_value
from geodata.costing.unit import Case, PriceBook
from geodata.costing.ways import Amount, fibre


def break_even_m(
    book: PriceBook, other: Amount, mbps: Amount, money: Money, *, beside: Amount = 0.0, case: Case = "mid"
) -> Floats:
    """Metres of fibre at which it costs as much as another option, over the whole horizon; 0 where it never costs less.

    `other`: present value of the other option (link and power); `beside`: what fibre needs at the school beside the link
    (power, Wi-Fi), in the same money. Metres of line as it runs, not in a straight line. NaN where a cost is not known;
    infinite where fibre costs nothing by length.
    """
    without = present_value(fibre(book, 0.0, mbps, case=case), money) + np.asarray(beside, float)
    per_m = present_value(fibre(book, 0.001, 0.0, case=case), money) - present_value(fibre(book, 0.0, 0.0, case=case), money)  # fmt: skip
    left = np.asarray(other, float) - without
    with np.errstate(divide="ignore", invalid="ignore"):
        metres = np.where(left <= 0, 0.0, left / per_m)
    return np.where(np.isnan(left) | np.isnan(per_m), np.nan, metres)
