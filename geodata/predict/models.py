"""Three models, from the simplest to the least: the share among similar schools, a logistic curve, boosted trees.

Each takes features with unknowns left in (`Floats`, NaN) and gives a function from features to the chance of yes. They
give the same numbers for the same rows (`study` runs them on one core, so that the number of cores decides nothing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from geodata.arrays import Codes, Floats
from geodata.predict.strata import Chances, fit_prevalence
from geodata.say import later

STRENGTH = 0.1  # inverse of the penalty on the logistic curve's coefficients
TREES, LEAVES, LEAST = 60, 8, 30


@dataclass(frozen=True)
class Model:
    """A way to fit: `fit(features, stratum, answer, seed)` gives the function from features and stratum to chances."""

    name: str
    title: str
    fit: Callable[[Floats, Codes, Floats, int], Chances]


def _constant(share: float) -> Chances:
    return lambda x, stratum: np.full(len(stratum), share)


def fit_logistic(x: Floats, stratum: Codes, answer: Floats, seed: int) -> Chances:
    """A logistic curve with a ridge penalty over standardised features; an unknown one counts as the middle of the known."""
    known = ~np.isnan(x).all(axis=0) if len(x) else np.zeros(x.shape[1], dtype=bool)
    if not known.any() or answer.min() == answer.max():
        return _constant(float(answer.mean()))
    middle = np.nanmedian(x[:, known], axis=0)
    filled = np.where(np.isnan(x[:, known]), middle, x[:, known])
    mean, spread = filled.mean(axis=0), np.where(filled.std(axis=0) > 0, filled.std(axis=0), 1.0)
    model = LogisticRegression(C=STRENGTH, max_iter=300).fit((filled - mean) / spread, answer)

    def chances(x: Floats, stratum: Codes) -> Floats:
        here = np.where(np.isnan(x[:, known]), middle, x[:, known])
        return _yes(model, (here - mean) / spread)

    return chances


def fit_trees(x: Floats, stratum: Codes, answer: Floats, seed: int) -> Chances:
    """Gradient boosting over histograms, small trees; unknown features take the side that fits them."""
    if not x.shape[1] or answer.min() == answer.max():
        return _constant(float(answer.mean()))
    model = HistGradientBoostingClassifier(
        max_iter=TREES, max_leaf_nodes=LEAVES, min_samples_leaf=LEAST, learning_rate=0.1, l2_regularization=1.0,
        early_stopping=False, random_state=seed,
    )  # fmt: skip
    model.fit(x, answer)
    return lambda x, stratum: _yes(model, x)


def _yes(model: object, x: Floats) -> Floats:
    chances: Floats = model.predict_proba(x)[:, 1]  # type: ignore[attr-defined]
    return chances


MODELS = (
    Model("prevalence", later("share among schools of the same settlement and level"), fit_prevalence),
    Model("logistic", later("regularised logistic regression"), fit_logistic),
    Model("trees", later("gradient boosted trees"), fit_trees),
)
