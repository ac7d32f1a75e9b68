"""Explore: the map is the page; left, what and which; right, what it says."""

from __future__ import annotations

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.map import map_view, register_map
from dashboard.page import Page
from geodata.query import Desk
from geodata.view import View

MAP = "explore-map"


def layout(desk: Desk, view: View) -> Component:
    """The page for a view."""
    return html.Div(
        [html.Aside(id="explore-left"), map_view(MAP, desk, view), html.Aside(id="explore-right")], className="explore"
    )


def register(app: Dash) -> None:
    """Callbacks of the page."""
    register_map(app, MAP, path="/")


EXPLORE = Page("explore", "/", "Explore", 10, layout, register)
