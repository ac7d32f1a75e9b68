"""The page of reviews: what is disputed, one row each; look at it, accept or reject several with a name and a reason."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, signing
from dashboard.fieldwork import dispute
from dashboard.fieldwork.twoplaces import picture
from geodata.disclosure import Tier
from geodata.errors import StoreError
from geodata.fieldwork.questions import QUESTIONS, Question
from geodata.fieldwork.values import degrees, said
from geodata.query import Desk
from geodata.say import later, tr, trn, written
from geodata.spatial import distance
from geodata.store import corrections
from geodata.store.corrections import ACCEPTED, OPEN, REJECTED, REPLACED, Correction
from geodata.store.listing import when
from geodata.store.proposing import outcomes
from geodata.view import View

GRID, STATE, FORM, WHAT, DONE, LOOK, SAID = "review-grid", "review-state", "review", "review-what", "review-done", "review-look", "review-count"  # fmt: skip
CHOOSE = "choose"
STATES = {
    OPEN: later("waiting for a reviewer"),
    CHOOSE: later("contradicted by the register: choose"),
    ACCEPTED: later("accepted"),
    REJECTED: later("rejected"),
    REPLACED: later("replaced by a later one"),
}
DECISIONS = {ACCEPTED: later("Accept"), REJECTED: later("Reject")}
SHOWN, LOOKED = 2_000, 4


def section(desk: Desk) -> Component | None:
    """The list, its filter, a look at what is selected, and the form; nothing for the public."""
    if page.served().tier == Tier.PUBLIC:
        return None
    found = rows(desk)
    counts = {s: sum(r["is"] == s for r in found) for s in STATES}
    first = CHOOSE if counts[CHOOSE] else OPEN
    data = [{"value": s, "label": tr("{state} ({n})", state=tr(text), n=written(counts[s]))} for s, text in STATES.items()]  # fmt: skip
    choice = dmc.Select(id=STATE, label=tr("Show"), data=data, value=first, allowDeselect=False)
    return c.section(
        tr("Corrections to review"),
        html.P(tr("What was accepted is applied by the next build of the data (firstmile build, or firstmile refresh). A rejected correction changes nothing; both stay in the trail.")),
        html.Div(choice, className="fm-form"),
        html.P(id=SAID, role="status"),
        _grid(_of(found, first)),
        html.Div(id=LOOK, role="status"),
        _form(),
        dcc.Store(id=DONE),
        id_="review",
    )  # fmt: skip


def _form() -> Component | None:
    if page.served().tier != Tier.GOVERNMENT:
        return html.P(tr("Only the government’s view reviews corrections."), className="fm-soft")
    what = dmc.Select(id=WHAT, label=tr("Decision on the selected corrections"), data=[{"value": k, "label": tr(v)} for k, v in DECISIONS.items()], placeholder=tr("Choose"))  # fmt: skip
    return signing.form(FORM, tr("Decide"), button=tr("Record this decision"), more=[what], says=tr("Someone else than who proposed it should decide."))  # fmt: skip


def _grid(found: list[dict[str, Any]]) -> Component:
    columns = [
        {"field": "number", "headerName": tr("Number"), "width": 100},
        {"field": "school", "headerName": tr("School"), "flex": 2, "minWidth": 150, "cellRenderer": "markdown", "linkTarget": "_self"},
        {"field": "fact", "headerName": tr("Fact"), "width": 120},
        {"field": "now", "headerName": tr("The register"), "flex": 1, "minWidth": 120, "wrapText": True, "autoHeight": True},
        {"field": "value", "headerName": tr("Proposed"), "flex": 1, "minWidth": 120, "wrapText": True, "autoHeight": True},
        {"field": "why", "headerName": tr("Reason"), "flex": 2, "minWidth": 150, "wrapText": True, "autoHeight": True},
        {"field": "who", "headerName": tr("Who, unverified"), "width": 150},
        {"field": "when", "headerName": tr("When (UTC)"), "width": 150},
        {"field": "decided", "headerName": tr("Decided"), "flex": 1, "minWidth": 160, "wrapText": True, "autoHeight": True},
    ]  # fmt: skip
    options = {
        "theme": {"function": c.GRID_THEME},
        "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": True, "enableClickSelection": False},
        "ensureDomOrder": True,
        "enableCellTextSelection": True,
    }
    return dag.AgGrid(id=GRID, className="fm-grid", rowData=found, columnDefs=columns, defaultColDef={"sortable": True, "resizable": True, "filter": "agTextColumnFilter"}, dashGridOptions=options, getRowId="params.data.number", style=_high(found))  # fmt: skip


def _high(found: list[dict[str, Any]]) -> dict[str, Any]:
    """As high as what it holds, within bounds; gone where it holds nothing: the line above says so."""
    return {"height": min(460, 130 + 60 * len(found))} if found else {"display": "none"}


def rows(desk: Desk) -> list[dict[str, Any]]:
    """Every correction that this tier may read as a row of the list; `is` is one of STATES."""
    found = dispute.standing(desk)
    ended = {str(o["correction"]): o for o in outcomes(desk)}
    names = desk.whole.set_index("school_id")["school_name"] if found and "school_name" in desk.columns else {}
    return [_row(desk, one, ended.get(one.number), names) for one in found]


def _row(desk: Desk, one: Correction, outcome: dict[str, Any] | None, names: Any) -> dict[str, Any]:
    question, item = QUESTIONS[one.item.what], one.item
    ends = str(outcome["outcome"]) if outcome else ""
    state = CHOOSE if one.state == ACCEPTED and ends in ("contradicted", "two") else one.state
    name = str(names.get(item.school_id) or item.school_id)
    link = "/school?" + urlencode({"data": desk.atlas.slug, "school": item.school_id})
    decided = tr("{decision} by {who}: {reason}", decision=tr(STATES[one.state]), who=one.review.who, reason=one.review.reason) if one.review else ""  # fmt: skip
    where = f" ({item.file} {item.cell})" if item.file else ""
    return {
        "number": one.number,
        "is": state,
        "school": f"[{_plain(name)}]({link})",
        "fact": tr(question.short),
        "now": _short(question, str(outcome["now"]) if outcome else item.before),
        "value": _short(question, item.value),
        "why": one.entry.reason + where,
        "who": one.entry.who,
        "when": when(one.entry),
        "decided": decided + (f" · {tr(_ENDS[ends])}" if ends in _ENDS else ""),
        "held": str(outcome["now"]) if outcome else "",
    }


_ENDS = {"applied": later("in these data"), "agrees": later("the register says so itself by now"), "no_school": later("no such school in these data")}  # fmt: skip


def _numbers(selected: Any) -> set[str]:
    """The numbers of the selected rows, whatever a browser sends for them."""
    given = selected if isinstance(selected, list) else []
    return {str(r["number"]) for r in given if isinstance(r, dict) and r.get("number")}


def _short(question: Question, value: str) -> str:
    """A value for a narrow column: a location as two numbers."""
    if question.kind == "place" and "," in value:
        return ", ".join(written(v, 5, grouped=False) for v in degrees(value))
    return said(question, value)


def _plain(text: str) -> str:
    """A name that no mark of Markdown can turn into anything else."""
    return "".join(f"\\{x}" if x in "\\`*_{}[]()#+-.!|<>" else x for x in text)


def _of(found: list[dict[str, Any]], state: str) -> list[dict[str, Any]]:
    return [r for r in found if r["is"] == state][:SHOWN]


def look(desk: Desk, selected: list[dict[str, Any]] | None) -> list[Component]:
    """The places of the selected corrections of a location, before and after, and how far apart they lie."""
    chosen = _numbers(selected)
    if not chosen:
        return []
    parts: list[Component] = [html.P(trn("{n} correction is selected.", "{n} corrections are selected.", len(chosen)))]
    places = [x for x in dispute.standing(desk) if x.number in chosen and x.item.what == "location" and "," in x.item.value]  # fmt: skip
    return [*parts, *(_places(desk, one) for one in places[:LOOKED])]


def _places(desk: Desk, one: Correction) -> Component:
    school = desk.school(one.item.school_id)
    before, value = one.item.before, one.item.value
    text = tr("{number}: the ring is where the school stood before, the square is where the correction puts it.", number=one.number)  # fmt: skip
    apart = tr(" The two lie {km} km apart.", km=written(_km(before, value), 1)) if before else ""
    words = f"{text}{apart}" if before else tr("{number}: the square is where the correction puts the school; it had no location.", number=one.number)  # fmt: skip
    drawn = html.Img(src=picture(desk, school, before, value, title=words), alt=words, className="fm-mini", style={"width": "100%", "maxWidth": "34rem"})  # fmt: skip
    return html.Figure([html.Figcaption(words, className="fm-mini-caption"), drawn], style={"margin": 0})


def _km(one: str, other: str) -> float:
    (lat, lon), (lat2, lon2) = degrees(one), degrees(other)
    return float(distance(lat, lon, lat2, lon2)) / 1000


def decide(desk: Desk, view: View, who: str, reason: str, *given: Any) -> str:
    """Accept or reject what is selected (`given`: the decision, the selected rows); returns what to say, with a warning."""
    decision, selected = given
    store = signing.kept()
    if decision not in DECISIONS:
        raise StoreError(tr("Choose whether to accept or to reject."))
    numbers = sorted(_numbers(selected))
    mine = {one.number: one for one in dispute.standing(desk)}
    if not numbers or any(n not in mine for n in numbers):
        raise StoreError(tr("Select the corrections in the list first."))
    ended = {str(o["correction"]): o for o in outcomes(desk)}
    now = {n: str(ended[n]["now"]) for n in numbers if n in ended and ended[n]["outcome"] == "contradicted"}
    entry = corrections.review(store, desk.atlas, numbers, decision, tier=desk.tier, who=who, reason=reason, now=now if decision == ACCEPTED else None)  # fmt: skip
    done = tr("Recorded as entry {number}.", number=entry.number)
    if any(corrections.same_name(mine[n], who) for n in numbers):
        done += " " + tr("You typed the name of who proposed it: let someone else look at it too.")
    return done


def register(app: Dash) -> None:
    """The list drawn anew, the look at what is selected, and the form."""
    signing.listens(app, FORM, decide, State(WHAT, "value"), State(GRID, "selectedRows"), redraws=DONE)

    @app.callback(
        Output(GRID, "rowData"), Output(SAID, "children"), Output(GRID, "selectedRows"), Output(GRID, "style"),
        Input(STATE, "value"), Input(DONE, "data"), State(page.URL, "search"),
    )  # fmt: skip
    def _list(state: str, _done: int | None, search: str) -> Any:
        desk, _ = page.here(search)
        found = _of(rows(desk), state if state in STATES else OPEN)
        said_ = trn("{n} correction: {state}.", "{n} corrections: {state}.", len(found), state=tr(STATES.get(state, STATES[OPEN])))  # fmt: skip
        return found, said_, [], _high(found)

    @app.callback(Output(LOOK, "children"), Input(GRID, "selectedRows"), State(page.URL, "search"))
    def _look(selected: list[dict[str, Any]] | None, search: str) -> Any:
        return look(page.here(search)[0], selected)
