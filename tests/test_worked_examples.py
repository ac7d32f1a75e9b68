"""The method's worked examples by their ids, each with its expected values written here (toy data set T8)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata import gaps
from geodata.aggregate import coverage, model_assisted, roll_up
from geodata.derive import derive, scored
from geodata.indicators.marginalisation import adjusted_parity_index, parity_index
from geodata.policy import POLICY
from geodata.priority import adjusted_headcount, criteria, past_cutoff, power_mean, score_items
from geodata.tables import THINGS
from geodata.truth import all_of
from tests.factories import schools, t8

IDS = ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"]

# What the examples assume where T8 itself does not know: S2 and S8.
NO_LINK_S2 = [(0.7, 0.0), (0.3, 8.0)]
NO_LINK_S8 = [(0.2, 0.0), (0.4, 10.0), (0.4, 40.0)]
PREDICTED = {"S2": {"bandwidth": 0.88, "energy": 0.6}, "S8": {"bandwidth": 10.4 / 24, "devices": 1 - 24 / 119}}


@pytest.fixture(scope="module")
def place() -> pd.DataFrame:
    frame = t8()
    return frame.assign(**derive(frame))


@pytest.fixture(scope="module")
def country(place: pd.DataFrame) -> pd.Series:
    return roll_up(place, pd.Series("T8", index=place.index)).loc["T8"]


def four(country: pd.Series, name: str) -> list[float]:
    """Known share, coverage, lower, upper, to four decimals."""
    covered = coverage(country[f"{name}_known"], country[f"{name}_unknown"])
    return [round(float(v), 4) for v in (country[name], covered, country[f"{name}_lower"], country[f"{name}_upper"])]


def by_id(place: pd.DataFrame, column: str) -> dict[str, object]:
    values = place.set_index("school_id")[column].astype(object)
    return values.where(values.notna(), None).to_dict()


def with_predictions(place: pd.DataFrame) -> pd.DataFrame:
    """The items of T8 with the assumed predictions in the place of S2's and S8's unknowns."""
    items = place.set_index("school_id")[[c.item for c in criteria()]]
    for school, values in PREDICTED.items():
        for item, value in values.items():
            assert np.isnan(items.loc[school, f"item_{item}"]), "a prediction may only fill what is not known"
            items.loc[school, f"item_{item}"] = value
    return items


def scoring_of(items: pd.DataFrame, **policy: float):
    values = items.to_numpy(dtype=float)
    everyone = np.ones(len(values), dtype=bool)
    in_use = ~np.isnan(values).all(axis=0)
    assert [c.name for c, used in zip(criteria(), in_use, strict=True) if used] == list(THINGS)
    return score_items(values, values, in_use, everyone, POLICY.with_values(policy))


# --- 1 indicators -------------------------------------------------------------------------------------------------


def test_e1_1_electricity_of_schools(country: pd.Series) -> None:
    assert four(country, "electricity") == [0.7143, 0.875, 0.625, 0.75]


def test_e1_2_internet_of_schools(country: pd.Series) -> None:
    assert four(country, "internet_for_learners") == [0.5, 0.75, 0.375, 0.625]


def test_e1_3_internet_weighted_by_learners(country: pd.Series) -> None:
    assert four(country, "learners_with_internet") == [0.727, 0.8191, 0.5955, 0.7764]


def test_e1_4_ed4bis_is_a_ratio_of_sums(country: pd.Series, place: pd.DataFrame) -> None:
    assert round(country["learners_per_computer"], 4) == round(3500 / 255, 4) == 13.7255
    assert country["learners_per_computer_known"] == 3500
    known = country["learners_per_computer_known"]
    assert round(coverage(known, country["learners_per_computer_unknown"]), 4) == 0.8794
    assert place["learners_per_computer"].mean() == pytest.approx(27.8), "the mean of ratios, which is wrong"


def test_e1_5_ed4_counts_schools_with_computers(country: pd.Series) -> None:
    assert round(country["learners_per_computer_equipped"], 4) == 11.8431


def test_e1_6_parity_of_internet_at_school(country: pd.Series) -> None:
    girls, boys = country["girls_with_internet"], country["boys_with_internet"]
    assert [round(girls, 4), round(boys, 4)] == [0.7344, 0.7196]
    assert round(float(parity_index(girls, boys)), 4) == 1.0206
    assert round(float(adjusted_parity_index(girls, boys)), 4) == 1.0202


def test_e1_7_adjusted_parity_is_symmetric() -> None:
    assert adjusted_parity_index(np.array([40.0, 50.0]), np.array([50.0, 40.0])).tolist() == [0.8, 1.2]
    assert np.isnan(adjusted_parity_index(1.0, 0.0))


def test_e1_8_meaningful_connectivity_at_t1(country: pd.Series, place: pd.DataFrame) -> None:
    expected = {"S1": False, "S2": None, "S3": False, "S4": False, "S5": False, "S6": True, "S7": False, "S8": None}
    assert by_id(place, "meaningfully_connected") == expected
    assert four(country, "meaningfully_connected") == [0.1667, 0.75, 0.125, 0.375]


def test_e1_9_kleene_and() -> None:
    values = [True, False, None]
    left = pd.Series([a for a in values for _ in values], dtype="boolean")
    right = pd.Series(values * 3, dtype="boolean")
    expected = [True, False, None, False, False, False, None, False, None]
    assert [None if pd.isna(v) else bool(v) for v in all_of(left, right)] == expected


# --- 2 gaps -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("school", "expected"),
    [
        ("S1", [10, 20, 20, 180]),
        ("S3", [10, 26, 52, 520]),
        ("S6", [10, 60, 120, 1200]),
        ("S7", [10, 32.5, 65, 650]),
        ("S8", [10, 24, 48, 480]),
    ],
)
def test_e2_1_required_mbps_by_tier(place: pd.DataFrame, school: str, expected: list[float]) -> None:
    row = place["school_id"] == school
    for tier, mbps in zip(("T0", "T1", "T2", "T3"), expected, strict=True):
        derived = derive(t8(), POLICY.with_values({"bandwidth_tier": tier}))
        assert derived.loc[row, "required_bandwidth_mbps"].item() == mbps


@pytest.mark.parametrize(
    ("required", "scenarios", "expected"),
    [
        (20, [(1, 0)], (20, 1, 1)),
        (20, NO_LINK_S2, (17.6, 1, 0.88)),
        (26, [(1, 12)], (14, 1, 0.5385)),
        (20.5, [(1, 0)], (20.5, 1, 1)),
        (60, [(1, 100)], (0, 0, 0)),
        (32.5, [(1, 20)], (12.5, 1, 0.3846)),
        (24, NO_LINK_S8, (10.4, 0.6, 0.4333)),
    ],
    ids=["S1 and S4", "S2", "S3", "S5", "S6", "S7", "S8"],
)
def test_e2_2_expected_bandwidth_gap(
    required: float, scenarios: list[tuple[float, float]], expected: tuple[float, float, float]
) -> None:
    assert [round(v, 4) for v in gaps.expected_bandwidth_gap(required, scenarios)] == list(expected)


def test_e2_2_known_bandwidth_gaps(place: pd.DataFrame) -> None:
    expected = {"S1": 20.0, "S2": None, "S3": 14.0, "S4": 20.0, "S5": 20.5, "S6": 0.0, "S7": 12.5, "S8": None}
    assert by_id(place, "bandwidth_gap_mbps") == expected


def test_e2_3_national_bandwidth_gap(country: pd.Series) -> None:
    assert country["bandwidth_gap"] == 87.0
    expected = sum(gaps.expected_bandwidth_gap(*x)[0] for x in ((20, NO_LINK_S2), (24, NO_LINK_S8)))
    assert round(country["bandwidth_gap"] + expected, 4) == 115.0


def test_e2_4_devices_at_one_to_five(place: pd.DataFrame) -> None:
    need = {"S1": 43, "S2": 57, "S3": 125, "S4": 70, "S5": 93, "S6": 301, "S7": 155, "S8": 119}
    have = {"S1": 0, "S2": 4, "S3": 26, "S4": 0, "S5": 10, "S6": 150, "S7": 65, "S8": None}
    gap = {"S1": 43, "S2": 53, "S3": 99, "S4": 70, "S5": 83, "S6": 151, "S7": 90, "S8": None}
    assert (by_id(place, "device_need"), by_id(place, "num_devices"), by_id(place, "device_gap")) == (need, have, gap)


def test_e2_4b_national_device_gap_with_bounds(country: pd.Series, place: pd.DataFrame) -> None:
    assert place["device_need"].sum() == 963
    assert [country[f"device_gap{part}"] for part in ("", "_lower", "_upper")] == [589, 589, 708]
    bounds = gaps.device_gap_bounds(place["device_need"], place["num_devices"])
    assert [bounds["lower"].sum(), bounds["upper"].sum()] == [589, 708]


def test_e2_4_ratios_are_reported_side_by_side(place: pd.DataFrame) -> None:
    table = gaps.device_gaps_by_ratio(place["num_students"], place["num_teachers"], place["num_devices"])
    assert list(table.columns) == [1, 2, 5, 10]
    assert table.loc[0].tolist() == [187, 97, 43, 25]  # S1: 180, 90, 36, 18 learners' devices + 6 teachers + 1 office
    assert table[5].sum() == 589


def test_e2_5_replacement_shows_the_cliff_of_year_four() -> None:
    assert [round(n, 3) for n in gaps.replacements(70, 5)] == [3.5, 3.5, 3.5, 60.515, 6.351]


@pytest.mark.parametrize(
    ("devices", "expected"),
    [(43, (7.21, 1.9227, 10.0139, 5768)), (93, (14.71, 3.9227, 20.4306, 11768))],
    ids=["E2.6 S1", "E2.6b S5"],
)
def test_e2_6_solar_sizing(devices: int, expected: tuple[float, ...]) -> None:
    sized = gaps.solar(devices)
    found = (
        round(sized["kwh_per_day"], 4),
        round(sized["kwp"], 4),
        round(sized["battery_kwh"], 4),
        round(sized["usd"]),
    )
    assert found == expected


def test_e2_7_demand_from_population() -> None:
    people = np.array([200.0, 1000.0, 3000.0, 40000.0])
    assert gaps.population_rule(people).tolist() == [20, 50, 150, 2000]


def test_e2_7_population_only_where_enrolment_is_unknown() -> None:
    derived = derive(schools(num_students=[100, None, None], pop_within_1km=[3000.0, 3000.0, None]))
    assert derived["required_bandwidth_mbps"].tolist()[:2] == [20.0, 150.0]
    assert np.isnan(derived["required_bandwidth_mbps"].iloc[2])


def test_e2_8_monthly_data_exceeds_the_least_allowance() -> None:
    assert gaps.monthly_data_gb(20, hours_per_day=5, days=22, load=0.5) == 495.0
    assert POLICY["data_allowance_gb"] == 200


# --- 3 priority ---------------------------------------------------------------------------------------------------


def test_e3_1_the_aggregator_trap() -> None:
    items, weights = np.array([[1.0, 0.0, 0.0]]), np.ones(3)
    found = [round(float(power_mean(items, weights, p)[0]), 4) for p in (1, 2, 3)]
    assert found == [0.3333, 0.5774, 0.6934]
    assert float(np.prod(items[0] ** (1 / 3))) == 0.0, "a geometric mean of deprivations would say: no need at all"


E3_2 = {
    "S1": ([1.0, 1.0, 1.0], [0.92, 1.0, 0.0, 0.61], 1.0, 0.7829, 88.48, 2),
    "S2": ([0.88, 0.9298, 0.6], [0.85, 1.0, 0.0, 0.61], 0.8477, 0.7506, 79.77, 4),
    "S3": ([0.5385, 0.792, 0.0], [0.55, 0.5, 0.0577, 0.5], 0.5772, 0.4708, 52.13, 5),
    "S4": ([1.0, 1.0, 0.0], [0.8, 1.0, 0.1333, 0.74], 0.8944, 0.7544, 82.14, 3),
    "S5": ([1.0, 0.8925, 1.0], [0.9, 1.0, 1.0, 0.74], 0.969, 0.913, 94.06, 1),
    "S6": ([0.0, 0.5017, 0.0], [0.05, 0.0, 0.0, 0.2], 0.2748, 0.0949, 16.15, 8),
    "S7": ([0.3846, 0.5806, 0.0], [0.15, 0.0, 0.0154, 0.2], 0.4185, 0.1306, 23.37, 7),
    "S8": ([0.4333, 0.7983, 0.0], [0.3, 0.5, 0.0, 0.2], 0.5339, 0.3066, 40.46, 6),
}


def test_e3_2_priority_index(place: pd.DataFrame) -> None:
    items = with_predictions(place)
    scoring = scoring_of(items)
    rank = pd.Series(-scoring.score, index=items.index).rank().astype(int)
    for k, school in enumerate(IDS):
        n, m, need, margin, index, place_in_order = E3_2[school]
        assert [round(v, 4) for v in items.loc[school].dropna()] == [*n, *m]
        assert (round(scoring.need[k], 4), round(scoring.marginalisation[k], 4)) == (need, margin)
        assert (round(scoring.score[k], 2), rank[school]) == (index, place_in_order)


@pytest.mark.parametrize("school", ["S1", "S3", "S4", "S5", "S6", "S7"])
def test_e3_2_known_schools_come_out_of_derive(place: pd.DataFrame, school: str) -> None:
    row = place.set_index("school_id").loc[school]
    assert (round(row["need"], 4), round(row["marginalisation"], 4), round(row["priority_score"], 2)) == E3_2[school][
        2:5
    ]


def test_e3_3_arithmetic_variant(place: pd.DataFrame) -> None:
    items = with_predictions(place)
    scoring = scoring_of(items, power_mean_p=1)
    # The example takes the plain mean between the pillars too.
    score = pd.Series(100 * (scoring.need + scoring.marginalisation) / 2, index=items.index)
    expected = {"S1": 84.5, "S2": 75.05, "S3": 46.92, "S4": 74.73, "S5": 93.79, "S6": 10.52, "S7": 23.48, "S8": 35.81}
    assert score.round(2).to_dict() == expected
    assert score.sort_values(ascending=False).index.tolist() == ["S5", "S1", "S2", "S4", "S3", "S8", "S7", "S6"]


def test_e3_4_count_group_and_order(place: pd.DataFrame) -> None:
    items = with_predictions(place)
    scoring = scoring_of(items)
    count = pd.Series(past_cutoff(items.to_numpy(dtype=float)).sum(axis=1), index=items.index)
    assert count.to_dict() == {"S1": 6, "S2": 6, "S3": 2, "S4": 5, "S5": 7, "S6": 1, "S7": 1, "S8": 1}
    groups = {s: "ABC"[t] for s, t in zip(items.index, scoring.tier, strict=True)}
    assert groups == {"S1": "A", "S2": "A", "S3": "C", "S4": "A", "S5": "A", "S6": "C", "S7": "C", "S8": "C"}
    order = ["S5", "S1", "S4", "S2", "S3", "S8", "S7", "S6"]
    by_margin = sorted(range(8), key=lambda k: (scoring.tier[k], -scoring.marginalisation[k], -scoring.need[k]))
    by_index = sorted(range(8), key=lambda k: (scoring.tier[k], -scoring.score[k], IDS[k]))
    assert [IDS[k] for k in by_margin] == [IDS[k] for k in by_index] == order
    headcount, adjusted = adjusted_headcount(
        count.to_numpy(dtype=float), place["num_students"].to_numpy(dtype=float), 3, 7
    )
    assert (round(headcount, 4), round(adjusted, 4)) == (0.2839, 0.2473)


def test_e3_4_order_holds_without_the_predictions(place: pd.DataFrame) -> None:
    ranked = place.sort_values("priority_rank")["school_id"].tolist()
    assert ranked == ["S5", "S1", "S4", "S2", "S3", "S8", "S7", "S6"]
    assert by_id(place, "lacks_count") == {"S1": 6, "S2": 4, "S3": 2, "S4": 5, "S5": 7, "S6": 1, "S7": 1, "S8": 0}
    assert by_id(place, "lacks_unknown") == {"S1": 0, "S2": 2, "S3": 0, "S4": 0, "S5": 0, "S6": 0, "S7": 0, "S8": 2}


def test_expectations_of_t8_by_hand() -> None:
    """S2 and S8 are judged by all schools: no group of similar schools is large enough."""
    scoring, _ = scored(t8())
    connected = (14 / 26 + 0 + 12.5 / 32.5) / 3  # S3, S6, S7; half of the known schools are connected
    assert scoring.filled[1, 0] == pytest.approx(0.5 * connected + 0.5 * 1, abs=1e-8)
    assert scoring.filled[1, 2] == pytest.approx(2 / 7, abs=1e-8)
    assert scoring.filled[7, 1] < 1, "a school whose devices are unknown is not taken to have none"


def test_e7_4_model_assisted_count() -> None:
    expected, spread = model_assisted(3, np.array([0.3, 0.8]))
    assert (round(expected, 4), round(spread, 4)) == (4.1, 0.6083)
