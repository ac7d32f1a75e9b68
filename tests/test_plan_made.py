"""Plans of built countries: reasons, money, regions, fairness, how sure they are; what is refused and what is said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from geodata.errors import DisclosureError, PlanError
from geodata.freshness import as_of
from geodata.layers import Atlas
from geodata.options.ground import FIXED
from geodata.plan.basis import Basis, basis
from geodata.plan.candidates import candidates, limits
from geodata.plan.check import broken
from geodata.plan.fair import fairness
from geodata.plan.make import make_plan, plan_on
from geodata.plan.result import COLUMNS, Plan
from geodata.plan.sure import selected_share
from geodata.plan.sweep import sweep
from geodata.plan.terms import Terms
from geodata.query import Desk
from tests.by_hand_plan import CAPACITY, Hand, best

BUDGET = 20_000_000.0


@pytest.fixture(scope="module")
def demo(built: Callable[[str], Atlas]) -> Desk:
    return Desk(built("demo"), tier="government")


@pytest.fixture(scope="module")
def terms(demo: Desk) -> Terms:
    return Terms.of(demo.policy, BUDGET)


@pytest.fixture(scope="module")
def ground(demo: Desk, terms: Terms) -> Basis:
    return basis(demo, terms)


@pytest.fixture(scope="module")
def plan(ground: Basis, terms: Terms) -> Plan:
    return plan_on(ground, terms)


def test_a_plan_of_the_demonstration_keeps_its_limits_and_adds_up(plan: Plan, ground: Basis, terms: Terms) -> None:
    schools, chosen = plan.schools, plan.schools["decision"].eq("chosen")
    assert list(schools.columns) == list(COLUMNS)
    assert schools["school_id"].tolist() == ground.desk.whole["school_id"].tolist()
    assert plan.choice.gap <= terms.number("plan_gap")
    assert schools["cost"][chosen].sum() == pytest.approx(plan.summary["cost"])
    assert schools["cost"][chosen].sum() <= BUDGET
    found = candidates(ground, terms)
    assert broken(found.problem, limits(terms), plan.choice.year) == ()
    assert broken(found.problem, limits(terms), np.ones(len(found.problem.school), dtype=np.int64)) != ()
    flows = plan.flows
    worth = float((flows["amount"] / (1 + terms.number("plan_discount_rate")) ** flows["year"]).sum())
    assert worth == pytest.approx(plan.summary["cost"], rel=1e-9), "dated money is worth what the budget paid"
    assert (schools["why"] != "").all()
    assert schools["year"].notna().eq(chosen).all()
    assert 0 < plan.price_of_equity < 0.5
    assert plan.plain.objective >= plan.summary["reached"] * 0.999, "λ = 0 reaches at least as many"


def test_need_and_money_stand_beside_each_other_for_every_region(plan: Plan) -> None:
    regions, schools = plan.regions, plan.schools
    assert regions["chosen"].sum() == schools["decision"].eq("chosen").sum()
    assert regions["money_share"].sum() == pytest.approx(1)
    assert regions["need_share"].sum() == pytest.approx(1)
    assert (regions["why"] != "").tolist() == (regions["chosen"] == 0).tolist(), "a zero is explained, nothing else"


def test_decisions_of_officers_hold_and_are_said(plan: Plan, ground: Basis, terms: Terms) -> None:
    schools = plan.schools
    out = schools[schools["decision"] == "left_out"].sort_values("cost").iloc[0]["school_id"]
    into = schools[schools["decision"] == "chosen"].iloc[0]["school_id"]
    again = plan_on(ground, terms.with_(must=((out, "Promised by the minister."),), never=((into, "To be rebuilt."),)))
    said = again.schools.set_index("school_id")
    assert (said.loc[out, "decision"], said.loc[into, "decision"]) == ("chosen", "left_out")
    assert "Promised by the minister." in said.loc[out, "why"]
    assert "To be rebuilt." in said.loc[into, "why"]
    with pytest.raises(PlanError, match="written reason"):
        make_plan(ground.desk, terms.with_(training=False))


def test_too_little_money_for_a_decision_says_how_much_is_missing(plan: Plan, ground: Basis, terms: Terms) -> None:
    dear = plan.schools[plan.schools["decision"] == "left_out"].sort_values("cost").iloc[-1]
    poor = plan_on(ground, terms.with_(budget=(dear["cost"] / 2,), must=((dear["school_id"], "It must."),)))
    assert poor.choice.status == "infeasible"
    assert poor.clashes[0].limit == "the budget"
    assert poor.clashes[0].by >= dear["cost"] / 2 - 1
    assert not poor.schools["decision"].eq("chosen").any()
    assert poor.notes[-1] == "No plan keeps all these limits."


def test_fairness_before_and_after_has_every_gate(plan: Plan, demo: Desk) -> None:
    found = fairness(demo, plan)
    assert [g.name for g in found.gates] == ["targeting", "money_for_a", "region", "parity_sex", "parity_location", "parity_wealth", "erreygers", "false_connected", "groups_known"]  # fmt: skip
    assert found.erreygers[1] < found.erreygers[0]
    gate = found.gates[1]
    assert gate.verdict == "pass"
    assert found.incidence is not None
    assert found.incidence.targeting.value > 0


def test_how_sure_is_the_same_every_time_and_more_than_guessing(plan: Plan, ground: Basis, terms: Terms) -> None:
    one = selected_share(ground, terms, draws=3, seed=5)
    two = selected_share(ground, terms, draws=3, seed=5)
    np.testing.assert_array_equal(one.share, two.share)
    told = one.on(plan).schools
    inside, out = told["decision"].eq("chosen"), told["decision"].eq("left_out")
    assert told["selected_share"][inside].mean() > 3 * told["selected_share"][out].mean()
    assert told["selected_share"][~inside & ~out].isna().all()
    assert set(told["advice"]) == {"", "fund_now", "verify_first", "later"}


def test_a_sweep_never_falls_with_money_and_marks_what_is_beaten(demo: Desk, terms: Terms) -> None:
    rows = sweep(demo, terms, budgets=(2e7, 6e7), weights=(0.0, 2.0))
    for _, part in rows.groupby("weight"):
        assert part["objective"].is_monotonic_increasing
    assert (rows["cost"] <= rows["budget"]).all()
    at = rows.set_index(["weight", "budget"])
    assert at.loc[(0.0, 2e7), "reached"] >= at.loc[(2.0, 2e7), "reached"] * 0.999
    assert at.loc[(2.0, 2e7), "poorest_share"] >= 0.2
    assert not rows["dominated"].all()


@pytest.fixture(scope="module")
def tocantins(built: Callable[[str], Atlas]) -> tuple[Basis, Plan]:
    desk = Desk(built("tocantins"), tier="government")
    terms = Terms.of(desk.policy, 2_000_000.0)
    ground = basis(desk, terms)
    return ground, plan_on(ground, terms)


def test_tocantins_counts_schools_and_says_so(tocantins: tuple[Basis, Plan]) -> None:
    _, plan = tocantins
    assert plan.unit == "schools"
    assert any("counts schools" in note for note in plan.notes)
    assert any("provisional" in note for note in plan.notes)
    assert plan.schools["decision"].eq("chosen").sum() == plan.summary["schools"] > 10
    assert plan.choice.gap < 0.01


# --- by hand --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["demo", "tocantins"])
def test_ten_schools_by_hand(name: str, plan: Plan, ground: Basis, tocantins: tuple[Basis, Plan]) -> None:
    """Eligibility, chances, weight, every way and its cost, the way taken: again in plain Python from the tables alone."""
    here, made = (ground, plan) if name == "demo" else tocantins
    atlas = here.desk.atlas
    tables = {layer: pd.DataFrame(atlas.read(layer)) for layer in ("schools", "reach", "commitments")}
    day, prices = as_of(atlas.manifest), {item: cost.mid for item, cost in made.book.costs.items()}
    assert day is not None
    hand = Hand(tables, atlas.manifest["planning"], day.isoformat(), prices, dict(here.desk.policy))
    told = made.schools.set_index("school_id")
    needs, options = here.needs.set_index("school_id"), here.options.set_index(["school_id", "way"])
    some = [told[told["decision"] == d] for d in ("chosen", "left_out", "not_eligible")]
    ids = [i for part, n in zip(some, (4, 3, 3), strict=True) for i in part.sample(n, random_state=20260101).index]
    for school in ids:
        row, need = told.loc[school], needs.loc[school].to_dict()
        dark, off, mbps = hand.chance(school, "energy"), hand.without_internet(school), float(need["required_mbps"])
        margin = hand.country.school(school)["marginalisation"]
        assert row["not_eligible_why"] == hand.not_eligible(school), school
        assert row["chance_underserved"] == pytest.approx(hand.chance(school, "bandwidth"), abs=1e-8), school
        assert row["weight"] == pytest.approx(1 + 2 * margin, abs=1e-5), school
        beside, cost = hand.beside(school, need), {}
        for way in (*CAPACITY, "cluster"):
            option = options.loc[(school, way)]
            state, length = hand.state(school, way, mbps) if way in CAPACITY else (option["state"], 0.0)
            assert option["state"] == state, (school, way)
            if way == "fibre" and np.isnan(length):
                assert np.isnan(option["cost"])
                continue
            link = hand.link(way, length, mbps, 1 - dark, off)
            assert [option["link_cost"], option["cost"]] == pytest.approx([link, link + sum(beside)]), (school, way)
            cost |= {way: link + sum(beside)} if state == "feasible" else {}
        moved = 1.25 if need["crisis_index"] >= 6 else 1.0  # where risk is high, what is fixed must cost a quarter less
        taken = min(cost, key=lambda w: cost[w] * (moved if w in FIXED else 1), default="")
        assert (row["way"], row["cost"]) == (taken, pytest.approx(cost[taken])), school


def test_another_solver_with_a_formulation_of_its_own_finds_no_better_plan(tocantins: tuple[Basis, Plan]) -> None:
    ground, plan = tocantins
    rows = plan.schools[plan.schools["eligible"] & (plan.schools["way"] != "")]
    facts = ground.needs.set_index("school_id").loc[rows["school_id"]]
    people = facts["people"].to_numpy() * rows["chance_underserved"].to_numpy()
    table = pd.DataFrame({"plain": people, "value": people * rows["weight"].to_numpy(), "cost": rows["cost"].to_numpy(), "people": facts["people"].to_numpy(), "a": facts["tier"].eq("A").to_numpy(), "poorest": facts["poorest"].to_numpy()})  # fmt: skip
    schools = [{k: float(v) for k, v in row.items()} for row in table.to_dict("records")]
    for choice, weighted in ((plan.choice, True), (plan.plain, False)):
        found = best(schools, 2_000_000, 0.5, 0.2, weighted=weighted)
        assert choice.objective >= found * 0.998, "as good, within what both leave open"
        assert choice.bound >= found * (1 - 1e-9), "the bound is proof"


def test_where_places_are_not_shown_there_is_no_plan(demo: Desk, terms: Terms) -> None:
    public = Desk(demo.atlas, tier="public")
    public.risk = "high"  # type: ignore[misc]
    with pytest.raises(DisclosureError, match="government"):
        make_plan(public, terms)
