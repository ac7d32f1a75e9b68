"""Sets that hold the true answer as often as promised, within each kind of settlement (methods 5b, E7.2).

Score s = 1 − chance of the answer. With n calibration scores the limit is the ⌈(n+1)(1−α)⌉-th smallest; a set holds
every answer whose score is within the limit. crepes computes the p-values of the sets by group (Mondrian: Vovk,
Gammerman and Shafer 2005); `limit` is the same by the formula, and a test holds one against the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from crepes import ConformalClassifier

from geodata.arrays import DECIMALS, Codes, Floats
from geodata.policy import POLICY, Policy
from geodata.predict.metrics import Bools

OTHER = 0
# Chances are compared in steps: those of one stratum differ a little from one part of the test to the next, and a limit
# that falls between two of them would rule an answer out for the whole stratum by luck.
STEP = 0.02


@dataclass(frozen=True)
class Sets:
    """Which answers each school's set holds."""

    yes: Bools
    no: Bools

    @property
    def words(self) -> np.ndarray:
        """yes, no or either of each school."""
        return np.where(self.yes & ~self.no, "yes", np.where(self.no & ~self.yes, "no", "either"))


def least_calibration(alpha: float) -> int:
    """Calibration scores without which no limit exists: 9 at α = .1, 19 at α = .05."""
    return math.ceil(round(1 / alpha, 9)) - 1


def limit(scores: Floats, alpha: float) -> float:
    """The ⌈(n+1)(1−α)⌉-th smallest score; infinite where there are too few, so that every answer stays possible."""
    k = math.ceil(round((len(scores) + 1) * (1 - alpha), 9))
    return float(np.sort(scores)[k - 1]) if k <= len(scores) else math.inf


def by_formula(chance: Floats, scores: Floats, alpha: float) -> Sets:
    """Sets of one group by the limit alone."""
    q = limit(np.round(scores, DECIMALS), alpha)
    return Sets(np.round(1 - chance, DECIMALS) <= q, np.round(chance, DECIMALS) <= q)


def groups(settlement: pd.Series, area_type: pd.Series, counted: Bools, policy: Policy = POLICY) -> Codes:
    """A number for each kind of settlement (national urban or rural where not given) with enough calibration schools.

    Kinds with fewer share the number 0, as do schools whose settlement is not known.
    """
    kind = settlement if settlement.notna().any() else area_type
    codes, names = pd.factorize(kind, sort=True)
    enough = np.bincount(codes[counted & (codes >= 0)], minlength=len(names)) >= policy.number("prediction_group_min")
    return np.where((codes >= 0) & np.append(enough, False)[codes], codes + 1, OTHER).astype(np.int64)


def conformal_sets(
    chance: Floats, group: Codes, calibration: tuple[Floats, Floats, Codes], policy: Policy = POLICY
) -> Sets:
    """Sets of schools from their calibrated chances; `calibration` holds chances, answers and groups of others.

    A group with too few calibration schools rules nothing out. An empty set (both answers unlikely) says nothing
    either, so it becomes both.
    """
    known, answer, known_group = calibration
    alpha = policy.number("conformal_alpha")
    known, chance = (np.round(np.round(p / STEP) * STEP, DECIMALS) for p in (known, chance))
    scores = np.round(np.where(answer == 1, 1 - known, known), DECIMALS)
    alphas = np.round(np.column_stack([1 - chance, chance]), DECIMALS)
    yes, no = np.ones(len(chance), dtype=bool), np.ones(len(chance), dtype=bool)
    for own in np.unique(group):
        here, told = group == own, known_group == own
        if told.sum() < least_calibration(alpha):
            continue
        fitted = ConformalClassifier()
        fitted.fit(scores[told])
        p = fitted.predict_p(alphas[here], all_classes=True, smoothing=False)
        within = p > alpha + 1e-12  # s ≤ limit of the formula: crepes' own sets keep one score more at a tie
        nothing = ~within.any(axis=1)
        yes[here], no[here] = within[:, 0] | nothing, within[:, 1] | nothing
    return Sets(yes, no)
