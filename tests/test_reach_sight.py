"""Line of sight: ridges, the earth's curve, holes in the terrain, both directions, and a plain calculation beside ours."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine

from etl.reach import radio, terrain
from etl.reach.near import Points
from etl.reach.sight import NO, UNKNOWN, YES, Radio, sight
from etl.reach.terrain import open_terrain
from geodata.errors import SourceError
from geodata.spatial import EARTH_RADIUS_M

KM = 1 / 111.195
RADIO = Radio(5.0, 25.0, 8.0)


@dataclass(frozen=True)
class Made:
    """Heights by a function of kilometres east and north."""

    of: Callable[[np.ndarray, np.ndarray], np.ndarray]
    step_m: float = 50.0

    def heights(self, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
        return np.asarray(self.of(lon / KM, lat / KM), dtype=float)


FLAT = Made(lambda x, y: 0.0 * x)


def look(land: Made, one: tuple[float, float], other: tuple[float, float], how: Radio = RADIO) -> int:
    """One link between places given as kilometres east and north."""
    ends = [tuple(np.array([v * KM]) for v in (north, east)) for east, north in (one, other)]
    return int(sight(land, ends[0], ends[1], how)[0])


def ridge(height: float, at_km: float, wide_km: float = 0.3) -> Made:
    return Made(lambda x, y: height * np.exp(-(((x - at_km) / wide_km) ** 2)))


def test_a_ridge_between_two_places_blocks_and_a_lower_one_does_not() -> None:
    assert look(FLAT, (0, 0), (6, 0)) == YES
    assert look(ridge(60, 3), (0, 0), (6, 0)) == NO
    assert look(ridge(4, 3), (0, 0), (6, 0)) == YES  # 15 m of beam there, 7.5 m of the first zone, 2 m of curve
    assert look(ridge(60, 9), (0, 0), (6, 0)) == YES  # behind the site
    assert look(ridge(60, 6), (0, 0), (6, 0)) == YES  # the site stands on it


def test_the_earth_alone_blocks_long_links_over_the_sea() -> None:
    high = Radio(25.0, 25.0, 8.0)
    assert look(FLAT, (0, 0), (5, 0), high) == YES
    assert look(FLAT, (0, 0), (30, 0), high) == NO  # at k = 0.6 the sea stands 29 m up in the middle
    assert look(FLAT, (0, 0), (30, 0), Radio(90.0, 90.0, 8.0)) == YES


def test_each_of_the_two_states_decides_where_it_is_the_harder() -> None:
    """25 km over the sea, masts of h metres: k = 4/3 needs 9.20 + 15.31 = 24.51 m, k = 0.6 needs 20.44 + 0.6 × 15.31 = 29.63 m."""
    assert [look(FLAT, (0, 0), (25, 0), Radio(h, h, 8.0)) for h in (24.0, 29.0, 29.9)] == [NO, NO, YES]
    # 4 km at 1 GHz: k = 4/3 needs 0.24 + 17.32 m, k = 0.6 only 0.52 + 10.39 m
    assert [look(FLAT, (0, 0), (4, 0), Radio(h, h, 1.0)) for h in (11.5, 17.0, 17.8)] == [NO, NO, YES]


def test_where_the_land_is_not_known_the_answer_is_not_known_unless_it_is_blocked_before() -> None:
    hole = Made(lambda x, y: np.where(x > 4, np.nan, 0.0))
    assert look(hole, (0, 0), (6, 0)) == UNKNOWN
    assert look(hole, (0, 0), (3, 0)) == YES
    gap = Made(lambda x, y: np.where(np.abs(x - 4) < 0.2, np.nan, 60 * np.exp(-(((x - 2) / 0.3) ** 2))))
    assert look(gap, (0, 0), (6, 0)) == NO
    assert (
        look(Made(lambda x, y: np.where(x < 0.01, np.nan, 0.0)), (0, 0), (6, 0)) == UNKNOWN
    )  # not even where it stands


def test_a_mast_in_the_school_yard_is_in_sight() -> None:
    assert look(FLAT, (2, 2), (2, 2)) == YES


def plain(land: Made, one: tuple[float, float], other: tuple[float, float], how: Radio, steps: int) -> float:
    """The least room of a link in metres, place by place, in plain Python; both states."""
    a, b = ((math.radians(north * KM), math.radians(east * KM)) for east, north in (one, other))
    p, q = ((math.cos(f) * math.cos(m), math.cos(f) * math.sin(m), math.sin(f)) for f, m in (a, b))
    angle = math.acos(max(-1.0, min(1.0, sum(u * v for u, v in zip(p, q, strict=True)))))
    total = EARTH_RADIUS_M * angle
    ground = []
    for i in range(steps + 1):
        t = i / steps
        w, v = math.sin((1 - t) * angle) / math.sin(angle), math.sin(t * angle) / math.sin(angle)
        x, y, z = (w * m + v * n for m, n in zip(p, q, strict=True))
        lat, lon = math.degrees(math.asin(max(-1.0, min(1.0, z)))), math.degrees(math.atan2(y, x))
        ground.append(float(land.heights(np.array([lat]), np.array([lon]))[0]))
    least = math.inf
    for i in range(1, steps):
        t = i / steps
        d1, d2 = t * total / 1000, (1 - t) * total / 1000
        beam = (ground[0] + how.school_m) * (1 - t) + (ground[-1] + how.site_m) * t
        zone = 17.32 * math.sqrt(d1 * d2 / (how.ghz * total / 1000))
        for k, share in ((4 / 3, 1.0), (0.6, 0.6)):
            least = min(least, beam - d1 * d2 * 1e6 / (2 * k * EARTH_RADIUS_M) - share * zone - ground[i])
    return least


PLACE = st.tuples(st.floats(-12, 12), st.floats(-12, 12))


@settings(max_examples=60)
@given(PLACE, PLACE, st.integers(0, 2**32 - 1), st.tuples(*[st.floats(0.5, 60)] * 2, st.sampled_from([1.0, 8.0, 23.0])))
def test_as_a_plain_calculation_finds_it_and_the_same_from_both_ends(
    one: tuple[float, float], other: tuple[float, float], seed: int, how: tuple[float, float, float]
) -> None:
    if math.dist(one, other) < 0.5:
        return
    rng = np.random.default_rng(seed)
    hills = rng.uniform(-12, 12, (6, 2)), rng.uniform(1, 5, 6), rng.uniform(-40, 120, 6)
    land = Made(
        lambda x, y: sum(
            h * np.exp(-((x - c[0]) ** 2 + (y - c[1]) ** 2) / w**2) for c, w, h in zip(*hills, strict=True)
        ),
        step_m=250.0,
    )
    metres = math.hypot(*(np.subtract(one, other))) * 1000
    room = plain(land, one, other, Radio(*how), max(math.ceil(round(metres / 250.0, 9)), 2))
    found = look(land, one, other, Radio(*how))
    assert found == look(land, other, one, Radio(how[1], how[0], how[2]))
    if abs(room) > 1.0:  # a step more or less, and even steps along the chord, move the path a little
        assert found == (YES if room > 0 else NO)


def corner(west: float, north: float, across: float, down: float) -> Affine:
    return Affine(across, 0, west, 0, -down, north)


def raster(
    path: Path, values: np.ndarray, transform: Affine, crs: str = "EPSG:4326", nodata: float | None = None
) -> Path:
    height, width = values.shape
    with rasterio.open(path, "w", driver="GTiff", dtype=values.dtype, count=1, crs=crs, height=height, width=width, transform=transform, nodata=nodata) as out:  # fmt: skip
        out.write(values, 1)
    return path


def test_heights_between_cells_outside_and_without_data(tmp_path: Path) -> None:
    values = np.array([[100, 200, 300], [100, 200, 300], [100, -32768, 300]], dtype=np.int16)
    path = raster(tmp_path / "t.tif", values, corner(10, 3, 1, 1), nodata=-32768)
    land = open_terrain([path], np.array([1.5]), np.array([11.5]), 1000.0)
    lat = np.array([2.5, 2.5, 1.5, 0.5, 0.9, 5.0, 1.5])
    lon = np.array([10.5, 11.0, 12.99, 11.5, 11.2, 11.0, 9.0])
    assert land.heights(lat, lon).tolist() == pytest.approx(
        [100, 150, 300, np.nan, np.nan, np.nan, np.nan], nan_ok=True
    )
    assert land.step_m == pytest.approx(111_195 * math.cos(math.radians(1.5)), rel=1e-3)


def test_a_projected_raster_says_the_same_as_one_in_degrees(tmp_path: Path) -> None:
    """UTM 32N around 9° E: the same slope, in metres and in degrees."""
    east = np.arange(400_000, 600_000, 500.0)
    slope = np.tile((east + 250 - 500_000) / 1000 + 500, (400, 1)).astype(np.float32)
    utm = open_terrain([raster(tmp_path / "u.tif", slope, corner(400_000, 200_000, 500, 500), "EPSG:32632")], np.array([0.9]), np.array([9.0]), 30_000.0)  # fmt: skip
    assert utm.step_m == 500
    heights = utm.heights(np.array([0.9, 0.9, 0.9]), np.array([9.0, 9.1, 13.0]))
    assert heights[:2] == pytest.approx([500, 500 + 11.12], abs=0.3)
    assert np.isnan(heights[2])


def test_a_file_that_holds_no_heights_is_refused(tmp_path: Path) -> None:
    people = raster(tmp_path / "p.tif", np.full((4, 4), 50_000.0, dtype=np.float32), corner(0, 4, 1, 1))
    here = np.array([2.0]), np.array([2.0])
    with pytest.raises(SourceError, match="no heights in metres"):
        open_terrain([people], *here, 1000.0)
    text = tmp_path / "x.tif"
    text.write_text("heights", "utf-8")
    with pytest.raises(SourceError, match="cannot be read as a raster of heights"):
        open_terrain([text], *here, 1000.0)


def test_a_terrain_beyond_the_antimeridian_and_one_far_away(tmp_path: Path) -> None:
    values = np.full((20, 40), 7.0, dtype=np.float32)
    path = raster(tmp_path / "t.tif", values, corner(178, -16, 0.1, 0.1))  # to 182 degrees
    land = open_terrain([path], np.array([-17.0, -17.0]), np.array([179.9, -179.9]), 30_000.0)
    assert land.heights(np.array([-17.0, -17.0, -17.0]), np.array([179.95, -179.95, -177.0])).tolist() == pytest.approx([7, 7, np.nan], nan_ok=True)  # fmt: skip
    far = open_terrain([path], np.array([50.0]), np.array([8.0]), 30_000.0)
    assert np.isnan(far.heights(np.array([50.0]), np.array([8.0])))


def test_a_large_country_is_looked_at_in_groups_and_the_answers_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    land = np.kron(rng.integers(0, 150, (40, 40)), np.ones((10, 10))).astype(np.int16)
    path = raster(tmp_path / "t.tif", land, corner(178, 2, 0.01, 0.01))  # over 180 degrees
    lat, lon = rng.uniform(-1.5, 1.5, 60), (rng.uniform(178.5, 181.5, 60) + 180) % 360 - 180
    lat[7] = np.nan
    stops = Points(tuple("abcdef" * 5), rng.uniform(-1.5, 1.5, 30), (rng.uniform(178.5, 181.5, 30) + 180) % 360 - 180)

    def told() -> pd.DataFrame:
        parts = []
        for group, ground in terrain.around([path], lat, lon, 30_000.0):
            seen = radio.visible(lat[group], lon[group], stops, ground, RADIO, 30_000.0)
            parts.append(seen.assign(place=group[seen["place"]]))
        groups.append(len(parts))
        return pd.concat(parts).sort_values(["place", "distance_m"], ignore_index=True)

    groups: list[int] = []
    whole = told()
    monkeypatch.setattr(terrain, "MOST_CELLS", 20_000)
    pd.testing.assert_frame_equal(told(), whole)
    assert groups[0] == 1
    assert groups[1] > 4
    assert set(whole["sight"]) == {YES, NO}


def points(*places: tuple[float, float]) -> Points:
    east, north = np.array(places, dtype=float).T * KM
    return Points(tuple(f"M{i}" for i in range(len(places))), north, east)


def shown(land: Made | None, masts: Points) -> pd.DataFrame:
    return radio.visible(np.zeros(1), np.zeros(1), masts, land, RADIO, 30_000.0)


def test_the_nearest_three_in_sight_else_what_is_known_of_the_nearest() -> None:
    wall = Made(lambda x, y: np.where((np.abs(x - 1) < 0.3) & (np.abs(y) < 3), 200.0, 0.0))
    behind, free = [(2 + 0.1 * i, 0.0) for i in range(4)], [(0.0, 3.0 + i) for i in range(4)]
    seen = shown(wall, points(*behind, *free))
    assert seen["label"].tolist() == [4, 5, 6]  # the fourth is in sight too, and farther
    assert (seen["sight"] == YES).all()
    hidden = shown(wall, points(*behind))
    assert (hidden["label"].tolist(), hidden["sight"].tolist()) == ([0], [NO])
    unknown = shown(None, points(*behind))
    assert (unknown["label"].tolist(), set(unknown["sight"])) == ([0, 1, 2], {UNKNOWN})
    many = shown(wall, points(*[(2 + 0.01 * i, 0.0) for i in range(60)]))
    assert many["sight"].tolist() == [UNKNOWN]  # beyond the 48 nearest nobody looked: not known to be hidden
    assert shown(wall, points((31.0, 0.0))).empty
