"""Geometry on the sphere against brute force: no wrong neighbour at any latitude, one area for each school."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from geodata import spatial
from geodata.spatial import shortest_arc

R = 6_371_008.8
latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


def haversine(lat1: float, lon1: float, lat2: np.ndarray, lon2: np.ndarray) -> np.ndarray:
    """The textbook formula, written apart from the code under test."""
    p1, p2 = np.deg2rad(lat1), np.deg2rad(lat2)
    a = np.sin((p1 - p2) / 2) ** 2 + np.cos(p1) * np.cos(p2) * np.sin(np.deg2rad(lon1 - lon2) / 2) ** 2
    return 2 * R * np.arctan2(np.sqrt(a), np.sqrt(np.maximum(1 - a, 0)))


def wrong(lat, lon, to_lat, to_lon, index) -> int:
    """How many of the found neighbours are farther than the true one by more than 1 mm."""
    bad = 0
    for i in range(len(lat)):
        metres = haversine(lat[i], lon[i], to_lat, to_lon)
        bad += metres[index[i]] > metres.min() + 1e-3
    return bad


BANDS = [(0, 0), (45, 20), (65, 20), (-65, 179), (80, -179), (89, 0), (-89.5, 100), (10, 180)]


@pytest.mark.parametrize(("middle", "meridian"), BANDS)
def test_no_wrong_neighbour_at_any_latitude(middle: float, meridian: float) -> None:
    rng = np.random.default_rng(7)
    lat, to_lat = (np.clip(middle + rng.uniform(-2, 2, n), -90, 90) for n in (400, 300))
    lon, to_lon = ((meridian + rng.uniform(-2, 2, n) + 180) % 360 - 180 for n in (400, 300))
    index, metres = spatial.nearest(lat, lon, to_lat, to_lon)
    assert wrong(lat, lon, to_lat, to_lon, index) == 0
    for i in range(len(lat)):
        assert metres[i] == pytest.approx(haversine(lat[i], lon[i], to_lat, to_lon).min(), abs=1e-3, rel=1e-9)


def test_the_comparison_would_see_a_tree_over_degrees() -> None:
    rng = np.random.default_rng(7)
    lat, to_lat = 65 + rng.uniform(-2, 2, 400), 65 + rng.uniform(-2, 2, 300)
    lon, to_lon = 20 + rng.uniform(-2, 2, 400), 20 + rng.uniform(-2, 2, 300)
    _, index = cKDTree(np.c_[to_lat, to_lon]).query(np.c_[lat, lon])
    assert wrong(lat, lon, to_lat, to_lon, index) > 80


@settings(deadline=None, max_examples=75)
@given(
    st.lists(st.tuples(latitudes, longitudes), min_size=1, max_size=12),
    st.lists(st.tuples(latitudes, longitudes), min_size=1, max_size=12),
)
def test_neighbours_anywhere_on_the_globe(points: list, targets: list) -> None:
    (lat, lon), (to_lat, to_lon) = np.array(points).T, np.array(targets).T
    index, metres = spatial.nearest(lat, lon, to_lat, to_lon)
    for i in range(len(lat)):
        true = haversine(lat[i], lon[i], to_lat, to_lon)
        # Near the antipode half the globe away, chords (and the haversine) tell 10 cm apart, no less.
        slack = 1e-3 if true.min() < 1.9e7 else 1.0
        assert true[index[i]] <= true.min() + slack
        assert metres[i] == pytest.approx(true.min(), abs=slack)


@settings(deadline=None)
@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_the_haversine_and_symmetric(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    there = spatial.distance([lat1], [lon1], [lat2], [lon2])[0]
    assert there == pytest.approx(spatial.distance([lat2], [lon2], [lat1], [lon1])[0], abs=1e-6)
    assert there == pytest.approx(haversine(lat1, lon1, np.array([lat2]), np.array([lon2]))[0], abs=0.5)
    assert 0 <= there <= 20_050_000


def test_known_distances() -> None:
    assert spatial.distance([0], [179.5], [0], [-179.5])[0] == pytest.approx(np.pi * R / 180)
    assert spatial.distance([90], [10], [90], [-100])[0] == pytest.approx(0, abs=1e-6)
    assert spatial.nearest([0], [179.99], [0, 0], [-179.99, 179.0])[0].tolist() == [0]


def test_unusable_locations_have_no_neighbours_and_are_none() -> None:
    index, metres = spatial.nearest([0, np.nan, 91, np.inf], [0, 0, 0, 0], [np.nan, 0.5, 95], [0, 0, 0])
    assert index.tolist() == [1, -1, -1, -1]
    assert np.isnan(metres[1:]).all()
    assert spatial.nearest([0.0], [0.0], [], [])[0].tolist() == [-1]
    assert spatial.nearest([], [], [1.0], [1.0])[0].tolist() == []


def test_the_limit_itself_is_within() -> None:
    lat = np.degrees(1000 / R)
    assert spatial.nearest([0], [0], [lat], [0], within_m=1000.001)[0].tolist() == [0]
    index, metres = spatial.nearest([0], [0], [lat], [0], within_m=999.9)
    assert index.tolist() == [-1]
    assert np.isnan(metres[0])


@pytest.mark.parametrize(("middle", "meridian"), BANDS)
def test_counts_within_equal_brute_force(middle: float, meridian: float) -> None:
    rng = np.random.default_rng(3)
    lat = np.clip(middle + rng.normal(0, 0.03, 500), -90, 90)
    lon = (meridian + rng.normal(0, 0.05, 500) + 180) % 360 - 180
    lat[:5], lon[:5] = lat[5], lon[5]
    counts = spatial.count_within(lat, lon, (1000.0, 3000.0))
    for i in range(len(lat)):
        metres = haversine(lat[i], lon[i], lat, lon)
        assert counts[i].tolist() == [(metres <= 1000).sum() - 1, (metres <= 3000).sum() - 1]


def test_counts_leave_out_the_not_located() -> None:
    assert spatial.count_within([0, 0, np.nan], [0, 0, 0], (1000.0,)).ravel().tolist() == [1, 1, -1]


SQUARES = [shapely.box(x, y, x + 1, y + 1) for y in range(3) for x in range(3)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=40))
def test_each_point_has_exactly_one_area_borders_and_corners_too(grid: list) -> None:
    lat, lon = np.array(grid).T / 4
    area = spatial.area_of(lat, lon, SQUARES)
    assert (area >= 0).all()
    again = spatial.area_of(lat[::-1], lon[::-1], SQUARES)[::-1]
    assert (area == again).all()
    for y, x, a in zip(lat, lon, area, strict=True):
        holders = [i for i, square in enumerate(SQUARES) if square.covers(shapely.Point(x, y))]
        assert a == holders[0]


def test_inside_beats_on_the_edge() -> None:
    first, second = shapely.box(0, 0, 1, 1), shapely.box(0.5, 0, 2, 1)  # they overlap; x = 1 is the first one's edge
    assert spatial.area_of([0.5, 0.5], [1.0, 0.75], [first, second]).tolist() == [1, 0]


def test_outside_missing_and_no_polygons() -> None:
    shapes = [None, shapely.box(0, 0, 1, 1), shapely.Polygon()]
    assert spatial.area_of([0.5, 5, np.nan], [0.5, 5, 0.5], shapes).tolist() == [1, -1, -1]
    assert spatial.area_of([0.5], [0.5], []).tolist() == [-1]
    assert spatial.area_of([], [], shapes).tolist() == []


def test_the_antimeridian_is_one_line() -> None:
    west, east = shapely.box(179, -1, 180, 1), shapely.box(-180, -1, -179, 1)
    assert spatial.area_of([0, 0], [180, -180], [west, east]).tolist() == [0, 1]
    assert spatial.area_of([0, 0], [180, -180], [east]).tolist() == [0, 0]


def test_municipalities_of_tocantins(real_data: Path) -> None:
    towns = gpd.read_file(real_data / "brazil-boundaries" / "geojs-17-mun.json")
    rng = np.random.default_rng(5)
    west, south, east, north = towns.total_bounds
    lat, lon = rng.uniform(south, north, 4000), rng.uniform(west, east, 4000)
    area = spatial.area_of(lat, lon, towns.geometry)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat, crs="EPSG:4326"))
    joined = points.sjoin(towns.to_crs(4326).reset_index(names="at"), predicate="within")["at"]
    joined = joined[~joined.index.duplicated()]
    assert (joined.reindex(points.index, fill_value=-1).to_numpy() == area).all()
    corners = shapely.get_coordinates(towns.geometry.to_numpy())[::7]  # almost all stand on two towns' shared border
    at = spatial.area_of(corners[:, 1], corners[:, 0], towns.geometry)
    assert (at >= 0).all()
    several = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*corners.T, crs="EPSG:4326")).sjoin(
        towns.to_crs(4326), predicate="intersects"
    )
    assert len(several) > len(corners) * 1.5


def test_sites_collapse_cells_of_a_kind() -> None:
    lat, lon, kinds = (
        [1.00001, 1.00002, 1.0, 1.0, np.nan, -90],
        [2.0, 2.0, 2.0, 3.0, 2.0, 180],
        ["4G", "4G", "3G", "4G", "4G", "4G"],
    )
    assert spatial.sites(lat, lon, kinds).tolist() == [0, 2, 3, 5]
    assert spatial.sites(lat, lon).tolist() == [0, 3, 5]
    assert spatial.sites([0, 0], [180, -180]).tolist() == [0]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(0, 90)), min_size=1, max_size=6))
def test_the_shortest_arc_holds_every_span_and_no_shorter_one_does(given_: list[tuple[float, float]]) -> None:
    west = [w for w, _ in given_]
    east = [min(180.0, w + width) for w, width in given_]
    left, right = shortest_arc(west, east)
    length = right - left if right >= left else right - left + 360
    for w, e in zip(west, east, strict=True):
        assert (w - left) % 360 + (e - w) <= length + 1e-6
    for start in west:  # an arc from any other span's west that holds all is no shorter
        reach = max((w - start) % 360 + (e - w) for w, e in zip(west, east, strict=True))
        assert length <= reach + 1e-6
