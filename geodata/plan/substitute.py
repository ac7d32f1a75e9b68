"""A school of a signed list that cannot be built: who takes its place, tried one by one against every limit of the plan.

Nothing here solves or changes a plan. The candidates are those of the lot's reserve list, in its order; each is put in the
place of the school that goes, in the same year, and the whole list is checked again in plain Python (`geodata.plan.check`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from geodata.arrays import Codes
from geodata.plan.check import broken
from geodata.plan.problem import Bools, Limits, Problem
from geodata.say import in_english, later, tr, written

RULE = later(
    "Where a school of this list cannot be built, the first school on the reserve list of its lot that keeps every limit of "
    "the plan takes its place, in the same year and by the way of connecting that the plan gives it. Checked again each "
    "time, over the whole list: the money of every year with its contingency, running costs, the least of every region and "
    "group, the share of the poorest fifth, the money kept for group A, schools that go on from another's fibre, and the "
    "size of the lot. Schools that are connected or promised by others meanwhile are passed over. No other school moves, "
    "and no school that left the list comes back. Who decides gives a name and a reason; why each candidate passed or "
    "failed is recorded."
)
# One row a school of the list and its reserves; `candidate` is its row in the problem.
ROWS = ("school_id", "lot", "order", "reserve", "candidate", "cost")
PER_CANDIDATE = ("school", "value", "plain", "people", "cost", "yearly", "tier_a", "region", "poorest")


@dataclass(frozen=True)
class Standing:
    """What a list is checked by for as long as it stands, without the country's data: the problem and limits of its plan
    (of the listed schools, their reserves and group A), in which year each candidate is built, and ROWS."""

    problem: Problem
    limits: Limits
    year: Codes
    rows: pd.DataFrame
    most: int  # schools of a lot

    @cached_property
    def place(self) -> dict[str, int]:
        """The row of each school in `rows`, by id."""
        return {str(school): i for i, school in enumerate(self.rows["school_id"])}

    @cached_property
    def candidates(self) -> Codes:
        """The candidate of each row of `rows`."""
        return self.rows["candidate"].to_numpy(dtype=np.int64)


@dataclass(frozen=True)
class Tried:
    """One candidate, and what it would break; it passed where that is nothing."""

    school_id: str
    order: int
    broken: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every limit is kept with it."""
        return not self.broken

    @property
    @in_english
    def said(self) -> str:
        """A sentence on why it passed or failed."""
        if self.passed:
            return tr(
                "School {school_id}, place {order} of the reserve list: keeps every limit.",
                school_id=self.school_id,
                order=self.order,
            )
        return tr(
            "School {school_id}, place {order} of the reserve list: {broken}",
            school_id=self.school_id,
            order=self.order,
            broken=" ".join(self.broken),
        )


@dataclass(frozen=True)
class Proposal:
    """Who would take the place of `out`: `into`, empty where no reserve keeps every limit; who was tried, in order;
    `why_not`: why the question cannot even be asked; `extra`: how much more it costs (less where negative)."""

    out: str
    lot: str = ""
    into: str = ""
    tried: tuple[Tried, ...] = ()
    why_not: str = ""
    extra: float = field(default=float("nan"))

    @property
    @in_english
    def said(self) -> str:
        """One sentence on the outcome."""
        if self.why_not:
            return self.why_not
        if not self.tried:
            return tr("No school is left on the reserve list of lot {lot}.", lot=self.lot)
        if not self.into:
            return tr(
                "None of the {tried} schools left on the reserve list of lot {lot} keeps every limit of the plan.",
                tried=len(self.tried),
                lot=self.lot,
            )
        return tr(
            "School {into} takes the place of school {out} in lot {lot}.", into=self.into, out=self.out, lot=self.lot
        )


def standing(problem: Problem, limits: Limits, year: Codes, rows: pd.DataFrame, most: int) -> Standing:
    """The least that a list has to be checked by: candidates that are listed, in reserve, or of group A.

    `rows` has ROWS, `candidate` counting in `problem`.
    """
    keep = np.zeros(len(problem.school), dtype=bool)
    keep[rows["candidate"].to_numpy(dtype=np.int64)] = True
    keep |= (year > 0) | problem.tier_a
    for child, parent in problem.relay:
        keep[parent] |= keep[child]
    place = np.cumsum(keep) - 1
    held = rows.assign(candidate=place[rows["candidate"].to_numpy(dtype=np.int64)])
    deviation = None if limits.deviation is None else limits.deviation[keep]
    return Standing(
        part(problem, keep),
        replace(limits, deviation=deviation),
        year[keep],
        held[list(ROWS)].reset_index(drop=True),
        most,
    )


def part(problem: Problem, keep: Bools) -> Problem:
    """The problem of some of its candidates; the needs of regions and groups stay whole."""
    place = np.cumsum(keep) - 1
    cut = {f.name: getattr(problem, f.name) for f in fields(problem)}
    for name in PER_CANDIDATE:
        cut[name] = None if cut[name] is None else cut[name][keep]
    cut["groups"] = {name: inside[keep] for name, inside in problem.groups.items()}
    cut["relay"] = tuple((int(place[c]), int(place[p])) for c, p in problem.relay if keep[c] and keep[p])
    return Problem(**cut)


def after(stands: Standing, swaps: Mapping[str, str]) -> Standing:
    """The list after some schools were replaced: out → in, in the order in which it was done."""
    for out, into in swaps.items():
        stands = _swapped(stands, out, into)
    return stands


def listed(stands: Standing) -> list[str]:
    """The schools on the list as it stands, by id."""
    built = stands.year[stands.candidates] > 0
    return sorted(stands.rows["school_id"][built])


@in_english
def propose(stands: Standing, out: str, *, built: Collection[str] = (), taken: Mapping[str, str] | None = None) -> Proposal:  # fmt: skip
    """Who would take the place of a school.

    `built` are schools that are connected by now: one of them is not replaced. `taken`: schools of the reserve list that
    cannot come in, each with the reason (connected, promised by others, gone from the list before).
    """
    row = stands.place.get(out)
    if row is None or not stands.year[stands.candidates[row]]:
        return Proposal(out, why_not=tr("School {out} is not on this list as it stands.", out=out))
    lot, cost = str(stands.rows["lot"].iloc[row]), stands.rows["cost"].to_numpy(dtype=float)
    if out in built:
        return Proposal(
            out, lot, why_not=tr("School {out} is built already: it is connected, and stays on the list.", out=out)
        )
    children = _children(stands, int(stands.candidates[row]))
    if children:
        return Proposal(out, lot, why_not=tr("The fibre of {children} goes on from school {out}: replace them first.", children=', '.join(children), out=out))  # fmt: skip
    tried = []
    for school, order in _reserves(stands, lot):
        said = (taken or {}).get(school, "")
        breaks = (said,) if said else faults(_swapped(stands, out, school))
        tried.append(Tried(school, order, breaks))
        if not breaks:
            return Proposal(out, lot, school, tuple(tried), extra=float(cost[stands.place[school]] - cost[row]))
    return Proposal(out, lot, "", tuple(tried))


@in_english
def faults(stands: Standing) -> tuple[str, ...]:
    """What the list as it stands breaks; nothing, if every change was made by `propose`."""
    lots, reserve = stands.rows["lot"].to_numpy(dtype=object), stands.rows["reserve"].to_numpy(dtype=bool)
    on = stands.year[stands.candidates] > 0
    first = Counter(lots[~reserve])  # when it was cut: one whole fibre tree may be larger than a lot
    sizes = sorted(Counter(lots[on]).items())
    large = tuple(tr("Lot {lot} has {count} schools; {most} are the most.", lot=lot, count=written(n), most=written(stands.most)) for lot, n in sizes if n > max(stands.most, first[lot]))  # fmt: skip
    return broken(stands.problem, stands.limits, stands.year) + large


def _swapped(stands: Standing, out: str, into: str) -> Standing:
    """`into` in the place of `out`, in its year; what is out can be neither required nor asked for any more."""
    if not {out, into} <= set(stands.place):
        raise ValueError(f"{out} or {into} is neither on the list nor in reserve")
    gone, come = (stands.candidates[stands.place[school]] for school in (out, into))
    year = stands.year.copy()
    year[come], year[gone] = year[gone], 0
    problem = stands.problem
    school = problem.school[gone]
    never = np.append(problem.never, school).astype(np.int64)
    problem = replace(problem, never=never, must=problem.must[problem.must != school])
    return replace(stands, year=year, problem=problem)


def _reserves(stands: Standing, lot: str) -> list[tuple[str, int]]:
    """The reserve list of a lot, id and place, without those on the list by now and those that left it."""
    at = stands.candidates
    free = (stands.year[at] == 0) & ~np.isin(stands.problem.school[at], stands.problem.never)
    rows = stands.rows[free & stands.rows["lot"].eq(lot).to_numpy() & stands.rows["reserve"].to_numpy(dtype=bool)]
    return sorted(
        zip(rows["school_id"].astype(str), rows["order"].astype(int), strict=True), key=lambda r: (r[1], r[0])
    )


def _children(stands: Standing, candidate: int) -> list[str]:
    """Schools on the list whose fibre goes on from a candidate."""
    ids = dict(zip(stands.candidates.tolist(), stands.rows["school_id"], strict=True))
    return sorted(str(ids.get(c, c)) for c, p in stands.problem.relay if p == candidate and stands.year[c] > 0)
