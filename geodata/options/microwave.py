"""A point-to-point radio link from a site that the school sees."""

from __future__ import annotations

import numpy as np

from geodata.arrays import flag, number
from geodata.options.ground import MAYBE, NO, Ground, Link
from geodata.options.table import Why

SEEN, UNSURE, HIDDEN, FAR = range(4)  # candidates from best to worst


def link(ground: Ground) -> Link:
    """Feasible from a site in sight within reach, unknown where only the sight is, else not (methods 4.1)."""
    most = ground.number("plan_microwave_max_m")
    rows = ground.of("microwave")
    rows = rows.assign(length_m=rows["distance_m"], along=False)  # radio runs straight, whatever the roads do
    sight = flag(rows["sight"])
    worse = np.where(np.isnan(sight), UNSURE, np.where(sight == 1, SEEN, HIDDEN))
    worse = np.where(number(rows["distance_m"]) > most, FAR, worse)
    near = ground.nearest(rows, worse=worse)
    found = ground.judged(near, "microwave", most, ground.number("plan_microwave_mbps"))
    best = np.where(near.none, FAR, worse[near.row] if len(worse) else FAR)
    return found.but(best == UNSURE, MAYBE, Why.SIGHT_UNKNOWN).but(best == HIDDEN, NO, Why.NO_SIGHT)
