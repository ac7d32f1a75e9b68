"""The drawer "Saved", from the bar of every page: saved views, named lists, and schools chosen by ids or a boundary."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, page
from dashboard.views import bringing, named, saving
from geodata.errors import FirstMileError
from geodata.query import Desk
from geodata.say import tr
from geodata.view import View

OPEN, PANEL = "saved-open", "saved-panel"


def button() -> Component:
    """What opens the drawer; it stands in the bar."""
    return html.Button(
        tr("Saved"), id=OPEN, type="button", className="plain-button", title=tr("Saved views and lists of schools")
    )


def drawer(desk: Desk, view: View, path: str) -> Component:
    """The open drawer with everything in it."""
    return dmc.Drawer(
        id="saved-drawer",
        title=tr("Saved views and lists"),
        position="right",
        size=560,
        opened=True,
        children=html.Div(body(desk, view, path), className="fm-kept"),
        closeButtonProps={"aria-label": tr("Close")},
    )


def body(desk: Desk, view: View, path: str) -> list[Component]:
    """The parts that this visitor can use here."""
    parts = [saving.section(desk, view)]
    if desk.one_by_one:
        parts += [*named.section(desk, view, path), bringing.section(desk)]
    return parts


def register(app: Dash) -> None:
    """Callback: the button opens the drawer for the page and view that are shown; and those of its parts."""

    @app.callback(
        Output(PANEL, "children"),
        Input(OPEN, "n_clicks"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _open(clicks: int | None, search: str, path: str) -> Any:
        if not clicks:
            return no_update
        try:
            return drawer(*page.here(search), path)
        except FirstMileError as error:
            return dmc.Drawer(id="saved-drawer", opened=True, position="right", children=c.message(guard.said(error), kind="error"))  # fmt: skip

    @app.callback(
        Output(PANEL, "children", allow_duplicate=True),
        Input(page.URL, "pathname"),
        Input(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _close(_path: str, _search: str) -> None:
        """A link of the drawer leads to what lies under it, so it closes."""

    saving.register(app)
    named.register(app)
    bringing.register(app)
