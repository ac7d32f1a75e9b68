"""Offline-first: a server with content that needs no internet. It serves meanwhile, and never counts as connected."""

from __future__ import annotations

import numpy as np

from geodata.options.ground import YES, Ground, Link
from geodata.options.table import Why


def link(ground: Ground) -> Link:
    """Feasible everywhere, with the reason why it is no connection."""
    every = np.ones(len(ground.whole), dtype=bool)
    return Link.of(ground.nowhere(), 0.0).but(every, YES, Why.NOT_A_CONNECTION)
