"""Bring your own data: a register from a file to a map, every choice of its recipe made on the page. See `docs/bring.md`."""

from __future__ import annotations

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard.bringing import answers, door
from dashboard.page import Page
from geodata.query import Desk
from geodata.say import later, tr
from geodata.view import View

EVERY = 1000  # milliseconds between two questions how far work is


def layout(desk: Desk, view: View) -> Component:
    """The page; what stands in it follows what stands behind the # of the address."""
    head = [
        html.H1(tr("Bring your own data")),
        html.P(tr("A register of schools becomes a map, a list and a plan. Every guess is shown, and can be set right before anything is built."), className="fm-lead"),
    ]  # fmt: skip
    if said := door.why_not():
        return html.Article([*head, c.message(said)], className="fm-sheet")
    return html.Article(
        [
            *head,
            dcc.Store(id="bring-came"),
            dcc.Store(id="bring-ready"),
            dcc.Store(id="bring-mark", data=0),
            dcc.Interval(id="bring-tick", interval=EVERY, disabled=True),
            html.Nav(id="bring-steps"),
            html.Div(id="bring-progress"),
            html.Div(id="bring-body", className="bring-body"),
            html.P(html.Button(tr("Cancel"), id="bring-cancel", className="fm-button", type="button", hidden=True)),
        ],
        className="fm-sheet bring",
    )


def _register(app: Dash) -> None:
    answers.register(app)


BRING = Page("bring", door.PATH, later("Bring your own data"), 85, layout, _register, tab=False)
