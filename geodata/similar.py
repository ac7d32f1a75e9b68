"""What stands in for an item that is not reported: what similar schools are like (methods, section 3.2).

Similar schools are those of the same district, settlement and level; too few known ones give way to the whole place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.arrays import DECIMALS, Codes, Floats

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Similar:
    """What the unknown items of a place are judged by.

    `group` numbers similar schools; fewer than `least` known ones give way to the whole place. `given` has the known
    yes/no (1, 0, NaN) that bears on each item, `chance` the predicted chance of yes (NaN without one), by the item's
    position; an item without either is not there.
    """

    group: Codes
    least: float
    given: dict[int, Floats]
    chance: dict[int, Floats]


def expectation(
    item: Floats, given: Floats | None, group: Codes, counts: Bools, least: float, *, chance: Floats | None = None
) -> Floats:
    """What an unknown item is taken to be: the mean of similar schools, else of the whole place (methods 3.2).

    `group` numbers similar schools (same district, settlement and level); one with fewer than `least` known schools
    gives way to the whole place. Where a yes/no bears on the item (internet, any device), schools are compared with
    those of the same answer, and an unknown answer is weighed by its own expectation: otherwise the schools whose lack
    is certain would speak for all the others. Where a model with proven skill gives a `chance` of yes, that stands in
    for an unknown answer instead. Only schools that `counts` marks are averaged.
    """
    seen = counts & ~np.isnan(item)

    def mean(values: Floats, among: Bools) -> Floats:
        return mean_of_similar(values, among, group, least)

    overall = mean(item, seen)
    if given is None or np.isnan(given).all():
        return np.round(overall, DECIMALS)
    yes, no = seen & (given == 1), seen & (given == 0)
    if_yes = mean(item, yes) if yes.any() else overall
    if_no = mean(item, no) if no.any() else overall
    likely = chance_of_yes(given, group, counts, least, chance=chance)
    return np.round(likely * if_yes + (1 - likely) * if_no, DECIMALS)


def mean_of_similar(values: Floats, among: Bools, group: Codes, least: float) -> Floats:
    """The mean over the schools of each one's group that are `among`, over all where there are fewer than `least`."""
    size = int(group.max(initial=-1)) + 1
    n = np.bincount(group[among], minlength=size)
    # whole billionths add up exactly, in whatever order the rows come
    total = np.bincount(group[among], weights=np.rint(values[among] * 10**DECIMALS), minlength=size) / 10**DECIMALS
    whole = np.rint(total * 10**DECIMALS).sum() / 10**DECIMALS / n.sum() if n.sum() else np.nan
    return np.where(n >= least, np.divide(total, n, out=np.full(size, np.nan), where=n > 0), whole)[group]


def chance_of_yes(given: Floats, group: Codes, counts: Bools, least: float, *, chance: Floats | None = None) -> Floats:
    """The yes/no where it is known (1, 0), else the predicted chance, else the share among similar schools."""
    likely = mean_of_similar(np.nan_to_num(given), counts & ~np.isnan(given), group, least)
    if chance is not None:
        likely = np.where(np.isnan(chance), likely, chance)
    return np.where(np.isnan(given), likely, given)
