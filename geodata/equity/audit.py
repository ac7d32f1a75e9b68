"""The audit of a selection and its list: one object that the page, the documents and (later) plans use.

Who is left out, by group and by area; how concentrated; how unequal; who comes first in the list; what is not known of
whom; and the gates. Learners are counted where enough schools report them, schools otherwise (methods, section 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata import gaps
from geodata.aggregate import coverage
from geodata.arrays import Floats, any_known, number
from geodata.declare import Indicator, found
from geodata.equity.concentration import Concentration, concentration
from geodata.equity.gate import Facts, Gate
from geodata.equity.gates import gates
from geodata.equity.groups import DIMENSIONS, FIFTHS, Dimension, Members, members, region, wealth, weights
from geodata.equity.headcount import Headcount, headcounts, things
from geodata.equity.incidence import Incidence, incidence
from geodata.equity.inequality import Inequality, inequality
from geodata.equity.tally import Bools, ByGroup, Group, Marks, tally
from geodata.policy import POLICY, Policy
from geodata.priority import operating
from geodata.say import in_english, tr, written
from geodata.vocabulary import ListName

# What can be audited: a school's yes or no that its learners should have. The first is the headline.
AUDITED = ("internet_for_learners", "meaningfully_connected", "computers", "electricity", "internet")


@dataclass(frozen=True)
class Amount:
    """An amount for each learner or school, and how unequal it is."""

    title: str
    unit: str
    found: Inequality


@dataclass(frozen=True)
class Audit:
    """Everything the audit says of a selection. `unit` is "learner" or "school"; `whole` counts all of them.

    `first` schools come first (`first_words`: "the first 100 schools of the list"); `not_open` schools are left out;
    `missing` dimensions are known for nobody here. `spread` is how much of having it or not lies between the areas.
    """

    indicator: str
    title: str
    unit: str
    whole: Group
    not_open: int
    first: int
    first_words: str
    by_group: tuple[ByGroup, ...]
    places: ByGroup | None
    missing: tuple[Dimension, ...]
    concentration: Concentration | None
    spread: Inequality | None
    amount: Amount | None
    incidence: Incidence | None
    gates: tuple[Gate, ...]
    headcounts: tuple[Headcount, ...] = ()

    def of(self, name: str) -> ByGroup | None:
        """The groups of a dimension; None where it is not known here."""
        return next((b for b in self.by_group if b.dimension.name == name), None)


@in_english
def audit(
    schools: pd.DataFrame,
    policy: Policy = POLICY,
    *,
    indicator: str = AUDITED[0],
    level: int = 1,
    word: tuple[str, str] = ("area", "areas"),
    models: Sequence[Mapping[str, Any]] = (),
    of: int = 0,
    first: tuple[Bools, str] | None = None,
) -> Audit:
    """The audit of a selection of schools with their derived columns, ranked under `policy`.

    `level` is the level of the areas that are compared and `word` what one and several are called; `models` the records of the
    build's predictors, `of` the things counted in the whole country (by default: in these schools). Schools that do not operate are left out. `first`: which of `schools` come first and what to call them, such as those of a
    plan; by default those of the list. Raises KeyError for an indicator that is not declared.
    """
    operate = operating(schools["school_status"])
    here = schools[operate]
    declared = found(Indicator, "geodata.indicators")[indicator]
    unit = measure(here, policy)
    learners = unit == "learner"
    people = weights(here, f"{unit}s")
    come_first, first_words = served_first(here, policy) if first is None else (first[0][np.asarray(operate)], first[1])
    has = number(declared.of(here, policy).astype("boolean"))
    one_sided = any(not any_known(here[name]) for name in declared.needs)
    marks = Marks(
        has, come_first, here["list"].eq(ListName.VERIFY_FIRST.value).fillna(True).to_numpy(dtype=bool), one_sided
    )
    groups = {d.name: m for d in DIMENSIONS if (m := members(here, d, f"{unit}s")) is not None}
    places = members(here, region(here, level, word[0]), f"{unit}s")
    place = wealth(here)
    facts = Facts(
        marks=marks,
        people=people,
        wealth=place,
        members=groups if places is None else {**groups, "region": places},
        incidence=_incidence(groups.get("wealth"), marks),
        unit=unit,
        word=word,
        first_said=first_words,
    )
    by_group = tuple(tally(m, marks, policy, learners=learners) for m in groups.values())
    large = {b.dimension.name: {g.name for g in b.groups if g.enough} for b in by_group}
    return Audit(
        indicator=indicator,
        title=declared.title,
        unit=unit,
        whole=_whole(here, marks, policy, learners),
        not_open=len(schools) - len(here),
        first=int(come_first.sum()),
        first_words=first_words,
        by_group=by_group,
        places=tally(places, marks, policy, learners=learners)
        if places is not None and len(places.groups) > 1
        else None,
        missing=tuple(d for d in DIMENSIONS if d.name not in groups),
        concentration=None if one_sided else concentration(has, place, np.nan_to_num(people)),
        spread=None if one_sided else _by_region(has, people, places),
        amount=_amount(here, people, places, learners, policy),
        incidence=facts.incidence,
        gates=gates(facts, models, policy),
        headcounts=headcounts(here, people, groups, of=of or things(here), policy=policy, large=large),
    )


def measure(schools: pd.DataFrame, policy: Policy) -> str:
    """ "learner" where enrolment is reported for enough schools to speak of learners, else "school"."""
    known = float(schools["num_students"].notna().sum())
    return "learner" if coverage(known, len(schools) - known) >= policy.number("headline_coverage_min") else "school"


def served_first(schools: pd.DataFrame, policy: Policy) -> tuple[Bools, str]:
    """Which schools come first: the best ranked of these, or group A; and what to call them."""
    wanted = int(policy.number("audit_first"))
    if not wanted:
        group_a = schools["tier"].eq("A").fillna(False) & schools["priority_rank"].notna()
        return group_a.to_numpy(dtype=bool), tr("the schools of group A")
    rank = number(schools["priority_rank"])
    best = np.argsort(np.where(np.isnan(rank), np.inf, rank), kind="stable")[:wanted]
    served = np.zeros(len(schools), dtype=bool)
    served[best] = ~np.isnan(rank[best])
    count = int(served.sum())
    words = (
        tr("the first {count} schools of the list", count=written(count))
        if count < len(schools)
        else tr("all {count} schools of the list", count=written(count))
    )
    return served, words


def _whole(here: pd.DataFrame, marks: Marks, policy: Policy, learners: bool) -> Group:
    everyone = Dimension("all", "All", "schools", (), "", of=lambda s: pd.Series("all", index=s.index))
    unit = "learners" if learners else "schools"
    found = members(here, everyone, unit)
    empty = Members(everyone, ("all",), *(np.zeros(0, dtype=np.int64),) * 2, np.zeros(0))
    return tally(found or empty, marks, policy, learners=learners).groups[0]


def _incidence(fifths: Members | None, marks: Marks) -> Incidence | None:
    """Benefit of the poorest fifth against all others whose fifth is known."""
    if fifths is None or FIFTHS[0] not in fifths.groups or not marks.first.any():
        return None
    ours = fifths.group == fifths.groups.index(FIFTHS[0])
    others = (fifths.group >= 0) & ~ours
    return incidence(marks.has, np.nan_to_num(fifths.people), ours, others, marks.first)


def _by_region(amount: Floats, people: Floats, places: Members | None) -> Inequality | None:
    if places is None or len(places.groups) < 2:
        return None
    return inequality(amount, np.nan_to_num(people), places.group)


def _amount(
    here: pd.DataFrame, people: Floats, places: Members | None, learners: bool, policy: Policy
) -> Amount | None:
    """What each learner (or school) has of what is known best: bandwidth, else devices; None where too little is known."""
    students = number(here["num_students"])
    speed = number(
        gaps.available_bandwidth(
            gaps.internet(here["has_internet"], here["has_internet_for_learners"]), here["download_speed_mbps"]
        )
    )
    devices = number(here["num_devices"])
    each = np.divide(1.0, students, out=np.full(len(students), np.nan), where=students > 0)
    ways = [
        (tr("Bandwidth for each learner"), tr("kbps a learner"), 1000 * speed * each, learners),
        (tr("Devices for each 100 learners"), tr("devices for 100 learners"), 100 * devices * each, learners),
        (tr("Bandwidth of each school"), tr("Mbps a school"), speed, not learners),
        (tr("Devices of each school"), tr("devices a school"), devices, not learners),
    ]
    for title, unit, amount, fits in ways:
        known = float((~np.isnan(amount)).sum())
        enough = coverage(known, len(amount) - known) >= policy.number("headline_coverage_min")
        inequal = _by_region(amount, people, places) if fits and enough else None
        if inequal is not None and not np.isnan(inequal.theil):
            return Amount(title, unit, inequal)
    return None
