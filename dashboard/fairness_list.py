"""The audit of the list on the page: who comes first, the gates and the reasons written for them, what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, signing, words
from dashboard.fair_bars import capital
from dashboard.fairness import audit_of, who
from geodata import disclosure
from geodata.equity import tables
from geodata.equity.audit import Audit
from geodata.equity.gate import Gate
from geodata.equity.selection import models, reader
from geodata.errors import StoreError
from geodata.query import Desk
from geodata.say import later, told, tr
from geodata.store import Entry
from geodata.store.acts import list_key
from geodata.store.listing import when, who_said
from geodata.view import View

FORM = "gate-reason"
VERDICTS = {
    "pass": ("yes", later("Passes")),
    "warn": ("partly", later("Warns")),
    "inconclusive": ("unknown", later("Inconclusive")),
}
FIFTH = {"1 poorest fifth": later("poorest fifth"), "2": later("second fifth"), "3": later("third fifth"), "4": later("fourth fifth"), "5 richest fifth": later("least poor fifth")}  # fmt: skip
COMPARED = ("wealth", "location", "land", "sex", "disability", "displaced")


# --- who comes first -----------------------------------------------------------------------------------------------


def coming_first(desk: Desk, found: Audit) -> list[Component]:
    """Each group's part of the newly served beside its part of the unserved, both drawn on one scale."""
    if not found.first:
        return [
            c.empty_state(
                tr("No school here is ranked, so nothing comes first"),
                kept=tr("What lacks to rank them is said under “What we do not know”"),
            )
        ]
    groups = [by for name in COMPARED if (by := found.of(name)) is not None] + ([found.places] if found.places else [])
    parts: list[Component] = []
    for by in groups:
        table = tables.of_dimension(found, by, reader(desk), desk.policy)
        known = table[table["share_of_unserved"].notna()]
        if by is found.places:
            known = known.sort_values("share_of_unserved", ascending=False, kind="stable").head(10)
        if len(known) > 1:
            parts.append(_shares(known, tr(by.dimension.title), found))
    newly = found.whole.first
    lead = tr(
        "If {first_words} were served, {newly} now known to be without would be. Bars show each group's part of them; the line, its part of all who are without.",
        first_words=told(found.first_words),
        newly=words.count(newly, "learner") if found.unit == "learner" else words.count(newly, "school"),
    )
    return [html.P(lead), *([_shares_key()] if parts else []), *parts]


def _shares_key() -> Component:
    parts = [
        html.Li([html.Span(className="fm-swatch fm-piece-yes"), tr(" part of the newly served")]),
        html.Li([html.Span(className="fm-swatch fm-swatch-tick"), tr(" part of all who are without")]),
    ]
    return html.Ul(parts, className="fm-key fm-drawn-key")


def _shares(table: pd.DataFrame, title: str, found: Audit) -> Component:
    head = (title, tr("0 to 100 %"), tr("Of the newly served"), tr("Of the unserved"))
    cells = [html.Th(text, scope="col", className="fm-number" if i > 1 else "") for i, text in enumerate(head)]
    rows = [_share_row(row) for row in table.to_dict("records")]
    caption = tr("{title}: who comes first, in {found}", title=title, found=who(found))
    made = html.Table(
        [html.Caption(caption), html.Thead(html.Tr(cells)), html.Tbody(rows)], className="fm-table fm-rates fm-fair"
    )
    return c.wide(made, caption)


def _share_row(row: dict[str, Any]) -> Component:
    first, need = row["share_of_first"], row["share_of_unserved"]
    bar: list[Component] = []
    if not isnan(first):
        bar.append(
            html.Span(
                className="fm-piece fm-piece-yes", style={"insetInlineStart": "0", "width": f"{100 * first:.2f}%"}
            )
        )
    bar.append(html.Span(className="fm-tick", style={"insetInlineStart": f"{100 * need:.2f}%"}))
    return html.Tr(
        [
            html.Th(capital(told(str(row["group"]))), scope="row"),
            html.Td(html.Div(bar, className="fm-track", **{"aria-hidden": "true"}), className="fm-drawn"),
            html.Td(
                tr("too few to show") if isnan(first) else words.percent(first),
                className="fm-number",
                **{"data-label": tr("Of the newly served")},
            ),
            html.Td(words.percent(need), className="fm-number", **{"data-label": tr("Of the unserved")}),
        ]
    )


# --- the gates -----------------------------------------------------------------------------------------------------


def gates(desk: Desk, view: View, found: Audit) -> list[Component]:
    """The verdicts with their arithmetic, and the form for the reason that a warning asks for."""
    written = reasons(desk, view, found)
    rows = [gate_item(gate, [e for e in written if e.data.get("gate") == gate.name]) for gate in found.gates]
    asking = [g for g in found.gates if g.asks_reason]
    said = [
        html.P(
            tr(
                "A warning stops nothing. It asks for a reason in writing, which is kept in the trail for everyone to read."
            ),
            className="fm-soft",
        )
    ]
    return [*said, html.Ul(rows, className="fm-gates"), *([_form(asking)] if asking else [])]


def gate_item(gate: Gate, written: Sequence[Entry]) -> Component:
    """One gate: its verdict, sentence, arithmetic, and the reasons written for it."""
    state, word = VERDICTS[gate.verdict][0], tr(VERDICTS[gate.verdict][1])
    lines = [html.Div([html.Dt(told(name)), html.Dd(told(value))]) for name, value in gate.lines]
    parts: list[Any] = [
        html.P([c.status(state, word), " ", html.Strong(told(gate.title))]),  # type: ignore[arg-type]
        html.P(
            [
                told(gate.sentence),
                "" if gate.certain else html.Strong(tr(" Not certain: what is not reported could turn it.")),
            ]
        ),
    ]
    if lines:
        held = [html.Div([html.Dt(tr("Held against")), html.Dd(told(gate.threshold))])] if gate.threshold else []
        parts.append(
            html.Details([html.Summary(tr("How it was worked out")), html.Dl([*lines, *held])], className="fm-meaning")
        )
    parts += [
        html.P(
            [html.Strong(tr("Reason written: ")), entry.reason, f" ({who_said(entry)}, {when(entry)})"],
            className="fm-written",
        )
        for entry in written
    ]
    return html.Li(parts, className=f"fm-gate fm-gate-{gate.verdict}")


def _form(asking: Sequence[Gate]) -> Component:
    choice = dmc.Select(
        id=f"{FORM}-gate",
        label=tr("Warning"),
        data=[{"value": g.name, "label": told(g.title)} for g in asking],
        value=asking[0].name,
        allowDeselect=False,
    )
    says = tr("Say why the list stands as it does, or what will be done about it.")
    return signing.form(FORM, tr("Write the reason"), button=tr("Record the reason"), more=[choice], says=says)


def record(desk: Desk, view: View, who_: str, reason: str, gate: str) -> str:
    """Keep a reason for a warned gate in the trail; raises StoreError where there is none, or nothing warned."""
    if not reason.strip():
        raise StoreError(tr("Write the reason: a warning is answered in words."))
    found = audit_of(desk, view)
    warned = next((g for g in found.gates if g.name == gate and g.asks_reason), None)
    if warned is None:
        raise StoreError(tr("This gate does not warn for the schools that are shown now."))
    data = {
        "gate": warned.name,
        "title": warned.title,  # kept in the trail: not in the reader's language
        "verdict": warned.verdict,
        "sentence": warned.sentence,
        "arithmetic": [list(line) for line in warned.lines],
        "indicator": found.indicator,
        "first": found.first,
        "list": list_key(view),
    }
    signing.kept().record(
        "gate",
        data,
        atlas=desk.atlas.slug,
        version=desk.atlas.version,
        who=who_.strip(),
        role=desk.tier,
        reason=reason.strip(),
    )
    return tr("Recorded: the reason for “{title}”.", title=told(warned.title))


def reasons(desk: Desk, view: View, found: Audit) -> list[Entry]:
    """Reasons written for this build, this selection and this indicator, newest first."""
    store = page.served().store
    if store is None or desk.tier == disclosure.Tier.PUBLIC:
        return []
    kept = store.entries(kind="gate", atlas=desk.atlas.slug, limit=200)
    return [
        e
        for e in kept
        if e.version == desk.atlas.version
        and e.data.get("list") == list_key(view)
        and e.data.get("indicator") == found.indicator
    ]


# --- what predictions get wrong ------------------------------------------------------------------------------------


def errors(desk: Desk) -> list[Component]:
    """Errors of the predictors in use, by group: the harmful one first."""
    used = [m for m in models(desk) if m.get("usable")]
    if not used:
        return [html.P(tr("No prediction is in use here: what is not reported stays so, inside its bounds."))]
    rows = [
        (told(str(m.get("title") or m.get("target"))), capital(told(str(e.get("by", "")))), tr(FIFTH.get(str(e.get("group")), words.code(e.get("group")))), words.exact(e.get("n"), 0), *(words.percent(e.get(k)) if e.get(k) is not None else "–" for k in ("false_connected", "false_unconnected", "coverage")))
        for m in used
        for e in m.get("by_group") or ()
        if e.get("by") != "region"
    ]  # fmt: skip
    head = (
        tr("Prediction of"),
        tr("By"),
        tr("Group"),
        tr("Schools tested"),
        tr("Yes though without"),
        tr("No though with"),
        tr("Holds the answer"),
    )
    table = c.table(
        head,
        rows,
        caption=tr(
            "Tested on districts that the prediction had not seen; “yes though without” is the error that hides a school"
        ),
        numeric=(3, 4, 5, 6),
    )
    return [
        *(html.P(told(str(m.get("verdict", "")))) for m in used),
        c.wide(table, tr("Errors of the prediction by group")),
    ]
