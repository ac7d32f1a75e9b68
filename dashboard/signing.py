"""What people do, signed with a typed name: the form, the button that records, and why nothing can be recorded.

There is no sign-in yet, so a name is only what was typed: it is kept and shown as "unverified". Visitors of the public
tier record nothing but their exports: a form that anyone may fill in would be no record of a ministry's decisions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from hashlib import sha256
from threading import Lock
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, page
from geodata.disclosure import Tier
from geodata.errors import FirstMileError, StoreError
from geodata.query import Desk
from geodata.say import later, tr
from geodata.store import Entry, Store, acts
from geodata.view import View

PUBLIC_ONLY_LOOKS = later("Visitors of the public view cannot save, decide or approve.")
log = logging.getLogger(__name__)
NO_TRAIL = later("Nothing can be recorded here: this server keeps no trail.")


def why_not() -> str:
    """Why this visitor can record nothing; empty where she can."""
    served = page.served()
    if served.tier == Tier.PUBLIC:
        return tr(PUBLIC_ONLY_LOOKS)
    if served.store is None:
        return (
            tr("Nothing can be recorded now. {store_fault}", store_fault=served.store_fault)
            if served.store_fault
            else tr(NO_TRAIL)
        )
    return ""


def kept() -> Store:
    """The trail to record in. Raises StoreError with the reason where this visitor can record nothing."""
    said, store = why_not(), page.served().store
    if said or store is None:
        raise StoreError(said)
    return store


def form(
    id_: str,
    title: str,
    *,
    button: str = "",
    asks_reason: bool = True,
    asks_name: bool = True,
    more: Sequence[Component] = (),
    says: str = "",
) -> Component:
    """A form to sign: fields of its own (`more`), a reason, a typed name, a button that says what it does.

    Where nothing can be recorded it says why instead. `listens` answers it.
    """
    said = why_not()
    if said:
        return html.Section([html.H3(title), html.P(guard.said(StoreError(said)), className="fm-soft fm-small")], className="fm-form")  # fmt: skip
    reason = dmc.Textarea(id=f"{id_}-reason", label=tr("Reason"), autosize=True, minRows=2)
    name = dmc.TextInput(
        id=f"{id_}-who",
        label=tr("Your name"),
        description=tr("As you type it; nobody checks it. It is kept and shown as unverified."),
    )
    fields = [*more, *([reason] if asks_reason else []), *([name] if asks_name else [])]
    return html.Section(
        [
            html.H3(title),
            html.P(says, className="fm-soft fm-small") if says else None,
            *fields,
            html.P(acting(f"{id_}-do", button or title)),
            html.Div(id=f"{id_}-said", role="status"),
        ],
        className="fm-form",
    )


def acting(id_: str, text: str) -> list[Component]:
    """A button whose work may take a moment, with the place beside it that says so; see `working`."""
    return [html.Button(text, id=id_, className="fm-button", type="button"), html.Span(id=f"{id_}-busy", className="fm-busy", role="status")]  # fmt: skip


def working(id_: str) -> list[tuple[Output, Any, Any]]:
    """For a callback's `running`: the button of `acting` cannot be pressed again, and says that it works."""
    return [(Output(id_, "disabled"), True, False), (Output(f"{id_}-busy", "children"), tr("Working …"), "")]


def listens(
    app: Dash,
    id_: str,
    act: Callable[..., str],
    *states: State,
    asks_reason: bool = True,
    asks_name: bool = True,
    redraws: str = "",
) -> None:
    """Answer a form: `act(desk, view, who, reason, *states)` records and returns what to say.

    `redraws` is the id of a dcc.Store that counts up, for what must be drawn anew.
    """
    fields = [State(f"{id_}-{name}", "value") for name, wanted in (("who", asks_name), ("reason", asks_reason)) if wanted]  # fmt: skip
    told = [Output(f"{id_}-said", "children"), *([Output(redraws, "data", allow_duplicate=True)] if redraws else [])]

    @app.callback(
        *told,
        Input(f"{id_}-do", "n_clicks"),
        State(page.URL, "search"),
        *fields,
        *states,
        prevent_initial_call=True,
        running=working(f"{id_}-do"),
    )
    def _act(clicks: int | None, search: str, *values: Any) -> Any:
        if not clicks:
            return [no_update] * len(told) if redraws else no_update
        texts = [str(v or "") for v in values[: len(fields)]]
        who = texts.pop(0) if asks_name else ""
        reason = texts.pop(0) if asks_reason else ""
        try:
            said = c.message(act(*page.here(search), who, reason, *values[len(fields) :]))
            mark: Any = clicks
        except FirstMileError as error:
            said, mark = c.message(guard.said(error), kind="error"), no_update
        return (said, mark) if redraws else said


# --- exports ------------------------------------------------------------------------------------------------------


def refuse_unrecorded(desk: Desk) -> None:
    """Raise StoreError where an export of this tier must be recorded and cannot be, before it is made."""
    served = page.served()
    if served.store is None and served.store_fault and desk.tier != Tier.PUBLIC:
        raise StoreError(tr("Exports of the {tier} view must be recorded, and they cannot be now. {store_fault}", tier=desk.tier, store_fault=served.store_fault))  # fmt: skip


MOST_AN_HOUR = 500  # exports of the public view that one server process records
HOUR = 3600.0
_kept: WeakKeyDictionary[Store, dict[tuple[str, str, str], float]] = WeakKeyDictionary()  # what was recorded when
_counting = Lock()


def _worth_keeping(store: Store, digest: str, about: dict[str, Any]) -> bool:
    """Whether an export of the public view is recorded; past the most of an hour the log alone is told."""
    now, key = monotonic(), (digest, str(about.get("file")), str(about.get("purpose")))
    with _counting:
        lately = _kept[store] = {k: at for k, at in _kept.get(store, {}).items() if now - at < HOUR}
        if key in lately:
            return False
        if len(lately) >= MOST_AN_HOUR:
            log.warning("More than %d public exports in an hour: %s is not recorded.", MOST_AN_HOUR, key[1])
            return False
        lately[key] = now
    return True


def keep_export(desk: Desk, view: View, content: bytes, **about: Any) -> Entry | None:
    """Record a file that is about to leave; None where there is no trail.

    Raises StoreError where it must be recorded and cannot be. The public view's exports go on without; of them the same file
    is recorded once an hour, and so many an hour at most, for anyone may fetch them as often as a machine can ask.
    """
    refuse_unrecorded(desk)
    store = page.served().store
    digest = sha256(content).hexdigest()
    if store is None or (desk.tier == Tier.PUBLIC and not _worth_keeping(store, digest, about)):
        return None
    try:
        return acts.record_export(store, desk.atlas, view=view, tier=desk.tier, sha256=digest, **about)
    except StoreError:
        if desk.tier != Tier.PUBLIC:
            raise
        return None
