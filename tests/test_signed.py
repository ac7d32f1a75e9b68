"""Signed lists: never changed, every replacement checked against every limit, recorded with why each candidate failed."""

from __future__ import annotations

import sqlite3
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geodata.errors import OvertakenError, PlanError, StoreError
from geodata.lots.cut import Lots, lots
from geodata.plan.check import broken
from geodata.plan.frozen import freeze, packed, unpacked
from geodata.plan.make import make_plan
from geodata.plan.problem import Limits, Problem
from geodata.plan.result import Plan
from geodata.plan.shock import shock
from geodata.plan.stands import since, stands_of
from geodata.plan.substitute import Standing, after, faults, listed, propose, standing
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.store import Store, canonical, open_store, scenarios, signed, solved
from tests import made_plan

# --- the arithmetic of replacing, without a country ------------------------------------------------------------------


def problem_of(costs: list[float], region: list[int], tier_a: list[bool], people: list[float], **more: Any) -> Problem:
    n, floats = len(costs), np.array(people, dtype=float)
    return Problem(
        np.arange(n), floats, floats, floats, np.array(costs, dtype=float), np.zeros(n), np.array(tier_a),
        np.array(region), ("North", "South"), np.array([sum(p for p, r in zip(people, region, strict=True) if r == g) for g in (0, 1)]),
        **more,
    )  # fmt: skip


def rows_of(chosen: list[int], reserve: list[int], lot: dict[int, str] | None = None) -> pd.DataFrame:
    ids = [*chosen, *reserve]
    return pd.DataFrame({
        "school_id": [f"S{i}" for i in ids], "lot": [(lot or {}).get(i, "L001") for i in ids], "order": [*range(1, len(chosen) + 1), *range(1, len(reserve) + 1)],
        "reserve": [*[False] * len(chosen), *[True] * len(reserve)], "candidate": ids, "cost": 0.0,
    })  # fmt: skip


def test_the_first_reserve_that_keeps_every_limit_takes_the_place() -> None:
    problem = problem_of([10, 10, 30, 10, 10], [0, 1, 1, 0, 1], [False] * 5, [5, 5, 9, 9, 4])
    limits = Limits((25.0,), region_floor=0.2)
    stands = standing(problem, limits, np.array([1, 1, 0, 0, 0]), rows_of([0, 1], [2, 3, 4]), 50)
    assert faults(stands) == ()
    found = propose(stands, "S1")
    assert [t.passed for t in found.tried] == [False, False, True]
    assert "Year 1 spends 40 of 25" in found.tried[0].said
    assert "South gets 0" in found.tried[1].said
    assert found.into == "S4"
    changed = after(stands, {"S1": "S4"})
    assert listed(changed) == ["S0", "S4"]
    assert propose(changed, "S1").why_not == "School S1 is not on this list as it stands."
    assert listed(stands) == ["S0", "S1"]


def test_built_schools_stay_and_parents_of_fibre_are_not_taken_away() -> None:
    problem = problem_of([1, 1, 1], [0, 0, 0], [False] * 3, [1, 1, 1], relay=((1, 0),))
    stands = standing(problem, Limits((3.0,)), np.array([1, 1, 0]), rows_of([0, 1], [2]), 50)
    assert (
        propose(stands, "S1", built={"S1"}).said
        == "School S1 is built already: it is connected, and stays on the list."
    )
    assert propose(stands, "S0").said == "The fibre of S1 goes on from school S0: replace them first."
    assert propose(stands, "S1", taken={"S2": "It is promised by others."}).tried[0].broken == (
        "It is promised by others.",
    )
    assert propose(stands, "S1").into == "S2"
    assert propose(after(stands, {"S1": "S2"}), "S2").said == "No school is left on the reserve list of lot L001."


def test_a_reserve_of_another_lot_is_not_asked_and_a_required_school_may_go() -> None:
    problem = problem_of([1, 1, 1], [0, 0, 0], [True, False, False], [1, 1, 1], must=np.array([0]))
    stands = standing(
        problem, Limits((3.0,), ring_fence=0.5), np.array([1, 1, 0]), rows_of([0, 1], [2], {1: "L002", 2: "L002"}), 50
    )
    assert propose(stands, "S0").said == "No school is left on the reserve list of lot L001."
    assert propose(stands, "S1").into == "S2"


@settings(max_examples=8)
@given(st.data())
def test_whatever_is_replaced_the_list_keeps_every_limit(data: st.DataObject) -> None:
    """Any list that keeps its limits, replaced again and again: it keeps them, as the whole problem says, and stays as long."""
    n = data.draw(st.integers(3, 9))
    several = lambda values: data.draw(st.lists(values, min_size=n, max_size=n))  # noqa: E731
    problem = problem_of(several(st.integers(1, 9)), several(st.integers(0, 1)), several(st.booleans()), several(st.integers(1, 9)), poorest=np.array(several(st.booleans())))  # fmt: skip
    year = np.array(several(st.sampled_from([0, 0, 1, 2])))
    limits = Limits((float(problem.cost[year > 0].sum() + data.draw(st.integers(0, 9))), 5.0), region_floor=data.draw(st.sampled_from([0.0, 0.2])), poorest_share=data.draw(st.sampled_from([0.0, 0.3])), ring_fence=data.draw(st.sampled_from([0.0, 0.4])))  # fmt: skip
    assume(year.any() and not broken(problem, limits, year))
    chosen, left = np.flatnonzero(year > 0).tolist(), np.flatnonzero(year == 0).tolist()
    stands = standing(problem, limits, year, rows_of(chosen, left), 50)
    assert faults(stands) == ()
    swaps: dict[str, str] = {}
    for _ in range(3):
        now = after(stands, swaps)
        found = propose(now, data.draw(st.sampled_from(listed(now))))
        if not found.into:
            continue
        swaps[found.out] = found.into
        years = year.copy()
        for out, into in swaps.items():
            years[int(into[1:])], years[int(out[1:])] = years[int(out[1:])], 0
        gone = np.array([int(s[1:]) for s in swaps])
        assert broken(replace(problem, never=gone), limits, years) == ()
        assert listed(after(stands, swaps)) == sorted(f"S{i}" for i in np.flatnonzero(years))
        assert not set(swaps) & set(listed(after(stands, swaps)))
    back = Standing(**unpacked({f.name: packed(getattr(stands, f.name)) for f in fields(stands)}))
    assert listed(after(back, swaps)) == listed(after(stands, swaps))


# --- in the store -------------------------------------------------------------------------------------------------------


Made = tuple[Plan, Lots, Standing]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The eight schools in a country where satellite is licensed and nothing else is known."""
    found = made_plan.desk(tmp_path_factory.mktemp("toy"))
    found.atlas.manifest["planning"] = {"satellite": "licensed"}
    return found


@pytest.fixture(scope="module")
def made(desk: Desk) -> Made:
    """A plan that was solved, its lots, and what its list is checked by."""
    numbers = {"plan_reserve_share": 1.0, "plan_ring_fence": 0.0, "plan_poorest_share": 0.0}
    plan = make_plan(desk, Terms.of(desk.policy.with_values(numbers), 320_000.0))
    cut = lots(plan, desk)
    return plan, cut, stands_of(desk, plan, cut)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "trail.db")


def sign(store: Store, desk: Desk, made: Made, **more: Any) -> signed.Signed:
    plan, cut, stands = made
    entry = signed.sign(store, desk, plan, **{"lots": cut, "stands": stands, "name": "First tender", "who": "B. Director", "reason": "Board", **more})  # fmt: skip
    return signed.load(store, desk.atlas.slug, entry.number, "government")


def test_a_list_is_signed_replaced_and_never_changes(store: Store, desk: Desk, made: Made) -> None:
    first = sign(store, desk, made)
    text = store.document(first.entry)
    out = first.schools[0]
    entry = signed.substitute(store, desk, first, out, who="C. Clerk", reason="Washed away")
    store.close()
    again = open_store(store.where)
    now = signed.load(again, desk.atlas.slug, first.number, "government")
    assert now.swaps == {out: entry.data["in"]}
    assert out not in now.schools
    assert entry.data["in"] in now.schools
    assert len(now.schools) == len(first.schools)
    assert now.broken == ()
    assert again.document(now.entry) == text
    assert now.entry == first.entry
    assert "takes its place" in now.rule
    states = now.table.set_index("school_id")
    assert states.loc[out, ["state", "replaced_by", "entry"]].tolist() == ["replaced", entry.data["in"], entry.number]
    assert states.loc[entry.data["in"], ["state", "instead_of"]].tolist() == ["from_reserve", out]
    assert entry.data["tried"][-1]["said"].endswith("keeps every limit.")
    assert again.verify() == []


def test_two_officers_cannot_give_the_same_reserve_away(store: Store, desk: Desk, made: Made) -> None:
    one = sign(store, desk, made)
    other = signed.load(store, desk.atlas.slug, one.number, "government")
    signed.substitute(store, desk, one, one.schools[0], who="A", reason="Flooded")
    with pytest.raises(OvertakenError, match="Someone else recorded a change meanwhile"):
        signed.substitute(store, desk, other, other.schools[0], who="B", reason="Flooded")
    assert store.count("substitution") == 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"who": " "}, "your name"), ({"reason": ""}, "the reason"), ({"name": " "}, "a name, such as")],
)
def test_nothing_is_signed_without_name_and_reason(store: Store, desk: Desk, made: Made, changed: dict[str, str], told: str) -> None:  # fmt: skip
    with pytest.raises(StoreError, match=told):
        sign(store, desk, made, **changed)
    assert store.count() == 0


def test_what_breaks_a_limit_or_chooses_nothing_is_not_signed(store: Store, desk: Desk, made: Made) -> None:
    plan, cut, stands = made
    dear = replace(stands, limits=Limits((1.0,)))
    for wrong, told in (
        ((plan, cut, dear), "breaks a limit of its plan"),
        ((replace(plan, version="other"), cut, stands), "other data"),
        ((replace(plan, schools=plan.schools.assign(decision="left_out")), cut, stands), "chooses no school"),
        ((plan, replace(cut, schools=cut.schools.iloc[1:]), stands), "cut the lots again"),
    ):
        with pytest.raises(StoreError, match=told):
            sign(store, desk, wrong)
    with pytest.raises(StoreError, match="public"):
        signed.sign(
            store, Desk(desk.atlas, tier="public"), plan, lots=cut, stands=stands, name="x", who="y", reason="z"
        )
    assert store.count() == 0


def test_a_replacement_without_name_reason_or_reserve_is_refused(store: Store, desk: Desk, made: Made) -> None:
    first = sign(store, desk, made)
    school = first.schools[0]
    given_ = {"who": "A", "reason": "Flooded"}
    for more, told in (
        ({"who": ""}, "your name"),
        ({"reason": " "}, "Write the reason why school"),
        ({"built": {school}}, "built already"),
        ({"taken": dict.fromkeys(first.table.query("state == 'reserve'")["school_id"], "Promised by others.")}, "None of the .* Promised by others"),
    ):  # fmt: skip
        with pytest.raises(StoreError, match=told):
            signed.substitute(store, desk, first, school, **{**given_, **more})
    with pytest.raises(StoreError, match="not on this list"):
        signed.substitute(store, desk, first, "S99", **given_)
    assert store.count("substitution") == 0


def test_a_signed_list_that_was_changed_is_found(store: Store, desk: Desk, made: Made) -> None:
    first = sign(store, desk, made)
    with sqlite3.connect(store.where) as connection:
        connection.execute("DROP TRIGGER documents_no_DELETE")
        connection.execute("DELETE FROM documents")
    connection.close()
    (said,) = store.verify()
    assert (
        said
        == f"Entry {first.number} (signed list of a plan): the document {first.entry.data['document'][:12]} is gone."
    )
    with pytest.raises(StoreError, match="is gone"):
        signed.load(store, desk.atlas.slug, first.number, "government")
    assert signed.entries(store, desk.atlas.slug, "partner") == []


def test_what_changed_in_the_data_since_keeps_schools_out_of_a_list(desk: Desk, made: Made) -> None:
    built, taken = since(desk, made[0].terms, ["S1", "S6", "S99"])
    assert built == {"S6"}
    assert taken == {"S6": "Not eligible by now: has the internet that the standard asks for.", "S99": "Not eligible by now: it is not in the data any more."}  # fmt: skip


# --- after a shock ------------------------------------------------------------------------------------------------------


def test_after_a_shock_those_cut_off_count_and_the_budget_stays(desk: Desk, made: Made) -> None:
    plan = made[0]
    regions = desk.whole.set_index("school_id")["admin1_id"]
    found = shock(desk, plan, (regions["S6"],), "flood  of May")
    rows = found.schools.set_index("school_id")
    assert found.hit == regions.eq(regions["S6"]).sum()
    assert rows.loc["S6", "state"] in {"newly_unserved", "connected_again"}
    assert found.after.terms.shock == "flood of May"
    was, now = (set(p.schools.query("decision == 'chosen'")["school_id"]) for p in (plan, found.after))
    assert set(rows[rows["state"] == "dropped"].index) == was - now
    assert set(rows[rows["state"].isin(["came_in", "connected_again"])].index) == now - was
    cost = found.after.schools.set_index("school_id")["cost"]
    assert found.extra == pytest.approx(max(0.0, cost[sorted(was | {"S6"})].sum() - plan.terms.total))
    assert found.said[0].endswith("of which 1 were connected and count as cut off.")
    for areas, what in (((), "flood"), (("North",), " ")):
        with pytest.raises(PlanError, match="Say which districts"):
            shock(desk, plan, areas, what)
    with pytest.raises(PlanError, match="other data"):
        shock(desk, replace(plan, version="two"), ("North",), "flood")


def test_a_saved_plan_solved_again_is_the_same_to_the_byte(store: Store, desk: Desk, made: Made) -> None:
    plan = made[0]
    number = scenarios.save(store, desk, plan, "Cabinet", who="A").number
    store.close()
    found = scenarios.load(open_store(store.where), desk.atlas.slug, number, "government")
    again = make_plan(desk, found.plan.terms, found.plan.book)
    assert scenarios.again(found, again) == scenarios.Again(True, True, ())
    assert canonical(freeze(again)) == canonical(freeze(found.plan)) == canonical(freeze(plan))
    reworded = replace(again, schools=again.schools.assign(why="otherwise"))
    assert "worded otherwise" in scenarios.again(found, reworded).said[1]


def test_a_solved_plan_is_at_hand_after_a_restart(store: Store, desk: Desk, made: Made) -> None:
    plan = made[0]
    assert solved.cached_plan(store, desk, plan.terms, plan.book) is None
    assert solved.cache_plan(store, desk, plan)
    store.close()
    found = solved.cached_plan(open_store(store.where), desk, plan.terms, plan.book)
    assert found is not None
    assert canonical(freeze(found)) == canonical(freeze(plan))
    pd.testing.assert_frame_equal(found.options, plan.options)
    assert solved.cached_plan(open_store(store.where), Desk(desk.atlas, tier="partner"), plan.terms, plan.book) is None
