"""The simplest model: the share of yes among similar schools. It needs no library, so that screens may ask for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from geodata.arrays import Codes, Floats

SHRINK = 10  # schools' worth of the overall share that a small stratum is pulled towards

Chances = Callable[[Floats, Codes], Floats]


def fit_prevalence(x: Floats, stratum: Codes, answer: Floats, seed: int) -> Chances:
    """The share of yes in the school's stratum, pulled towards the share of all where the stratum is small."""
    overall = float(answer.mean())
    size = int(stratum.max(initial=0)) + 1
    yes, n = np.bincount(stratum, weights=answer, minlength=size), np.bincount(stratum, minlength=size)
    share = (yes + SHRINK * overall) / (n + SHRINK)

    def chances(x: Floats, stratum: Codes) -> Floats:
        return np.where(stratum < size, share[np.minimum(stratum, size - 1)], overall)

    return chances
