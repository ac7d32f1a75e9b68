"""Five-year age groups to single years, by Sprague's multipliers, as IIEP-UNESCO splits school ages.

The multipliers pass a smooth curve through neighbouring groups and give each group's total back exactly. In sparse
tables the curve may dip below zero: such years are set to zero and the rest of the group is scaled to its total.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geodata.errors import SchemaError
from geodata.spatial import Floats

WIDTH = 5  # years in a group
FEWEST = 4  # groups that the end panels need

# Rows are the five ages of a group, columns successive groups (methods, section 7; own group sums to 1, others to 0).
_FIRST = np.array([
    (0.3616, -0.2768, 0.1488, -0.0336), (0.2640, -0.0960, 0.0400, -0.0080), (0.1840, 0.0400, -0.0320, 0.0080),
    (0.1200, 0.1360, -0.0720, 0.0160), (0.0704, 0.1968, -0.0848, 0.0176),
])  # fmt: skip
_SECOND = np.array([
    (0.0336, 0.2272, -0.0752, 0.0144), (0.0080, 0.2320, -0.0480, 0.0080), (-0.0080, 0.2160, -0.0080, 0.0),
    (-0.0160, 0.1840, 0.0400, -0.0080), (-0.0176, 0.1408, 0.0912, -0.0144),
])  # fmt: skip
_MIDDLE = np.array([
    (-0.0128, 0.0848, 0.1504, -0.0240, 0.0016), (-0.0016, 0.0144, 0.2224, -0.0416, 0.0064),
    (0.0064, -0.0336, 0.2544, -0.0336, 0.0064), (0.0064, -0.0416, 0.2224, 0.0144, -0.0016),
    (0.0016, -0.0240, 0.1504, 0.0848, -0.0128),
])  # fmt: skip


def single_years(groups: ArrayLike) -> Floats:
    """People of each single year of age (n × 5·G) from those of G successive five-year groups (n × G).

    An unknown group (NaN) leaves unknown the years whose multipliers reach it. Raises SchemaError for fewer than four
    groups, or a negative count. IIEP-UNESCO; methods, section 7 (E9.1).
    """
    people = np.atleast_2d(np.asarray(groups, dtype=np.float64))
    count = people.shape[1]
    if count < FEWEST:
        raise SchemaError(f"Single years need {FEWEST} successive five-year groups at least; there are {count}.")
    if (people < 0).any():
        raise SchemaError("An age group has a negative number of people.")
    panels = []
    for group in range(count):
        multipliers, first = _panel(group, count)
        panels.append(people[:, first : first + multipliers.shape[1]] @ multipliers.T)
    raw = np.stack(panels, axis=1)
    return _not_negative(raw, people).reshape(len(people), count * WIDTH)


def _panel(group: int, count: int) -> tuple[Floats, int]:
    """Multipliers of a group and the first group that they reach; the last two mirror the first two."""
    if group < 2:
        return (_FIRST, _SECOND)[group], 0
    if group >= count - 2:
        return (_FIRST, _SECOND)[count - 1 - group][::-1, ::-1], count - FEWEST
    return _MIDDLE, group - 2


def _not_negative(raw: Floats, totals: Floats) -> Floats:
    clipped = np.maximum(raw, 0.0)  # NaN stays NaN
    sums = clipped.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(sums > 0, totals / sums, 0.0)
    factor = np.where(np.isnan(sums), np.nan, factor)
    return np.where(np.any(raw < 0, axis=2, keepdims=True), clipped * factor[:, :, None], raw)
