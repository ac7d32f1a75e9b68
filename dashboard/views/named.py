"""Named lists of schools: keep those on the screen, add to a list and take out of it, open, plan over and export it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, page, signing, taking
from dashboard.views.saving import answers, redrawn, rename_and_remove
from geodata.disclosure import Tier
from geodata.errors import FirstMileError, StoreError
from geodata.query import Desk
from geodata.say import tr, trn, written
from geodata.store import Store, lists
from geodata.store.listing import when, who_said
from geodata.view import View

KEEP, DONE, ACT, CHANGE = "list-keep", "list-kept-done", "list-act", "list-change-of"
SAID, LISTED = "list-kept-said", "list-kept"
PAGES = ("/explore", "/prioritise")  # pages that show the schools of a list


def section(desk: Desk, view: View, path: str) -> list[Component]:
    """The lists of this place, and the form for the schools on the screen; nothing for visitors who keep nothing here."""
    if page.served().tier == Tier.PUBLIC:
        return []
    total = desk.select(view.schools_only).total
    fields = [
        dmc.TextInput(id=f"{KEEP}-name", label=tr("Name of the list"), placeholder=tr("Visits in March")),
        dmc.TextInput(id=f"{KEEP}-note", label=tr("Note"), description=tr("What it is for, if you like.")),
    ]
    title = trn("Keep this {n} school as a list", "Keep these {n} schools as a list", total)
    form = signing.form(KEEP, title, asks_reason=False, more=fields, says=tr("The list holds these schools for good, whatever the filters find later."))  # fmt: skip
    return [
        html.Section(
            [
                html.H2(tr("Named lists of schools")),
                html.Div(listed(desk, view), id=LISTED),
                html.Div(id=SAID, role="status"),
                html.Details([html.Summary(title), form], className="fold-small"),
                dcc.Store(id=DONE),
            ]
        )
    ]


def all_of(desk: Desk) -> list[lists.Named]:
    """The named lists of this place that this tier may read; none where no trail is kept."""
    store = page.served().store
    return [] if store is None or desk.tier == Tier.PUBLIC else lists.named(store, desk.atlas.slug, desk.tier)


def listed(desk: Desk, view: View) -> Component:
    """The named lists with what can be done with each."""
    try:
        found = all_of(desk)
    except StoreError as error:
        return html.P(guard.said(error), className="fm-soft")
    if not found:
        return html.P(tr("None yet. Filter or tick schools first, then keep them."), className="fm-soft")
    return html.Ul([_one(one, desk, view) for one in found], className="fm-saved")


def view_of(one: lists.Named, view: View) -> View:
    """The view of exactly the schools of a list, in the country and language that are shown now."""
    return View(kept=one.key, policy=view.policy).like(view)


def plan_address(one: lists.Named, view: View) -> str:
    """The plan over the schools of a list alone."""
    return page.address("/plan", View().with_screen(data=view.shown("data"), lang=view.shown("lang"), terms=f"only:{one.key}"))  # fmt: skip


def _one(one: lists.Named, desk: Desk, view: View) -> Component:
    at = view_of(one, view)
    ways = [
        dcc.Link(tr("Map"), href=page.address(PAGES[0], at)),
        dcc.Link(tr("List"), href=page.address(PAGES[1], at)),
        *([dcc.Link(tr("Plan for these"), href=plan_address(one, view))] if desk.atlas.has("reach") else []),
        html.A(tr("Export (XLSX)"), href=taking.address(desk, at, "xlsx"), download=""),
    ]
    said = ". ".join(filter(None, [one.note.rstrip("."), f"{when(one.entry)} UTC, {who_said(one.entry)}"]))
    return html.Li(
        [
            html.Strong(one.name),
            html.Span(": " + trn("{n} school", "{n} schools", one.schools)),
            html.Div(said, className="fm-small fm-soft"),
            html.Div(ways, className="fm-ways-line"),
            *([*_changes(one, desk, view), *rename_and_remove(ACT, one.number, one.name)] if one.entry.role == desk.tier else []),
        ]
    )  # fmt: skip


def _changes(one: lists.Named, desk: Desk, view: View) -> list[Component]:
    """Buttons that add the schools on the screen, or the school that is open, and take them out."""
    school = view.shown("school")
    total = 1 if school else desk.select(view.schools_only).total
    if not total or total > lists.MOST_SCHOOLS:
        return []
    texts = (
        (tr("Add the school that is open"), tr("Take it out"))
        if school
        else (
            trn("Add the {n} school shown", "Add the {n} schools shown", total),
            trn("Take out the {n} school shown", "Take out the {n} schools shown", total),
        )
    )
    return [
        html.Div(
            [
                html.Button(
                    text, id={"type": CHANGE, "act": act, "n": one.number}, type="button", className="fm-button"
                )
                for act, text in zip(("add", "take"), texts, strict=True)
            ],
            className="fm-pair",
        )
    ]


def ids_shown(desk: Desk, view: View) -> list[str]:
    """The ids of the schools that a view shows. Raises DisclosureError where none is shown by itself."""
    return [str(i) for i in desk.frame(view.schools_only, ["school_id"])["school_id"]]


# --- acts ---------------------------------------------------------------------------------------------------------


def keep(desk: Desk, view: View, who: str, name: str | None, note: str | None) -> str:
    """Keep the schools on the screen under a name; returns what to say."""
    return _said(lists.keep(signing.kept(), desk.atlas.slug, desk.atlas.version, name or "", ids_shown(desk, view), tier=desk.tier, note=note or "", who=who))  # fmt: skip


def keep_ids(store: Store, desk: Desk, name: str, ids: list[str]) -> lists.Named:
    """Keep ids that were handed in under a name, those alone that are schools here."""
    here = set(desk.schools["school_id"].astype(str))
    return lists.keep(store, desk.atlas.slug, desk.atlas.version, name, [i for i in ids if i in here], tier=desk.tier)


def _said(one: lists.Named) -> str:
    return tr("Kept as “{name}”: {schools}.", name=one.name, schools=trn("{n} school", "{n} schools", one.schools))


def change(desk: Desk, view: View, what: str, number: int) -> str:
    """Add the schools on the screen (or the open one) to a list, or take them out; returns what to say."""
    store = signing.kept()
    one = lists.by_number(store, desk.atlas.slug, desk.tier, number)
    school = view.shown("school")
    ids = [str(desk.school(school)["school_id"])] if school else ids_shown(desk, view)
    more = {"add": ids} if what == "add" else {"take_out": ids}
    after = lists.change(store, one, tier=desk.tier, **more)
    return tr("“{name}” had {before} schools and has {after} now.", name=after.name, before=written(one.schools), after=written(after.schools))  # fmt: skip


def act(desk: Desk, what: str, number: int, name: str) -> str:
    """Rename or remove a list; returns what to say."""
    store = signing.kept()
    one = lists.by_number(store, desk.atlas.slug, desk.tier, number)
    if what == "remove":
        lists.rename(store, one, "", tier=desk.tier)
        return tr("Removed “{name}”. Addresses of it still show its schools.", name=one.name)
    if not name.strip():
        raise StoreError(tr("Give the list a name, so that it can be found again."))
    lists.rename(store, one, name, tier=desk.tier)
    return tr("Renamed.")


def register(app: Dash) -> None:
    """Callbacks: the form, the buttons of each list, the lists drawn anew."""
    states = (State(f"{KEEP}-name", "value"), State(f"{KEEP}-note", "value"))
    signing.listens(app, KEEP, lambda desk, view, who, _reason, *more: keep(desk, view, who, *more), *states, asks_reason=False, redraws=DONE)  # fmt: skip
    redrawn(app, DONE, LISTED, listed)
    answers(app, ACT, SAID, DONE, act)

    @app.callback(
        Output(SAID, "children", allow_duplicate=True),
        Output(DONE, "data", allow_duplicate=True),
        Input({"type": CHANGE, "act": ALL, "n": ALL}, "n_clicks"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _change(clicks: list[int | None], search: str) -> Any:
        at = ctx.triggered_id
        if not at or not any(found["value"] for found in ctx.triggered):
            return no_update, no_update
        try:
            said = change(*page.here(search), at["act"], int(at["n"]))
            return c.message(said), f"{at['act']} {at['n']} {sum(n or 0 for n in clicks)}"
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error"), no_update
