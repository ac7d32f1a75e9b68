"""Saved views: the form that keeps the address under a name, and the list of those kept. Visitors of the public view keep
theirs in their own browser (`assets/planner.js`), and are told so."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, page, signing
from geodata.disclosure import Tier
from geodata.errors import FirstMileError, StoreError
from geodata.query import Desk
from geodata.say import tr
from geodata.store import views
from geodata.store.listing import when, who_said
from geodata.view import View

KEEP, DONE, ACT = "view-keep", "view-done", "view-act"
OWN = "view-own"


def section(desk: Desk, view: View) -> Component:
    """The saved views of this place, and the form for the one on the screen."""
    if page.served().tier == Tier.PUBLIC:
        return _own()
    fields = [
        dmc.TextInput(id=f"{KEEP}-name", label=tr("Name of this view"), placeholder=tr("Rural schools without power")),
        dmc.TextInput(id=f"{KEEP}-note", label=tr("Note"), description=tr("What it is for, if you like.")),
    ]
    form = signing.form(KEEP, tr("Save this view"), asks_reason=False, more=fields, says=tr("The page, the area, the filters and the weights, as they are on the screen now."))  # fmt: skip
    return html.Section(
        [
            html.H2(tr("Saved views")),
            html.Div(listed(desk, view), id="view-list"),
            html.Div(id="view-said", role="status"),
            html.Details([html.Summary(tr("Save this view")), form], className="fold-small"),
            dcc.Store(id=DONE),
        ]
    )


def listed(desk: Desk, view: View) -> Component:
    """The saved views, each a link; those saved in this tier can be renamed and removed."""
    store = page.served().store
    if store is None:
        return html.P(tr("Nothing is saved on this server."), className="fm-soft")
    try:
        found = views.saved(store, desk.atlas.slug, desk.tier)
    except StoreError as error:
        return html.P(guard.said(error), className="fm-soft")
    if not found:
        return html.P(tr("None yet."), className="fm-soft")
    return html.Ul([_one(one, desk, view) for one in found], className="fm-saved")


def href(one: views.Saved, view: View) -> str:
    """The address of a saved view in the country and language that are shown now."""
    try:
        held = View.parse(one.query)
    except FirstMileError:  # saved by another version of this program, which knew other columns
        return page.address(one.path, View())
    return page.address(one.path, held.like(view))


def _one(one: views.Saved, desk: Desk, view: View) -> Component:
    said = ". ".join(filter(None, [one.note.rstrip("."), f"{when(one.entry)} UTC, {who_said(one.entry)}"]))
    return html.Li(
        [
            dcc.Link(one.name, href=href(one, view)),
            html.Div(said, className="fm-small fm-soft"),
            *(rename_and_remove(ACT, one.number, one.name) if one.entry.role == desk.tier else []),
        ]
    )


def rename_and_remove(kind: str, number: int, name: str) -> list[Component]:
    """The folded controls of something that was saved; `kind` names the callback that answers them."""
    label = tr("New name of “{name}”", name=name)
    return [
        html.Details(
            [
                html.Summary(tr("Rename or remove")),
                html.Div(
                    [
                        dmc.TextInput(id={"type": f"{kind}-name", "n": number}, value=name, size="sm", **{"aria-label": label}),
                        html.Button(tr("Rename"), id={"type": kind, "act": "rename", "n": number}, type="button", className="fm-button"),
                        html.Button(tr("Remove"), id={"type": kind, "act": "remove", "n": number}, type="button", className="fm-button", title=tr("The trail keeps that it was there.")),
                    ],
                    className="fm-pair",
                ),
            ],
            className="fm-small",
        )
    ]  # fmt: skip


def keep(desk: Desk, view: View, who: str, *typed: str | None) -> str:
    """Save the view on the screen; `typed` are its name, its note and the page's path. Returns what to say."""
    name, note, path = typed
    query = view.with_screen(data="", lang="").query()
    entry = views.save(signing.kept(), desk.atlas.slug, desk.atlas.version, name or "", path=path or "", query=query, tier=desk.tier, note=note or "", who=who)  # fmt: skip
    return tr("Saved as “{name}”.", name=entry.data["name"])


def act(desk: Desk, what: str, number: int, name: str) -> str:
    """Rename or remove a saved view; returns what to say."""
    store = signing.kept()
    one = views.by_number(store, desk.atlas.slug, desk.tier, number)
    if what == "remove":
        views.remove(store, one, tier=desk.tier)
        return tr("Removed “{name}”.", name=one.name)
    views.rename(store, one, name, tier=desk.tier)
    return tr("Renamed.")


def _own() -> Component:
    """The form and list that live in the visitor's own browser."""
    words = {"data-remove": tr("Remove"), "data-none": tr("None yet."), "data-full": tr("This browser keeps no more.")}
    return html.Section(
        [
            html.H2(tr("Saved views")),
            html.P(tr("Kept in this browser alone: nobody else sees them, and they are gone when you clear its data."), className="fm-soft fm-small"),
            html.Ul(id=OWN, className="fm-saved", **words),
            html.Div(
                [
                    dmc.TextInput(id=f"{OWN}-name", label=tr("Name of this view"), debounce=False),
                    html.Button(tr("Save in this browser"), id=f"{OWN}-do", type="button", className="fm-button"),
                ],
                className="fm-pair",
            ),
            dcc.Store(id=f"{OWN}-said"),
        ]
    )  # fmt: skip


def register(app: Dash) -> None:
    """Callbacks: the form, the buttons of each saved view, the list drawn anew; and the browser's own list."""
    states = (State(f"{KEEP}-name", "value"), State(f"{KEEP}-note", "value"), State(page.URL, "pathname"))
    signing.listens(app, KEEP, lambda desk, view, who, _reason, *more: keep(desk, view, who, *more), *states, asks_reason=False, redraws=DONE)  # fmt: skip
    redrawn(app, DONE, "view-list", listed)
    answers(app, ACT, "view-said", DONE, act)
    app.clientside_callback("(n, name) => window.firstmile.ownViews(n, name)", Output(f"{OWN}-said", "data"), Input(f"{OWN}-do", "n_clicks"), State(f"{OWN}-name", "value"))  # fmt: skip


def redrawn(app: Dash, done: str, where: str, draw: Any) -> None:
    """Draw a list anew when the Store `done` counts up."""

    @app.callback(Output(where, "children"), Input(done, "data"), State(page.URL, "search"), prevent_initial_call=True)
    def _again(_done: Any, search: str) -> Component:
        drawn: Component = draw(*page.here(search))
        return drawn


def answers(app: Dash, kind: str, where: str, done: str, do: Any) -> None:
    """Answer the buttons of `rename_and_remove`: `do(desk, what, number, name)` gives what to say."""

    @app.callback(
        Output(where, "children", allow_duplicate=True),
        Output(done, "data", allow_duplicate=True),
        Input({"type": kind, "act": ALL, "n": ALL}, "n_clicks"),
        State({"type": f"{kind}-name", "n": ALL}, "value"),
        State({"type": f"{kind}-name", "n": ALL}, "id"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _do(clicks: list[int | None], names: list[str], ids: list[dict[str, Any]], search: str) -> Any:
        at = ctx.triggered_id
        if not at or not any(found["value"] for found in ctx.triggered):
            return no_update, no_update
        name = next((str(value or "") for value, i in zip(names, ids, strict=True) if i["n"] == at["n"]), "")
        try:
            desk, _ = page.here(search)
            return c.message(do(desk, at["act"], int(at["n"]), name)), f"{at['act']} {at['n']} {sum(n or 0 for n in clicks)}"  # fmt: skip
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error"), no_update
