"""Which choice of the method moves the list of this place most: worked out when somebody asks, with how far it is."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, waiting, words
from geodata.query import Desk
from geodata.say import later, tr
from geodata.sensitivity import Sensitivity, sensitivity
from geodata.view import View

ASK, SAID, POLL = "moved-ask", "moved-said", "moved-poll"
ABOUT = later(
    "The list is made again and again with the weights, the power of the mean, the weight of the service gap and the scale varied together. "
    "“Alone” is the share of the list's movement that one choice explains by itself, “with others” the share that it has a hand in."
)


def section(desk: Desk, view: View) -> Component:
    """The section with its button; nothing is worked out before somebody asks."""
    policy = view.policy_over(desk.policy)
    if not desk.one_by_one or not desk.derived(policy)["priority_rank"].notna().any():
        return html.P(tr("No school is ranked one by one here, so there is no list that could move."))
    return html.Div(
        [
            html.P(tr(ABOUT)),
            html.Button(tr("Work it out for this list"), id=ASK, type="button", className="fm-button fm-noprint"),
            html.Div(id=SAID, role="status"),
            dcc.Interval(id=POLL, interval=waiting.EVERY, disabled=True),
        ]
    )


def state(desk: Desk, view: View) -> tuple[Component, bool]:
    """How far it is, or what was found; and whether that is all."""
    policy = view.policy_over(desk.policy)

    def make(progress: waiting.Progress) -> Sensitivity:
        return sensitivity(desk.scoring(policy), desk.schools["school_id"], policy, progress=progress)

    done, found = waiting.ask(("sensitivity", desk, policy), make)
    return (table(found), True) if found is not None else (html.P(tr("Working it out: {done} …", done=words.percent(done)), className="fm-soft"), False)  # fmt: skip


def table(found: Sensitivity) -> Component:
    """The choices with their shares, largest hand first."""
    rows = sorted(zip(found.factors, found.words, found.first, found.total, strict=True), key=lambda row: -row[3])
    said: list[tuple[Any, ...]] = [
        (html.Span([html.Strong(name), html.Br(), html.Span(what, className="fm-soft fm-small")]), words.percent(min(max(first, 0.0), 1.0)), words.percent(min(max(total, 0.0), 1.0)))
        for name, what, first, total in rows
    ]  # fmt: skip
    caption = tr(
        "Shares of the movement of the list (Sobol indices, from few tries, so rough). On average a school moves {mean_shift} places.",
        mean_shift=words.exact(found.mean_shift, 1),
    )
    return c.wide(c.table((tr("Choice"), tr("Alone"), tr("With others")), said, caption=caption, numeric=(1, 2)), tr("What moves the list most"))  # fmt: skip


def register(app: Dash) -> None:
    """Callback: the button starts the work, and the page asks after it until it is done."""

    @app.callback(
        Output(SAID, "children"),
        Output(POLL, "disabled"),
        Input(ASK, "n_clicks"),
        Input(POLL, "n_intervals"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _moved(clicks: int | None, _: int, search: str) -> Any:
        return state(*page.here(search)) if clicks else (no_update, True)
