"""Chances that mean what they say: what a model gives, mapped to how often it was right on districts left out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from geodata.arrays import Floats
from geodata.policy import POLICY, Policy

# No chance is nearer to certainty than this: a test on past reports cannot show more.
CERTAIN = 0.01

Calibrator = Callable[[Floats], Floats]


def method(count: int, policy: Policy = POLICY) -> str:
    """isotonic from so many calibration points on that it cannot follow noise, else platt."""
    return "isotonic" if count >= policy.number("prediction_isotonic_min") else "platt"


def calibrator(chance: Floats, answer: Floats, how: str) -> Calibrator:
    """Fitted on chances of schools whose districts the model had not seen; one kind of answer alone changes nothing.

    `how` is what `method` says of all the calibration points, so that a test on a part of them tests what is used.
    """
    if not len(answer) or answer.min() == answer.max():
        return _bounded
    if how == "isotonic":
        curve = IsotonicRegression(out_of_bounds="clip", y_min=0, y_max=1).fit(chance, answer)
        return lambda p: _bounded(curve.predict(p))
    model = LogisticRegression(C=1e4).fit(_logit(chance), answer)
    return lambda p: _bounded(model.predict_proba(_logit(p))[:, 1])


def _bounded(chance: Floats) -> Floats:
    return np.clip(np.asarray(chance, dtype=np.float64), CERTAIN, 1 - CERTAIN)


def _logit(chance: Floats) -> Floats:
    p = np.clip(chance, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p)).reshape(-1, 1)
