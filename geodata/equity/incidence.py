"""Who would benefit: the share of the newly served in the poorest fifth against its share of the unserved.

Targeting ratio = (Q1's share of the newly served) ÷ (Q1's share of the unserved); 1 or more favours the poorest
(methods 5.1, E4.2). Before there are plans, the newly served are the unserved of the first schools of the list.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.arrays import Floats
from geodata.equity.parity import NAN, Range

Bools = npt.NDArray[np.bool_]
GRID = 33  # steps in which the unknown of the served schools are tried


@dataclass(frozen=True)
class Incidence:
    """Benefit of one group: its share of the newly served, of the unserved, of all; and their ratio with bounds."""

    benefit: float
    share: Range
    unserved_share: Range
    people_share: float
    targeting: Range

    @property
    def people_ratio(self) -> float:
        """Its share of the newly served against its share of all people."""
        return self.share.value / self.people_share if self.people_share > 0 else NAN


def ratio_of(part: float, whole: float) -> float:
    """part ÷ whole; NaN of nothing."""
    return part / whole if whole > 0 else NAN


def targeting_ratio(added: Floats, unserved: Floats, group: int = 0) -> float:
    """The targeting ratio of one group from the newly served and the unserved of each group (E4.2)."""
    return ratio_of(ratio_of(added[group], added.sum()), ratio_of(unserved[group], unserved.sum()))


def incidence(has: Floats, weight: Floats, ours: Bools, others: Bools, first: Bools) -> Incidence:
    """Benefit incidence of serving the schools of `first`, for the people `ours` marks against those of `others`.

    `has` is 1, 0, NaN; `weight` the people of each row. Value: of those whose status is known. Bounds: the unknown may
    be served or unserved, each of the four cells (ours or not, first or not) by itself.
    """
    lacks, silent = has == 0, np.isnan(has)

    def cell(status: Bools, who: Bools, where: Bools) -> float:
        return float(weight[status & who & where].sum())

    cells = [(who, where) for where in (first, ~first) for who in (ours, others)]
    known = [cell(lacks, *c) for c in cells]
    room = [cell(silent, *c) for c in cells]
    people = [float(weight[who].sum()) for who in (ours, others)]
    return Incidence(
        benefit=known[0],
        share=_share(known[0], known[1], room[0], room[1]),
        unserved_share=_share(known[0] + known[2], known[1] + known[3], room[0] + room[2], room[1] + room[3]),
        people_share=ratio_of(people[0], sum(people)),
        targeting=_targeting(known, room),
    )


def _share(ours: float, others: float, may_ours: float, may_others: float) -> Range:
    return Range(
        ratio_of(ours, ours + others),
        ratio_of(ours, ours + others + may_others),
        ratio_of(ours + may_ours, ours + may_ours + others),
    )


def _targeting(known: list[float], room: list[float]) -> Range:
    """The ratio and its ends: over the rest it rises or falls throughout, over the served schools it is tried in steps."""
    steps = np.linspace(0, 1, GRID)
    a1, a2 = known[0] + steps[:, None, None, None] * room[0], known[1] + steps[None, :, None, None] * room[1]
    u1 = a1 + known[2] + np.array([0.0, 1.0])[None, None, :, None] * room[2]
    u2 = a2 + known[3] + np.array([0.0, 1.0])[None, None, None, :] * room[3]
    top, bottom = a1 * (u1 + u2), (a1 + a2) * u1
    top, bottom = np.broadcast_arrays(top, bottom)
    ratios = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    value = ratio_of(ratio_of(known[0], known[0] + known[1]), ratio_of(known[0] + known[2], sum(known)))
    if np.isnan(ratios).all():
        return Range(value, NAN, NAN)
    return Range(value, float(np.nanmin(ratios)), float(np.nanmax(ratios)))
