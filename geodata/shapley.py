"""Why one school's score differs from the average school's: exact Shapley parts of every item (methods, section 3.7).

The part of an item is what it adds, averaged over every order in which the items of the school could take the place of
the average school's. All 2ⁿ mixtures of the two are scored at once; the parts add up to the difference of the scores.

Shapley, A Value for n-Person Games (1953); Lundberg and Lee (2017) for its use on models.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import factorial

import numpy as np
import numpy.typing as npt

from geodata.arrays import Floats
from geodata.declare import Criterion
from geodata.policy import POLICY, Policy
from geodata.priority import Scoring, criteria, index_of


@dataclass(frozen=True)
class Part:
    """One item's part in points of the score: `value` is the school's, `average` the average school's (0 to 1)."""

    criterion: Criterion
    value: float
    average: float
    points: float


@dataclass(frozen=True)
class Shapley:
    """How a school's score comes from the average school's (0 to 100). Parts add up to `score` less `base_score`.

    `parts` stand largest first, whatever their sign; NaN throughout where the place has no scores. `weighted` says
    whether learners weigh the average school, or every school counts once as no enrolment is known.
    """

    baseline_items: Floats
    base_score: float
    score: float
    parts: tuple[Part, ...]
    weighted: bool


def average_school(scoring: Scoring) -> tuple[Floats, bool]:
    """The items of the average school (in `criteria()` order, NaN where not in use), and whether learners weigh it.

    Schools that operate are averaged, what is not reported with its expectation. Where enrolment is known for some, a
    school without it counts with their average, so that it does not vanish; where for none, each school counts once.
    """
    here = scoring.operating
    learners = scoring.learners[here] if scoring.learners is not None else np.full(int(here.sum()), np.nan)
    known = ~np.isnan(learners)
    weighted = bool(known.any() and learners[known].sum() > 0)
    mean = learners[known].mean() if weighted else 1.0
    weights = np.where(known, learners, mean) if weighted else np.ones(len(learners))
    items = scoring.filled[here]
    total = weights.sum()
    average = (items * weights[:, None]).sum(axis=0) / total if total else np.full(items.shape[1], np.nan)
    return np.where(scoring.in_use, average, np.nan), weighted


def shapley(scoring: Scoring, row: int, policy: Policy = POLICY) -> Shapley:
    """The exact parts of one school's score against the average school's (E3.5). `row` is its position in the place."""
    baseline, weighted = average_school(scoring)
    used = np.flatnonzero(scoring.in_use)
    mixed = _mixtures(len(used))
    items = np.full((len(mixed), len(criteria())), np.nan)
    items[:, used] = np.where(mixed, scoring.filled[row, used], baseline[used])
    scores = index_of(items, scoring, policy)
    points = _parts(scores, len(used))
    parts = [
        Part(criteria()[k], float(scoring.filled[row, k]), float(baseline[k]), float(points[n]))
        for n, k in enumerate(used)
    ]
    parts.sort(key=lambda part: (-abs(part.points), part.criterion.order))
    base, whole = (float(scores[0]), float(scores[-1])) if len(scores) else (np.nan, np.nan)
    return Shapley(baseline, base, whole, tuple(parts), weighted)


@cache
def _mixtures(n: int) -> npt.NDArray[np.bool_]:
    """Every mixture of n items (2ⁿ × n): True takes the school's item. Bit k of the row's number is item k."""
    return (np.arange(1 << n)[:, None] >> np.arange(n) & 1).astype(bool)


@cache
def _weights(n: int) -> Floats:
    """Weight of a mixture of so many items that lacks one: s!(n − s − 1)! ÷ n!."""
    return np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])


def _parts(scores: Floats, n: int) -> Floats:
    """Shapley values of n items from the scores of all mixtures."""
    size = _mixtures(n).sum(axis=1)
    out = np.empty(n)
    for k in range(n):
        without = np.flatnonzero(~_mixtures(n)[:, k])
        out[k] = (_weights(n)[size[without]] * (scores[without | (1 << k)] - scores[without])).sum()
    return out
