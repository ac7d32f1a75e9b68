"""The trail on the screen: the last entries that this visitor may read, with their hashes, and whether the chain holds."""

from __future__ import annotations

from dash import Dash, Input, Output, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, page, words
from geodata.errors import StoreError
from geodata.query import Desk
from geodata.say import later, tr
from geodata.store import KINDS, Entry, acts
from geodata.store.listing import in_words, when, who_said

SHOWN = 50
HEAD = (
    "No.",
    later("Time (UTC)"),
    later("What"),
    later("Build"),
    later("By whom, and why"),
    later("What it holds"),
    later("Hash"),
)


def section(desk: Desk) -> Component:
    """The trail of this place: last entries, how many there are, and a button that verifies the whole chain."""
    title = tr("The trail: who did what")
    served = page.served()
    if served.store is None:
        why = (
            tr("No trail is kept now. {store_fault}", store_fault=served.store_fault)
            if served.store_fault
            else tr("This server keeps no trail.")
        )
        return c.section(title, html.P(guard.said(StoreError(why))), id_="trail")
    try:
        found, total = served.store.entries(atlas=desk.atlas.slug, limit=SHOWN), served.store.count(atlas=desk.atlas.slug)  # fmt: skip
    except StoreError as error:
        return c.section(title, c.message(guard.said(error), kind="error"), id_="trail")
    verify = html.P([html.Button(tr("Verify the whole chain"), id="trail-verify", className="fm-button", type="button"), " ", html.Span(id="trail-said", role="status")])  # fmt: skip
    if not found:
        return c.section(title, html.P(tr("Nothing is recorded of this country yet.")), verify, id_="trail")
    shown = tr("the last {found} of {total}", found=len(found), total=words.count(total, 'entry', 'entries')) if total > len(found) else tr("all {total}", total=words.count(total, 'entry', 'entries'))  # fmt: skip
    table = c.table(HEAD, [_row(e, desk.tier) for e in found], caption=tr("Newest first: {shown} about {name}", shown=shown, name=desk.atlas.name), numeric=(0,))  # fmt: skip
    note = tr("Entries are only ever added; each holds the hash of the one before it. Names are as people typed them.")
    return c.section(title, verify, c.wide(table, tr("The trail")), id_="trail", note=note)


def _row(entry: Entry, tier: str) -> tuple[object, ...]:
    if acts.may_read(entry, tier):
        reason = f": {entry.reason}" if entry.reason else ""
        who, holds = f"{who_said(entry)}{reason}", in_words(entry)
        if entry.kind == "build" and not entry.who:
            who = tr("whoever runs this server{reason}", reason=reason)
    else:
        who = holds = tr("shown to those who may see it")
    hash_ = html.Code(entry.hash[:12], title=entry.hash)
    return entry.number, when(entry), KINDS[entry.kind], entry.version[:8], who, holds, hash_


def verdict() -> str:
    """Whether the chain holds, in a sentence."""
    store = page.served().store
    if store is None:
        return tr("No trail is kept here.")
    broken = store.verify()
    if broken:
        return tr("The trail is broken. {broken}", broken=guard.said(StoreError(broken[0])))
    number, last = store.head()
    return tr(
        "The chain holds: {number} of all countries, each as it was written. The last hash is {last}…",
        number=words.count(number, "entry", "entries"),
        last=last[:12],
    )


def register(app: Dash) -> None:
    """The button that verifies."""

    @app.callback(Output("trail-said", "children"), Input("trail-verify", "n_clicks"), prevent_initial_call=True)
    def _verify(clicks: int | None) -> object:
        if not clicks:
            return no_update
        try:
            return verdict()
        except StoreError as error:
            return guard.said(error)
