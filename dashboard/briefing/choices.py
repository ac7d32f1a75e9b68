"""What one chooses beside a brief: place, language, plan and budget; the official figure, decisions, letterhead and crest."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import page, signing
from dashboard.briefing import asked
from dashboard.briefing.asked import MOST_DECISIONS, NONE, Wanted, Words
from dashboard.briefing.made import Planning
from dashboard.planning import kept
from geodata.query import Desk
from geodata.say import LANGUAGES, language, tr
from geodata.store import briefs
from geodata.view import View

AREA, PLAN, BUDGET = "brief-area", "brief-plan", "brief-budget"
FIELDS = ("share", "source", "date", "definition", "letterhead")
APPLY, SAID, UPLOAD, CREST = "brief-apply", "brief-said", "brief-upload", "brief-crest"
WHOLE, HERE = "whole", "here"


def choices(desk: Desk, view: View, found: Wanted, planning: Planning) -> list[Component]:
    """Everything at the side of the brief, but its files and its approval."""
    return [
        html.H2(tr("What it is of")),
        dmc.Select(id=AREA, label=tr("Place"), value=view.area or WHOLE, data=_areas(desk), searchable=True, limit=60, allowDeselect=False),
        _languages(view),
        dmc.Select(id=PLAN, label=tr("Plan"), value=found.plan or HERE, data=_plans(desk), allowDeselect=False),
        html.Div(budget(planning), id="brief-budget-place"),
        *words(desk, found.words),
    ]  # fmt: skip


def _areas(desk: Desk) -> list[dict[str, str]]:
    places = desk.places
    ids = [a for a, level in places.levels.items() if level > 0]
    rows = sorted(({"value": a, "label": _named(desk, a)} for a in ids), key=lambda d: (places.levels[d["value"]], d["label"]))  # fmt: skip
    return [{"value": WHOLE, "label": desk.atlas.name}, *rows]


def _named(desk: Desk, area: str) -> str:
    above = desk.places.parents.get(area, "")
    name = desk.places.names.get(area, area)
    return f"{name} · {desk.places.names[above]}" if desk.places.levels.get(above, 0) > 0 else name


def _languages(view: View) -> Component:
    """The languages as links: a page is drawn anew in another."""
    here = language()
    links = [
        html.Li(html.A(one.name, href=page.address(asked.PATH, view.with_screen(lang=one.code)), lang=one.code, dir=one.direction, **({"aria-current": "true"} if one == here else {})))
        for one in LANGUAGES.values()
    ]  # fmt: skip
    return html.Div([html.Div(tr("Language of the brief"), className="brief-label", id="brief-languages"), html.Ul(links, className="brief-languages", **{"aria-labelledby": "brief-languages"})])  # fmt: skip


def _plans(desk: Desk) -> list[dict[str, str]]:
    saved = [{"value": str(s.number), "label": tr("Saved: {title}", title=s.title)} for s in kept.saved(desk)]
    return [{"value": HERE, "label": tr("With the budget chosen here")}, {"value": NONE, "label": tr("Without a plan")}, *saved]  # fmt: skip


def budget(planning: Planning) -> list[Component]:
    """The solved budgets to choose from, or how far they are."""
    if planning.why:
        return [html.P(planning.why, className="fm-small fm-soft"), _budgets([], None)]
    if not planning.over:
        share = round(100 * planning.done)
        return [html.P(tr("Budgets are being solved: {share} of 100 done.", share=share), role="status", className="fm-small"), html.Progress(value=str(share), max="100", **{"aria-label": tr("Budgets solved")}), _budgets([], None)]  # fmt: skip
    if planning.plan is None:
        return [_budgets([], None)]
    from geodata.briefing import said  # noqa: PLC0415

    plans = {p.terms.total: p for p in (*planning.others, planning.plan)}
    data = [{"value": amounts(plans[b].terms.budget), "label": said.money(b, plans[b].book.currency)} for b in sorted(plans)]  # fmt: skip
    return [_budgets(data, amounts(planning.plan.terms.budget))]


def amounts(budget_: tuple[float, ...]) -> str:
    """A budget as addresses have it, one amount or one a year."""
    return ",".join(repr(b).removesuffix(".0") for b in budget_)


def _budgets(data: list[dict[str, str]], value: str | None) -> Component:
    shown = {} if data else {"display": "none"}
    return dmc.Select(id=BUDGET, label=tr("Budget: only those that are solved"), data=data, value=value, allowDeselect=False, style=shown)  # fmt: skip


# --- what people type ------------------------------------------------------------------------------------------------------


def words(desk: Desk, typed: Words) -> list[Component]:
    """The fields of what the ministry says itself; a sentence instead for visitors of the public view."""
    if not asked.may_write(desk):
        return [html.P(tr("The official figure, decisions and letterhead are given by the ministry's own view, not by visitors of the public one."), className="fm-small fm-soft")]  # fmt: skip
    official = [
        _text("share", tr("Official figure, % of schools with internet"), typed.share, placeholder="64"),
        _text("source", tr("Its source"), typed.source),
        _text("date", tr("Its date"), typed.date),
        _text("definition", tr("What it counts"), typed.definition),
    ]
    return [
        html.Details([html.Summary(tr("The official figure")), *official], open=bool(typed.share)),
        html.Details([html.Summary(tr("Decisions asked for")), *(part for n in range(MOST_DECISIONS) for part in _decision(n, typed))], open=bool(typed.decisions)),
        html.Details([html.Summary(tr("Letterhead and crest")), _text("letterhead", tr("Letterhead"), typed.letterhead, placeholder=tr("Ministry of Education")), *_crest(desk, typed)], open=bool(typed.letterhead or typed.crest)),
        html.P(signing.acting(APPLY, tr("Put this into the brief"))),
        html.Div(id=SAID, role="status"),
    ]  # fmt: skip


def _text(name: str, label: str, value: str, **more: Any) -> Component:
    return dmc.TextInput(id=f"brief-{name}", label=label, value=value, **more)


def _decision(number: int, typed: Words) -> list[Component]:
    asked_, owner, date = typed.decisions[number] if number < len(typed.decisions) else ("", "", "")
    n = number + 1
    return [
        html.Fieldset(
            [
                html.Legend(tr("Decision {n}", n=n)),
                dmc.TextInput(id={"type": "brief-asked", "n": number}, label=tr("What is to be decided"), value=asked_),
                html.Div([
                    dmc.TextInput(id={"type": "brief-owner", "n": number}, label=tr("Who decides"), value=owner),
                    dmc.TextInput(id={"type": "brief-when", "n": number}, label=tr("By when"), value=date),
                ], className="brief-pair"),
            ],
            className="brief-decision",
        )
    ]  # fmt: skip


def _crest(desk: Desk, typed: Words) -> list[Component]:
    store = page.served().store
    held = briefs.crests(store, desk.atlas.slug, desk.tier) if store is not None else []
    data = [{"value": "0", "label": tr("No crest")}, *({"value": str(e.number), "label": str(e.data["name"])} for e in held)]  # fmt: skip
    value = str(typed.crest) if str(typed.crest) in {d["value"] for d in data} else "0"
    pick = dmc.Select(id=CREST, label=tr("Crest"), data=data, value=value, allowDeselect=False)
    why = signing.why_not()
    return [
        pick,
        html.P(why, className="fm-small fm-soft") if why else None,
        dcc.Upload(
            html.Button(tr("Choose a picture (PNG or JPEG, {most} kB at most)", most=briefs.LARGEST // 1000), type="button", className="fm-button"),
            id=UPLOAD, accept="image/png,image/jpeg", max_size=briefs.LARGEST, multiple=False, disabled=bool(why),
        ),
    ]  # fmt: skip
