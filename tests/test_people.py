"""People, not only schools: the method's worked examples, the laws behind them, and ways over a small road network."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from geodata.errors import SchemaError
from geodata.people.access import floating_catchment, step_weights
from geodata.people.bivariate import classes, marginalisation_classes, need_classes, thirds
from geodata.people.catchment import nearest_school, road_network, schools_in_reach, ways
from geodata.people.cells import coarser, people_by_cell, resolution_for
from geodata.people.children import official_ages, school_age, schools_of
from geodata.people.sprague import single_years
from geodata.people.spread import exceeds, out_of_school
from geodata.people.underserved import Bounds, connected_share, out_of_school_bounds, underserved, underserved_bounds
from geodata.people.unserved import groups, places_without_school
from geodata.policy import POLICY
from geodata.population import Block
from geodata.spatial import distance
from tests.factories import schools

GROUPS = [700.0, 650.0, 600.0, 500.0, 420.0]
MINUTES = csr_array(np.array([[10.0, 40.0], [20.0, 25.0], [50.0, 15.0]]))
CHILDREN, SEATS = [100.0, 200.0, 150.0], [20.0, 30.0]


def table(groups: list[float], sex: str = "total", first: int = 0) -> pd.DataFrame:
    columns = pd.MultiIndex.from_tuples([(sex, first + 5 * n) for n in range(len(groups))], names=["sex", "age"])
    return pd.DataFrame([groups], index=["a"], columns=columns)


# --- E9.1 Sprague ---------------------------------------------------------------------------------------------------


def test_e9_1_single_years_and_their_sums() -> None:
    years = single_years([GROUPS])[0]
    expected = [145.68, 142.4, 139.6, 137.2, 135.12, 133.28, 131.6, 130.0, 128.4, 126.72, 125.072, 123.568, 121.168, 117.408, 112.784]  # fmt: skip
    np.testing.assert_allclose(years[:15], expected, atol=1e-9)
    assert years[6:12].sum() == pytest.approx(765.36)
    np.testing.assert_allclose(years.reshape(5, 5).sum(axis=1), GROUPS)


def test_e9_1_primary_age_of_six_to_eleven() -> None:
    children = school_age(table(GROUPS), POLICY).iloc[0]
    assert children["children_primary"] == pytest.approx(765.36)
    assert np.isnan(children["children_primary_girls"])  # the table does not tell the sexes apart


@settings(max_examples=30)
@given(st.integers(4, 9).flatmap(lambda n: arrays(np.float64, (3, n), elements=st.floats(0, 1e6))))
def test_single_years_are_never_negative_and_give_their_group_back(groups: np.ndarray) -> None:
    years = single_years(groups)
    assert (years >= -1e-9).all()
    np.testing.assert_allclose(years.reshape(*groups.shape, 5).sum(axis=2), groups, rtol=1e-9, atol=1e-6)


def test_a_sparse_table_is_clipped_and_scaled_to_its_group() -> None:
    years = single_years([[10.0, 0.0, 0.0, 100.0, 0.0]])[0]
    assert (years >= 0).all()
    assert years[5:15].sum() == 0
    assert years[15:20].sum() == pytest.approx(100)


def test_an_unknown_group_leaves_what_it_reaches_unknown_and_nothing_else() -> None:
    years = single_years([[700.0, 650.0, 600.0, 500.0, 420.0, np.nan, 300.0, 200.0]])[0]
    assert np.isfinite(years[:15]).all()
    assert np.isnan(years[15:]).any()


def test_too_few_groups_are_refused_and_ages_beyond_the_table_unknown() -> None:
    with pytest.raises(SchemaError, match="4 successive"):
        single_years([[1.0, 2.0, 3.0]])
    children = school_age(table(GROUPS[:4]), POLICY.with_values({"years_upper_secondary": 8}))
    assert np.isnan(children.iloc[0]["children_upper_secondary"])  # to 22, the table ends at 19
    assert np.isfinite(children.iloc[0]["children_primary"])


def test_girls_and_boys_are_split_apart_and_added() -> None:
    both = pd.concat([table(GROUPS, "girls"), table([2 * g for g in GROUPS], "boys")], axis=1)
    children = school_age(both, POLICY).iloc[0]
    assert children["children_primary"] == pytest.approx(3 * 765.36)
    assert children["children_primary_girls"] == pytest.approx(765.36)


def test_official_ages_follow_each_other() -> None:
    ages = official_ages(POLICY.with_values({"entry_age_primary": 7, "years_primary": 4}))
    assert [(a.first, a.end) for a in ages] == [(7, 11), (11, 14), (14, 17)]


# --- E9.2 underserved -----------------------------------------------------------------------------------------------


def test_e9_2_underserved_children() -> None:
    assert pytest.approx(168.38, abs=0.005) == 765.36 * 0.22
    assert pytest.approx(447.74, abs=0.005) == 765.36 * 0.78 * 0.75
    assert underserved(765.36, 0.22, 0.25) == pytest.approx(616.11, abs=0.005)


shares = st.floats(0, 1)


@settings(max_examples=30)
@given(shares, shares, shares, shares, shares, shares)
def test_bounds_hold_the_truth_and_knowing_more_never_widens_them(  # noqa: PLR0917 - two truths, two ends each
    o: float, m: float, a: float, b: float, c: float, d: float
) -> None:
    out = Bounds(np.array([min(o, a)]), np.array([max(o, b)]))
    good = Bounds(np.array([min(m, c)]), np.array([max(m, d)]))
    wide = underserved_bounds([100.0], out, good)
    truth = float(underserved(100.0, o, m))
    assert wide.lower[0] - 1e-9 <= truth <= wide.upper[0] + 1e-9
    narrow = underserved_bounds([100.0], Bounds(np.array([o]), np.array([o])), good)
    assert narrow.lower[0] >= wide.lower[0] - 1e-9
    assert narrow.upper[0] <= wide.upper[0] + 1e-9


def test_nothing_known_says_none_to_all_and_unknown_children_stay_unknown() -> None:
    anything = Bounds(np.zeros(2), np.ones(2))
    bounds = underserved_bounds([80.0, np.nan], out_of_school_bounds([np.nan, np.nan]), anything)
    assert (bounds.lower[0], bounds.upper[0]) == (0, 80)
    assert np.isnan(bounds.lower[1])
    assert np.isnan(bounds.upper[1])


def test_connected_share_counts_learners_and_keeps_the_unknown_apart() -> None:
    share = connected_share(np.array([0, 0, 0]), np.array([100.0, 300.0, 100.0]), np.array([1.0, 0.0, np.nan]), 2)
    assert share.lower.tolist() == [0.2, 0.0]
    assert share.upper.tolist() == [0.4, 1.0]


def test_enrolment_bounds_children_out_of_school_and_an_excess_is_a_doubt() -> None:
    children = pd.Series([100.0, 100.0, 100.0, np.nan], index=list("abcd"))
    enrolled = pd.DataFrame({"learners_enrolled": [80, 60, 130, 50], "schools_without_learners": [0, 2, 0, 0]}, index=list("abcd")).astype("Int64")  # fmt: skip
    assert exceeds(enrolled, children).tolist() == [False, pd.NA, True, pd.NA]
    lower, upper, inferred = out_of_school(pd.Series([np.nan] * 4, index=list("abcd")), children, enrolled)
    assert lower["a"] == upper["a"] == pytest.approx(0.2)
    assert np.isnan(lower["b"])
    assert upper["b"] == pytest.approx(0.4)
    assert np.isnan(upper["c"])
    assert not inferred["c"]
    given_rate = out_of_school(pd.Series([0.3] * 4, index=list("abcd")), children, enrolled)
    assert (given_rate[0] == 0.3).all()
    assert not given_rate[2].any()


# --- E9.3 access ----------------------------------------------------------------------------------------------------


def test_e9_3_two_step_floating_catchment() -> None:
    got = floating_catchment(CHILDREN, SEATS, step_weights(MINUTES, [(30, 1.0)]))
    np.testing.assert_allclose(got.ratio, [0.0667, 0.0857], atol=5e-5)
    np.testing.assert_allclose(got.access, [0.0667, 0.1524, 0.0857], atol=5e-5)
    assert got.access @ np.array(CHILDREN) == pytest.approx(50)


def test_e9_3b_enhanced_with_steps() -> None:
    got = floating_catchment(CHILDREN, SEATS, step_weights(MINUTES, [(15, 1.0), (30, 0.5)]))
    np.testing.assert_allclose(got.ratio, [0.10, 0.12])
    np.testing.assert_allclose(got.access, [0.10, 0.11, 0.12])
    assert got.access @ np.array(CHILDREN) == pytest.approx(50)
    assert MINUTES.nnz == 6  # the minutes are as they were


@settings(max_examples=25)
@given(
    arrays(np.float64, (6, 4), elements=st.floats(1, 90)),
    arrays(np.float64, 6, elements=st.integers(0, 1000).map(float)),
    arrays(np.float64, 4, elements=st.floats(0, 500)),
)
def test_every_seat_that_is_reached_is_handed_out_once(
    minutes: np.ndarray, children: np.ndarray, seats: np.ndarray
) -> None:
    got = floating_catchment(children, seats, step_weights(csr_array(minutes), [(15, 1.0), (30, 0.5)]))
    reached = seats[~got.unreached & (seats > 0)].sum()
    assert got.access @ children == pytest.approx(reached, rel=1e-6, abs=1e-6)


def test_seats_that_no_child_reaches_are_said_and_unknown_children_make_access_unknown() -> None:
    far = csr_array(np.array([[10.0, 500.0]]))
    assert floating_catchment([5.0], [3.0, 7.0], step_weights(far, [(30, 1.0)])).unreached.tolist() == [False, True]
    shared = csr_array(np.array([[10.0, 0.0], [10.0, 0.0], [0.0, 10.0]]))
    got = floating_catchment([50.0, np.nan, 40.0], [10.0, 20.0], step_weights(shared, [(30, 1.0)]))
    assert np.isnan(got.access[:2]).all()
    assert got.access[2] == pytest.approx(0.5)


# --- ways -----------------------------------------------------------------------------------------------------------

WALK = POLICY.with_values({"travel_offroad_kmh": 3, "travel_road_kmh": 6})
ROAD = shapely.LineString([(0, 0), (0.1, 0)])
SIDE = shapely.LineString([(0.05, 0.0005), (0.05, 0.05)])  # ends 56 m short of the first


def test_a_way_is_the_walk_to_the_road_the_road_and_the_walk_from_it() -> None:
    by = ways(road_network([ROAD], 0), WALK)
    lat, lon = np.array([0.002]), np.array([0.0])
    index, minutes, metres = nearest_school(lat, lon, np.array([0.0]), np.array([0.1]), by)
    road, walk = distance(0, 0, 0, 0.1), distance(0.002, 0, 0, 0)
    assert index[0] == 0
    assert metres[0] == pytest.approx(float(distance(0.002, 0, 0, 0.1)))
    longest = float(walk) / 50 + float(road) / 100  # or a little aslant to a farther point of the road
    assert longest * 0.998 < minutes[0] <= longest + 1e-9


def test_a_gap_is_closed_up_to_its_limit_and_no_farther() -> None:
    lat, lon = np.array([0.0]), np.array([0.0])
    to = np.array([0.05]), np.array([0.05])
    joined, apart = (
        nearest_school(lat, lon, *to, ways(road_network([ROAD, SIDE], gap), WALK))[1][0] for gap in (100, 20)
    )
    assert joined == pytest.approx(2 * float(distance(0, 0, 0, 0.05)) / 100, rel=2e-3)
    assert apart > joined + 0.3


def test_without_roads_the_measure_is_metres_and_says_so() -> None:
    by = ways(None, WALK)
    assert by.measure == "metres"
    _, cost, metres = nearest_school(np.array([0.0]), np.array([0.0]), np.array([0.01]), np.array([0.0]), by)
    assert cost[0] == metres[0] == pytest.approx(float(distance(0, 0, 0.01, 0)))


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.floats(1, 12))
def test_roads_never_lengthen_a_way_and_pairs_agree_with_the_nearest(seed: int, road_kmh: float) -> None:
    rng = np.random.default_rng(seed)
    lines = [shapely.LineString(rng.uniform(0, 0.1, (3, 2))) for _ in range(4)]
    by = ways(road_network(lines, 200), POLICY.with_values({"travel_offroad_kmh": 3, "travel_road_kmh": road_kmh}))
    lat, lon = rng.uniform(0, 0.1, (2, 15))
    to_lat, to_lon = rng.uniform(0, 0.1, (2, 9))
    _, minutes, metres = nearest_school(lat, lon, to_lat, to_lon, by)
    assert (minutes <= metres / by.walk + 1e-9).all()
    reach = schools_in_reach(lat, lon, to_lat, to_lon, limit=60, by=by)
    best = np.full(15, np.inf)
    np.minimum.at(best, reach.place, reach.cost)
    near = minutes <= 60
    np.testing.assert_allclose(best[near], minutes[near])
    assert np.isinf(best[~near]).all()
    assert (reach.cost <= 60).all()


# --- people on a grid -----------------------------------------------------------------------------------------------


def test_people_are_conserved_by_hexagon_and_area_whatever_the_blocks() -> None:
    values = np.arange(400, dtype=float).reshape(20, 20)
    values[3, 4] = np.nan
    whole = Block(values, 1.0, 10.0, 0.01, 0.01)
    halves = [Block(values[:10], 1.0, 10.0, 0.01, 0.01), Block(values[10:], 0.9, 10.0, 0.01, 0.01)]
    areas = [shapely.box(10, 0.8, 10.1, 1.0), shapely.box(10.1, 0.8, 10.2, 1.0)]
    one, two = (people_by_cell(blocks, areas, 6) for blocks in ([whole], halves))
    pd.testing.assert_frame_equal(one, two)
    assert one["people"].sum() == pytest.approx(np.nansum(values))
    assert set(one["area"]) == {0, 1}
    west = np.nansum(values[:, :10])
    assert one.loc[one["area"] == 0, "people"].sum() == pytest.approx(west)


def test_people_just_off_the_coast_belong_to_it_and_those_abroad_to_nobody() -> None:
    values = np.array([[5.0, 7.0, 11.0]])
    table = people_by_cell([Block(values, 0.01, 0.0, 0.01, 0.01)], [shapely.box(-1, -1, 0.012, 1)], 6)
    assert table.groupby("area")["people"].sum().to_dict() == {-1: 11.0, 0: 12.0}


def test_fine_rasters_are_summed_and_hexagons_never_finer_than_their_cells() -> None:
    fine = Block(np.ones((10, 10)), 0.0, 0.0, 0.0008, 0.0008)  # some 90 m
    assert coarser(fine).values.sum() == 100
    assert coarser(fine).height == pytest.approx(0.0016)
    assert resolution_for(7, 1 / 120, 1 / 120, 0) == 7
    assert resolution_for(9, 1 / 120, 1 / 120, 0) == 7


# --- places without a school, classes -------------------------------------------------------------------------------


def people(cells: list[str], **columns: object) -> pd.DataFrame:
    base = {"hexagon": cells, "people": 100.0, "children": 30.0, "children_primary": 15.0, "out_of_school_lower": 1.0, "out_of_school_upper": 2.0, "nearest_primary_minutes": 50.0, "nearest_primary_m": 4000.0, "admin1_id": "A", "wealth_percentile": 0.2, "latitude": 0.0, "longitude": 0.0}  # fmt: skip
    return pd.DataFrame({**base, **columns}, index=range(len(cells)))


def test_touching_hexagons_are_one_place_named_after_the_town_largest_first() -> None:
    import h3.api.basic_str as h3

    middle = h3.latlng_to_cell(0, 0, 7)
    ring = sorted(h3.grid_disk(middle, 1))
    far = h3.latlng_to_cell(0, 1, 7)
    cells = people([far, *ring])
    cells["latitude"], cells["longitude"] = zip(*(h3.cell_to_latlng(c) for c in cells["hexagon"]), strict=True)
    towns = pd.DataFrame({"town_name": ["Ende"], "latitude": [-0.1], "longitude": [0.0]})
    places = places_without_school(cells, towns, "admin1_id")
    assert len(places) == 2
    assert places["children"].tolist() == [210.0, 30.0]
    assert places["nearest_town"].iloc[0] == "Ende"
    assert places["town_direction"].iloc[0] == "north"
    assert pd.isna(places["nearest_town"].iloc[1])  # 111 km away: of no help
    split = cells.assign(admin1_id=["A", *["A"] * 3, *["B"] * 4])
    assert len(places_without_school(split, None, "admin1_id")) >= 3  # a border parts places
    assert len(set(groups(cells["hexagon"], cells["admin1_id"]))) == 2


def test_unknown_children_leave_a_place_in_the_list_with_its_people() -> None:
    import h3.api.basic_str as h3

    cells = people(sorted(h3.grid_disk(h3.latlng_to_cell(0, 0, 7), 1))[:3], children=[30.0, np.nan, 30.0])
    places = places_without_school(cells, None, "admin1_id")
    assert np.isnan(places["children"]).any()
    assert places["people"].sum() == 300


def test_nine_classes_by_stated_limits() -> None:
    assert classes([1, 5, 9, np.nan], (5, 9)).tolist() == [1, 2, 3, 0]
    assert marginalisation_classes([0.1, 0.5, 0.9, np.nan], (1 / 3, 2 / 3)).tolist() == [3, 2, 1, 0]
    assert thirds([0, 1, 2, 3, 4, 5, 6]) == pytest.approx((2.6667, 4.3333), abs=1e-3)
    middle, unsure = need_classes(np.array([1.0, 4.0]), np.array([2.0, 8.0]), (5, 9))
    assert middle.tolist() == [1, 2]
    assert unsure.tolist() == [0, 1]


def test_a_school_that_does_not_say_its_level_may_serve_both_stages() -> None:
    frame = schools(
        education_level=["primary", "secondary", None, "combined", "combined", "pre_primary", "primary", "primary"],
        isced_levels=[None, None, None, "0-2", None, "0", None, None],
        school_status=["open", None, "open", "open", "open", "open", "damaged", "open"],
        latitude=[0, 0, 0, 0, 0, 0, 0, None], longitude=0,
    )  # fmt: skip
    assert schools_of(frame, "primary").tolist() == [True, False, True, False, True, False, False, False]
    assert schools_of(frame, "secondary").tolist() == [False, True, True, True, True, False, False, False]
