"""The choice as arrays: what the solver gets and gives, and nothing about schools that it need not know."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from geodata.arrays import Codes, Floats

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Problem:
    """n candidates: pairs of a school and a way of serving it. Two candidates with one `school` exclude each other.

    `value` is what the choice maximises for one year of service (learners × chance of being underserved × weight),
    `plain` the same without weights (λ = 0), `people` the learners (or 1 a school), of whom `unserved` are expected to be
    underserved. `cost` is charged in the year of connection, `yearly` in every year from then on. `region` is -1 where
    unknown. `poorest`, `groups`: who is in them. `relay`: pairs (child, parent) of candidates; a child needs its parent.
    """

    school: Codes
    value: Floats
    plain: Floats
    people: Floats
    cost: Floats
    yearly: Floats
    tier_a: Bools
    region: Codes
    regions: tuple[str, ...]
    region_unserved: Floats  # a region: underserved people, reachable or not
    poorest: Bools | None = None
    groups: dict[str, Bools] = field(default_factory=dict)
    group_unserved: dict[str, float] = field(default_factory=dict)
    relay: tuple[tuple[int, int], ...] = ()
    must: Codes = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # schools, not candidates
    never: Codes = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class Limits:
    """What must hold. `horizon` is the years over which service counts: one connected in year t serves horizon - t + 1."""

    budget: tuple[float, ...]
    carry_over: bool = True
    recurrent_ceiling: tuple[float, ...] = ()
    region_floor: float = 0.0
    group_floors: tuple[tuple[str, float], ...] = ()
    poorest_share: float = 0.0
    ring_fence: float = 0.0  # share of cumulative spend for group A until all of it is served
    horizon: int = 1
    deviation: Floats | None = None  # with gamma: robust to that many prices being this much higher
    gamma: int = 0


@dataclass(frozen=True)
class Clash:
    """One limit that cannot be kept beside the others, and the least by which it would have to give way: alone, or
    (`together`) with all the others that are named."""

    limit: str  # in words for a planner
    by: float
    unit: str
    together: bool = False


@dataclass(frozen=True)
class Choice:
    """What was chosen. `year` is 0 for candidates left out, else 1, 2 …; `bound` is the best value that any choice could
    have, so that `gap` = (bound - objective) / |bound| is proven. `status`: optimal, within_bound, infeasible."""

    year: Codes
    objective: float
    bound: float
    status: str
    solver: str
    clashes: tuple[Clash, ...] = ()
    nodes: int = 0

    @property
    def gap(self) -> float:
        """How far from the best possible at most, as a share."""
        return 0.0 if not self.bound else max(0.0, (self.bound - self.objective) / abs(self.bound))

    @property
    def chosen(self) -> Bools:
        """The candidates in the plan."""
        chosen: Bools = self.year > 0
        return chosen
