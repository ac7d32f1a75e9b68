"""Which schools come first: items, pillars, groups A to C, rank and reasons (methods, sections 3.1 to 3.5).

The group comes first ("lacks 5 of 7 things"); the index orders within the group; the id breaks ties. An item that is
not reported is replaced by the average of similar schools, never by 0 or 1, and shows in `data_confidence`. An item
known for no school leaves, and its weight is shared out within its pillar (`standards` says so in words).
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import DECIMALS, Codes, Floats, codes_of, equals, flag, number
from geodata.declare import Criterion, found
from geodata.policy import POLICY, Policy
from geodata.similar import Similar, expectation
from geodata.vocabulary import SchoolStatus

Bools = npt.NDArray[np.bool_]
NEED, MARGINALISATION = "need", "marginalisation"
TIERS = ("A", "B", "C")
SCORE_DECIMALS = 6


@cache
def criteria() -> tuple[Criterion, ...]:
    """The declared criteria in order."""
    return tuple(found(Criterion, "geodata.criteria").values())


@cache
def is_need() -> Bools:
    """Which items are services, in `criteria()` order."""
    return np.array([c.pillar == NEED for c in criteria()])


@cache
def counted() -> Bools:
    """Which items are counted for the groups, in `criteria()` order."""
    return np.array([c.counted for c in criteria()])


@dataclass(frozen=True)
class Scoring:
    """A place scored: one row a school, one column a criterion in `criteria()` order.

    `known` holds the items with NaN for unknown, `filled` those with the expectation in its place; `partly` marks unknown
    items of which the yes or no is known (internet there, its speed not). `weights` add up to 1 within each pillar in
    use; `pillars` are the exponents of need and marginalisation and add up to 1. `predicted` marks unknown items judged
    by a predicted chance, `similar` says what the others are judged by; `learners` is the enrolment, NaN where unknown.
    """

    known: Floats
    filled: Floats
    partly: Bools
    weights: Floats
    pillars: tuple[float, float]
    in_use: Bools
    operating: Bools
    need: Floats
    marginalisation: Floats
    score: Floats
    lacks_known: Bools
    lacks_filled: Bools
    tier: Codes
    confidence: Floats
    verify: Bools
    predicted: Bools | None = None
    similar: Similar | None = None
    learners: Floats | None = None

    @property
    def unknown(self) -> Bools:
        """Items in use that are not known."""
        return np.isnan(self.known) & self.in_use

    @property
    def things(self) -> Bools:
        """Items in use that are counted for the groups, whatever their weights."""
        return self.in_use & counted()

    @property
    def unknown_things(self) -> Bools:
        """Counted items in use that are not known."""
        return np.isnan(self.known) & self.things


def operating(school_status: pd.Series) -> Bools:
    """Schools that operate: open, or status not reported."""
    return ~(school_status.notna().to_numpy() & ~equals(school_status, SchoolStatus.OPEN.value))


# --- formulas -----------------------------------------------------------------------------------------------------


def power_mean(items: Floats, weights: Floats, p: float = 2) -> Floats:
    """(Σ w·xᵖ ÷ Σ w)^(1/p) along the last axis; NaN where the weights add up to 0 (methods 3.1, E3.1)."""
    total = weights.sum()
    if total == 0:
        return np.full(items.shape[:-1], np.nan)
    used = weights > 0
    raised = np.square(items[..., used]) if p == 2 else items[..., used] ** p
    mean: Floats = (raised * weights[used]).sum(axis=-1) / total
    return np.sqrt(mean) if p == 2 else mean ** (1 / p)


def priority_index(need: Floats, marginalisation: Floats, alpha: float = 0.5) -> Floats:
    """100 × need^α × marginalisation^(1−α) (methods 3.1, E3.2)."""
    index: Floats = 100 * need**alpha * marginalisation ** (1 - alpha)
    return index


def _index(need: Floats, margin: Floats, pillars: tuple[float, float], services_known: bool) -> Floats:
    """The index over the pillars in use; unknown where no service is known, for then nothing says what to fund."""
    if not services_known:
        return np.full(need.shape, np.nan)
    if pillars[0] and pillars[1]:
        return priority_index(need, margin, pillars[0])
    return 100 * need if pillars[0] else 100 * margin


def past_cutoff(items: Floats, policy: Policy = POLICY) -> Bools:
    """Which items count as lacking: services above their cut-off, circumstances from theirs on.

    Unknown does not count, nor does an item without a cut-off, which is scored only.
    """
    marks = [np.zeros(items.shape[:-1], dtype=bool)] * items.shape[-1]
    for k, c in enumerate(criteria()[: items.shape[-1]]):
        if c.counted:
            cut = policy.number(c.cutoff)
            marks[k] = items[..., k] >= cut if c.inclusive else items[..., k] > cut
    return np.stack(marks, axis=-1)


def tier_cuts(in_use: int, policy: Policy = POLICY) -> tuple[int, int]:
    """Things lacking from which a school is in group A and in B, in proportion to the things in use, rounded up."""
    a, b = (math.ceil(round(policy.number(f"tier_{t}_from") * in_use / int(counted().sum()), 9)) for t in "ab")
    return max(a, 1), max(b, 1)


def adjusted_headcount(count: Floats, learners: Floats, k: float, of: int) -> tuple[float, float]:
    """Alkire and Foster's H and M0 over learners in schools that lack k or more of so many things (E3.4)."""
    poor = count >= k
    total = learners.sum()
    return float(learners[poor].sum() / total), float((count * learners)[poor].sum() / of / total)


# --- a place scored -----------------------------------------------------------------------------------------------


def call(function: object, columns: Mapping[str, pd.Series], policy: Policy) -> object:
    """A declaration's function with the columns that it names."""
    names = inspect.signature(function).parameters  # type: ignore[arg-type]
    return function(**{n: policy if n == "policy" else columns[n] for n in names})  # type: ignore[operator]


def items_of(columns: Mapping[str, pd.Series], policy: Policy = POLICY) -> Floats:
    """The known items of each school, NaN where unknown; rounded so that 1 − 0.8 meets a cut-off of 0.2."""
    items: Floats = np.column_stack([number(call(c.compute, columns, policy)) for c in criteria()])
    return np.round(items, DECIMALS)


def score(columns: Mapping[str, pd.Series], policy: Policy = POLICY) -> Scoring:
    """A whole place scored, from its columns (gap columns among them)."""
    known, counts = items_of(columns, policy), operating(columns["school_status"])
    in_use: Bools = np.logical_not(np.isnan(known[counts]).all(axis=0))
    filled, partly, predicted = known.copy(), np.zeros(known.shape, dtype=bool), np.zeros(known.shape, dtype=bool)
    missing = np.isnan(known) & in_use
    similar = similar_of(columns, missing, policy)
    for k in np.flatnonzero(missing.any(axis=0)):
        given, chance = similar.given.get(int(k)), similar.chance.get(int(k))
        expected = expectation(known[:, k], given, similar.group, counts, similar.least, chance=chance)
        filled[:, k] = np.where(missing[:, k], expected, known[:, k])
        if given is not None:
            partly[:, k] = missing[:, k] & (given == 1)
            predicted[:, k] = missing[:, k] & np.isnan(given) & ~np.isnan(chance if chance is not None else given)
    scoring = score_items(known, filled, in_use, counts, policy, partly=partly)
    return replace(scoring, predicted=predicted, similar=similar, learners=number(columns["num_students"]))


def similar_of(columns: Mapping[str, pd.Series], missing: Bools, policy: Policy) -> Similar:
    """What the items that some school does not report are judged by."""
    names = ("admin1_id", "admin2_id", "settlement", "school_area_type", "education_level")
    given, chance = {}, {}
    for k in np.flatnonzero(missing.any(axis=0)):
        c = criteria()[k]
        if c.given:
            given[int(k)] = flag(call(c.given, columns, policy))  # type: ignore[arg-type]
        if c.predicted and columns[c.predicted].notna().any():
            chance[int(k)] = number(columns[c.predicted])
    group = codes_of(*(columns[n] for n in names))[0] if missing.any() else np.zeros(len(missing), dtype=np.int64)
    return Similar(group, policy.number("similar_schools_min"), given, chance)


def weights_of(in_use: Bools, policy: Policy = POLICY) -> tuple[Floats, tuple[float, float]]:
    """The weight of each item, adding up to 1 within each side in use, and the exponents of the two sides.

    An item that is scored only takes its weight as a share of its side, and leaves the others their proportions.
    """
    raw = np.where(in_use, [policy.number(c.weight) for c in criteria()], 0.0)
    weights = np.zeros_like(raw)
    for side in (is_need(), ~is_need()):
        things, extra = side & counted(), side & ~counted()
        base, share = raw[things].sum(), raw[extra].sum()
        weights[things] = raw[things] * (1 - share) / (base or 1.0)
        weights[extra] = raw[extra] / (1.0 if base else share or 1.0)
    totals = [raw[side].sum() for side in (is_need(), ~is_need())]
    alpha = policy.number("alpha")
    return weights, (alpha, 1 - alpha) if totals[0] and totals[1] else (float(totals[0] > 0), float(totals[1] > 0))


def score_items(
    known: Floats, filled: Floats, in_use: Bools, counts: Bools, policy: Policy = POLICY, *, partly: Bools | None = None
) -> Scoring:
    """A place scored from its items: pillars, index, group, confidence and list."""
    need_side, things = is_need(), counted()
    weights, pillars = weights_of(in_use, policy)
    p = policy.number("power_mean_p")
    filled = np.where(in_use, filled, np.nan)
    need, margin = _sides(filled, weights, p)
    index = _index(need, margin, pillars, bool((in_use & need_side).any()))
    reported = ~np.isnan(known)
    share = np.where(need_side, weights * pillars[0], weights * pillars[1])
    confidence = np.round((reported * share).sum(axis=1), DECIMALS)
    sides = [in_use & things & side for side in (need_side, ~need_side)]
    silent = [side.any() & ~(reported & side).any(axis=1) for side in sides]
    verify = ~counts | (confidence < policy.number("verify_first_below")) | silent[0] | silent[1] | np.isnan(index)
    lacks = past_cutoff(filled, policy)
    a, b = tier_cuts(int((in_use & things).sum()), policy)
    count = lacks.sum(axis=1)
    return Scoring(
        known=known, filled=filled, partly=np.zeros(known.shape, dtype=bool) if partly is None else partly, weights=weights, pillars=pillars, in_use=in_use, operating=counts, need=need,
        marginalisation=margin, score=np.round(index, SCORE_DECIMALS), lacks_known=past_cutoff(known, policy), lacks_filled=lacks,
        tier=np.where(count >= a, 0, np.where(count >= b, 1, 2)).astype(np.int64), confidence=confidence, verify=verify,
    )  # fmt: skip


def _sides(items: Floats, weights: Floats, p: float) -> tuple[Floats, Floats]:
    """The service gap and marginalisation of each row of items."""
    need, margin = (power_mean(items, np.where(side, weights, 0.0), p) for side in (is_need(), ~is_need()))
    return need, margin


def index_of(items: Floats, scoring: Scoring, policy: Policy = POLICY) -> Floats:
    """The score that rows of items (in `criteria()` order) would have in a place scored already, 0 to 100, not rounded."""
    need, margin = _sides(items, scoring.weights, policy.number("power_mean_p"))
    return _index(need, margin, scoring.pillars, bool((scoring.in_use & is_need()).any()))


def rank(scoring: Scoring, school_id: pd.Series) -> Floats:
    """Rank 1, 2 … of the schools in the ranked list: group, then score from high to low, then id; NaN for the others."""
    listed = np.flatnonzero(~scoring.verify)
    ids = school_id.iloc[listed]
    by_id = np.asarray(ids.array.argsort(), dtype=np.int64)
    place = np.empty(len(listed), dtype=np.int64)
    place[by_id] = np.arange(len(listed))
    order = np.lexsort((place, -scoring.score[listed], scoring.tier[listed]))
    out = np.full(len(school_id), np.nan)
    out[listed[order]] = np.arange(1, len(listed) + 1)
    return out
