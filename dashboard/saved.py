"""Saved weights and the approval of a list, beside it on Prioritise: what stands, and the forms to add to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import drawer, guard, page, signing, words
from dashboard.around import PATH
from geodata.disclosure import Tier
from geodata.errors import StoreError
from geodata.policy import NUMBERS
from geodata.query import Desk
from geodata.say import tr
from geodata.store import Entry, acts
from geodata.store.listing import changes_said, when, who_said
from geodata.view import View

APPROVE, KEEP, DONE, NAME = "approve", "keep", "record-done", "record"


def status(desk: Desk, view: View) -> list[Component]:
    """One line: who approved exactly this list, or that nobody has; nothing where no trail is kept."""
    store = page.served().store
    if store is None:
        return []
    try:
        entry = acts.signed(store, desk.atlas, view, desk.tier)
        elsewhere = acts.signed_elsewhere(store, desk.atlas, desk.tier) if entry is None else None
    except StoreError as error:
        return [html.P(guard.said(error), className="fm-small fm-soft")]
    if entry is not None:
        why = f" “{entry.reason}”" if entry.reason else ""
        return [html.P([html.Strong(tr("Approved")), tr(" on {entry} UTC by {entry_2}.{why}", entry=when(entry), entry_2=who_said(entry), why=why)], className="fm-decided fm-small")]  # fmt: skip
    more = (
        tr(
            " A list of this build was approved in the {role} view on {elsewhere} UTC.",
            role=elsewhere.role,
            elsewhere=when(elsewhere),
        )
        if elsewhere
        else ""
    )
    return [html.P(tr("Not approved by anyone: this is a proposal.{more}", more=more), className="fm-small fm-soft")]


def button() -> list[Component]:
    """What opens the drawer; nothing for visitors who can record nothing."""
    if page.served().tier == Tier.PUBLIC:
        return []
    return [drawer.button(NAME, tr("Save and approve"))]


def shell() -> Component:
    """The drawer, closed, and the mark that something was recorded."""
    return html.Div([drawer.shell(NAME, tr("Save and approve"), size=480), dcc.Store(id=DONE)])


def body(desk: Desk, view: View) -> list[Component]:
    """What the drawer holds: approve this list, save these weights, the weights saved before."""
    total = words.count(desk.select(view).total, "school")
    says = tr(
        "You approve {total} as they are selected and ranked now: this build, this selection, these weights. Any change makes it another list.",
        total=total,
    )
    name = dmc.TextInput(id="keep-name", label=tr("Name of these weights"), placeholder=tr("Workshop of 3 March"))
    changes = tr("Now in force: {policy}.", policy=changes_said(dict(view.policy)))
    return [
        signing.form(APPROVE, tr("Approve this list"), says=says),
        signing.form(KEEP, tr("Save these weights"), more=[name], says=changes),
        html.Section([html.H3(tr("Saved weights")), html.Div(id="saved-list", children=listed(desk, view))], className="fm-form"),
    ]  # fmt: skip


def listed(desk: Desk, view: View) -> Component:
    """The saved weights of this place, each a link to the list under them."""
    store = page.served().store
    found = [] if store is None else [e for e in acts.saved_weights(store, desk.atlas.slug) if acts.may_read(e, desk.tier)]  # fmt: skip
    if not found:
        return html.P(tr("None yet."), className="fm-soft fm-small")
    return html.Ul([_one(entry, view) for entry in found], className="fm-saved")


def _one(entry: Entry, view: View) -> Component:
    held = {name: value for name, value in entry.data["policy"].items() if name in NUMBERS}
    to = page.address(PATH, replace(view, policy=tuple(sorted(held.items()))))
    why = f" “{entry.reason}”" if entry.reason else ""
    said = f"{changes_said(held)}. {when(entry)}, {who_said(entry)}.{why}"
    return html.Li([dcc.Link(str(entry.data["name"]), href=to), html.Div(said, className="fm-small fm-soft")])


# --- acts ---------------------------------------------------------------------------------------------------------


def approve(desk: Desk, view: View, who: str, reason: str) -> str:
    """Record the approval of the list of a view; returns what to say."""
    ids = desk.frame(View(**{**view.schools_only.__dict__}), ["school_id"])["school_id"]
    decided = len(acts.overrides(signing.kept(), desk.atlas.slug))
    entry = acts.sign_off(signing.kept(), desk.atlas, view, ids, tier=desk.tier, who=who, reason=reason, decisions=decided)  # fmt: skip
    return tr("Recorded as entry {number}: approved by {entry}", number=entry.number, entry=who_said(entry))


def keep(desk: Desk, view: View, who: str, reason: str, name: str | None) -> str:
    """Record the weights of a view under a name; returns what to say."""
    if not view.policy:
        raise StoreError(tr("This country's own weights are in force, so there is nothing to save. Change some first."))
    entry = acts.save_weights(signing.kept(), desk.atlas, name or "", dict(view.policy), tier=desk.tier, who=who, reason=reason)  # fmt: skip
    return tr("Saved as “{name}”, entry {number}", name=entry.data["name"], number=entry.number)


def register(app: Dash) -> None:
    """The drawer, its forms, and what is drawn anew when something was recorded."""
    signing.listens(app, APPROVE, approve, redraws=DONE)
    signing.listens(app, KEEP, keep, State("keep-name", "value"), redraws=DONE)

    drawer.opens(app, NAME, body)

    @app.callback(
        Output("approval", "children"),
        Input(page.URL, "search"),
        Input(DONE, "data"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _status(search: str, _done: int | None, path: str) -> Any:
        return status(*page.here(search)) if path == PATH else no_update

    @app.callback(Output("saved-list", "children"), Input(DONE, "data"), State(page.URL, "search"), prevent_initial_call=True)  # fmt: skip
    def _saved(_done: int | None, search: str) -> Component:
        return listed(*page.here(search))
