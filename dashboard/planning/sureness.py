"""How sure a plan is, drawn behind it: fund now, verify first, later. The plan on the screen is there before; once the
draws are made they are kept with it, in its list, its files and its place in the store."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from dashboard import page, waiting, words
from dashboard.planning import solved
from dashboard.planning.asked import PATH
from dashboard.planning.seen import Seen
from geodata.plan.basis import basis
from geodata.plan.result import Plan
from geodata.plan.sure import FUND_NOW, LATER, VERIFY_FIRST, Sure, selected_share
from geodata.query import Desk
from geodata.say import tr

PLACE = "plan-sure"
DRAWS = "plan_selection_draws"


def is_drawn(plan: Plan) -> bool:
    """Whether the draws of a plan are in it."""
    return bool(plan.schools["selected_share"].notna().any())


def wanted(plan: Plan) -> bool:
    """Whether draws are still to be made: for a plan that chooses somebody, in a country that is not too large for it."""
    small = len(plan.schools) <= solved.FEW_ABOVE
    return small and bool(len(plan.chosen)) and plan.terms.number(DRAWS) > 0 and not is_drawn(plan)


def ask(desk: Desk, plan: Plan) -> float:
    """How much of the draws is made, 0 to 1; asking starts them. 1 where there are none to make."""
    if not wanted(plan):
        return 1.0
    key = ("sure", desk, plan.terms.key, plan.book.key)
    done, found = waiting.ask(key, lambda progress: _draw(desk, plan, progress), solved.BEHIND)
    if found is not None:
        solved.keep(desk, found.on(plan), page.served().store)
    return done


def glance(desk: Desk, plan: Plan) -> float:
    """How much of the draws is made, without starting them."""
    return waiting.done(("sure", desk, plan.terms.key, plan.book.key)) if wanted(plan) else 1.0


def _draw(desk: Desk, plan: Plan, progress: waiting.Progress) -> Sure:
    return selected_share(basis(desk, plan.terms, plan.book), plan.terms, progress=progress)


# --- in words ------------------------------------------------------------------------------------------------------------


def place(desk: Desk, plan: Plan | None) -> Component:
    """Where the sentence stands, with what there is to say."""
    return html.P(said(Seen(desk, plan)) if plan else [], id=PLACE, className="plan-sure fm-small", role="status")


def said(seen: Seen) -> list[Any]:
    """How many of the chosen schools can be funded now; how far the draws are; or that none are made."""
    plan = seen.plan
    if not len(plan.chosen) or plan.terms.number(DRAWS) <= 0:
        return []
    draws = round(plan.terms.number(DRAWS))
    if is_drawn(plan):
        return [html.Strong(tr("How sure: ")), _counts(seen, draws)]
    if not wanted(plan):
        return [html.Strong(tr("How sure: ")), tr("not drawn here, for so many schools; the command line can (firstmile plan --draws).")]  # fmt: skip
    done = glance(seen.desk, plan)
    said = tr("the plan is being made {draws} times more, with prices and unknown data drawn at random …", draws=draws)
    far = " " + tr("{share} done", share=words.percent(done)) if 0 < done < 1 else ""
    return [html.Strong(tr("How sure: ")), said + far]


def _counts(seen: Seen, draws: int) -> str:
    advice = seen.plan.chosen["advice"].value_counts()
    now, verify, postponed = (int(advice.get(name, 0)) for name in (FUND_NOW, VERIFY_FIRST, LATER))
    told = [
        tr("{schools} can be funded now", schools=seen.count(now)),
        tr("{schools} should be verified first", schools=seen.count(verify)),
    ]
    told += [tr("{schools} can come later", schools=seen.count(postponed))] if postponed else []
    return tr("of the chosen schools {parts}. Made anew {draws} times with prices and unknown data drawn at random; how often each school stays in is in the list, under Advice.", parts=words.listed(told), draws=draws)  # fmt: skip


def register(app: Dash) -> None:
    """The sentence follows the draws."""

    @app.callback(Output(PLACE, "children"), Input("plan-poll", "n_intervals"), Input("plan-mark", "data"), State(page.URL, "search"), State(page.URL, "pathname"), prevent_initial_call=True)  # fmt: skip
    def _far(_n: int | None, _mark: str | None, search: str, path: str) -> Any:
        desk, view = page.here(search)
        state = solved.glance(desk, view)
        return no_update if path != PATH or state.plan is None else said(Seen(desk, state.plan))
