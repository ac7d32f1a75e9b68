"""Prices that bidders offered, in the place of unit costs: what a plan costs when it is made again after a tender."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from geodata.arrays import Floats
from geodata.costing.parts import Money, Part, annuity
from geodata.costing.unit import PriceBook


def whole_life(setup: Floats, yearly: Floats, money: Money) -> Floats:
    """Present value of an offer over the horizon, taxes in it. Contingency is not added to a price that is offered."""
    value: Floats = (1 + money.taxed) * (setup + yearly * annuity(money.discount, money.horizon))
    return value


def offered(
    parts: Iterable[Part], book: PriceBook, way: str, school_ids: npt.ArrayLike, money: Money
) -> tuple[Part, ...]:
    """The parts of a link, row by row those of an offer where the book has a quote for the school and way.

    `parts` have a row a school, or one for all. An offer is what a payer pays: for an operator or society the parts stay
    as they are. An offered price has no contingency; it is what it is at every end of the range.
    """
    parts = tuple(parts)
    ids = np.asarray(school_ids, dtype=object)
    held = {q.school_id: q for q in book.quotes if q.way == way}
    has = np.array([i in held for i in ids], dtype=bool)
    if money.perspective != "payer" or not has.any():
        return parts
    setup, yearly = np.zeros(len(ids)), np.zeros(len(ids))
    for row in np.flatnonzero(has):
        setup[row], yearly[row] = held[ids[row]].setup, held[ids[row]].yearly
    offer = Part("offer", "link", setup / (1 + money.contingency), yearly, np.zeros(len(ids)))
    return (*(_without(part, has) for part in parts), offer)


def _without(part: Part, has: npt.NDArray[np.bool_]) -> Part:
    """A part that costs nothing in the rows that have an offer."""
    amounts = (np.where(has, 0.0, np.broadcast_to(a, has.shape)) for a in (part.capital, part.yearly, part.again))
    capital, yearly, again = amounts
    return replace(part, capital=capital, yearly=yearly, again=again)
