"""Shared fibre inside plans, and a plan made again at what bidders offered: the real solver on a small place."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from openpyxl import load_workbook

from geodata.costing.books import book
from geodata.exports.lotsheets import bidder_workbook
from geodata.layers import Atlas
from geodata.lots.bids import read
from geodata.lots.compared import with_bids
from geodata.lots.cut import lots
from geodata.lots.editions import tender
from geodata.plan.basis import basis
from geodata.plan.make import make_plan
from geodata.plan.result import Plan
from geodata.plan.terms import Terms
from geodata.policy import POLICY
from geodata.query import Desk
from geodata.sharing.together import together
from tests.lotplans import country

COUNT = 12


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """A string of schools 300 m apart: the first is 2 km from a node, the others 8 km by themselves, the last alone."""
    ids = [f"{i:03d}" for i in range(COUNT)]
    far = [2000.0] + [8000.0] * (COUNT - 1)
    reach = pd.DataFrame(
        {
            "school_id": ids,
            "way": "fibre",
            "from_id": "N1",
            "from_kind": "node",
            "distance_m": far,
            "along_road_m": float("nan"),
        }
    )
    reach = reach.assign(sight=pd.array([pd.NA] * COUNT, dtype="boolean"), generation=None)
    pairs = pd.DataFrame(
        {"school_id": ids[:-2], "other_id": ids[1:-1], "distance_m": 300.0, "along_road_m": float("nan")}
    )
    return country(tmp_path_factory.mktemp("shared"), COUNT, reach=reach, neighbours=pairs)


@pytest.fixture(scope="module")
def desk(atlas: Atlas) -> Desk:
    return Desk(atlas, tier="government")


def terms(budget: float, **more: object) -> Terms:
    policy = POLICY.with_values({"plan_ring_fence": 0, "plan_poorest_share": 0, "plan_gap": 0})
    return Terms.of(
        policy, budget, ways=("fibre",), training=False, no_training="a test of links", devices=False, **more
    )


@pytest.fixture(scope="module")
def plans(desk: Desk) -> dict[bool, Plan]:
    return {
        shared: make_plan(desk, terms(250_000.0, shared_fibre=shared), book("itu_2026")) for shared in (False, True)
    }


def test_shared_fibre_reaches_more_for_the_same_money(plans: dict[bool, Plan]) -> None:
    alone, together_ = plans[False], plans[True]
    assert together_.choice.objective > alone.choice.objective
    assert (together_.schools["decision"] == "chosen").sum() > (alone.schools["decision"] == "chosen").sum()
    assert not together_.broken
    assert (alone.schools["relay_of"] == "").all()
    assert any("shared fibre tree" in note for note in together_.notes)


def test_a_school_is_built_only_with_the_school_whose_fibre_it_goes_on_from(plans: dict[bool, Plan]) -> None:
    chosen = plans[True].schools[plans[True].schools["decision"] == "chosen"].set_index("school_id")
    assert (chosen["relay_of"] != "").any()
    for school, parent in chosen["relay_of"].items():
        assert parent == "" or (parent in chosen.index and chosen.at[parent, "year"] <= chosen.at[school, "year"])


def test_an_officers_no_to_a_school_cuts_off_those_behind_it(desk: Desk) -> None:
    cut = make_plan(desk, terms(250_000.0, shared_fibre=True, never=(("001", "land in dispute"),)), book("itu_2026"))
    chosen = cut.schools[cut.schools["decision"] == "chosen"].set_index("school_id")
    assert "001" not in chosen.index
    assert not (chosen["relay_of"] == "001").any()


def test_the_lots_of_a_shared_plan_keep_its_tree_whole(desk: Desk, plans: dict[bool, Plan]) -> None:
    found = lots(plans[True], desk)
    trees = found.schools[found.schools["tree"] != ""]
    assert len(trees)
    assert (trees.groupby("tree")["lot"].nunique() == 1).all()


def test_a_plan_made_again_at_what_was_offered_costs_that_and_keeps_its_limits(
    desk: Desk, plans: dict[bool, Plan]
) -> None:
    before = plans[True]
    found = lots(before, desk)
    out = tender(before, found, desk)
    work = load_workbook(io.BytesIO(bidder_workbook(out)))
    work["Bid"]["B2"] = "Net One"
    rows = list(work["Prices"].iter_rows(min_row=3))
    for row in rows:
        row[8].value, row[9].value = 500, 100
    for row in work["Totals"].iter_rows(min_row=3):
        count = sum(1 for r in rows if r[0].value == row[0].value)
        row[4].value, row[5].value = 500 * count, 100 * count
    saved = io.BytesIO()
    work.save(saved)
    bid = read(saved.getvalue(), out)
    assert bid.faults == ()
    prices = with_bids(before, found, [bid])
    after = make_plan(desk, before.terms, prices)
    assert not after.broken
    assert after.choice.objective >= before.choice.objective  # the offers are far below the estimates
    offered = after.options[
        (after.options["way"] == "fibre") & after.options["school_id"].isin(bid.prices["school_id"])
    ]
    assert (
        offered["link_cost"]
        < before.options.set_index(["school_id", "way"])["link_cost"]
        .reindex(pd.MultiIndex.from_frame(offered[["school_id", "way"]]))
        .to_numpy()
    ).all()
    assert any("what bidders offered" in note for note in after.notes)


def test_what_could_be_built_together_is_told_beside_the_plan(desk: Desk) -> None:
    asked = terms(250_000.0, shared_fibre=True)
    ground = basis(desk, asked, book("itu_2026"))
    found = together(ground, make_plan(desk, asked, book("itu_2026")))
    assert len(found.say) == 3
    assert "shared fibre tree" in found.say[0]
