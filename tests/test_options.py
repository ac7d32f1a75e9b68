"""Options of a school: which ways can be had, what each costs, who may be in a plan, and what each school needs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.costing.books import book
from geodata.costing.items import ITEMS
from geodata.costing.unit import PriceBook
from geodata.errors import DisclosureError
from geodata.gaps.bandwidth import expected_bandwidth_gap
from geodata.methods.toy import assumed_scoring
from geodata.options import satellite
from geodata.options.eligible import eligible
from geodata.options.ground import STATES, WHYS, ground
from geodata.options.make import cheapest, options
from geodata.options.needs import isoelastic, needs, value, weight
from geodata.options.table import COLUMNS, Way
from geodata.plan.terms import Terms
from geodata.policy import POLICY
from geodata.query import Desk
from tests import factories

# What the examples take: ITU's prices, least fees of 600 and 900 USD a year, solar at 3 USD a watt; nothing inside the
# school, no grid electricity, no upkeep of panels, no new batteries.
EXAMPLE = book("itu_2026").with_(
    cellular_fee_least=600, satellite_fee_least=900, solar_per_w=3, wifi_setup=0, grid_kwh=0, solar_upkeep_share=0, battery_per_kwh=0
)  # fmt: skip
TERMS = Terms.of(POLICY.with_values({"plan_fibre_detour": 1.1, "plan_contingency_share": 0}), 30_000)
FIBRE_KM = (38, 30, 6, 12, 22, 0, 0.5, 2)
IN_4G, IN_SIGHT = "nnyynyyy", "nyynyyyy"


def reach(ids: list[str], fibre_m: Any = (), sight: str = "") -> pd.DataFrame:
    rows = [(i, "fibre", "n", "node", m, None, None, None) for i, m in zip(ids, fibre_m, strict=False)]
    seen = {"y": True, "n": False, "?": None}
    rows += [(i, "microwave", "t", "site", 9000.0, None, seen[s], "4G") for i, s in zip(ids, sight, strict=False)]
    names = ["school_id", "way", "from_id", "from_kind", "distance_m", "along_road_m", "sight", "generation"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(along_road_m=table["along_road_m"].astype("float64"), sight=table["sight"].astype("boolean"))


def country(
    folder: Path, frame: pd.DataFrame, *, satellite: str = "licensed", tier: str = "government", **layers: Any
) -> Desk:
    """A desk of a few schools; where it lies is given unless the frame says so."""
    if frame["latitude"].isna().all():
        frame = frame.assign(latitude=0.5 + np.arange(len(frame)) / 10, longitude=30.0)
    desk = Desk(factories.atlas(folder, frame, **layers), tier=tier)
    desk.atlas.manifest["planning"] = {"satellite": satellite}
    return desk


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The eight schools with what lies near them, and the chance of power that the example takes for S2."""
    frame = factories.t8().assign(in_4g_coverage=pd.array([c == "y" for c in IN_4G], dtype="boolean"))
    frame.loc[1, "predicted_electricity"] = 0.4
    near = reach(list(frame["school_id"]), [1000.0 * km for km in FIBRE_KM], IN_SIGHT)
    return country(tmp_path_factory.mktemp("eight"), frame, reach=near)


@pytest.fixture(scope="module")
def told(eight: Desk) -> tuple[pd.DataFrame, pd.DataFrame]:
    return needs(eight, TERMS), eligible(eight, TERMS)


@pytest.fixture(scope="module")
def table(eight: Desk) -> pd.DataFrame:
    return options(eight, TERMS, EXAMPLE)


def test_e6_1_present_value_of_every_option_and_the_cheapest(table: pd.DataFrame) -> None:
    """E6.1: link and power of every way that can be had, as the example counts them, and the cheapest of them."""
    names = {"sat": "satellite", "cell": "cellular", "p2p": "microwave", "fibre": "fibre"}
    wanted = {
        "S1": {"sat": 14379}, "S2": {"p2p": 18898, "sat": 13079}, "S3": {"fibre": 182313, "cell": 4732, "p2p": 14672, "sat": 8611},
        "S4": {"fibre": 362647, "cell": 4732, "sat": 8611}, "S5": {"p2p": 26217, "sat": 20379},
        "S8": {"fibre": 61848, "cell": 4732, "p2p": 14591, "sat": 8611},
    }  # fmt: skip
    can = table[table["choosable"]].assign(worth=lambda t: t["link_cost"] + t["power_cost"])
    for school, ways in wanted.items():
        found = can[can["school_id"] == school].set_index("way")["worth"].round().to_dict()
        assert found == {names[way]: cost for way, cost in ways.items()}, school
    best = cheapest(table).set_index("school_id")["way"]
    assert {s: best[s] for s in wanted} == dict.fromkeys(("S1", "S2", "S5"), "satellite") | dict.fromkeys(("S3", "S4", "S8"), "cellular")  # fmt: skip


def test_e6_1_values(eight: Desk) -> None:
    """E6.1: learners × chance of being underserved × weight, with what the example assumes of S2 and S8."""
    found = needs(eight, TERMS).sort_values("school_id")
    chance = found["chance_underserved"].to_numpy().copy()
    chance[1] = expected_bandwidth_gap(20, ((0.7, 0), (0.3, 8)))[1]
    chance[7] = expected_bandwidth_gap(24, ((0.2, 0), (0.4, 10), (0.4, 40)))[1]
    held = found.assign(chance_underserved=chance, marginalisation=assumed_scoring().marginalisation.round(4))
    kept = [0, 1, 2, 3, 4, 7]
    assert value(held, 0)[kept].round(1).tolist() == [180, 240, 520, 300, 410, 288]
    assert value(held, 2)[kept].round(2).tolist() == [461.84, 600.29, 1009.63, 752.64, 1158.66, 464.60]


def test_e4_4_weights() -> None:
    """E4.4: 1 + 2 × marginalisation, and the isoelastic weights beside it."""
    margin = pd.Series(assumed_scoring().marginalisation)
    assert weight(margin, 2).round(3).tolist() == [2.566, 2.501, 1.942, 2.509, 2.826, 1.19, 1.261, 1.613]
    assert weight(margin, 0).tolist() == [1.0] * 8
    assert isoelastic(np.array([0.1, 0.25, 0.5, 0.5, 0.9]), 1.4).round(3).tolist() == [9.518, 2.639, 1.0, 1.0, 0.439]


def test_the_table_is_as_declared(table: pd.DataFrame) -> None:
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 8 * len(Way)
    assert table["way"].tolist() == [w.value for w in Way] * 8
    assert table["school_id"].is_monotonic_increasing
    total = table[["link_cost", "power_cost", "device_cost", "training_cost"]].sum(axis=1, skipna=False)
    np.testing.assert_allclose(total, table["cost"])
    assert (table["cost_low"] <= table["cost"] + 1e-6)[table["cost"].notna()].all()
    assert (table["cost_high"] >= table["cost"] - 1e-6)[table["cost"].notna()].all()
    assert not table.loc[table["way"] == "offline", "choosable"].any()


def test_break_even_is_where_fibre_costs_the_same(table: pd.DataFrame) -> None:
    """Fibre as long as `break_even_m` costs what the option costs, counted by hand."""
    row = table[(table["school_id"] == "S8") & (table["way"] == "microwave")].iloc[0]
    years = sum(1.06**-y for y in range(1, 11))
    built = EXAMPLE.at("fibre_setup") + EXAMPLE.at("fibre_per_km") * row["break_even_m"] / 1000
    running = built * EXAMPLE.at("fibre_upkeep_share") + 24 * EXAMPLE.at("fibre_fee_per_mbps")
    assert built + running * years == pytest.approx(row["link_cost"])


# --- what can be had ----------------------------------------------------------------------------------------------


def states(found: pd.DataFrame, way: str) -> list[tuple[str, str]]:
    rows = found[found["way"] == way]
    return list(zip(rows["state"], rows["why"], strict=True))


def test_what_nobody_said_is_unknown_and_never_no(tmp_path: Path) -> None:
    desk = country(tmp_path, factories.schools(num_students=[100, 200]), satellite="")
    found = options(desk, TERMS, EXAMPLE)
    for way in ("fibre", "cellular", "microwave", "cluster"):
        assert states(found, way) == [("unknown", "no_network_data")] * 2
    assert states(found, "satellite") == [("unknown", "licence_unknown")] * 2
    best = cheapest(found)
    assert best["way"].tolist() == ["", ""]
    assert best["cost"].isna().all()
    assert best["way_why"].str.startswith("No way is known to be possible. Fibre: nothing is given").all()
    may = TERMS.with_(policy=TERMS.policy.with_values({"plan_unknown_ways": "yes"}))
    taken = cheapest(options(desk, may, EXAMPLE))
    assert taken["way"].tolist() == ["cluster", "cluster"]
    assert taken["way_why"].str.endswith("Whether it can be had here is not known yet.").all()


def test_satellite_is_never_assumed(eight: Desk) -> None:
    wanted = {"licensed": ("feasible", ""), "not_licensed": ("infeasible", "not_licensed"), "unknown": ("unknown", "licence_unknown")}  # fmt: skip
    on = ground(eight, TERMS, needs(eight, TERMS))
    for licence, (state, why) in wanted.items():
        link = satellite.link(replace(on, planning={"satellite": licence}))
        assert {STATES[code].value for code in link.state} == {state}
        assert {WHYS[code] for code in link.why} == {why}


def test_reasons_are_the_right_ones(tmp_path: Path) -> None:
    frame = factories.schools(
        num_students=[100] * 5 + [9000, 100], latitude=[0.1, 0.2, 0.3, 0.4, None, 0.6, 0.7], longitude=[30.0] * 4 + [None, 30.0, 30.0],
        in_4g_coverage=[True, False, None, None, None, True, True],
    )  # fmt: skip
    near = reach(["s1", "s2", "s3", "s4", "s6"], [1000, 18_000, 19_000, 1000, 500], "?ny?y")
    sites = near[near["way"] == "fibre"].assign(way="cellular", distance_m=[1.0, 1.0, 4999.0, 5001.0, 9.0], generation="4G")  # fmt: skip
    roads = reach(["s7", "s7"], [1000, 3000]).assign(along_road_m=[9000.0, 4000.0], from_id=["a", "b"])
    found = options(country(tmp_path, frame, reach=pd.concat([near, sites, roads])), TERMS, EXAMPLE)
    no, yes, maybe = "infeasible", ("feasible", ""), "unknown"
    assert states(found, "fibre") == [yes, yes, (no, "too_far"), yes, (maybe, "no_location"), yes, yes]
    assert states(found, "cellular") == [yes, (no, "no_coverage"), yes, (no, "no_coverage"), (maybe, "no_location"), (no, "too_slow"), yes]  # fmt: skip
    assert states(found, "microwave") == [(maybe, "sight_unknown"), (no, "no_sight"), yes, (maybe, "sight_unknown"), (maybe, "no_location"), (no, "too_slow"), (no, "too_far")]  # fmt: skip
    assert states(found, "satellite") == [*[yes] * 5, (no, "too_slow"), yes]
    fibre = found[found["way"] == "fibre"]
    assert fibre["distance_m"].round().tolist()[:4] == [1100, 19_800, 20_900, 1100]
    assert fibre["cost"].isna().tolist() == [False, False, False, False, True, False, False]
    last = fibre.iloc[-1]  # along roads goes before the straight line
    assert (last["from_id"], last["distance_m"], bool(last["along_road"])) == ("b", 4000.0, True)


def test_what_may_be_a_network_makes_nothing_too_far(tmp_path: Path) -> None:
    """A node without its medium, a site without its generation and a map of 5G alone leave open what they do not say."""
    frame = factories.schools(
        num_students=[100] * 5, latitude=[0.0, 0.1, 0.5, 0.0, 0.0], longitude=[30.0] * 4 + [31.0],
        in_4g_coverage=[None, None, None, False, None], in_5g_coverage=[False, None, None, None, None],
    )  # fmt: skip
    nodes = pd.DataFrame({"node_id": ["a", "b"], "transmission_medium": [None, "fiber"], "latitude": [0.05, -5.0], "longitude": 30.0})  # fmt: skip
    cells = pd.DataFrame({"cell_id": ["x"], "radio": [None], "latitude": [0.01], "longitude": [30.0]})
    desk = country(tmp_path, frame, nodes=factories.points(nodes), cells=factories.points(cells))
    told = {"nodes": True, "cells": True, "lines": False, "coverage": True}
    desk.atlas.manifest["planning"] |= {"given": told, "looked_m": {"fibre": 50_000.0}}
    found = options(desk, TERMS, EXAMPLE)
    doubt, far, none = ("unknown", "kind_unknown"), ("infeasible", "too_far"), ("infeasible", "no_coverage")
    assert states(found, "fibre") == [doubt, doubt, far, doubt, far]
    assert states(found, "cellular") == [doubt, none, none, none, none]
    assert "what the nearest node, line or mast is" in cheapest(options(desk, TERMS.with_(ways=("fibre",)), EXAMPLE))["way_why"][0]  # fmt: skip
    told["cells"] = False
    desk = country(tmp_path / "five", frame)
    desk.atlas.manifest["planning"] |= {"given": told}
    assert states(options(desk, TERMS, EXAMPLE), "cellular") == [*[("unknown", "no_network_data")] * 3, none, ("unknown", "no_network_data")]  # fmt: skip


def test_what_is_measured_goes_before_the_published_limit(tmp_path: Path) -> None:
    """A school's own mobile link measured at 5 Mbps does not become fast enough by being bought again."""
    frame = factories.schools(
        num_students=[100] * 4, in_4g_coverage=True, connectivity_type=["4g", "fiber", None, None],
        download_speed_measured_mbps=[5, 5, None, None], ookla_mobile_mbps=[50, None, 12, None],
    )  # fmt: skip
    desk = country(tmp_path, frame)
    slow, fast = ("infeasible", "too_slow"), ("feasible", "")
    assert states(options(desk, TERMS, EXAMPLE), "cellular") == [slow, fast, fast, fast]
    nearby = TERMS.with_(policy=TERMS.policy.with_values({"plan_cellular_speed": "nearby"}))
    found = options(desk, nearby, EXAMPLE)
    assert states(found, "cellular") == [slow, fast, slow, fast]
    assert found[found["way"] == "cellular"]["mbps"].tolist() == [5, 100, 12, 100]


def test_a_connected_school_shares_no_more_than_it_has(tmp_path: Path) -> None:
    frame = factories.schools(
        num_students=[100] * 5, has_internet=[True, False, False, False, True], download_speed_contracted_mbps=[65, None, None, None, None]
    )  # fmt: skip
    pairs = [("s2", "s1", 300.0), ("s3", "s1", 200.0), ("s4", "s1", 400.0), ("s4", "s5", 900.0), ("s3", "s5", 100.0)]
    near = pd.DataFrame(pairs, columns=["school_id", "from_id", "distance_m"])
    near = near.assign(way="cluster", from_kind="school", along_road_m=np.nan, generation=None, sight=pd.array([None] * 5, dtype="boolean"))  # fmt: skip
    found = options(country(tmp_path, frame, reach=near), TERMS, EXAMPLE)
    rows = found[found["way"] == "cluster"].set_index("school_id")
    assert rows.loc["s2", ["state", "from_id"]].tolist() == ["feasible", "s1"]
    assert rows.loc["s3", ["state", "from_id"]].tolist() == ["feasible", "s1"]
    assert rows.loc["s4", ["state", "why", "from_id"]].tolist() == ["unknown", "anchor_unknown", "s5"]
    assert rows.loc["s1", ["state", "why"]].tolist() == ["infeasible", "no_anchor"]
    slow = frame.assign(download_speed_contracted_mbps=[59.0, None, None, None, 20.0])
    again = options(country(tmp_path / "slow", slow, reach=near), TERMS, EXAMPLE)
    again = again[again["way"] == "cluster"].set_index("school_id")
    assert (again["state"] == "feasible").sum() == 1
    assert again.loc["s3", "from_id"] == "s1"
    assert again.loc[["s2", "s4"], "why"].tolist() == ["anchor_full"] * 2


def test_a_neighbour_of_which_nothing_is_said_may_be_connected(tmp_path: Path) -> None:
    frame = factories.schools(
        num_students=[100] * 4, has_internet=[False, None, False, None], latitude=[0.0, 0.01, 0.05, 0.2], longitude=[30.0] * 4
    )  # fmt: skip
    desk = country(tmp_path, frame)
    desk.atlas.manifest["planning"]["given"] = {}
    found = options(desk, TERMS, EXAMPLE)
    doubt, none = ("unknown", "neighbour_unknown"), ("infeasible", "no_anchor")
    assert states(found, "cluster") == [doubt, none, none, none]


def test_high_risk_prefers_what_can_be_moved_at_nearly_the_same_cost(tmp_path: Path) -> None:
    frame = factories.schools(num_students=[100] * 3, crisis_index=[7.0, 3.0, None])
    near = reach(["s1", "s2", "s3"], [180.0] * 3)
    terms = TERMS.with_(devices=False, training=False)
    prices = EXAMPLE.with_(satellite_fee_least=700)  # 7,139 for satellite; fibre of 198 m costs a little less
    best = cheapest(options(country(tmp_path, frame, reach=near), terms, prices))
    assert best["way"].tolist() == ["satellite", "fibre", "fibre"]
    assert "although fibre costs less: the crisis risk is high" in best["way_why"][0]
    plain = terms.with_(policy=terms.policy.with_values({"plan_risk_margin": 0}))
    assert cheapest(options(country(tmp_path, frame, reach=near), plain, prices))["way"].tolist() == ["fibre"] * 3


def test_a_shock_forbids_fixed_building_and_terms_leave_ways_out(eight: Desk) -> None:
    whole = next(area for area, level in eight.places.levels.items() if level == 0)
    struck = options(eight, TERMS.with_(ways=("fibre", "satellite"), shocked=(whole,)), EXAMPLE)
    fibre = struck[struck["way"] == "fibre"]
    assert (fibre["state"] == "infeasible").all()
    assert set(fibre["why"]) == {"shock", "too_far"}
    assert set(struck[struck["way"].isin(["cellular", "microwave", "cluster"])]["why"]) == {"left_out"}
    assert set(cheapest(struck)["way"]) == {"satellite"}


def test_where_places_are_not_shown_no_plan_is_made(tmp_path: Path) -> None:
    frame = factories.schools(num_students=[100] * 3)
    desk = country(tmp_path, frame, tier="public")
    desk.atlas.manifest["place"]["risk"] = "medium"
    with pytest.raises(DisclosureError, match="rest on where exactly schools lie"):
        options(desk, TERMS, EXAMPLE)


# --- laws ---------------------------------------------------------------------------------------------------------


@settings(max_examples=8)
@given(item=st.sampled_from([i for i in ITEMS if ITEMS[i].money or "share" in i]), factor=st.floats(0.1, 1))
def test_a_cheaper_price_never_makes_an_option_dearer(eight: Desk, told: tuple[pd.DataFrame, pd.DataFrame], table: pd.DataFrame, item: str, factor: float) -> None:  # fmt: skip
    cheaper: PriceBook = EXAMPLE.with_(**{item: EXAMPLE.at(item) * factor})
    found = options(eight, TERMS, cheaper, needs=told[0], eligible=told[1])
    known = table["cost"].notna()
    assert (found["cost"][known] <= table["cost"][known] + 1e-6).all()
    assert found["state"].equals(table["state"])


def test_a_longer_line_never_costs_less(tmp_path: Path) -> None:
    lengths = [float(m) for m in (0, 1, 500, 501, 999, 5000, 16_000, 20_000, 60_000)]
    ids = [f"s{k + 1}" for k in range(len(lengths))]
    desk = country(tmp_path, factories.schools(num_students=[100] * len(ids)), reach=reach(ids, lengths))
    found = options(desk, TERMS, EXAMPLE).query("way == 'fibre'")
    assert found["cost"].is_monotonic_increasing
    assert found["state"].tolist() == ["feasible"] * 7 + ["infeasible"] * 2


def test_power_that_is_not_known_costs_between_having_it_and_not(tmp_path: Path) -> None:
    power = [True] * 6 + [False] * 3 + [None]
    frame = factories.schools(num_students=[100] * 10, has_electricity=power, electricity_type=[None] * 10)
    found = options(country(tmp_path, frame), TERMS, book("itu_2026")).query("way == 'offline'")
    costs = found.set_index("school_id")
    assert costs.loc["s1", "power_cost"] == 0
    assert costs.loc["s1", "power_cost"] < costs.loc["s10", "power_cost"] < costs.loc["s7", "power_cost"]
    assert costs.loc["s10", "power_cost"] == pytest.approx(costs.loc["s7", "power_cost"] / 3)
    ends = {k: costs.loc[i, f"cost_{k}"] for k, i in (("low", "s1"), ("high", "s7"))}
    assert costs.loc["s10", ["cost_low", "cost_high"]].tolist() == pytest.approx([ends["low"], ends["high"]], rel=0.2)
