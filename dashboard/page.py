"""What a page is, and how it reads the address: the one state of the screen.

A page is a declaration in `dashboard/pages`, found by looking; the navigation follows `order`. The selection is
`geodata.view.View` in the address's query, so a link reproduces the screen, and back and forward work by themselves.
Callbacks call `here(search)` for the country's desk and the view, pure functions for the rest, and `go(view)` to move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

import dash
from dash import Dash
from dash.development.base_component import Component
from flask import current_app

from dashboard import tongue
from geodata.declare import found
from geodata.errors import ViewError
from geodata.say import tr
from geodata.store import lists
from geodata.view import View

if TYPE_CHECKING:
    from geodata.query import Desk
    from geodata.store import Store

KEY = "FIRSTMILE"
URL = "url"  # id of the dcc.Location that holds the address
HOME, EXPLORE = "/", "/explore"  # paths that many pages lead to


def _nothing(app: Dash) -> None:
    """A page without callbacks."""


@dataclass(frozen=True)
class Page:
    """One page. `layout(desk, view)` draws it once; `register(app)` adds its callbacks, which listen to `url.search`."""

    name: str
    path: str
    title: str
    order: int
    layout: Callable[[Desk, View], Component]
    register: Callable[[Dash], None] = _nothing
    tab: bool = True


@dataclass(frozen=True)
class Served:
    """The countries that this server shows, by the name they have in addresses, and what every visitor may see."""

    desks: Mapping[str, Desk]
    tier: str = "public"
    base: str = ""
    store: Store | None = None  # the trail of what people do; None where there is none
    store_fault: str = ""  # why there is none, where there should be one

    def desk(self, slug: str = "") -> Desk:
        """The desk of a country, the first where none is named; raises ViewError naming those there are."""
        if not slug:
            return next(iter(self.desks.values()))
        if slug not in self.desks:
            raise ViewError(
                tr("There is no country {slug!r} here. Choose one of: {desks}.", slug=slug, desks=", ".join(self.desks))
            )
        return self.desks[slug]


@cache
def pages() -> tuple[Page, ...]:
    """The declared pages in the order of the navigation."""
    return tuple(found(Page, "dashboard.pages").values())


def served() -> Served:
    """What the current server shows; only inside a request."""
    return cast(Served, current_app.config[KEY])


def here(search: str | None) -> tuple[Desk, View]:
    """The desk and the view of an address's query; raises ViewError where it asks for what does not exist."""
    view = View.parse(search or "")
    desk = served().desk(view.shown("data"))
    return desk, opened(desk, view)


def here_at(data: str, query: str) -> tuple[Desk, View]:
    """The desk and the view of an address of the map, whose path names the country."""
    desk = served().desk(data)
    return desk, opened(desk, View.parse(query))


def opened(desk: Desk, view: View) -> View:
    """The view with the ids of the named list that it asks for; raises ViewError where this tier has no such list."""
    return lists.opened(served().store, desk.atlas.slug, view, desk.tier) if view.kept else view


def search_of(view: View) -> str:
    """The query part of the address of a view, with its question mark; empty for the view of everything.

    The language that was chosen goes along, so that no link falls back into another.
    """
    query = (view if view.shown("lang") else view.with_screen(lang=tongue.kept())).query()
    return f"?{query}" if query else ""


def address(path: str, view: View) -> str:
    """The address of a page that shows a view."""
    return path + search_of(view)


def go(view: View, before: str | None = None, *, path: str | None = None) -> None:
    """Move to a view from inside a callback, unless it is the one that is shown (`before`, the address's query).

    Nothing is written where nothing changed, so that the controls and the address cannot chase each other.
    """
    search = search_of(view)
    changed = {"pathname": path} if path else {}
    if changed or search != search_of(View.parse(before or "")):
        dash.set_props(URL, {**changed, "search": search})
