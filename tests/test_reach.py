"""What could connect a school: along roads, in a straight line, over the antimeridian, on islands, and where nothing is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from etl.reach import near
from etl.reach.fibre import candidates, named, sources, straight
from etl.reach.near import anchors, neighbours
from etl.reach.radio import cellular
from etl.reach.roads import Doors, doors, network, spread, to_nearest
from geodata.courses import nearest_course
from geodata.people.catchment import road_network
from geodata.spatial import distance

KM = 1 / 111.195
FAR = {"snap_m": 1000.0, "limit": 50_000.0, "detour": 1.2}


def nodes(*places: tuple[float, float], medium: str = "fiber") -> pd.DataFrame:
    lat, lon = zip(*places, strict=True) if places else ((), ())
    return pd.DataFrame({"node_id": [f"N{i}" for i in range(len(places))], "transmission_medium": medium, "latitude": lat, "longitude": lon})  # fmt: skip


def roads(*lines: list[tuple[float, float]]) -> object:
    """A network of lines given as longitude and latitude in kilometres."""
    return network(road_network([shapely.LineString(np.array(line) * KM) for line in lines], 0.0))


def at(*places: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes of places given as kilometres east and north of 0, 0."""
    east, north = np.array(places, dtype=float).T * KM
    return north, east


def test_the_way_along_the_road_counts_and_not_the_straight_line() -> None:
    net = roads([(0, 0), (0, 6), (8, 6), (8, 0)])  # a road round a lake
    table = candidates(*at((0, 0)), sources(nodes((0, 8 * KM)), None), net, **FAR)
    assert table["distance_m"].iloc[0] == pytest.approx(8000, rel=1e-3)
    assert table["along_road_m"].iloc[0] == pytest.approx(20_000, rel=1e-3)


def test_the_nearer_node_by_road_comes_first_though_another_is_nearer_in_a_straight_line() -> None:
    net = roads([(0, 0), (0, 6), (5, 6), (5, 0)], [(0, 0), (-7, 0)])
    table = candidates(*at((0, 0)), sources(nodes((0, 5 * KM), (0, -7 * KM)), None), net, **FAR)
    assert list(table["label"]) == [1, 0]
    assert table["along_road_m"].tolist() == pytest.approx([7000, 17_000], rel=1e-3)


def test_what_is_as_near_as_a_road_may_be_is_joined_straight() -> None:
    net = roads([(0, 0), (0, 6), (0.8, 6), (0.8, 0)])
    table = candidates(*at((0, 0)), sources(nodes((0, 0.8 * KM)), None), net, **FAR)
    assert len(table) == 1
    assert table["along_road_m"].iloc[0] == pytest.approx(800, rel=1e-3)


def test_an_island_and_a_school_off_the_roads_are_measured_straight_and_say_so() -> None:
    net = roads([(0, 0), (10, 0)], [(0, 30), (5, 30)])
    schools = at((0, 30), (5, 4), (5, 0))  # on another piece of road; 4 km from any road; on the node's road
    table = candidates(*schools, sources(nodes((0, 10 * KM)), None), net, **FAR)
    assert table["place"].tolist() == [0, 1, 2]
    assert table["along_road_m"].isna().tolist() == [True, True, False]
    assert table["distance_m"].tolist() == pytest.approx([31_623, 6403, 5000], rel=1e-3)


def test_farther_than_was_looked_there_is_no_row_and_no_node_gives_none() -> None:
    lat, lon = at((0, 0), (0, 60))
    table = candidates(lat, lon, sources(nodes((0, 0)), None), None, **FAR)
    assert table["place"].tolist() == [0]
    for none in (None, nodes(), nodes((0, 0), medium="microwave")):
        assert candidates(lat, lon, sources(none, None), roads([(0, 0), (1, 0)]), **FAR).empty
    nowhere = np.array([np.nan])
    assert candidates(nowhere, nowhere, sources(nodes((0, 0)), None), roads([(0, 0), (1, 0)]), **FAR).empty


def test_over_the_antimeridian() -> None:
    lat, lon = np.array([-17.0, -17.0]), np.array([179.95, -179.95])
    table = candidates(lat[:1], lon[:1], sources(nodes((-17.0, -179.95)), None), None, **FAR)
    assert table["distance_m"].iloc[0] == pytest.approx(10_633, rel=1e-3)
    pairs = neighbours(lat, lon, None, snap_m=1000.0, limit=20_000.0)
    assert len(pairs) == 1
    many = np.linspace(-17, -16.5, 5), np.array([179.9, -179.9, 179.95, -179.95, 180.0])
    assert (neighbours(*many, None, snap_m=1000.0, limit=60_000.0)["distance_m"] < 60_000).all()


def test_lines_of_fibre_are_joined_anywhere_along_them_but_not_where_they_are_planned() -> None:
    course = [(-20 * KM, 0), (20 * KM, 0)]
    lines = gpd.GeoDataFrame(
        {"line_id": ["L1", "L2", None], "transmission_medium": ["fiber", "fiber", "microwave"], "line_status": ["operational", "planned", None]},
        geometry=[shapely.LineString(course), shapely.LineString([(x, 1 * KM) for x, _ in course]), shapely.LineString(course)],
        crs="EPSG:4326",
    )  # fmt: skip
    lat, lon = at((3.37, 2), (19, 7), (40, 0))
    found = sources(None, lines)
    assert found.ids == ("L1",)
    direct = straight(lat, lon, found, 3, 50_000.0)
    exact = nearest_course(lat, lon, lines.geometry.to_numpy()[:1])
    assert direct.place.tolist() == [0, 1, 2]
    assert np.abs(direct.metres - exact).max() < 8  # places along the line stand 250 m apart
    assert set(candidates(lat, lon, found, None, **FAR)["label"]) == {0}


def test_ids_that_are_missing_or_stand_twice_are_told_apart() -> None:
    assert named(pd.Series(["A", None, "A"], dtype="str"), "node") == ["A", "node 2", "A (3)"]


def test_anchors_are_connected_others() -> None:
    lat, lon = at((0, 0), (1, 0), (2, 0), (30, 0))
    links = anchors(lat, lon, np.array([0, 2]), 3, 10_000.0)
    assert list(zip(links.place, links.label, strict=True)) == [(0, 2), (1, 0), (1, 2), (2, 0)]
    assert not len(anchors(lat, lon, np.array([], dtype=np.int64), 3, 10_000.0).place)


def test_the_nearest_4g_and_5g_site_and_nothing_else() -> None:
    cells = pd.DataFrame({"cell_id": ["a", "b", "c", "d"], "radio": ["4G", "5G", "2G", "4G"], "latitude": [0.0, 0.0, 0.0, np.nan], "longitude": [3 * KM, 5 * KM, 0.0, 0.0]})  # fmt: skip
    four, five = cellular(*at((0, 0)), cells, 50_000.0)
    assert (four["from_id"].tolist(), five["from_id"].tolist()) == (["a"], ["b"])
    assert all(t.empty for t in cellular(*at((0, 0)), None, 50_000.0))


def test_one_school_none_and_all_in_one_place_have_neighbours_without_a_fall() -> None:
    keep = {"snap_m": 1000.0, "limit": 20_000.0}
    assert neighbours(*at((0, 0)), None, **keep).empty
    assert neighbours(np.empty(0), np.empty(0), None, **keep).empty
    same = neighbours(*at(*[(1, 1)] * 12), None, **keep)
    assert spanned(12, same["one"], same["other"])
    row = neighbours(*at(*[(x, 0) for x in range(12)]), None, **keep)
    assert spanned(12, row["one"], row["other"])


def spanned(size: int, one: pd.Series, other: pd.Series) -> bool:
    ones = np.ones(len(one))
    tree = minimum_spanning_tree(csr_array((ones, (one, other)), shape=(size, size)))
    return bool(tree.nnz == size - 1)


def tree_length(size: int, one: np.ndarray, other: np.ndarray, metres: np.ndarray) -> float:
    graph = csr_array((np.maximum(metres, 1e-3), (one, other)), shape=(size, size))
    return float(minimum_spanning_tree(graph).sum())


TOWNS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=5, unique=True)


@settings(max_examples=15)
@given(TOWNS, st.integers(0, 2**32 - 1))
def test_the_least_tree_over_all_schools_is_among_the_pairs(towns: list[tuple[int, int]], seed: int) -> None:
    """Crowded towns, where the nearest eight of each school all lie in its own town."""
    rng = np.random.default_rng(seed)
    places = [(x + a, y + b) for x, y in towns for a, b in rng.uniform(0, 0.4, (12, 2))]
    lat, lon = at(*places)
    pairs = neighbours(lat, lon, None, snap_m=1000.0, limit=100_000.0)
    size = len(places)
    one, other = np.triu_indices(size, 1)
    whole = tree_length(size, one, other, distance(lat[one], lon[one], lat[other], lon[other]))
    mine = tree_length(size, pairs["one"].to_numpy(), pairs["other"].to_numpy(), pairs["distance_m"].to_numpy())
    assert mine == pytest.approx(whole, rel=1e-6)
    assert (pairs["one"] < pairs["other"]).all()
    assert not pairs.duplicated(["one", "other"]).any()


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.integers(1, 4))
def test_along_roads_as_a_plain_search_from_every_place_finds_it(seed: int, size: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    grid = np.array([(x, y) for x in range(6) for y in range(6)], dtype=float) + rng.uniform(-0.2, 0.2, (36, 2))
    kept = [(i, j) for i in range(36) for j in (i + 1, i + 6) if j < 36 and (j != i + 1 or j % 6) and rng.random() < 0.75]  # fmt: skip
    net = roads(*([tuple(grid[i]), tuple(grid[j])] for i, j in kept)) if kept else None
    if net is None:
        return
    lat, lon = at(*rng.uniform(-0.5, 5.5, (size, 2)))
    own = doors(net, lat, lon, 600.0)
    links = to_nearest(spread(net, own, np.arange(size), k + 1, 9000.0), own, k + 1, 9000.0)
    metres = plain(net, own, size)
    for place in range(size):
        best = np.sort(metres[place])
        best = best[best <= 9000.0][: k + 1]
        assert links.metres[links.place == place] == pytest.approx(best)
        assert links.metres[links.place == place] == pytest.approx(metres[place, links.label[links.place == place]])
    pairs = near.neighbours(lat, lon, net, snap_m=0.0, limit=50_000.0)
    assert (pairs["along_road_m"].isna() | (pairs["along_road_m"] >= pairs["distance_m"])).all()


def plain(net: object, own: Doors, size: int) -> np.ndarray:
    """Metres between all pairs of places: every pair of doors, by SciPy's search from every point."""
    between = dijkstra(net.graph)  # type: ignore[attr-defined]
    out = np.full((size, size), np.inf)
    for i in range(size):
        for j in range(size):
            for p, out_m in zip(own.point[i], own.metres[i], strict=True):
                for q, in_m in zip(own.point[j], own.metres[j], strict=True):
                    if p >= 0 and q >= 0:
                        out[i, j] = min(out[i, j], out_m + between[p, q] + in_m)
    return out


def test_the_least_tree_along_roads_is_among_the_pairs() -> None:
    rng = np.random.default_rng(7)
    net = roads([(0, 0), (12, 0)], [(12, 0), (12, 9)], [(0, 0), (0, 9)], [(0, 9), (12, 9)])
    ends = [(0.1, 0.1), (11.9, 0.1), (0.1, 8.9), (11.9, 8.9)]
    lat, lon = at(*[(x + a, y + b) for x, y in ends for a, b in rng.uniform(-0.1, 0.1, (11, 2))])
    pairs = neighbours(lat, lon, net, snap_m=500.0, limit=20_000.0)
    own = doors(net, lat, lon, 500.0)
    metres = plain(net, own, len(lat))
    one, other = np.triu_indices(len(lat), 1)
    direct = distance(lat[one], lon[one], lat[other], lon[other])
    whole = np.where(direct <= 500, np.minimum(direct, metres[one, other]), np.maximum(metres[one, other], direct))
    mine = tree_length(len(lat), pairs["one"].to_numpy(), pairs["other"].to_numpy(), pairs["along_road_m"].to_numpy())
    assert pairs["along_road_m"].notna().all()
    assert mine == pytest.approx(tree_length(len(lat), one, other, whole), rel=1e-6)
