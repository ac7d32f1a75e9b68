"""Budgets beside weights: what a few budgets reach at each weight of marginalisation, solved when somebody asks for it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, page, signing, waiting, words
from dashboard.planning import budget, money, solved
from dashboard.planning.asked import PATH
from geodata.errors import FirstMileError
from geodata.plan.result import Plan
from geodata.plan.sweep import dominated, sweep
from geodata.query import Desk
from geodata.say import later, tr
from geodata.store.solved import cache, cached, name_of
from geodata.view import View

DO, FOUND, POLL = "plan-grid-do", "plan-grid-found", "plan-grid-poll"
MOST = 6  # budgets, so that the table can be read
BEATEN = later("beaten")
KEPT = ("weight", "budget", "reached", "poorest_share", "marginal_cost", "dominated")


def place() -> Component:
    """The question, the button that asks it, and where the answer stands."""
    return html.Section(
        [
            html.H2(tr("Other budgets, other weights")),
            html.P(tr("What a few budgets reach at each weight of marginalisation (λ), each solved by itself under the same rules."), className="fm-soft fm-small"),
            html.P(signing.acting(DO, tr("Work it out"))),
            html.Div(id=FOUND, role="status"),
            dcc.Interval(id=POLL, interval=waiting.EVERY, disabled=True),
        ],
        className="plan-grid-weights",
    )  # fmt: skip


def budgets(state: solved.State) -> tuple[float, ...]:
    """The budgets of the table: some of those that the slider stands on, from small to large, the one shown among them."""
    every = state.stops
    own = state.plan.terms.total if state.plan else 0.0
    step = max((len(every) - 1) / (MOST - 1), 1)
    some = {every[round(i * step)] for i in range(MOST) if round(i * step) < len(every)}
    return tuple(sorted(some | {own}))


def weights(plan: Plan) -> tuple[float, ...]:
    """The weights of the table: those of the front panel, and the one in force."""
    return tuple(sorted({*map(float, budget.WEIGHTS), plan.terms.number("plan_equity_weight")}))


def name(desk: Desk, state: solved.State, plan: Plan) -> str:
    """Under which name the answer is kept: data, terms, prices, budgets and program."""
    return name_of("sweep", place=desk.atlas.slug, version=desk.atlas.version, tier=desk.tier, terms=plan.terms.key, prices=plan.book.key, budgets=budgets(state), weights=weights(plan))  # fmt: skip


def rows(desk: Desk, state: solved.State, plan: Plan) -> tuple[float, pd.DataFrame | None]:
    """How far the sweep is, and its rows once it is made; kept in the store, for other workers and after a restart."""
    store, key, asked = page.served().store, name(desk, state, plan), budgets(state)

    def make(progress: waiting.Progress) -> pd.DataFrame:
        held = cached(store, key) if store else None
        if held is not None:
            return pd.DataFrame(held)
        parts, by = [], weights(plan)
        for number, weight in enumerate(by):
            progress(number, len(by))
            parts.append(sweep(desk, plan.terms, plan.book, asked, (weight,)))
        found = pd.concat(parts, ignore_index=True)
        found = found.assign(dominated=dominated(found))[list(KEPT)]
        if store:
            cache(store, key, [{k: None if words.unknown(v) else v for k, v in row.items()} for row in found.to_dict("records")])  # fmt: skip
        return found

    return waiting.ask(("sweep", desk, key), make, solved.BEHIND)


def told(desk: Desk, view: View) -> tuple[list[Component], bool]:
    """What there is to show, and whether nothing more is to come."""
    state = solved.glance(desk, view)
    plan = state.plan
    if plan is None:
        return [html.P(tr("The plan is still being made. Ask again when it stands."))], True
    done, found = rows(desk, state, plan)
    if found is None:
        return [html.P(tr("Solving … {done}", done=words.percent(done)) if 0 < done < 1 else tr("Solving …"))], False
    return [table(plan, found)], True


def table(plan: Plan, found: pd.DataFrame) -> Component:
    """One row a budget, one column a weight: who is reached; then what one more costs at the weight in force."""
    unit, currency, own = budget.unit_words(plan), plan.book.currency, plan.terms.number("plan_equity_weight")
    by = sorted(found["weight"].unique())
    at = found.set_index(["budget", "weight"])
    lines = [
        [
            html.Strong(money.exact(b)) if b == plan.terms.total else money.exact(b),
            *(_cell(at.loc[(b, w)]) for w in by),
            _more(at.loc[(b, own)]),
        ]
        for b in sorted(found["budget"].unique())
    ]  # fmt: skip
    one = tr("school") if plan.unit == "schools" else tr("underserved learner")
    head = (
        tr("Budget, {currency}", currency=currency),
        *(f"λ = {w:g}" for w in by),
        tr("One more {one} costs, at λ = {own:g}", one=one, own=own),
    )
    said = tr("{units} reached, and the share of the poorest fifth among those in the chosen schools. “{beaten}”: another budget or weight here costs no more, reaches no fewer and no smaller share of the poorest, and is better in one of these.", units=words.sentence(unit).rstrip("."), beaten=tr(BEATEN))  # fmt: skip
    return html.Div([
        c.wide(c.table(head, lines, caption=tr("Who is reached by budget and weight"), numeric=tuple(range(len(head)))), tr("Budgets and weights")),
        html.P(said, className="fm-soft fm-small"),
    ])  # fmt: skip


def _cell(row: Any) -> Any:
    if words.unknown(row["reached"]):
        return tr("no plan keeps every rule")
    poorest = (
        "" if words.unknown(row["poorest_share"]) else tr("{share} poorest", share=words.percent(row["poorest_share"]))
    )
    small = ", ".join(filter(None, [poorest, tr(BEATEN) if row["dominated"] else ""]))
    return [words.exact(round(float(row["reached"]))), html.Div(small, className="fm-soft fm-small")]


def _more(row: Any) -> str:
    return "–" if words.unknown(row["marginal_cost"]) else money.short(row["marginal_cost"])


def register(app: Dash) -> None:
    """The button starts it; the screen asks until it is there. With another plan the answer goes, unless that is known."""

    @app.callback(
        Output(FOUND, "children"),
        Output(POLL, "disabled"),
        Input(DO, "n_clicks"),
        Input(POLL, "n_intervals"),
        Input("plan-mark", "data"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
        running=signing.working(DO),
    )
    def _grid(clicks: int | None, _n: int | None, _mark: str | None, search: str, path: str) -> tuple[Any, bool]:
        if path != PATH or not clicks:
            return no_update, True
        desk, view = page.here(search)
        try:
            if ctx.triggered_id == "plan-mark" and not _known(desk, view):
                return [], True
            return told(desk, view)
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error"), True


def _known(desk: Desk, view: View) -> bool:
    state = solved.glance(desk, view)
    return state.plan is not None and waiting.done(("sweep", desk, name(desk, state, state.plan))) >= 1
