"""Schools that stand twice in one source: one name, marks and all, at one spot (an outline and a point of one map)."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from etl.linking.records import Records
from geodata.spatial import chord, unit_vectors

TWICE_M = 100.0  # metres within which one name is one school


def repeats(side: Records, rows: list[int]) -> list[tuple[int, int]]:
    """(row that repeats, row that stays) of the given rows; the first id stays. Declared levels must not differ."""
    located = side.located
    at = np.array([j for j in rows if side.names[j].core and located[j]], dtype=np.int64)
    if len(at) < 2:
        return []
    tree = cKDTree(unit_vectors(side.lat[at], side.lon[at]))
    near = tree.query_pairs(chord(TWICE_M), output_type="ndarray")
    stays: dict[int, int] = {}
    for a, b in sorted((int(at[a]), int(at[b])) for a, b in near):
        one, other = min(a, b), max(a, b)
        levels = side.levels[one], side.levels[other]
        same = side.names[one].key == side.names[other].key and (
            not levels[0] or not levels[1] or levels[0] == levels[1]
        )
        if same and other not in stays and one not in stays:
            stays[other] = one
    return sorted(stays.items())
