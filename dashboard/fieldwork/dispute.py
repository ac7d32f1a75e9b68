"""A school's corrections on its sheet: what is disputed, what was corrected, and the form to dispute a value with a reason."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, signing
from geodata.disclosure import Tier
from geodata.errors import StoreError
from geodata.fieldwork.asking import asked_questions
from geodata.fieldwork.questions import QUESTIONS, UNKNOWN
from geodata.fieldwork.values import UnreadableError, read_answer, said, words_of
from geodata.query import Desk
from geodata.say import date, tr
from geodata.store import corrections
from geodata.store.corrections import ACCEPTED, OPEN, Correction
from geodata.store.listing import when, who_said
from geodata.store.proposing import item, outcomes
from geodata.view import View

FORM, WHAT, VALUE, FIELD, DONE, NOTE = "dispute", "dispute-what", "dispute-value", "dispute-field", "dispute-done", "dispute-note"  # fmt: skip
PATH = "/fieldwork"


def section(desk: Desk, view: View, school: dict[str, Any]) -> Component | None:
    """The corrections of a school and the form; nothing for the public where nothing was corrected."""
    found = note(desk, view, str(school["school_id"]))
    if page.served().tier == Tier.PUBLIC:
        return c.section(tr("Corrections"), html.Div(found, id=NOTE), id_="corrections") if found else None
    return c.section(tr("Corrections"), html.Div(found, id=NOTE), _form(desk), dcc.Store(id=DONE), id_="corrections")


def _form(desk: Desk) -> Component:
    data = [{"value": q.name, "label": tr(q.short)} for q in asked_questions(desk)]
    what = dmc.Select(id=WHAT, label=tr("What is wrong"), data=data, placeholder=tr("Choose"))
    says = tr("Nothing changes at once: a reviewer accepts or rejects it, and the next build of the data takes what was accepted.")  # fmt: skip
    return signing.form(FORM, tr("Dispute a value"), button=tr("Propose this correction"), more=[what, html.Div(control(""), id=FIELD)], says=says)  # fmt: skip


def control(what: str) -> Component:
    """The field for the right value: words to choose from, a number, a location."""
    question = QUESTIONS.get(what)
    label = tr("What is right")
    if question is None:
        return dmc.TextInput(id=VALUE, label=label, disabled=True)
    if question.codes:
        words = [{"value": code, "label": word} for code, word in words_of(question).items()]
        more = [{"value": UNKNOWN, "label": tr("not known; what stands is wrong")}]
        return dmc.Select(id=VALUE, label=label, data=[*words, *more], placeholder=tr("Choose"))
    hint = tr(question.hint) if question.hint else ""
    unknown = tr("Write ? where what stands is wrong and the right value is not known.")
    example = "-10.21243, -48.36030" if question.kind == "place" else ""
    return dmc.TextInput(id=VALUE, label=label, description=f"{hint} {unknown}".strip(), placeholder=example)


def propose(desk: Desk, view: View, who: str, reason: str, *given: Any) -> str:
    """Record a correction about the school of the address (`given`: what is wrong, what is right); returns what to say."""
    what, value = given
    store = signing.kept()
    question = QUESTIONS.get(str(what or ""))
    if question is None:
        raise StoreError(tr("Choose what is wrong."))
    try:
        answer = read_answer(question, value)
    except UnreadableError as error:
        raise StoreError(tr("{question}: {error}", question=tr(question.short), error=str(error))) from None
    if not answer:
        raise StoreError(tr("Write what is right, or that it is not known."))
    one = item(desk, view.shown("school"), question.name, answer)
    entry = corrections.propose(store, desk.atlas, [one], tier=desk.tier, who=who, reason=reason)[0]
    return tr("Proposed as correction {number}. A reviewer accepts or rejects it.", number=f"C{entry.number}-1")


def standing(desk: Desk, school_id: str = "") -> list[Correction]:
    """The corrections of this country (of one school) that this tier may read; none for the public."""
    store = page.served().store
    if store is None or page.served().tier == Tier.PUBLIC:
        return []
    try:
        found = corrections.readable(corrections.standing(store, desk.atlas.slug), desk.tier)
    except StoreError:
        return []
    return [one for one in found if not school_id or one.item.school_id == school_id]


def note(desk: Desk, view: View, school_id: str) -> list[Component]:
    """One line a correction: proposed, accepted, in force, or contradicted; rejected ones are on the page of reviews."""
    ended = {str(o["correction"]): o for o in outcomes(desk, school_id)}
    lines = [_line(one, ended.pop(one.number, None)) for one in standing(desk, school_id)]
    lines += [_in_force(outcome) for outcome in ended.values() if outcome["outcome"] == "applied"]
    shown: list[Component] = [html.P(line, className="fm-decided") for line in lines if line]
    if shown and page.served().tier != Tier.PUBLIC:
        shown.append(html.P(dcc.Link(tr("Review corrections"), href=page.address(PATH, view))))
    return shown


def change(one: Correction) -> str:
    """ "Learners: 41 → 77"."""
    question = QUESTIONS[one.item.what]
    return tr("{fact}: {before} → {value}", fact=tr(question.short), before=said(question, one.item.before), value=said(question, one.item.value))  # fmt: skip


def _line(one: Correction, outcome: dict[str, Any] | None) -> list[Any]:
    by = tr("{number}, {when} UTC, {who}: {reason}", number=one.number, when=when(one.entry), who=who_said(one.entry), reason=one.entry.reason)  # fmt: skip
    if one.state == OPEN:
        return [html.Strong(tr("Disputed. {change}.", change=change(one))), " ", by]
    if one.state != ACCEPTED:
        return []
    if outcome is None:
        return [html.Strong(tr("Accepted; the next build takes it. {change}.", change=change(one))), " ", by]
    if outcome["outcome"] == "applied":
        return _in_force(outcome)
    if outcome["outcome"] == "contradicted":
        now = said(QUESTIONS[one.item.what], str(outcome["now"]))
        return [html.Strong(tr("The register has changed since: it now says {now}. {change}. A person has to choose.", now=now, change=change(one))), " ", by]  # fmt: skip
    return []


def _in_force(outcome: dict[str, Any]) -> list[Any]:
    question = QUESTIONS[str(outcome["what"])]
    text = tr("Corrected. {fact}: {value}; the register says {now}.", fact=tr(question.short), value=said(question, str(outcome["value"])), now=said(question, str(outcome["now"])))  # fmt: skip
    return [html.Strong(text), " ", f"{outcome['source']}, {date(str(outcome['date']))}."]


def register(app: Dash) -> None:
    """The field that fits what is wrong, the form, and the note that is drawn anew."""
    signing.listens(app, FORM, propose, State(WHAT, "value"), State(VALUE, "value"), redraws=DONE)

    @app.callback(Output(FIELD, "children"), Input(WHAT, "value"), prevent_initial_call=True)
    def _field(what: str | None) -> Component:
        return control(str(what or ""))

    @app.callback(Output(NOTE, "children"), Input(DONE, "data"), State(page.URL, "search"), prevent_initial_call=True)
    def _note(_done: int | None, search: str) -> Any:
        desk, view = page.here(search)
        return note(desk, view, view.shown("school")) if view.shown("school") else no_update
