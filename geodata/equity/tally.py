"""The people of each group: with, without, not reported; first in the list, to be verified first; and the gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.arrays import Codes, Floats
from geodata.equity.groups import NOT_REPORTED, Dimension, Members
from geodata.equity.parity import Between, Rate, between
from geodata.policy import Policy
from geodata.say import later

Bools = npt.NDArray[np.bool_]
OTHERS = later("all others")


@dataclass(frozen=True)
class Marks:
    """What is known of each row of a frame: `has` (1, 0, NaN), `first` (served first), `verify` (verify first list).

    `one_sided`: only one answer can ever be known here (see `Rate`).
    """

    has: Floats
    first: Bools
    verify: Bools
    one_sided: bool = False

    @property
    def served(self) -> Floats:
        """What each would have once the first were served."""
        return np.where(self.first, 1.0, self.has)


@dataclass(frozen=True)
class Group:
    """One group's people (learners or schools) and schools.

    `first` are its unserved people in the schools that come first, `verify` its people in schools to be verified first;
    `uncounted` are schools whose learners nobody reported; `enough` says whether it is large enough for a statistic.
    """

    name: str
    schools: int
    rate: Rate
    first: float
    first_schools: int
    verify: float
    verify_schools: int
    uncounted: int
    enough: bool

    @property
    def without(self) -> float:
        """People known to be without."""
        return self.rate.no


@dataclass(frozen=True)
class ByGroup:
    """A dimension's groups, those without a reported group last (where there are any), and the gaps between them."""

    dimension: Dimension
    groups: tuple[Group, ...]
    gaps: tuple[Between, ...]
    unknown_share: float

    @property
    def named(self) -> tuple[Group, ...]:
        """The groups, without the people whose group nobody reported."""
        return tuple(g for g in self.groups if g.name != NOT_REPORTED)

    @property
    def worst(self) -> Between | None:
        """The gap that leaves a group farthest behind; of girls and boys, the larger to either side."""
        known = [g for g in self.gaps if not np.isnan(g.points.value)]
        if self.dimension.both_ways:
            return max(known, key=lambda g: abs(g.points.value), default=None)
        return min(known, key=lambda g: g.points.value, default=None)


def tally(members: Members, marks: Marks, policy: Policy, *, learners: bool) -> ByGroup:
    """The groups of a dimension counted and compared; a group below the least of learners or schools is not compared."""
    size = len(members.groups) + 1
    code = np.where(members.group < 0, size - 1, members.group)
    people, row = np.nan_to_num(members.people), members.row
    has, first, verify = marks.has[row], marks.first[row], marks.verify[row]
    is_here = (people > 0) | np.isnan(members.people)

    def total(where: Bools, weights: Floats = people) -> Floats:
        return np.bincount(code[where], weights=weights[where], minlength=size).astype(np.float64)

    ones = np.ones(len(code))
    yes, no, unknown = total(has == 1), total(has == 0), total(np.isnan(has))
    counted, blank = total(is_here, ones), total(np.isnan(members.people), ones)
    at_first, at_verify = total(first & (has == 0)), total(verify)
    first_schools, verify_schools = total(first & is_here, ones), total(verify & is_here, ones)
    least = policy.number("audit_learners_min") if learners else 0
    groups = [
        Group(
            name=name,
            schools=int(counted[k]),
            rate=Rate(float(yes[k]), float(no[k]), float(unknown[k]), marks.one_sided),
            first=float(at_first[k]),
            first_schools=int(first_schools[k]),
            verify=float(at_verify[k]),
            verify_schools=int(verify_schools[k]),
            uncounted=int(blank[k]),
            enough=bool(
                yes[k] + no[k] + unknown[k] >= least and counted[k] - blank[k] >= policy.number("audit_schools_min")
            ),
        )
        for k, name in enumerate((*members.groups, NOT_REPORTED))
        if counted[k] or name != NOT_REPORTED
    ]
    silent = np.isnan(has) & (members.group >= 0)
    quiet = Silent(members.group[silent], row[silent], people[silent], members.groups)
    gaps = compare(members.dimension, groups, quiet)
    return ByGroup(members.dimension, tuple(groups), gaps, members.unknown_share)


@dataclass(frozen=True)
class Silent:
    """The people of each group in schools of unknown status: `group` and `people` of each, and the school's `row`."""

    group: Codes
    row: Codes
    people: Floats
    groups: tuple[str, ...]

    def pair(self, behind: str, ahead: str) -> tuple[Floats, Floats]:
        """People of two groups in each school of unknown status; an empty `ahead` is all the others."""
        _, school = np.unique(self.row, return_inverse=True)
        size = int(school.max(initial=-1)) + 1
        ours = self.group == self.groups.index(behind)
        theirs = self.group == self.groups.index(ahead) if ahead else ~ours
        one, other = (np.bincount(school[m], weights=self.people[m], minlength=size) for m in (ours, theirs))
        return one.astype(np.float64), other.astype(np.float64)


def compare(dimension: Dimension, groups: list[Group], silent: Silent) -> tuple[Between, ...]:
    """The gaps of a dimension: each group against the one it is compared with, or against all the others together."""
    named = [g for g in groups if g.name != NOT_REPORTED and g.enough and g.rate.yes + g.rate.no > 0]
    loose = next((g.rate for g in groups if g.name == NOT_REPORTED), Rate(0, 0))
    if dimension.ahead:
        ahead = next((g for g in named if g.name == dimension.ahead), None)
        others = [g for g in named if g.name != dimension.ahead]
        if ahead is None:
            return ()
        return tuple(
            between(g.rate, ahead.rate, (g.name, ahead.name), loose, silent.pair(g.name, ahead.name)) for g in others
        )
    if len(named) < 2:
        return ()
    rates = [g.rate for g in groups if g.name != NOT_REPORTED]
    every = Rate(sum(r.yes for r in rates), sum(r.no for r in rates), sum(r.unknown for r in rates))
    rest = [
        (g, Rate(every.yes - g.rate.yes, every.no - g.rate.no, every.unknown - g.rate.unknown, g.rate.one_sided))
        for g in named
    ]
    return tuple(
        between(g.rate, other, (g.name, OTHERS), loose, silent.pair(g.name, ""))
        for g, other in rest
        if other.yes + other.no > 0
    )


def cells(members: Members, group: int, size: int) -> Floats:
    """People of one group on each of `size` rows."""
    mine = members.group == group
    people = np.nan_to_num(members.people)[mine]
    return np.bincount(members.row[mine], weights=people, minlength=size).astype(np.float64)
