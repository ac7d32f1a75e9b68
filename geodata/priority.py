"""Which schools come first: items, pillars, groups A to C, rank and reasons (methods, sections 3.1 to 3.5).

The group comes first ("lacks 5 of 7 things"); the index orders within the group; the id breaks ties. An item that is
not reported is replaced by the average of similar schools, never by 0 or 1, and shows in `data_confidence`. An item
known for no school leaves, and its weight is shared out within its pillar (`standards` says so in words).
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import DECIMALS, Codes, Floats, codes_of, equals, flag, number
from geodata.declare import Criterion, found
from geodata.policy import POLICY, Policy
from geodata.vocabulary import SchoolStatus

Bools = npt.NDArray[np.bool_]
NEED, MARGINALISATION = "need", "marginalisation"
TIERS = ("A", "B", "C")
SCORE_DECIMALS = 6


@cache
def criteria() -> tuple[Criterion, ...]:
    """The declared criteria in order."""
    return tuple(found(Criterion, "geodata.criteria").values())


@dataclass(frozen=True)
class Scoring:
    """A place scored: one row a school, one column a criterion in `criteria()` order.

    `known` holds the items with NaN for unknown, `filled` those with the expectation in its place; `partly` marks unknown
    items of which the yes or no is known (internet there, its speed not). `weights` add up to 1 within each pillar in
    use; `pillars` are the exponents of need and marginalisation and add up to 1.
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

    @property
    def unknown(self) -> Bools:
        """Items in use that are not known."""
        return np.isnan(self.known) & self.in_use


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
    """Which items count as lacking: services above their cut-off, circumstances from theirs on; unknown is not."""
    marks = [
        (items[..., k] >= policy.number(c.cutoff)) if c.inclusive else (items[..., k] > policy.number(c.cutoff))
        for k, c in enumerate(criteria())
    ]
    return np.stack(marks, axis=-1)


def tier_cuts(in_use: int, policy: Policy = POLICY) -> tuple[int, int]:
    """Things lacking from which a school is in group A and in B, in proportion to the items in use, rounded up."""
    a, b = (math.ceil(round(policy.number(f"tier_{t}_from") * in_use / len(criteria()), 9)) for t in "ab")
    return max(a, 1), max(b, 1)


def adjusted_headcount(count: Floats, learners: Floats, k: float, of: int) -> tuple[float, float]:
    """Alkire and Foster's H and M0 over learners in schools that lack k or more of so many things (E3.4)."""
    poor = count >= k
    total = learners.sum()
    return float(learners[poor].sum() / total), float((count * learners)[poor].sum() / of / total)


# --- what is not reported -----------------------------------------------------------------------------------------


def expectation(item: Floats, given: Floats | None, group: Codes, counts: Bools, least: float) -> Floats:
    """What an unknown item is taken to be: the mean of similar schools, else of the whole place (methods 3.2).

    `group` numbers similar schools (same district, settlement and level); one with fewer than `least` known schools
    gives way to the whole place. Where a yes/no bears on the item (internet, any device), schools are compared with
    those of the same answer, and an unknown answer is weighed by its own expectation: otherwise the schools whose lack
    is certain would speak for all the others. Only schools that `counts` marks are averaged.
    """
    size = int(group.max(initial=-1)) + 1
    seen = counts & ~np.isnan(item)

    def mean(values: Floats, among: Bools) -> Floats:
        n = np.bincount(group[among], minlength=size)
        # whole billionths add up exactly, in whatever order the rows come
        total = np.bincount(group[among], weights=np.rint(values[among] * 10**DECIMALS), minlength=size) / 10**DECIMALS
        whole = np.rint(total * 10**DECIMALS).sum() / 10**DECIMALS / n.sum() if n.sum() else np.nan
        return np.where(n >= least, np.divide(total, n, out=np.full(size, np.nan), where=n > 0), whole)[group]

    overall = mean(item, seen)
    if given is None or np.isnan(given).all():
        return np.round(overall, DECIMALS)
    yes, no = seen & (given == 1), seen & (given == 0)
    if_yes = mean(item, yes) if yes.any() else overall
    if_no = mean(item, no) if no.any() else overall
    chance = mean(np.nan_to_num(given), counts & ~np.isnan(given))
    chance = np.where(np.isnan(given), chance, given)
    return np.round(chance * if_yes + (1 - chance) * if_no, DECIMALS)


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
    filled, partly = known.copy(), np.zeros(known.shape, dtype=bool)
    missing = np.isnan(known) & in_use
    if missing.any():
        names = ("admin1_id", "admin2_id", "settlement", "school_area_type", "education_level")
        group, _ = codes_of(*(columns[n] for n in names))
        for k in np.flatnonzero(missing.any(axis=0)):
            given = criteria()[k].given
            hint = flag(call(given, columns, policy)) if given else None  # type: ignore[arg-type]
            expected = expectation(known[:, k], hint, group, counts, policy.number("similar_schools_min"))
            filled[:, k] = np.where(missing[:, k], expected, known[:, k])
            partly[:, k] = missing[:, k] & (hint == 1) if hint is not None else False
    return score_items(known, filled, in_use, counts, policy, partly=partly)


def score_items(
    known: Floats, filled: Floats, in_use: Bools, counts: Bools, policy: Policy = POLICY, *, partly: Bools | None = None
) -> Scoring:
    """A place scored from its items: pillars, index, group, confidence and list."""
    is_need = np.array([c.pillar == NEED for c in criteria()])
    raw = np.where(in_use, [policy.number(c.weight) for c in criteria()], 0.0)
    totals = [raw[is_need].sum(), raw[~is_need].sum()]
    weights = raw / np.where(is_need, totals[0] or 1.0, totals[1] or 1.0)
    p, alpha = policy.number("power_mean_p"), policy.number("alpha")
    filled = np.where(in_use, filled, np.nan)
    need, margin = (power_mean(filled, np.where(side, weights, 0.0), p) for side in (is_need, ~is_need))
    pillars = (alpha, 1 - alpha) if totals[0] and totals[1] else (float(totals[0] > 0), float(totals[1] > 0))
    index = _index(need, margin, pillars, bool((in_use & is_need).any()))
    reported = ~np.isnan(known)
    share = np.where(is_need, weights * pillars[0], weights * pillars[1])
    confidence = np.round((reported * share).sum(axis=1), DECIMALS)
    silent = [(in_use & side).any() & ~(reported & side).any(axis=1) for side in (is_need, ~is_need)]
    verify = ~counts | (confidence < policy.number("verify_first_below")) | silent[0] | silent[1] | np.isnan(index)
    lacks = past_cutoff(filled, policy)
    a, b = tier_cuts(int(in_use.sum()), policy)
    count = lacks.sum(axis=1)
    return Scoring(
        known=known, filled=filled, partly=np.zeros(known.shape, dtype=bool) if partly is None else partly, weights=weights, pillars=pillars, in_use=in_use, operating=counts, need=need,
        marginalisation=margin, score=np.round(index, SCORE_DECIMALS), lacks_known=past_cutoff(known, policy), lacks_filled=lacks,
        tier=np.where(count >= a, 0, np.where(count >= b, 1, 2)).astype(np.int64), confidence=confidence, verify=verify,
    )  # fmt: skip


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
