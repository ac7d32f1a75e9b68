"""Line of sight of radio links over terrain: the earth's curve, refraction and the first Fresnel zone.

Two states must both hold: median refraction (k = 4/3) with the whole first Fresnel zone free, and the worst (k = 0.6)
with 60 % of it. The path is a great circle, looked at every cell of the terrain. A path that is blocked where the land is
known is no; one that is free as far as the land is known, but leaves it, is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from geodata.spatial import EARTH_RADIUS_M, Floats, Ints, distance, unit_vectors

STATES = ((4 / 3, 1.0), (0.6, 0.6))  # effective earth radius over the true one, share of the first Fresnel zone
FRESNEL = 17.32  # r1 in metres = 17.32 √(d1·d2 / (f·D)), kilometres and GHz
BATCH = 200_000  # places on paths looked at together
COARSE, COARSE_FROM = 10, 40  # long paths are looked at in ten times longer steps first
NO, YES, UNKNOWN = 0, 1, -1


class Terrain(Protocol):
    """Heights of the land."""

    @property
    def step_m(self) -> float:
        """Metres between two places on a path."""

    def heights(self, lat: Floats, lon: Floats) -> Floats:
        """Metres above sea; NaN outside the raster and where it has no data."""


@dataclass(frozen=True)
class Radio:
    """Heights of antennas above ground at both ends (metres), and the frequency (GHz)."""

    school_m: float
    site_m: float
    ghz: float


def sight(terrain: Terrain, one: tuple[Floats, Floats], other: tuple[Floats, Floats], radio: Radio) -> Ints:
    """YES, NO or UNKNOWN for each link from `one` (latitude, longitude; antenna `school_m`) to `other` (`site_m`).

    The same in both directions: ends are taken in one order, whichever way the link is given.
    """
    metres = distance(*one, *other)
    swap = (one[0] > other[0]) | ((one[0] == other[0]) & (one[1] > other[1]))
    ends = np.column_stack(
        [
            *(np.where(swap, y, x) for x, y in zip(one, other, strict=True)),
            *(np.where(swap, x, y) for x, y in zip(one, other, strict=True)),
            np.where(swap, radio.site_m, radio.school_m),
            np.where(swap, radio.school_m, radio.site_m),
            metres,
        ]
    )
    steps = np.maximum(np.ceil(metres / terrain.step_m), 2).astype(np.int64)
    coarse = steps >= COARSE_FROM
    first = np.where(coarse, steps // COARSE, steps)
    out = _look(terrain, ends, radio.ghz, first)
    again = np.flatnonzero(coarse & (out != NO))  # blocked at one place is blocked; free paths are looked at closely
    out[again] = _look(terrain, ends[again], radio.ghz, steps[again])
    return out


def _look(terrain: Terrain, ends: Floats, ghz: float, steps: Ints) -> Ints:
    """The answer of each link, batch by batch of paths of like length."""
    out = np.full(len(ends), UNKNOWN, dtype=np.int64)
    order = np.argsort(steps, kind="stable")
    start = 0
    while start < len(order):
        many = steps[order[start:]] + 1
        size = max(1, int(np.searchsorted(many * np.arange(1, len(many) + 1), BATCH, "right")))
        some = order[start : start + size]
        out[some] = _batch(terrain, ends[some], ghz, int(steps[some].max()))
        start += size
    return out


def _batch(terrain: Terrain, ends: Floats, ghz: float, steps: int) -> Ints:
    """One row a link: latitude and longitude of both ends, the heights of both antennas, metres. A shorter path is looked
    at as often as the longest of the batch."""
    metres = ends[:, 6]
    share = np.arange(steps + 1) / steps
    lat, lon = along(ends[:, :2], ends[:, 2:4], share)
    ground = terrain.heights(lat.ravel(), lon.ravel()).reshape(lat.shape)
    first, last = ground[:, 0] + ends[:, 4], ground[:, -1] + ends[:, 5]
    beam = first[:, None] * (1 - share) + last[:, None] * share
    d1, d2 = metres[:, None] * share, metres[:, None] * (1 - share)
    km = np.maximum(metres, 1e-9)[:, None] / 1000
    zone = FRESNEL * np.sqrt(d1 * d2 / 1e6 / (ghz * km))
    blocked = np.zeros(len(metres), dtype=bool)
    for k, free in STATES:
        room = beam - d1 * d2 / (2 * k * EARTH_RADIUS_M) - free * zone - ground
        blocked |= (room[:, 1:-1] < 0).any(axis=1)  # a comparison with what is not known is False
    known = np.isfinite(ground).all(axis=1)
    return np.where(blocked, NO, np.where(known, YES, UNKNOWN))


def along(start: Floats, end: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Places on the great circles between two ends (latitude and longitude of each link): links × shares, in degrees.

    They go evenly along the chord; over 100 km that is within a metre of evenly along the arc.
    """
    one, other = unit_vectors(start[:, 0], start[:, 1]), unit_vectors(end[:, 0], end[:, 1])
    x, y, z = (one[:, [i]] + share * (other - one)[:, [i]] for i in range(3))
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
