"""Satellite: it needs no network near the school and no location, but a licence that the country's recipe must state."""

from __future__ import annotations

import numpy as np

from geodata.options.ground import MAYBE, NO, Ground, Link
from geodata.options.table import Why

LICENSED, NOT_LICENSED = "licensed", "not_licensed"


def link(ground: Ground) -> Link:
    """Feasible where a provider is licensed, unknown where nobody says so: never assumed (methods 4.1)."""
    slow = ground.planning.get("satellite_orbit") == "geo"
    found = Link.of(ground.nowhere(), ground.number("plan_satellite_mbps"), high_latency=slow)
    licence, every = ground.planning.get("satellite"), np.ones(len(ground.whole), dtype=bool)
    if licence == NOT_LICENSED:
        return found.but(every, NO, Why.NOT_LICENSED)
    return found if licence == LICENSED else found.but(every, MAYBE, Why.LICENCE_UNKNOWN)
