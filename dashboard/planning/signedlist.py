"""The signed list of a plan: sign it with lots, reserves and rule; look who would take a school's place; replace it.

The page puts `button()` in its toolbar, `shell()` in its layout and calls `register`.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import drawer, guard, page, signing, words
from dashboard.planning import money, solved
from dashboard.planning.seen import Seen
from geodata.disclosure import Tier
from geodata.errors import DisclosureError, FirstMileError, StoreError
from geodata.lots.cut import lots
from geodata.options.ground import blocked
from geodata.plan.stands import since, stands_of
from geodata.plan.substitute import RULE, Proposal
from geodata.query import Desk
from geodata.say import later, told, tr, written
from geodata.store import Entry, signed
from geodata.store.listing import when, who_said
from geodata.store.signed import Signed
from geodata.view import View

SIGN, REPLACE = "plan-sign", "plan-replace"
SIGNED, REPLACED = "plan-signed-done", "plan-replaced-done"
NAME = "plan-signed"  # of the drawer
WHICH, STANDS, OUT, LOOK, FOUND = "plan-signed-which", "plan-signed-stands", "plan-replace-out", "plan-replace-look", "plan-replace-found"  # fmt: skip
PLACE = "plan-replace-place"  # the form to replace a school: not drawn anew with the list, so that what it said stays
SHOWN = 300  # rows of a list on the screen
STATES = {
    "signed": later("on the list, as signed"),
    "replaced": later("left the list"),
    "from_reserve": later("on the list, from the reserve"),
    "reserve": later("in reserve"),
}


def button() -> list[Component]:
    """What opens the drawer; nothing for visitors of the public view, who can sign nothing."""
    if page.served().tier == Tier.PUBLIC:
        return []
    return [drawer.button(NAME, tr("Sign the list, replace a school"))]


def shell() -> Component:
    """The drawer, closed, and the mark that something was recorded."""
    return html.Div([drawer.shell(NAME, tr("Signed lists")), dcc.Store(id=SIGNED), dcc.Store(id=REPLACED)])


def body(desk: Desk, view: View) -> list[Component]:
    """What the drawer holds: sign what is on the screen, and the lists signed before."""
    if not desk.one_by_one or blocked(desk):
        return [c.message(tr("A signed list names its schools"), kept=tr("This view shows none by itself, so nothing can be signed here."))]  # fmt: skip
    state = solved.glance(desk, view)
    name = dmc.TextInput(id=f"{SIGN}-name", label=tr("Name of the list"), placeholder=tr("First tender"))
    waits = html.P(tr("The plan is still being made. Open this again when it stands."), role="status")
    return [
        signing.form(SIGN, tr("Sign this list"), more=[name], says=_says(desk, state.plan)) if state.plan is not None else waits,
        html.Section([html.H3(tr("Signed lists")), html.Div(_chooser(desk), id="plan-signed-lists"), html.Div(id=STANDS)], className="fm-form"),
        html.Div(_replacing(), id=PLACE, hidden=not lists(desk)),
    ]  # fmt: skip


def _says(desk: Desk, plan: Any) -> str:
    found = Seen(desk, plan).totals
    return tr(
        "You sign {schools} for {cost}, lot by lot with a reserve list each. The list never changes. {rule}",
        schools=words.count(found.schools, "school"),
        cost=money.short(found.cost, plan.book.currency),
        rule=told(RULE),
    )


def lists(desk: Desk) -> list[Entry]:
    store = page.served().store
    return [] if store is None or blocked(desk) else signed.entries(store, desk.atlas.slug, desk.tier)


def _loaded(desk: Desk, which: str | int) -> Signed:
    """A signed list; refused where it would tell this view where schools lie, also when the place was at less risk then."""
    if why := blocked(desk):
        raise DisclosureError(why)
    if not str(which).isdecimal():
        raise StoreError(tr("There is no such signed list here. Choose one from the list."))
    return signed.load(signing.kept(), desk.atlas.slug, int(which), desk.tier)


def _chooser(desk: Desk) -> Component:
    found = lists(desk)
    if not found:
        return html.P([tr("None yet."), dmc.Select(id=WHICH, data=[], style={"display": "none"})], className="fm-soft fm-small")  # fmt: skip
    data = [{"value": str(e.number), "label": tr("{name}, signed {when} UTC by {who}", name=e.data['name'], when=when(e), who=who_said(e))} for e in found]  # fmt: skip
    return dmc.Select(id=WHICH, label=tr("List"), data=data, value=data[0]["value"], allowDeselect=False)


# --- a list as it stands ---------------------------------------------------------------------------------------------------


def stands(desk: Desk, number: int | str) -> list[Component]:
    """A signed list: what was signed, what changed since, its rule and its schools."""
    return _stands_of(desk, _loaded(desk, number))


def _stands_of(desk: Desk, list_: Signed) -> list[Component]:
    wrong = (
        [c.message(tr("This list breaks a limit"), kept=" ".join(map(told, list_.broken)), kind="error")]
        if list_.broken
        else []
    )
    entry = list_.entry
    why = f" “{entry.reason}”" if entry.reason else ""
    other = "" if entry.version == desk.atlas.version else " " + tr("On data of version {version}; these are {now}.", version=entry.version[:8], now=desk.atlas.version[:8])  # fmt: skip
    said = tr(
        "{schools} schools in {lots} lots, {reserve} in reserve. Signed as entry {number}, hash {hash}.",
        schools=written(len(list_.schools)),
        lots=written(len(list_.lots.lots)),
        reserve=written(len(list_.lots.reserve)),
        number=entry.number,
        hash=entry.hash[:12],
    )
    return [
        *wrong,
        html.P(said + why + other),
        html.Details([html.Summary(tr("The rule of replacement")), html.P(told(list_.rule), className="fm-small")]),
        *_changes(list_),
        _table(desk, list_),
    ]


def _changes(list_: Signed) -> list[Component]:
    if not list_.changes:
        return []
    items = [
        html.Li([
            tr("School {out} was replaced by school {into} in lot {lot}: “{reason}” {when} UTC, {who}. ", out=e.data['out'], into=e.data['in'], lot=e.data['lot'], reason=e.reason, when=when(e), who=who_said(e)),
            html.Span(" ".join(told(str(t["said"])) for t in e.data["tried"]), className="fm-soft"),
        ])
        for e in reversed(list_.changes)
    ]  # fmt: skip
    return [html.H4(tr("Changes since")), html.Ul(items, className="fm-small")]


def _table(desk: Desk, list_: Signed) -> Component:
    names = desk.whole.drop_duplicates("school_id").set_index("school_id")["school_name"]
    titles = dict(zip(list_.lots.lots["lot"], list_.lots.lots["title"], strict=True))
    rows = [
        [r["lot"], told(titles.get(r["lot"], "")), r["school_id"], _text(names.get(r["school_id"])), _state(r)]
        for r in list_.table.head(SHOWN).to_dict("records")
    ]
    whole = len(list_.table) <= SHOWN
    caption = tr("The list as it stands") if whole else tr("The list as it stands, the first {n}", n=SHOWN)
    table = c.table((tr("Lot"), tr("What"), tr("School"), tr("Name"), tr("State")), rows, caption=caption)
    return html.Details([html.Summary(tr("The schools, lot by lot")), c.wide(table, tr("The signed list"))], open=len(rows) <= 40)  # fmt: skip


def _text(value: Any) -> str:
    return words.NOT_REPORTED if words.unknown(value) else str(value)


def _state(row: dict[str, Any]) -> str:
    said = tr(STATES[row["state"]])
    if row["replaced_by"]:
        return tr("left the list; {replaced_by} took its place", replaced_by=row["replaced_by"])
    return tr("{said}, for {instead_of}", said=said, instead_of=row["instead_of"]) if row["instead_of"] else said


# --- replacing ---------------------------------------------------------------------------------------------------------------


def _replacing() -> Component:
    out = dmc.Select(id=OUT, label=tr("School that cannot be built"), data=[], searchable=True, limit=50, placeholder=tr("Choose"))  # fmt: skip
    look = html.P(signing.acting(LOOK, tr("Who would take its place?")))
    return signing.form(REPLACE, tr("Replace a school"), button=tr("Replace and record"), more=[out, look, html.Div(id=FOUND, role="status")])  # fmt: skip


def proposal(desk: Desk, number: int | str, school_id: str) -> tuple[Signed, Proposal, dict[str, Any]]:
    """Who would take a school's place on the list as it stands, by the data of now."""
    list_ = _loaded(desk, number)
    built, taken = since(desk, list_.plan.terms, list_.table["school_id"])
    # A school of the list that the data of now leave out for another reason may be replaced; only a reserve may not come in.
    known = {"built": built, "taken": taken}
    return list_, list_.propose(school_id, **known), known


def looked(desk: Desk, number: int | str, school_id: str | None) -> Component:
    """The outcome in words, with why each candidate passed or failed. Nothing is recorded."""
    if not school_id:
        raise StoreError(tr("Choose the school that cannot be built."))
    list_, found, _ = proposal(desk, number, school_id)
    tried = html.Ul([html.Li(told(t.said)) for t in found.tried], className="fm-small") if found.tried else None
    said, amount = told(found.said), money.short(abs(found.extra), list_.plan.book.currency)
    if found.into and found.extra:
        said += " " + (tr("It costs {amount} more over its life.", amount=amount) if found.extra > 0 else tr("It costs {amount} less over its life.", amount=amount))  # fmt: skip
    return html.Div([html.P(said), tried])


def sign(desk: Desk, view: View, who: str, reason: str, name: str | None) -> str:
    """Sign the list of the plan on the screen; returns what to say."""
    store, plan = signing.kept(), solved.now(desk, view)
    cut = lots(plan, desk)
    entry = signed.sign(store, desk, plan, lots=cut, stands=stands_of(desk, plan, cut), name=name or "", who=who, reason=reason)  # fmt: skip
    return tr(
        "Signed as entry {number}, hash {hash}, by {who}",
        number=entry.number,
        hash=entry.hash[:12],
        who=who_said(entry),
    )


def replace_school(desk: Desk, _view: View, who: str, reason: str, which: str | None, school_id: str | None) -> str:
    """Replace a school of a signed list; returns what to say."""
    if not which or not school_id:
        raise StoreError(tr("Choose the school that cannot be built."))
    list_, _, known = proposal(desk, which, school_id)
    entry = signed.substitute(signing.kept(), desk, list_, school_id, who=who, reason=reason, **known)
    return tr(
        "Recorded as entry {number}: school {into} takes the place of school {out}",
        number=entry.number,
        into=entry.data["in"],
        out=school_id,
    )


def register(app: Dash) -> None:
    """The drawer, its forms, the list as it stands."""
    signing.listens(app, SIGN, sign, State(f"{SIGN}-name", "value"), redraws=SIGNED)
    signing.listens(app, REPLACE, replace_school, State(WHICH, "value"), State(OUT, "value"), redraws=REPLACED)

    drawer.opens(app, NAME, body)

    @app.callback(Output("plan-signed-lists", "children"), Input(SIGNED, "data"), State(page.URL, "search"), prevent_initial_call=True)  # fmt: skip
    def _signed(_signed: int | None, search: str) -> Any:
        return _chooser(page.here(search)[0])

    @app.callback(Output(STANDS, "children"), Output(OUT, "data"), Output(PLACE, "hidden"), Input(WHICH, "value"), Input(REPLACED, "data"), State(page.URL, "search"))  # fmt: skip
    def _stands(which: str | None, _replaced: int | None, search: str) -> Any:
        if not which:
            return [], [], True
        try:
            desk, _ = page.here(search)
            list_ = _loaded(desk, which)
            return _stands_of(desk, list_), list(list_.schools), False
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error"), [], True

    @app.callback(Output(FOUND, "children"), Input(LOOK, "n_clicks"), State(WHICH, "value"), State(OUT, "value"), State(page.URL, "search"), prevent_initial_call=True, running=signing.working(LOOK))  # fmt: skip
    def _look(clicks: int | None, which: str | None, school_id: str | None, search: str) -> Any:
        if not clicks or not which:
            return no_update
        try:
            return looked(page.here(search)[0], which, school_id)
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error")
