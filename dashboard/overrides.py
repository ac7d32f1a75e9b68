"""A person's decision about one school, beside its computed rank: never in its place, always with its reason."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, signing, words
from geodata.errors import StoreError
from geodata.query import Desk
from geodata.say import later, tr
from geodata.store import Entry, acts
from geodata.store.listing import decision_said, when, who_said
from geodata.view import View

FORM, DONE, NOTE = "decide", "decide-done", "decide-note"
WITHDRAW = "withdraw"
DECISIONS = (
    later("Come first"),
    later("Come earlier than computed"),
    later("Come later than computed"),
    later("Verify first"),
    later("Not in this round"),
    later("The record is disputed"),
)


def standing(desk: Desk) -> dict[str, Entry]:
    """The decisions that stand here, by school; none where no trail is kept or it cannot be read."""
    store = page.served().store
    try:
        return {} if store is None else acts.overrides(store, desk.atlas.slug)
    except StoreError:
        return {}


def beside(desk: Desk) -> dict[str, str]:
    """What stands beside a rank in the list, by school."""
    return {school: decision_said(entry, desk.tier) for school, entry in standing(desk).items()}


def note(desk: Desk, school_id: str) -> Component | None:
    """The decision that stands about a school, with who and when and what was computed then; None where there is none."""
    entry = standing(desk).get(school_id)
    if entry is None:
        return None
    if not acts.may_read(entry, desk.tier):
        return html.P(decision_said(entry, desk.tier), className="fm-decided")
    rank = (entry.data.get("computed") or {}).get("rank")
    then = (
        tr("the computed rank was {rank}", rank=words.exact(rank))
        if isinstance(rank, int | float)
        else tr("it was not ranked")
    )
    return html.P([html.Strong(decision_said(entry, desk.tier)), tr(" {entry} UTC, {entry_2}; {then}.", entry=when(entry), entry_2=who_said(entry), then=then)], className="fm-decided")  # fmt: skip


def section(desk: Desk, view: View, school: dict[str, Any]) -> Component | None:
    """The decision and the form to add one; nothing where no decision stands and none can be recorded."""
    found = note(desk, str(school["school_id"]))
    if found is None and signing.why_not():
        return None
    what = dmc.Select(id="decide-what", label=tr("Decision"), data=[*({"value": one, "label": tr(one)} for one in DECISIONS), {"value": WITHDRAW, "label": tr("Withdraw the decision")}], placeholder=tr("Choose"))  # fmt: skip
    form = signing.form(FORM, tr("Decide otherwise than computed"), button=tr("Record this decision"), more=[what], says=tr("The computed rank stays as it is. The decision and its reason stand beside it for everyone who may see them."))  # fmt: skip
    return c.section(
        tr("Decisions about this school"), html.Div(found, id=NOTE), form, dcc.Store(id=DONE), id_="decisions"
    )


def decide(desk: Desk, view: View, who: str, reason: str, what: str | None) -> str:
    """Record a decision about the school of the address; returns what to say."""
    if what not in (*DECISIONS, WITHDRAW):
        raise StoreError(tr("Choose the decision."))
    school = desk.school(view.shown("school"), view)
    computed = {k: v for k, v in (("rank", school.get("priority_rank")), ("group", school.get("tier")), ("list", school.get("list"))) if v is not None}  # fmt: skip
    computed["view"] = view.schools_only.query()
    decision = "" if what == WITHDRAW else what
    entry = acts.override(signing.kept(), desk.atlas, str(school["school_id"]), decision, computed=computed, tier=desk.tier, who=who, reason=reason)  # fmt: skip
    return tr("Recorded as entry {number}", number=entry.number)


def register(app: Dash) -> None:
    """The form, and the note that is drawn anew."""
    signing.listens(app, FORM, decide, State("decide-what", "value"), redraws=DONE)

    @app.callback(Output(NOTE, "children"), Input(DONE, "data"), State(page.URL, "search"), prevent_initial_call=True)
    def _note(_done: int | None, search: str) -> Any:
        desk, view = page.here(search)
        return note(desk, view.shown("school")) if view.shown("school") else no_update
