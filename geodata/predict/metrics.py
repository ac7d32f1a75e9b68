"""How good chances are: Brier score and skill, AUC, calibration error, log score, and errors by group (methods 5b, E7.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import log_loss, roc_auc_score

from geodata.arrays import Floats

Bools = npt.NDArray[np.bool_]
ECE_BINS = 10
LEAST = 10  # schools of a class without which a rate of a group is not given


def brier(answer: Floats, chance: Floats) -> float:
    """Mean squared difference between the chance of yes and the answer (1 or 0)."""
    return float(np.mean((chance - answer) ** 2))


def brier_skill(answer: Floats, chance: Floats, reference: Floats | float) -> float:
    """1 − Brier ÷ Brier of the reference chance; 0 no better than the reference, below 0 worse. NaN where that is perfect."""
    base = brier(answer, np.broadcast_to(np.asarray(reference, dtype=float), answer.shape))
    return 1 - brier(answer, chance) / base if base > 0 else float("nan")


def auc(answer: Floats, chance: Floats) -> float:
    """Chance that a yes stands above a no; NaN where there is only one kind of answer."""
    return float(roc_auc_score(answer, chance)) if 0 < answer.mean() < 1 else float("nan")


def ece(answer: Floats, chance: Floats, bins: int = ECE_BINS) -> float:
    """Expected calibration error over equal bins of the chance: mean gap between chance said and share of yes."""
    place = np.minimum((chance * bins).astype(np.int64), bins - 1)
    n = np.bincount(place, minlength=bins)
    gap = np.abs(np.bincount(place, answer, bins) - np.bincount(place, chance, bins))
    return float(gap[n > 0].sum() / len(answer))


def log_score(answer: Floats, chance: Floats) -> float:
    """Mean of −log of the chance given to what was the case."""
    return float(log_loss(answer, np.clip(chance, 1e-6, 1 - 1e-6), labels=[0, 1]))


def scores(answer: Floats, chance: Floats, reference: Floats) -> dict[str, float]:
    """All of them, rounded to four decimals."""
    found = {
        "brier": brier(answer, chance),
        "brier_skill": brier_skill(answer, chance, reference),
        "auc": auc(answer, chance),
        "ece": ece(answer, chance),
        "log": log_score(answer, chance),
    }
    return {name: round(value, 4) for name, value in found.items()}


def errors(answer: Floats, chance: Floats, yes: Bools, no: Bools) -> dict[str, Any]:
    """Errors of some schools; `yes` and `no` say which answers their sets hold.

    `false_connected` is the share of schools that have it not whose set says yes alone: the error that hides a school.
    `fnr` and `fpr` are of the chance against one half. A rate over fewer than ten schools is not given.
    """
    has, lacks = answer == 1, answer == 0
    held = np.where(has, yes, no)
    return {
        "n": len(answer),
        "share_yes": _rate(has, np.ones_like(has)),
        "chance_mean": round(float(chance.mean()), 4) if len(answer) >= LEAST else None,
        "fnr": _rate(chance < 0.5, has),
        "fpr": _rate(chance >= 0.5, lacks),
        "false_connected": _rate(yes & ~no, lacks),
        "false_unconnected": _rate(no & ~yes, has),
        "coverage": _rate(held, np.ones_like(has)),
        "set_size": round(float((yes.astype(int) + no.astype(int)).mean()), 4) if len(answer) >= LEAST else None,
        "either": _rate(yes & no, np.ones_like(has)),
    }


def _rate(hit: Bools, among: Bools) -> float | None:
    return round(float(hit[among].mean()), 4) if among.sum() >= LEAST else None
