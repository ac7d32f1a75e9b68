"""What is worked out behind a plan on the page: how sure it is, and what other budgets reach at other weights."""

from __future__ import annotations

import io
from collections.abc import Iterator

import openpyxl
import pytest

from dashboard import page, waiting
from dashboard.planning import grid, kept, listing, show, solved, sureness
from dashboard.planning.seen import Seen
from geodata.exports.plan_files import file_of
from geodata.layers import open_atlas, write_manifest
from geodata.plan.sweep import sweep
from geodata.query import Desk
from geodata.store import open_store
from geodata.view import View
from tests.pages import BANNED, said
from tests.plans import app_with, eight

VIEW = View.parse("budget=200000")
DRAWS = 4


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("sure")
    place = eight(folder)
    write_manifest(place.folder, {**place.manifest, "policy": {"plan_selection_draws": DRAWS}})
    with app_with(open_atlas(folder / "testland"), store=open_store(folder / "trail.db")) as (_, found):
        yield found


def _until_over(desk: Desk) -> list[str]:
    told = []
    for _ in range(3000):
        shown = show.parts(desk, VIEW)
        state = solved.glance(desk, VIEW)
        if state.plan is not None:
            told.append(said(sureness.said(Seen(desk, state.plan))))
        if shown.over:
            return told
        solved.sleep(0.02)
    raise AssertionError("the page never came to an end")


def test_the_draws_come_behind_the_plan_and_are_kept_with_it(desk: Desk) -> None:
    plain = solved.now(desk, VIEW)
    assert not sureness.is_drawn(plain)
    assert "Saved as" in kept.keep(desk, VIEW, "A. Clerk", "", "Before the draws")
    told = _until_over(desk)
    assert f"made {DRAWS} times more" in told[0]
    assert "can be funded now" in told[-1]
    plan = solved.now(desk, VIEW)
    chosen = plan.chosen
    assert chosen["selected_share"].between(0, 1).all()
    assert set(chosen["advice"]) <= {"fund_now", "verify_first", "later"}
    assert any(c["headerName"] == "Advice" for c in listing.columns(Seen(desk, plan)))
    book = openpyxl.load_workbook(io.BytesIO(file_of(desk, plan, "programme.xlsx")), data_only=True)
    heads = next(row for row in book["Schools"].iter_rows(values_only=True) if row and "Advice" in row)
    shares = [row[heads.index("Share of draws chosen")] for row in book["Schools"].iter_rows(values_only=True)]
    assert any(isinstance(s, float | int) for s in shares)
    text = said(kept.beside(Seen(desk, plan), VIEW))
    assert "the same to the last figure" in text  # saved before the draws, it is still this plan
    assert not BANNED.search(text + told[-1])
    solved._plans.clear()
    assert sureness.is_drawn(solved.now(desk, VIEW))  # from the store, as after a restart


def test_a_plan_that_buys_nothing_is_not_drawn(desk: Desk) -> None:
    none = solved.now(desk, View.parse("budget=1"))
    assert not sureness.wanted(none)
    assert sureness.ask(desk, none) == 1
    assert sureness.said(Seen(desk, none)) == []


def test_budgets_beside_weights_are_the_sweep(desk: Desk) -> None:
    _until_over(desk)
    state = solved.glance(desk, VIEW)
    assert state.plan is not None
    asked = grid.budgets(state)
    assert 200_000.0 in asked
    assert len(asked) <= grid.MOST + 1
    over = False
    while not over:
        found, over = grid.told(desk, VIEW)
        solved.sleep(0.02)
    text = said(found)
    assert not BANNED.search(text)
    straight = sweep(desk, state.plan.terms, state.plan.book, asked[-1:], (0.0,))
    assert f"{straight['reached'].iloc[0]:,.0f}" in text
    assert "λ = 4" in text
    waiting._works.clear()  # another worker, or after a restart: from the store
    store = page.served().store
    assert store is not None
    assert grid.cached(store, grid.name(desk, state, state.plan)) is not None
    for over in iter(lambda: grid.told(desk, VIEW)[1], True):
        assert not over
    assert said(grid.told(desk, VIEW)[0]) == text


def test_a_newly_solved_budget_draws_the_curve_alone() -> None:
    before = "key next 3   False True False 0"  # no school, no area
    assert show.changed("", before) == show.changed("wait 0.5", before) == frozenset(show.FIELDS)
    fresh = show.changed(before, before.replace(" 3 ", " 4 "))
    assert fresh == {"stops"}
    assert not any(fresh & rests for rests in show.RESTS.values())
    assert show.changed(before, before) == frozenset()
