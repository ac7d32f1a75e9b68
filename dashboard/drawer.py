"""Drawers: a panel at the side that a button opens. What one holds is made when it opens, or stands in it from the first.

One is named once; its parts are `<name>-open` (the button), `<name>-drawer` and `<name>-body`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, page
from geodata.errors import FirstMileError
from geodata.query import Desk
from geodata.say import tr
from geodata.view import View

Body = Callable[[Desk, View], list[Component]]


def button(name: str, text: str, *, first: bool = False) -> Component:
    """What opens a drawer; `first` marks the act that a page is for."""
    return html.Button(
        text, id=f"{name}-open", className="fm-button fm-primary" if first else "fm-button", type="button"
    )


def shell(name: str, title: str, *, size: int = 720) -> Component:
    """A drawer at the end side, closed: it covers the page while it is open, and holds nothing before."""
    return dmc.Drawer(
        id=f"{name}-drawer", title=title, position="right", size=size, opened=False,
        closeButtonProps={"aria-label": tr("Close")}, children=html.Div(id=f"{name}-body"),
    )  # fmt: skip


def beside(name: str, title: str, holds: Component, *, position: Literal["left", "right"] = "left") -> Component:
    """A drawer that stands beside the page, which can be used while it is open; what it holds stays as it was left."""
    return dmc.Drawer(
        id=f"{name}-drawer", title=title, position=position, size=420, opened=False, keepMounted=True, withOverlay=False,
        lockScroll=False, closeButtonProps={"aria-label": tr("Close")}, children=holds,
    )  # fmt: skip


def opens(app: Dash, name: str, body: Body) -> None:
    """The button opens the drawer of `shell` with what it holds for the address, or with why it cannot."""

    @app.callback(Output(f"{name}-drawer", "opened"), Output(f"{name}-body", "children"), Input(f"{name}-open", "n_clicks"), State(page.URL, "search"), prevent_initial_call=True)  # fmt: skip
    def _open(clicks: int | None, search: str) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        try:
            return True, body(*page.here(search))
        except FirstMileError as error:
            return True, [c.message(guard.said(error), kind="error")]


def turns(app: Dash, name: str) -> None:
    """The button opens the drawer of `beside`, and closes it."""

    @app.callback(Output(f"{name}-drawer", "opened"), Input(f"{name}-open", "n_clicks"), State(f"{name}-drawer", "opened"), prevent_initial_call=True)  # fmt: skip
    def _turn(clicks: int | None, opened: bool) -> Any:
        return not opened if clicks else no_update
