"""The top of the page: budget, the curve behind it, the weight of marginalisation with the result without it beside."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import figures, words
from dashboard import figures_plan as drawn
from dashboard.planning import money
from dashboard.planning.solved import State
from dashboard.turned import turned
from geodata.plan.result import Plan
from geodata.say import tr

SLIDER, TYPED, LAMBDA, STOPS = "plan-slider", "plan-budget", "plan-lambda", "plan-stops"
WEIGHTS = ("0", "1", "2", "4")


def controls(state: State | None) -> Component:
    """The budget and λ, as they stand for a plan; what changes later is brought by `values`."""
    now = values(state) if state is not None and state.plan is not None else {}
    return html.Div(
        [
            dmc.NumberInput(id=TYPED, label=tr("Budget in all"), thousandSeparator=",", min=0, hideControls=True, debounce=700, decimalScale=0, size="md", value=now.get("typed"), suffix=now.get("suffix", "")),
            dmc.Select(id=LAMBDA, label=tr("Weight of marginalisation (λ)"), data=now.get("weights", []), value=now.get("weight"), allowDeselect=False, size="md"),
            html.Div(
                [
                    html.Span(tr("Budgets that are solved: move to one and it is here at once"), className="fm-small fm-soft"),
                    dmc.Slider(id=SLIDER, min=0, max=now.get("max", 1), value=now.get("value", 0), step=1, label=None, updatemode="mouseup", marks=now.get("marks", []), disabled=now.get("disabled", True), thumbLabel=tr("Budget, among those that are solved"), mt=8, mb=28),
                ],
                className="plan-slide",
            ),
        ],
        className="plan-controls",
    )  # fmt: skip


def values(state: State) -> dict[str, Any]:
    """What the controls must show of a plan: the slider's marks, the typed budget, the weights."""
    if state.plan is None:
        return {}
    terms = state.plan.terms
    weight = terms.number("plan_equity_weight")
    typed = {"typed": round(terms.total), "suffix": f" {state.plan.book.currency}"}
    return {**marks(state), **typed, "weights": weights(weight), "weight": f"{weight:g}"}


def _weight(value: str) -> dict[str, str]:
    times = float(value) + 1
    said = (
        tr("all learners count alike")
        if value == "0"
        else tr("the most marginalised count {times:g} times", times=times)
    )
    return {"value": value, "label": f"{float(value):g}: {said}"}


def weights(value: float) -> list[dict[str, str]]:
    """The weights to choose from, with the one in force among them."""
    return [_weight(text) for text in sorted({*WEIGHTS, f"{value:g}"}, key=float)]


def budgets(state: State) -> list[float]:
    """The budgets that are solved, the one shown among them, in order: the stops of the slider."""
    return sorted({p.terms.total for p in state.solved} | ({state.plan.terms.total} if state.plan else set()))


def marks(state: State) -> dict[str, Any]:
    """What the slider must show: one mark a solved budget, the thumb on ours; words at a few of them."""
    solved = budgets(state)
    own = state.plan.terms.total if state.plan else 0.0
    at = solved.index(own) if own in solved else 0
    last = max(len(solved) - 1, 1)
    worded = {0, last, *(round(last * part) for part in (0.25, 0.5, 0.75))}
    return {
        "marks": [{"value": i, "label": money.short(b) if i in worded and len(solved) > 1 else ""} for i, b in enumerate(solved)],
        "max": last,
        "value": at,
        "disabled": len(solved) < 2,
        "budgets": solved,
    }  # fmt: skip


def curve_of(state: State) -> list[drawn.Stop]:
    """The solved budgets as points of the curve."""
    every = {p.terms.total: p for p in (*state.solved, *([state.plan] if state.plan else []))}
    own = state.plan.terms.total if state.plan else -1.0
    return [_stop(every[b], here=b == own) for b in sorted(every)]


def _stop(plan: Plan, *, here: bool) -> drawn.Stop:
    return drawn.Stop(plan.terms.total, money.totals(plan).reached, plain_reached(plan), here)


def plain_reached(plan: Plan) -> float:
    """What the same money reaches where all learners count alike (λ = 0)."""
    rows = plan.schools[plan.schools["at_lambda_0"].fillna(False).astype(bool)]
    return float(money.need_of(plan, rows).sum())


def chart(state: State) -> Component:
    """The curve with its title, and the same as a table."""
    stops = curve_of(state)
    plan = state.plan
    if plan is None or not stops or not any(s.reached for s in stops):  # nothing to draw
        return html.Div()
    unit, currency = unit_words(plan), plan.book.currency
    title = drawn.curve_title(stops, plan.unit)
    rows = [(money.exact(s.budget), words.exact(round(s.reached)), words.exact(round(s.plain)), tr("shown here") if s.here else "") for s in stops]  # fmt: skip
    head = (
        tr("Budget, {currency}", currency=currency),
        tr("{units} reached", units=words.sentence(unit).rstrip(".")),
        tr("The same at λ = 0"),
        "",
    )
    body = html.Table(
        [html.Caption(tr("Solved budgets")), html.Thead(html.Tr([html.Th(h, scope="col") for h in head])), html.Tbody([html.Tr([html.Td(cell, className="fm-number") for cell in row]) for row in rows])],
        className="fm-table",
    )  # fmt: skip
    wait = [] if state.over else [html.P(tr("{solved} of {stops} budgets solved …", solved=len(state.solved), stops=len(state.stops)), className="fm-small fm-soft", role="status")]  # fmt: skip
    return html.Figure(
        [
            html.Figcaption([html.Strong(title), html.Br(), html.Span(tr("{units} reached by budget; dotted: where all count alike (λ = 0)", units=words.sentence(unit).rstrip(".")), className="fm-soft fm-small")]),
            dcc.Graph(figure=turned(drawn.curve(tuple(stops), unit, currency)), config=figures.CONFIG, className="plan-curve"),
            *wait,
            html.Details([html.Summary(tr("The same as a table")), body]),
        ],
        className="plan-figure",
    )  # fmt: skip


def unit_words(plan: Plan) -> str:
    """What is counted: "underserved learners", or "schools"."""
    return tr("schools") if plan.unit == "schools" else tr("underserved learners")
