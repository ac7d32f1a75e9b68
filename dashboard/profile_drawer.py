"""The drawer of a place's profile, on every page that asks for one: it follows the address (`tab=profile`)."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import page
from dashboard.profile import profile
from geodata.query import Desk
from geodata.say import tr
from geodata.view import View

TAB = "profile"


def title_of(desk: Desk, view: View) -> str:
    """What the drawer is called."""
    name = desk.places.names.get(view.area, desk.atlas.name)
    return tr("Profile of {name}", name=name) + (
        tr(", chosen schools") if view.schools_only != View(area=view.area, policy=view.policy) else ""
    )


def drawer(at: str) -> Component:
    """The drawer of a page; `at` sets its ids apart."""
    return dmc.Drawer(
        id=f"{at}-profile", position="right", size="min(860px, 100%)", opened=False, closeButtonProps={"aria-label": tr("Close")},
        children=html.Div(id=f"{at}-profile-body", className="fm-profile"),
    )  # fmt: skip


def link(view: View, path: str, text: str) -> Component:
    """The way to the profile: an address like any other."""
    return dcc.Link(text, href=page.address(path, view.with_screen(tab=TAB)), className="fm-button")


def register(app: Dash, at: str, path: str) -> None:
    """Callbacks of the drawer: it opens where the address asks for it, and closing it changes the address."""

    @app.callback(
        Output(f"{at}-profile", "opened"),
        Output(f"{at}-profile", "title"),
        Output(f"{at}-profile-body", "children"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
    )
    def _follow(search: str, where: str) -> tuple[Any, Any, Any]:
        if where != path:
            return (no_update,) * 3
        desk, view = page.here(search)
        if view.shown("tab") != TAB:
            return False, no_update, None
        return True, title_of(desk, view), profile(desk, view)

    @app.callback(
        Output(f"{at}-profile-body", "className"),
        Input(f"{at}-profile", "opened"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _close(opened: bool, search: str, where: str) -> Any:
        if where == path and not opened:
            _, view = page.here(search)
            if view.shown("tab") == TAB:
                page.go(view.with_screen(tab=""), search)
        return no_update
