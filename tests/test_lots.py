"""Lots: laws of the cut, whole trees, the reserve list, what a bidder may never see, and places in areas at risk."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from geodata.errors import DisclosureError
from geodata.exports.lotmap import Drawing, fitted, svg
from geodata.exports.lotpdf import content, lot_sheets
from geodata.exports.lotsheets import bidder_workbook, internal_workbook
from geodata.layers import Atlas
from geodata.lots.compact import flat, parts, units_of
from geodata.lots.cut import LOTS, SCHOOLS, Lots, lots
from geodata.lots.editions import tender
from geodata.lots.reserve import RESERVE
from geodata.options.needs import needs
from geodata.plan.result import Plan
from geodata.query import Desk
from tests.lotplans import country, plan

RELAY = {"002": "000", "004": "002", "010": "004", "030": "010", "035": "033"}


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return country(tmp_path_factory.mktemp("lots"))


@pytest.fixture(scope="module")
def desk(atlas: Atlas) -> Desk:
    return Desk(atlas, tier="government")


@pytest.fixture(scope="module")
def made(desk: Desk) -> tuple[Plan, Lots]:
    one = plan(
        desk, ways=["fibre", "satellite"], relay=RELAY, plan_lot_schools=5, lot_least_schools=1, plan_reserve_share=0.3
    )
    return one, lots(one, desk)


def test_every_chosen_school_is_in_one_lot_and_nobody_else(made: tuple[Plan, Lots]) -> None:
    one, cut = made
    chosen = one.schools.loc[one.schools["decision"] == "chosen", "school_id"]
    assert sorted(cut.schools["school_id"]) == sorted(chosen)
    assert list(cut.lots.columns) == list(LOTS)
    assert list(cut.schools.columns) == list(SCHOOLS)
    assert cut.lots["schools"].sum() == len(chosen)
    for lot, part in cut.schools.groupby("lot"):
        assert part["order"].tolist() == list(range(1, len(part) + 1)), lot


def test_a_lot_is_of_one_province_and_way_and_no_larger_than_the_policy_says(made: tuple[Plan, Lots]) -> None:
    cut = made[1]
    assert (cut.lots["schools"] <= 5).all()
    assert not cut.lots["too_large"].any()
    ways = cut.schools.groupby("lot")["way"].nunique()
    assert (ways == 1).all()
    assert cut.lots["title"].is_unique
    assert "fibre, North, 1 of" in cut.lots["title"][0]


def test_a_tree_is_never_divided_and_one_too_large_is_said(desk: Desk, made: tuple[Plan, Lots]) -> None:
    tree = made[1].schools[made[1].schools["tree"] == "000"]
    assert set(tree["school_id"]) == {"000", "002", "004", "010", "030"}
    assert tree["lot"].nunique() == 1
    chain = {f"{i:03d}": f"{i - 1:03d}" for i in range(1, 12)}
    large = lots(plan(desk, relay=chain, plan_lot_schools=5), desk)
    row = large.lots[large.lots["too_large"]]
    assert row["schools"].tolist() == [12]
    assert "larger than a lot" in row["risk"].iloc[0]
    assert any("not divided" in note for note in large.notes)


def test_sums_of_a_lot_are_those_of_its_schools_and_one_unknown_makes_them_unknown(
    desk: Desk, made: tuple[Plan, Lots]
) -> None:
    one, cut = made
    sums = cut.schools.groupby("lot")[["cost", "cost_low", "line"]].sum()
    for column in sums:
        assert cut.lots.set_index("lot")[column].to_dict() == pytest.approx(sums[column].to_dict())
    unknown = one.schools.assign(cost_high=one.schools["cost_high"].where(one.schools["school_id"] != "000"))
    again = lots(Plan(**{**one.__dict__, "schools": unknown}), desk)
    lot = again.schools.set_index("school_id").at["000", "lot"]
    assert np.isnan(again.lots.set_index("lot").at[lot, "cost_high"])
    assert "not known in full" in again.lots.set_index("lot").at[lot, "risk"]


def test_the_reserve_list_holds_the_next_best_of_the_same_area_and_way(made: tuple[Plan, Lots]) -> None:
    one, cut = made
    assert list(cut.reserve.columns) == list(RESERVE)
    left = one.schools.set_index("school_id")
    assert (left.loc[cut.reserve["school_id"], "decision"] == "left_out").all()
    assert cut.reserve["school_id"].is_unique
    for row in cut.reserve.itertuples():
        lot = cut.lots.set_index("lot").loc[row.lot]
        assert lot["way"] == row.way
        assert "South" in lot["area"]  # where the schools that were left out lie; a tree may reach over from the north
    assert "035" not in set(cut.reserve["school_id"])  # its fibre would come from 033, which is not in the plan
    for lot, part in cut.reserve.groupby("lot"):
        size = cut.lots.set_index("lot").at[lot, "schools"]
        assert len(part) <= max(1, np.ceil(0.3 * size))
        worth = left.loc[part["school_id"], "value"] / left.loc[part["school_id"], "cost"]
        assert worth.is_monotonic_decreasing


def test_a_lot_too_small_to_be_tendered_is_joined_with_the_nearest_of_its_way(desk: Desk) -> None:
    few = plan(desk, ways=["fibre", "satellite"], plan_lot_schools=30, lot_least_schools=4)
    apart = lots(plan(desk, ways=["fibre", "satellite"], plan_lot_schools=30, lot_least_schools=1), desk)
    assert apart.lots["schools"].min() == 1  # one school in the south, by satellite
    cut = lots(few, desk)
    assert cut.lots["schools"].min() >= 4
    both = cut.lots[(cut.lots["area"] == "North, South") & (cut.lots["way"] == "satellite")].iloc[0]
    assert both["area_id"] == "P1|P2"
    own = cut.schools[cut.schools["lot"] == both["lot"]]
    assert set(own["area"]) == {"North", "South"}
    assert len(cut.reserve)  # of both areas
    tight = lots(plan(desk, ways=["fibre", "satellite"], plan_lot_schools=5, lot_least_schools=4), desk)
    assert (tight.lots["schools"] <= 5).all()


def test_the_order_of_the_plans_rows_changes_nothing(desk: Desk, made: tuple[Plan, Lots]) -> None:
    one, cut = made
    shuffled = Plan(**{**one.__dict__, "schools": one.schools.sample(frac=1, random_state=3)})
    again = lots(shuffled, desk)
    pd.testing.assert_frame_equal(again.lots, cut.lots)
    pd.testing.assert_frame_equal(again.schools, cut.schools)
    pd.testing.assert_frame_equal(again.reserve, cut.reserve)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 9)), min_size=1, max_size=40),
    st.integers(2, 12),
)
def test_laws_of_parts(units: list[tuple[int, int, int]], most: int) -> None:
    x, y, size = (np.array([u[n] for u in units]) for n in range(3))
    found = parts(x.astype(float), y.astype(float), size.astype(np.int64), most)
    total = np.bincount(found, weights=size)
    count = np.bincount(found)
    assert ((total <= most) | (count == 1)).all()
    assert (count > 0).all()


def test_parts_of_equal_units_are_even_and_compact() -> None:
    east, north = (axis.ravel().astype(float) for axis in np.meshgrid(np.arange(20), np.arange(10)))
    found = parts(east, north, np.ones(200, dtype=np.int64), 50)
    assert np.bincount(found).tolist() == [50, 50, 50, 50]
    assert all(np.ptp(east[found == part]) <= 9 and np.ptp(north[found == part]) <= 9 for part in range(4))


def test_units_hang_together_by_relay_and_a_circle_is_one_unit() -> None:
    ids = np.array(["a", "b", "c", "d", "e"], dtype=object)
    assert units_of(ids, np.array(["", "a", "b", "gone", ""], dtype=object)).tolist() == ["a", "a", "a", "d", "e"]
    assert units_of(ids, np.array(["b", "c", "a", "", ""], dtype=object)).tolist() == ["a", "a", "a", "d", "e"]


def test_places_on_both_sides_of_the_antimeridian_are_near() -> None:
    x, y = flat([-17.0, -17.0, np.nan], [179.9, -179.9, 10.0])
    assert np.hypot(x[0] - x[1], y[0] - y[1]) == pytest.approx(0.2 * 111.195 * np.cos(np.radians(17)), rel=1e-3)
    assert np.isnan(x[2])


FORBIDDEN = re.compile(
    r"(?i)estimate|budget|score|\brank|risk|priorit|marginal|group [abc]|poor|displaced|refugee|disab|learner|enrol|pupil|girl|reserve|advice|verify|weight|value|λ|cost|reason"
)


def cells(data: bytes) -> list[object]:
    book = load_workbook(io.BytesIO(data))
    return [
        cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None
    ]


def test_no_cell_of_the_bidders_edition_tells_an_estimate_or_a_reason(desk: Desk, made: tuple[Plan, Lots]) -> None:
    one, cut = made
    sent = tender(one, cut, desk)
    found = cells(bidder_workbook(sent))
    assert not [c for c in found if FORBIDDEN.search(str(c))]
    # No number of the plan is in it either: every amount, value and count of learners is looked for.
    secret = {
        round(float(v), 4)
        for c in ("cost", "cost_low", "cost_high", "link_cost", "value", "learners", "weight")
        for v in one.schools[c]
    }
    secret |= {round(float(v), 4) for c in ("line", "line_low", "line_high", "learners", "cost") for v in cut.lots[c]}
    numbers = {round(float(c), 4) for c in found if isinstance(c, int | float)}
    assert not numbers & secret
    left_out = set(one.schools.loc[one.schools["decision"] != "chosen", "school_id"])
    assert not left_out & {str(c) for c in found}
    assert not [c for c in found if isinstance(c, str) and c.startswith("=")]


def test_the_bidders_edition_says_what_is_asked_for(desk: Desk, made: tuple[Plan, Lots]) -> None:
    one, cut = made
    sent = tender(one, cut, desk)
    text = "\n".join(str(c) for c in cells(bidder_workbook(sent)))
    for said in ("Synthetic", "99.00%", "at most 100 ms", "72 hours", "USD", "École 0 مدرسة", "not a real tender"):
        assert said in text, said
    assert sent.sites["mbps"].tolist() == [20] * 32
    assert bidder_workbook(sent) == bidder_workbook(sent)


def test_the_internal_edition_holds_what_the_bidders_does_not(desk: Desk, made: tuple[Plan, Lots]) -> None:
    one, cut = made
    data = internal_workbook(one, cut, desk)
    text = "\n".join(str(c) for c in cells(data))
    for said in (
        "no bidder may see",
        "20% lower or 50% higher",
        "verify first",
        "made by hand",
        "place 1 by value for cost",
        "provisional",
    ):
        assert said in text, said
    found = load_workbook(io.BytesIO(data))
    assert found.sheetnames[1:] == ["Lots", "Schools", "Reserve"]


def test_the_bidders_sheets_hold_nothing_but_what_was_asked_for(desk: Desk, made: tuple[Plan, Lots]) -> None:
    """The template sets these data and drawings and nothing else; its own words are looked through too."""
    one, cut = made
    said, drawings = content(one, cut, desk)
    text = json.dumps({k: v for k, v in said.items() if k != "words"}, ensure_ascii=False) + "".join(drawings.values())
    assert not FORBIDDEN.findall(re.sub(r"font-weight|stroke-width|fill-rule", "", text))
    for row in said["lots"]:
        assert row["internal"] == []
    left_out = set(one.schools.loc[one.schools["decision"] != "chosen", "school_id"])
    assert not left_out & {cell for lot in said["lots"] for site in lot["sites"] for cell in site[2:3]}
    amounts = {
        f"{v:,.0f}" for c in ("line", "line_low", "line_high", "cost", "cost_low", "cost_high") for v in cut.lots[c]
    }
    assert not [a for a in amounts if a in text]
    assert not [d for d in drawings.values() if "<line " in d]  # where links would run is the bidder's to say
    inner = json.dumps(content(one, cut, desk, internal=True)[0]["lots"])
    assert "Risk" in inner
    assert any(a in inner for a in amounts)


def test_the_sheets_are_a_page_a_lot_the_same_twice_and_say_what_they_are(desk: Desk, made: tuple[Plan, Lots]) -> None:
    one, cut = made
    few = replace(cut, lots=cut.lots.iloc[:2])
    made_pdf = lot_sheets(one, few, desk)
    assert made_pdf.startswith(b"%PDF")
    assert made_pdf == lot_sheets(one, few, desk)
    assert made_pdf.count(b"/Type /Page\n") + made_pdf.count(b"/Type /Page ") == 2 or b"/Count 2" in made_pdf
    said, drawings = content(one, few, desk)
    assert "Synthetic demonstration data" in said["marks"]
    assert "SYNTHETIC" in drawings["map0"]
    assert ">1</text>" in drawings["map0"]
    assert " km</text>" in drawings["map0"] or " m</text>" in drawings["map0"]


def test_a_map_keeps_numbers_apart_and_draws_nobody_without_a_place() -> None:
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(0, 0.1, 60), rng.uniform(0, 0.1, 60)
    lon[0] = np.nan
    drawing = Drawing(lon, lat, [str(n) for n in range(60)])
    picture = svg(drawing, fitted(drawing, 118, 76), title="A & <map>")
    assert picture.count("<circle") == 59
    assert ">0</text>" not in picture
    assert 'aria-label="A &amp; &lt;map&gt;"' in picture
    boxes = [
        (float(x), float(y) - 1.9, float(x) + 1.4 * len(t), float(y))
        for x, y, t in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>(\d+)</text>', picture)
    ]
    assert len(boxes) > 30
    overlaps = [
        (a, b)
        for n, a in enumerate(boxes)
        for b in boxes[n + 1 :]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert not overlaps


def at_risk(atlas: Atlas, risk: str) -> Atlas:
    again = Atlas(atlas.link, atlas.folder)
    again.manifest["place"]["risk"] = risk
    return again


def test_in_areas_at_risk_lots_follow_what_the_tier_may_see(atlas: Atlas, desk: Desk, made: tuple[Plan, Lots]) -> None:
    rounded = Desk(at_risk(atlas, "medium"), tier="partner")
    one, needed = made[0], needs(desk, made[0].terms)
    assert (made[1].schools["tree"] != "").any()
    cut = lots(one, rounded, needed)
    assert (cut.schools["tree"] == "").all()  # who is near whom is not told
    where = cut.schools[["latitude", "longitude"]].to_numpy()
    assert np.allclose(where, np.round(where, 2))
    assert tender(one, cut, rounded).note
    assert "<line " not in "".join(content(one, cut, rounded, internal=True)[1].values())
    with pytest.raises(DisclosureError):
        lots(one, Desk(at_risk(atlas, "high"), tier="public"), needed)
