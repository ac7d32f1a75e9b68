"""The page Plan: what it says of a plan is what the plan and its workbook hold, and it stands whatever is asked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from unittest.mock import patch

import flask
import numpy as np
import openpyxl
import pytest

from dashboard import figures_plan, page
from dashboard.pages import plan as plan_page
from dashboard.planning import (
    areas_only,
    asked,
    assumes,
    budget,
    decide,
    drawn,
    files,
    head,
    listing,
    marks,
    money,
    places,
    show,
    solved,
    why,
)
from dashboard.planning.seen import Seen
from geodata.errors import DisclosureError, StoreError, ViewError
from geodata.exports.plan_files import FILES, file_of, offered
from geodata.plan.measures import Side, measures
from geodata.plan.problem import Clash
from geodata.query import Desk
from geodata.store import lists
from geodata.view import View
from tests.pages import BANNED, country, said
from tests.plans import STOPS, app_with, eight, seen_of

BUDGET = "budget=200000"
PARTS = solved.PARTS
Made = tuple[Seen, solved.State, View]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The eight schools with a budget for some of them, inside a request of the government's view."""
    with app_with(eight(tmp_path_factory.mktemp("eight"))) as (_, desk):
        yield seen_of(desk, BUDGET)


# --- the address ---------------------------------------------------------------------------------------------------------


def test_terms_stand_in_the_address_and_come_back(made: Made) -> None:
    desk = made[0].desk
    view = View.parse(
        "budget=100,200&terms=ways:fibre.satellite,case:low,shared:yes&p.plan_equity_weight=0&p.alpha=0.4"
    )
    terms = asked.terms_of(desk, view, 0.0)
    assert terms.budget == (100.0, 200.0)
    assert terms.number("plan_years") == 2
    assert (terms.ways, terms.case, terms.shared_fibre) == (("fibre", "satellite"), "low", True)
    assert terms.number("plan_equity_weight") == 0
    assert terms.number("alpha") == 0.4
    assert View.parse(asked.plan_only(view).query()) == asked.plan_only(view)
    assert asked.with_terms(view, shared="no", case="mid", ways="").shown("terms") == ""


@pytest.mark.parametrize("query", ["budget=much", "budget=-1", "budget=nan", "terms=colour:red", "terms=case:top", "terms=ways:pigeon", "terms=inside:XX", "terms=ceiling:much"])  # fmt: skip
def test_what_the_address_may_not_ask_is_named(made: Made, query: str) -> None:
    with pytest.raises(ViewError):
        asked.terms_of(made[0].desk, View.parse(query), 0.0)


def test_the_drawer_writes_what_it_shows(made: Made) -> None:
    view = assumes.changed(View(), {"ways": ["fibre"], "prices": "", "case": "high", "shared": True, "training": False, "ceiling": 5000})  # fmt: skip
    assert view.shown("terms") == "case:high,ceiling:5000,shared:yes,training:no,ways:fibre"
    assert assumes.changed(view, {"ways": list(asked.WAYS), "case": "mid", "shared": False, "training": True, "ceiling": ""}) == View()  # fmt: skip
    assert not BANNED.search(said(assumes.drawer(made[0].desk, view)))


# --- what the page says ---------------------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_plan(made: Made) -> None:
    seen, _, _ = made
    found, measured = seen.totals, measures(Side("here", seen.plan))
    assert found.schools == measured["Schools chosen", "schools"] > 0
    assert found.reached == pytest.approx(measured["Underserved learners expected to be reached", "learners"])
    assert found.cost == pytest.approx(measured["Cost", "USD"])
    assert found.cost <= found.budget == 200_000
    assert found.low <= found.cost <= found.high
    assert f"{found.schools} school" in head.headline(seen)


def test_every_part_speaks_in_words(made: Made) -> None:
    seen, state, view = made
    for school_id in seen.schools.index:
        one = view.with_screen(school=str(school_id))
        text = said([*why.section(seen, state, one), *decide.section(seen, one)])
        assert not BANNED.search(text), text
        assert "eligible" in text or "budget" in text
    shown = show.parts(seen.desk, view)
    text = said([shown.lead, shown.curve, shown.beside, shown.foot, show.below(seen.desk, view), plan_page.layout(seen.desk, view)])  # fmt: skip
    assert not BANNED.search(text)
    for word in ("Provisional prices", "λ", "Price of equity", "best possible", "Share of underserved learners", "Group", "Funder"):  # fmt: skip
        assert word.lower() in text.lower(), word


def test_more_money_reaches_no_fewer_and_the_slider_stands_on_solved_budgets(made: Made) -> None:
    seen, state, _ = made
    stops = budget.curve_of(state)
    assert len(stops) > len(STOPS)
    with patch.object(solved, "PARTS", PARTS):
        assert len(solved.stops(seen.desk, seen.plan.terms)) >= 10
    assert [s.budget for s in stops if s.here] == [200_000.0]
    assert all(b.budget > a.budget for a, b in pairwise(stops))
    marked = budget.marks(state)
    assert marked["value"] == [s.here for s in stops].index(True)
    values = [p.choice.objective for p in sorted(state.solved, key=lambda p: p.terms.total)]
    assert all(b >= a * (1 - 1e-3) for a, b in pairwise(values))


def test_a_budget_typed_between_two_stops_becomes_one(made: Made) -> None:
    seen, _, _ = made
    typed = View.parse("budget=123457")
    solved.now(seen.desk, typed)
    solved.state(seen.desk, typed)
    assert 123457.0 in solved.stops(seen.desk, seen.plan.terms)


def test_the_list_holds_every_school_once_and_sorts(made: Made) -> None:
    seen, _, view = made
    every = listing.rows(seen, view, {"startRow": 0, "endRow": 100}, listing.EVERY)
    assert every["rowCount"] == len(seen.plan.schools) == len({r["school_id"] for r in every["rowData"]})
    order = [marks.ORDER.index(r["mark"]) for r in every["rowData"]]
    assert order == sorted(order, reverse=True)
    chosen = listing.rows(seen, view, {"startRow": 0, "endRow": 100}, marks.CHOSEN)
    assert chosen["rowCount"] == seen.totals.schools
    dear = listing.rows(seen, view, {"startRow": 0, "endRow": 100, "sortModel": [{"colId": "cost", "sort": "desc"}]}, listing.EVERY)  # fmt: skip
    costs = [float(r["cost"].replace(",", "")) for r in dear["rowData"] if r["cost"][0].isdigit()]
    assert costs == sorted(costs, reverse=True)
    assert not BANNED.search(said([{**r, "mark": ""} for r in every["rowData"]]))


def test_the_map_counts_what_the_plan_decides(made: Made) -> None:
    seen, state, view = made
    found = marks.counts(seen.plan, seen.following, np.arange(len(seen.plan.schools)))
    assert sum(found) == len(seen.plan.schools)
    assert found[marks.ORDER.index(marks.CHOSEN)] == seen.totals.schools
    spec, legend = drawn.draw(seen.desk, view)
    assert seen.plan.terms.key[: solved.KEY] in spec["tiles"]
    assert f"{seen.totals.schools}" in said(legend)
    values = drawn.area_values(seen.desk, seen.plan, 1, "")
    need = sum(r["need"] for r in drawn.rolled_by(seen.desk, seen.plan, seen.desk.whole["admin1_id"]).values())
    assert need == pytest.approx(money.need_of(seen.plan, seen.plan.schools).sum())
    assert set(values) == set(seen.desk.places.of_level(1)["area_id"])
    client = plan_page and state and page.served()
    assert client.store is not None


def test_need_and_money_of_regions_each_add_up_to_one(made: Made) -> None:
    rows = places.pairs(made[0])
    assert sum(r["need"] for r in rows) == pytest.approx(1)
    assert sum(r["money"] for r in rows) == pytest.approx(1)
    assert all(r["why"] for r in rows if not r["money"])


def test_the_workbook_adds_up_to_the_screen(made: Made) -> None:
    seen, state, _ = made
    content = file_of(seen.desk, seen.plan, "programme.xlsx", files.curve(state))
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    cells = {str(row[0]): row for row in book["Totals"].iter_rows(values_only=True) if row[0]}
    assert cells["Schools chosen"][2] == seen.totals.schools
    cost = next(row for name, row in cells.items() if name.startswith("Cost, ") and "prices" not in name)
    assert cost[2] == pytest.approx(seen.totals.cost, abs=0.01)


# --- decisions ------------------------------------------------------------------------------------------------------------


def test_a_decision_makes_the_plan_anew_and_stands_beside_the_computed_one(tmp_path: Path) -> None:
    with app_with(eight(tmp_path)) as (_, desk):
        seen, _, view = seen_of(desk, BUDGET)
        out = str(seen.plan.schools.loc[seen.plan.schools["decision"] == "left_out", "school_id"].iloc[0])
        one = view.with_screen(school=out)
        with pytest.raises(StoreError, match="reason"):
            decide.decide(desk, one, "A. Clerk", "", "must")
        with pytest.raises(StoreError, match="Choose"):
            decide.decide(desk, one, "A. Clerk", "because", None)
        assert "entry 1" in decide.decide(desk, one, "A. Clerk", "Refuge in the flood", "must")
        again, _, _ = seen_of(desk, BUDGET)
        solved.plan_now(desk, again.plan.terms.with_(must=(), never=()))
        row = again.plan.schools.set_index("school_id").loc[out]
        assert row["decision"] == "chosen"
        assert "1 decision of officers in force" in said(decide.beside(again))
        assert "Refuge in the flood" in said(decide.section(again, one))
        decide.decide(desk, one, "A. Clerk", "not needed", "withdraw")
        assert solved.now(desk, view).key == seen.plan.key


# --- whatever is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["budget=0", "budget=1000000000", "terms=ways:fibre&budget=1000", "terms=training:no&budget=200000", "terms=ceiling:1&budget=200000", "p.plan_region_floor=1&budget=60000"])  # fmt: skip
def test_no_budget_or_term_breaks_the_page(made: Made, query: str) -> None:
    desk, view = made[0].desk, View.parse(query)
    solved.now(desk, view)
    shown = show.parts(desk, view)
    text = said([shown.lead, shown.curve, shown.beside, shown.foot, show.below(desk, view)])
    assert not BANNED.search(text.replace("None of", ""))
    assert said(shown.lead)


def test_limits_that_clash_are_said_in_words(made: Made) -> None:
    plan = replace(made[0].plan, clashes=(Clash("Reaching 40 % of every province", 312_000, "USD"), Clash("Running costs", 0.1, "share")))  # fmt: skip
    text = said(head.banners(plan))
    assert "Any one of these would make a plan possible" in text
    assert "short by 312,000 USD" in text
    assert "short by 10 %" in text


def test_a_rule_that_leaves_nothing_to_choose_is_named(made: Made) -> None:
    seen = made[0]
    rows = seen.plan.schools.assign(decision="left_out")
    rules = {**seen.plan.summary, "against": ("the least share of the poorest fifth (20%)",), "none_poorest": True}
    empty = Seen(seen.desk, replace(seen.plan, schools=rows, summary=rules))
    assert "every choice would break the least share of the poorest fifth (20%); no eligible" in head.headline(empty)
    assert "p.plan_poorest_share=0" in head.without_rule(empty, View.parse(BUDGET))[0].children.href
    assert head.without_rule(seen, View.parse(BUDGET)) == []


def test_a_plan_for_a_named_list_is_made_in_the_background(tmp_path: Path) -> None:
    with app_with(eight(tmp_path)) as (_, desk):
        ids = [str(i) for i in desk.whole["school_id"][:5]]
        store = page.served().store
        assert store is not None
        one = lists.keep(store, desk.atlas.slug, str(desk.atlas.version), "Five", ids, tier="government")
        view, end = View.parse(f"budget=200000&terms=only:{one.key}"), monotonic() + 20
        while (found := solved.state(desk, view)).plan is None and monotonic() < end:
            sleep(0.05)
        assert found.plan is not None
        assert found.plan.terms.only == tuple(sorted(ids))
        assert not set(found.plan.chosen["school_id"]) - set(ids)


def test_nothing_known_of_any_way_is_said(tmp_path: Path) -> None:
    with app_with(eight(tmp_path, satellite="unknown")) as (_, desk):
        seen, _, _ = seen_of(desk, BUDGET)
        assert seen.totals.schools == 0
        assert "no way of connecting any of the eligible schools is known" in head.headline(seen)


@pytest.mark.parametrize(("tier", "risk"), [("public", "medium"), ("public", "high"), ("partner", "high"), ("partner", "medium"), ("public", "low")])  # fmt: skip
def test_what_a_tier_may_not_see_is_not_on_the_page(tmp_path: Path, tier: str, risk: str) -> None:
    with app_with(eight(tmp_path, risk=risk), tier=tier) as (app, desk):
        view = View.parse(BUDGET)
        try:
            solved.now(desk, view)
        except DisclosureError:
            assert areas_only.wanted(desk)  # see test_plan_areas
            assert app.server.test_client().get(f"/plan-export/testland/programme.xlsx?{BUDGET}").status_code == 400
            return
        seen, state = Seen(desk, solved.now(desk, view)), solved.glance(desk, view)
        one = view.with_screen(school=str(desk.whole["school_id"].iloc[0]))
        text = said([*why.section(seen, state, one), *show.parts(desk, view).lead])
        if not desk.locations.exact:
            assert "km" not in text
        rows = listing.rows(seen, view, {"startRow": 0, "endRow": 9}, listing.EVERY)
        assert bool(rows["rowData"]) == desk.one_by_one
        names = {f.name for f in offered(desk, seen.plan)}
        assert not {n for n in names if n.startswith("lots")} or tier != "public"


def test_data_built_before_plans_and_empty_ones_do_not_break_the_page(tmp_path: Path) -> None:
    with app_with(country(tmp_path)) as (_, desk):
        view = View.parse(BUDGET)
        text = said([show.parts(desk, view).lead])
        assert text
        assert not BANNED.search(text)


def test_files_are_handed_out_and_kept_in_the_trail(tmp_path: Path) -> None:
    with app_with(eight(tmp_path)) as (app, desk):
        seen, _, view = seen_of(desk, BUDGET)
        client = app.server.test_client()
        for name in ("scenario.json", "master-plan.csv"):
            reply = client.get(files.address(desk, view, name))
            assert reply.status_code == 200
            assert reply.data
        assert client.get("/plan-export/testland/else.txt").status_code == 404
        store = page.served().store
        assert store is not None
        kept = store.entries("export")
        assert [e.data["file"] for e in kept] == ["testland-master-plan.csv", "testland-scenario.json"]
        assert seen.plan.key in kept[0].reason
        assert set(FILES) == {f.name for f in offered(desk, seen.plan)}


def test_tiles_are_of_the_plan_that_the_address_names(made: Made) -> None:
    seen, _, view = made
    spec, _ = drawn.draw(seen.desk, view)
    client = flask.current_app.test_client()
    tile = client.get(spec["tiles"].format(z=0, x=0, y=0))
    assert tile.status_code == 200
    assert b"School 2" in tile.data
    other = spec["tiles"].replace(seen.plan.terms.key[: solved.KEY], "0123456789abcdef0123")
    assert client.get(other.format(z=0, x=0, y=0)).status_code == 400


def test_real_numbers_of_the_demonstration(built: Any) -> None:
    with app_with(built("demo")) as (_, desk):
        view = View.parse("budget=60000000")
        plan = solved.now(desk, view)
        seen = Seen(desk, plan)
        assert seen.totals.cost <= 60_000_000
        assert seen.totals.schools == plan.summary["schools"]
        assert seen.totals.reached == pytest.approx(plan.summary["reached"], rel=1e-6)
        rows = listing.rows(seen, view, {"startRow": 0, "endRow": 50}, marks.CHOSEN)
        assert rows["rowCount"] == seen.totals.schools
        assert not BANNED.search(said([{**r, "mark": ""} for r in rows["rowData"]]))
        assert "learners who are underserved now" in head.headline(seen)


def test_where_learners_are_not_known_schools_are_counted(built: Any) -> None:
    desk: Desk
    with app_with(built("tocantins")) as (_, desk):
        plan = solved.now(desk, View.parse("budget=3000000"))
        seen = Seen(desk, plan)
        text = said([head.headline(seen), *head.facts(seen), *places.section(seen)])
        assert plan.unit == "schools"
        assert "learners" not in text
        assert "learners" not in said(listing.columns(seen))


def test_amounts_stand_on_axes_in_the_words_of_sentences() -> None:
    assert figures_plan.ticks(48e6, 5)["ticktext"] == ["0", "10 million", "20 million", "30 million", "40 million"]
    assert figures_plan.ticks(64, 3)["ticktext"] == ["0", "25", "50"]
    assert figures_plan.ticks(3, 3)["ticktext"] == ["0", "1", "2", "3"]


def test_a_way_keeps_its_capitals_at_the_head_of_a_row() -> None:
    assert money.titled("cluster") == "Wi-Fi from a connected school"
    assert money.titled("cellular") == "Mobile broadband (4G or 5G)"


def test_every_row_of_the_list_says_why_in_the_column_that_is_drawn(made: Made) -> None:
    seen, _, view = made
    heads = {head["field"]: head for head in listing.columns(seen)}
    assert heads["why"]["cellRenderer"] == "FirstMilePlanWhy"  # it draws `why`; the reasons of a ranking are others
    rows = listing.rows(seen, view, {"startRow": 0, "endRow": 8}, listing.EVERY)["rowData"]
    assert rows
    assert all(row["why"] for row in rows)
