"""Fibre trees: the worked example, laws against brute force, and what a tree is worth."""

from __future__ import annotations

import time
from itertools import chain, combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.exports.lotmap import fitted, svg
from geodata.exports.typeset import png_of
from geodata.people.catchment import road_network
from geodata.sharing.bundles import bundles, say
from geodata.sharing.steiner import Graph, lay, over_roads
from geodata.sharing.towers import towers
from geodata.sharing.trees import Trees, fibre_trees
from geodata.sharing.worth import branch_gain, kept_from, parents_of, prune
from geodata.spatial import distance
from scripts import fibre_path


def links(*rows: tuple[str, str, float], to: str = "other_id") -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["school_id", to, "distance_m"])


def sites(*ids: str) -> pd.DataFrame:
    return pd.DataFrame({"school_id": list(ids)})


def example(longest: float = 50.0) -> Trees:
    """The published example gives the tree's links and both sums; the star's links are ones that add up to its 40 km."""
    between = links(("B", "A", 3.0), ("C", "B", 4.0), ("Dd", "C", 5.0), ("A", "C", 7.0), ("B", "Dd", 9.0))
    own = links(("A", "O", 4.0), ("B", "O", 8.0), ("C", "O", 12.0), ("Dd", "O", 16.0), to="from_id")
    return fibre_trees(sites("A", "B", "C", "Dd"), between, own, longest_m=longest)


def test_e6_3_shared_fibre_saves_sixty_in_a_hundred() -> None:
    """E6.3."""
    trees = example()
    assert (trees.length_m, trees.star_m) == (16, 40)
    assert trees.saving == pytest.approx(0.6)
    joined = {frozenset(pair) for pair in zip(trees.edges["school_id"], trees.edges["parent_id"], strict=True)}
    assert joined == {frozenset(p) for p in (("A", "B"), ("O", "A"), ("B", "C"), ("C", "Dd"))}
    assert trees.relays()["child"].tolist() == ["B", "C", "Dd"]
    assert trees.relays()["parent"].tolist() == ["A", "B", "C"]


def test_a_link_longer_than_the_longest_is_not_built_and_who_is_missed_is_told_why() -> None:
    trees = example(longest=4.0)
    assert trees.edges["school_id"].tolist() == ["A", "B", "C"]  # 4 is allowed, 5 is not
    assert trees.missed.to_dict("list") == {"school_id": ["Dd"], "why": ["too_far"]}
    alone = fibre_trees(
        pd.DataFrame({"school_id": ["x", "y"], "latitude": [1.0, None]}), links(), links(to="from_id"), longest_m=9
    )
    assert dict(zip(alone.missed["school_id"], alone.missed["why"], strict=True)) == {
        "x": "no_neighbour",
        "y": "no_location",
    }
    assert np.isnan(alone.saving)


def test_the_way_along_the_road_counts_where_it_is_known_and_the_detour_where_it_is_not() -> None:
    own = links(("a", "N", 100.0), ("b", "N", 100.0), to="from_id").assign(along_road_m=[400.0, None])
    trees = fibre_trees(sites("a", "b"), links(("a", "b", 50.0)), own, longest_m=1000, detour=1.2)
    assert trees.edges.set_index("school_id")["metres"].to_dict() == {"b": pytest.approx(120), "a": pytest.approx(60)}
    assert not trees.edges["along_road"].any()
    by_road = fibre_trees(sites("a", "b"), links(), own, longest_m=1000, detour=1.2)
    assert by_road.edges.set_index("school_id")["metres"].to_dict() == {"a": 400.0, "b": pytest.approx(120)}


def test_a_site_that_only_others_reach_is_counted_and_the_saving_is_at_least_so_much() -> None:
    trees = fibre_trees(sites("a", "b"), links(("a", "b", 10.0)), links(("a", "N", 90.0), to="from_id"), longest_m=100)
    assert trees.only_shared == 1
    assert trees.star_m == 90
    assert trees.saving < 0  # nothing is claimed that the data do not show


places = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=7)


@st.composite
def grounds(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, float]:
    """Sites and nodes on a grid of 0.01°, every pair linked; coincident places and equal lengths are many."""
    at, nodes = draw(places), draw(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=3))
    ids = [f"s{i}" for i in range(len(at))]
    y, x = (np.array([p[n] for p in at]) * 0.01 for n in (0, 1))
    v, u = (np.array([p[n] for p in nodes]) * 0.01 for n in (0, 1))
    one, other = np.triu_indices(len(at), 1)
    between = pd.DataFrame(
        {
            "school_id": np.array(ids)[one],
            "other_id": np.array(ids)[other],
            "distance_m": distance(y[one], x[one], y[other], x[other]),
        }
    )
    s, n = np.indices((len(at), len(nodes))).reshape(2, -1)
    own = pd.DataFrame(
        {"school_id": np.array(ids)[s], "from_id": [f"n{k}" for k in n], "distance_m": distance(y[s], x[s], v[n], u[n])}
    )
    return sites(*ids), between, own, draw(st.sampled_from([900.0, 2500.0, 6000.0, 50_000.0]))


@settings(max_examples=12, deadline=None)
@given(grounds(), st.randoms(use_true_random=False))
def test_laws_of_trees(ground: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, float], shuffle: object) -> None:
    every, between, own, longest = ground
    trees = fibre_trees(every, between, own, longest_m=longest)
    edges = trees.edges
    # Everybody is reached once or is missed; no link is too long; parents come first, so there is no circle.
    assert sorted([*edges["school_id"], *trees.missed["school_id"]]) == sorted(every["school_id"])
    assert (edges["metres"] <= longest).all()
    before: set[str] = set()
    for child, parent, kind in zip(edges["school_id"], edges["parent_id"], edges["parent_kind"], strict=True):
        assert kind == "node" or parent in before
        before.add(child)
    assert trees.length_m <= trees.star_m + 1e-6  # every site has a link of its own here
    # Nobody who is missed has a short enough link to a node, or to somebody who is reached.
    lost, short = set(trees.missed["school_id"]), between[between["distance_m"] <= longest]
    assert not lost & set(own.loc[own["distance_m"] <= longest, "school_id"])
    assert ((short["school_id"].isin(lost)) == (short["other_id"].isin(lost))).all()
    again = fibre_trees(
        every.sample(frac=1, random_state=1),
        between.sample(frac=1, random_state=2),
        own.sample(frac=1, random_state=3),
        longest_m=longest,
    )
    pd.testing.assert_frame_equal(again.edges, edges)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-1, 6)), min_size=1, max_size=7))
def test_the_part_that_is_kept_saves_most_of_all_parts(nodes: list[tuple[int, int]]) -> None:
    """Against every subset that contains each member's parent."""
    gain = np.array([float(g) for g, _ in nodes])
    parent = np.array([min(p, i - 1) for i, (_, p) in enumerate(nodes)])
    kept = kept_from(branch_gain(gain, parent), parent)
    assert all(kept[p] for i, p in enumerate(parent) if kept[i] and p >= 0)
    subsets = (np.array(s, dtype=bool) for s in product((False, True), repeat=len(nodes)))
    best = max(float(gain[s].sum()) for s in subsets if all(s[p] for i, p in enumerate(parent) if s[i] and p >= 0))
    assert float(gain[kept].sum()) == best


def test_a_branch_is_cut_where_it_costs_more_than_its_schools_alone() -> None:
    trees = example()
    shared = pd.Series({"A": 50.0, "B": 30.0, "C": 40.0, "Dd": 60.0})
    own = pd.Series({"A": 20.0, "B": 45.0, "C": 90.0, "Dd": 10.0})
    worth = prune(trees, shared, own, pd.Series({"A": 100.0, "B": 100.0, "C": 200.0}))
    table = worth.schools.set_index("school_id")
    assert table["in_tree"].to_dict() == {"A": True, "B": True, "C": True, "Dd": False}  # A loses 30, and carries 65
    assert worth.saving == 35
    assert table.loc["A", "marginal"] == 120  # what giving up the whole tree would spare
    assert table.loc["C", "marginal"] == 40
    assert table["by_learners"].tolist()[:3] == [30.0, 30.0, 60.0]
    assert np.isnan(table.loc["Dd", "by_learners"])
    assert parents_of(trees.edges).tolist() == [-1, 0, 1, 2]


def test_a_school_without_another_way_is_kept_and_counted_and_an_unknown_price_saves_nothing() -> None:
    trees = example()
    shared = pd.Series({"A": 50.0, "B": 30.0, "C": 40.0, "Dd": 60.0})
    only = prune(trees, shared, pd.Series({"A": 1.0, "B": 1.0, "C": 1.0}))
    assert only.schools["in_tree"].all()
    assert only.only_way == 1
    assert only.saving == 3 - 120
    unpriced = prune(trees, shared.drop("B"), pd.Series({"A": 60.0, "B": 99.0, "C": 99.0, "Dd": 99.0}))
    assert unpriced.schools["in_tree"].tolist() == [True, False, False, False]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8),
    st.integers(1, 20),
)
def test_new_sites_are_the_set_that_saves_most(rows: list[tuple[int, int, int]], mast: int) -> None:
    """Against every set of sites."""
    lat, lon, gain = (np.array([r[n] for r in rows], dtype=float) for n in range(3))
    lat, lon = lat * 0.01, lon * 0.01
    frame = pd.DataFrame(
        {
            "school_id": [f"s{n}" for n in range(len(rows))],
            "latitude": lat,
            "longitude": lon,
            "own_cost": gain + 5,
            "served_cost": 5.0,
        }
    )
    found = towers(frame, reach_m=2000, mast_cost=float(mast))
    near = distance(lat[:, None], lon[:, None], lat, lon) <= 2000
    sets = chain.from_iterable(combinations(range(len(rows)), n) for n in range(len(rows) + 1))
    best = max(float(gain[near[list(s)].any(axis=0)].sum()) - mast * len(s) if s else 0.0 for s in sets)
    assert found.saving == pytest.approx(best)
    assert found.exact
    greedy = towers(frame, reach_m=2000, mast_cost=float(mast), exact_most=1)
    assert greedy.saving <= best + 1e-9
    for served in found.served.itertuples():
        assert near[int(served.school_id[1:]), int(served.site[1:])]
    assert found.served["school_id"].is_unique


def test_no_site_is_built_where_prices_or_places_are_not_known() -> None:
    frame = pd.DataFrame(
        {
            "school_id": ["a", "b"],
            "latitude": [0.0, np.nan],
            "longitude": [0.0, 0.0],
            "own_cost": [np.nan, 9e9],
            "served_cost": [1.0, 1.0],
        }
    )
    assert not len(towers(frame, reach_m=5000, mast_cost=10.0).sites)  # one has no known cost, the other no place
    frame["own_cost"] = 9e9
    assert len(towers(frame, reach_m=5000, mast_cost=10.0).sites) == 1
    assert not len(towers(frame, reach_m=5000, mast_cost=float("nan")).sites)


def test_a_bundle_is_said_at_a_discount_that_is_not_known() -> None:
    rows = [
        ("P1", "North", "satellite", 100.0),
        ("P1", "North", "satellite", np.nan),
        ("P1", "North", "fibre", 9.0),
        ("P2", "South", "satellite", 50.0),
    ]
    table = bundles(pd.DataFrame(rows, columns=["area_id", "area", "way", "fees"]))
    assert table[["area", "schools", "fees", "fees_unknown", "saves_10"]].values.tolist() == [
        ["North", 2, 100.0, 1, 10.0]
    ]
    assert "is not known; at 10% off the fees it would save USD 10" in say(table, "USD")
    assert "No area has two" in say(table.iloc[:0], "USD")


def test_the_hundred_sites_of_itus_example(real_data: Path) -> None:
    """ITU's guide states 30.68 s for 100 points and 30 nodes, over roads; its example files hold none."""
    folder = real_data / "itu-planning-examples"
    spots, nodes = fibre_path.example(folder)
    assert (len(spots), len(nodes)) == (100, 30)
    start = time.perf_counter()
    trees = fibre_path.path(spots, nodes, 20_000, 1.2)
    assert time.perf_counter() - start < 5
    assert len(trees.edges) == 100
    assert not len(trees.missed)
    assert (trees.edges["metres"] <= 20_000).all()
    assert round(trees.length_m / 1000, 1) == 133.2
    assert round(trees.star_m / 1000, 1) == 261.9
    drawing = fibre_path.drawn(trees, spots, nodes)
    picture = png_of(svg(drawing, fitted(drawing, 60, 80), title="trees"), width_mm=60, ppi=72)
    assert picture.startswith(b"\x89PNG")
    short = fibre_path.path(spots, nodes, 1500, 1.2)
    assert set(short.missed["why"]) <= {"too_far", "no_neighbour"}
    assert (short.edges["metres"] <= 1500).all()
    assert len(short.edges) + len(short.missed) == 100


@st.composite
def road_graphs(draw: st.DrawFn) -> Graph:
    """Up to 8 points, up to 4 of them terminals, stretches of 1 to 9 m; not always in one piece."""
    size = draw(st.integers(2, 8))
    ends = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1), st.integers(1, 9)).filter(
        lambda e: e[0] != e[1]
    )
    rows = draw(st.lists(ends, min_size=1, max_size=14))
    start, end, metres = (np.array([r[n] for r in rows]) for n in range(3))
    return Graph(size, start, end, metres.astype(float), np.arange(min(draw(st.integers(1, 4)), size)))


def least_tree(graph: Graph, terminals: list[int]) -> float:
    """The shortest tree over some terminals, by trying all sets of other points."""
    others = [p for p in range(graph.size) if p not in terminals]
    best = np.inf
    for extra in chain.from_iterable(combinations(others, n) for n in range(len(others) + 1)):
        inside = {*terminals, *extra}
        group = {p: p for p in inside}

        def top(p: int, group: dict[int, int] = group) -> int:
            while group[p] != p:
                p = group[p]
            return p

        total, joined = 0.0, 1
        for row in np.argsort(graph.metres, kind="stable"):
            a, b = int(graph.start[row]), int(graph.end[row])
            if a in inside and b in inside and top(a) != top(b):
                group[top(a)] = top(b)
                total, joined = total + graph.metres[row], joined + 1
        best = min(best, total) if joined == len(inside) else best
    return best


@settings(max_examples=40, deadline=None)
@given(road_graphs())
def test_a_tree_over_roads_is_at_most_twice_the_shortest(graph: Graph) -> None:
    laid = lay(graph)
    reached = graph.terminals[laid.reached].tolist()
    best = least_tree(graph, reached)
    assert best - 1e-9 <= laid.length_m <= 2 * best + 1e-9
    assert laid.length_m <= laid.links_m + 1e-9
    assert all(least_tree(graph, [0, int(t)]) == np.inf for t in graph.terminals[~laid.reached])
    degree = np.bincount(np.r_[graph.start[laid.stretches], graph.end[laid.stretches]], minlength=graph.size)
    assert not [p for p in np.flatnonzero(degree == 1) if p not in graph.terminals]  # no dead end


def test_a_stretch_that_two_ways_share_is_built_once() -> None:
    """A fork: the node (0) is 10 m from the fork, two sites 1 m behind it. Whole ways: 11 + 2; laid over each other: 12."""
    fork = Graph(4, np.array([0, 1, 1]), np.array([1, 2, 3]), np.array([10.0, 1.0, 1.0]), np.array([0, 2, 3]))
    laid = lay(fork)
    assert (laid.length_m, laid.links_m) == (12, 13)
    assert lay(fork, longest_m=10.5).reached.tolist() == [True, False, False]


def test_sites_join_the_road_beside_them_and_straight_links_stand_beside_the_roads() -> None:
    roads = road_network(shapely.from_wkt(["LINESTRING (0 0, 0.02 0)"]), 0)
    lat, lon = np.array([0.001, 0.001, 0.5]), np.array([0.01, 0.012, 0.5])
    graph = over_roads(roads, (lat, lon), (np.array([0.0]), np.array([0.0])), snap_m=500)
    laid = lay(graph)
    assert laid.reached.tolist() == [True, True, True, False]  # the network first; the third site is far from the road
    assert laid.length_m < laid.links_m < 1500
    straight = (np.array([2]), np.array([-1]), np.array([77_000.0]))
    again = over_roads(roads, (lat, lon), (np.array([0.0]), np.array([0.0])), snap_m=500, straight=straight)
    assert lay(again).reached.all()
    assert not lay(again, longest_m=50_000).reached.all()
