"""How many lack many things at once, and how deeply: Alkire and Foster's H and M0 over learners (methods 3.5, E3.4).

H is the share of people in schools that lack k things or more, M0 the part of all things that those people lack; M0 =
H × the mean share that they lack. A thing that is not reported counts as similar schools have it; the bounds count it as
had by all, and as lacked by all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.arrays import Floats, number
from geodata.equity.groups import Members
from geodata.equity.parity import NAN, Range
from geodata.equity.tally import cells
from geodata.policy import Policy
from geodata.priority import adjusted_headcount, criteria, tier_cuts

BY = ("location", "wealth", "land")


@dataclass(frozen=True)
class Headcount:
    """H (`share`) and M0 (`adjusted`) of a group's `people`, lacking `k` or more of `of` things; `by` names the dimension."""

    by: str
    group: str
    k: int
    of: int
    people: float
    share: Range
    adjusted: Range

    @property
    def depth(self) -> float:
        """Mean share of the things that those lack who lack k or more."""
        return self.adjusted.value / self.share.value if self.share.value > 0 else NAN


def things(schools: pd.DataFrame) -> int:
    """How many of the seven things anything is known of."""
    return sum(1 for c in criteria() if c.item in schools and bool(schools[c.item].notna().any()))


def headcount(
    schools: pd.DataFrame, people: Floats, of: int, policy: Policy, names: tuple[str, str] = ("", "")
) -> Headcount | None:
    """H and M0 of rows weighed by `people`; None where nothing is known of anyone."""
    known, silent, likely = (number(schools[c]) for c in ("lacks_count", "lacks_unknown", "lacks_expected"))
    weight = np.where(np.isnan(known), 0.0, np.nan_to_num(people))
    if not of or not weight.sum():
        return None
    k = tier_cuts(of, policy)[1]
    counts = [np.nan_to_num(c) for c in (likely, known, known + silent)]
    found = [adjusted_headcount(count, weight, k, of) for count in counts]
    share, adjusted = (Range(*(pair[i] for pair in found)) for i in (0, 1))
    return Headcount(*names, k, of, float(weight.sum()), share, adjusted)


def headcounts(
    schools: pd.DataFrame,
    people: Floats,
    groups: dict[str, Members],
    *,
    of: int,
    policy: Policy,
    large: dict[str, set[str]],
) -> tuple[Headcount, ...]:
    """H and M0 of all, then of the groups of `BY` that are `large` enough for a figure."""
    found = [headcount(schools, people, of, policy)]
    for name in BY:
        members = groups.get(name)
        for k, group in enumerate(members.groups if members else ()):
            if members is not None and group in large.get(name, set()):
                mine = cells(members, k, len(schools))
                dim = members.dimension
                found.append(headcount(schools, mine, of, policy, (dim.title, dim.say(group))))
    return tuple(h for h in found if h is not None)
