"""Why this school, or why not: what decided it, what its ways of connecting are, from which budget on it would be in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, words
from dashboard.planning import marks, money
from dashboard.planning.listing import advice, table
from dashboard.planning.seen import Seen
from dashboard.planning.solved import State
from geodata.options.make import options
from geodata.options.words import STATES, WHYS
from geodata.say import later, separated, told, tr, written
from geodata.view import View

ASK = later(
    "Choose a school in the list, on the map or by its name in the search above, and this says why it is in the plan or not."
)


def section(seen: Seen, state: State, view: View) -> list[Component]:
    """The panel for the school of the address; how to choose one where none is."""
    school_id = view.shown("school")
    if not seen.rows:
        return [html.P(told(seen.handed.kept_back), className="fm-soft")]
    if not school_id or school_id not in seen.schools.index:
        return [html.P(tr(ASK), className="fm-soft")]
    frame = table(seen)
    row = frame[frame["school_id"] == school_id].iloc[0].to_dict()
    name = row.get("school_name") or school_id
    sheet = dcc.Link(tr("All that is known of it"), href=page.address("/school", view))
    return [
        html.H3([str(name), html.Span(f" · {words.place_of(row)}", className="fm-soft fm-small")]),
        html.P([_mark(row), " ", sentence(seen, row)], className="plan-answer"),
        html.Ul([html.Li(line) for line in lines(seen, state, row)]),
        _ways(seen, school_id),
        html.P(sheet),
    ]


def _mark(row: Mapping[str, Any]) -> Component:
    mark = marks.ORDER[int(row["mark"])]
    return html.Strong([html.Span(marks.SHAPES[mark], className=f"plan-mark plan-mark-{mark}", **{"aria-hidden": "true"}), f" {words.sentence(tr(marks.WORDS[mark]))}"])  # fmt: skip


def sentence(seen: Seen, row: Mapping[str, Any]) -> str:
    """Why the school is where it is, in a sentence."""
    if not row["eligible"]:
        why = marks.not_eligible_words(row["not_eligible_why"])
        if words.unknown(row.get("committed_by")):
            return words.sentence(tr("It is not eligible: {why}", why=why))
        return words.sentence(tr("It is not eligible: {why} ({funder})", why=why, funder=row["committed_by"]))
    why = "" if words.unknown(row.get("why")) else str(row["why"])
    return words.sentence(told(why)) or tr("Nothing more is said of it.")


def lines(seen: Seen, state: State, row: Mapping[str, Any]) -> list[str]:
    """What stands behind it: the way and its cost, cost a learner beside the plan's last, from which budget on it is in."""
    if not row["eligible"]:
        return []
    plan, currency = seen.plan, seen.plan.book.currency
    said: list[str] = []
    if not words.unknown(row.get("way")):
        way = money.titled(row["way"])
        if not words.unknown(row.get("cost")):
            way = tr("{way}: {cost} over its life ({span})", way=way, cost=money.short(row['cost'], currency), span=money.span(row.get('cost_low'), row.get('cost_high')))  # fmt: skip
        said.append(f"{way}. {told(row.get('way_why') or '')}".strip())
    if plan.unit != "schools" and not words.unknown(row.get("each")):
        said.append(_each(seen, money.short(row["each"], currency)))
    if row.get("learners_estimated") == True:  # noqa: E712 - may be missing
        said.append(tr("Its learners are not reported: taken from its range, or from similar schools."))
    if not words.unknown(row.get("chance_underserved")) and 0 < float(row["chance_underserved"]) < 1:
        said.append(tr("Whether it has usable internet is not reported; it is taken to lack it in {share} cases like it.", share=words.of_ten(row['chance_underserved'])))  # fmt: skip
    said.append(enters(seen, state, str(row["school_id"])))
    if advice(row):
        said.append(
            tr(
                "Advice: {advice}. The share says how often it stays when prices and unknown data are drawn at random.",
                advice=advice(row),
            )
        )
    return [s for s in said if s]


def _each(seen: Seen, each: str) -> str:
    """What each learner costs here, beside the dearest that the plan still reaches."""
    frame = table(seen)
    last = frame.loc[frame["mark"] == marks.ORDER.index(marks.CHOSEN), "each"].max()
    if words.unknown(last):
        return tr("{each} for each underserved learner reached.", each=each)
    return tr("{each} for each underserved learner reached; the dearest in the plan costs {last}.", each=each, last=money.short(last))  # fmt: skip


def enters(seen: Seen, state: State, school_id: str) -> str:
    """From which of the solved budgets on the school is in the plan."""
    currency = seen.plan.book.currency
    plans = sorted(state.solved, key=lambda p: p.terms.total)
    inside = [p.terms.total for p in plans if _in(p, school_id)]
    if not inside:
        return "" if not state.over else tr("At none of the solved budgets, up to {total}, is it in the plan.", total=money.short(plans[-1].terms.total, currency))  # fmt: skip
    first = min(inside)
    gone = [p.terms.total for p in plans if p.terms.total > first and p.terms.total not in inside]
    said = money.short(first, currency)
    if not gone:
        return tr("In the plan from a budget of {first} on, among those solved.", first=said)
    return tr("In the plan from a budget of {first} on, among those solved, but not at {gone}, where other schools use the money better.", first=said, gone=money.short(gone[0], currency))  # fmt: skip


def _in(plan: Any, school_id: str) -> bool:
    rows = plan.schools
    return bool((rows.loc[rows["school_id"] == school_id, "decision"] == marks.CHOSEN).any())


def _ways(seen: Seen, school_id: str) -> Component:
    """Every way of connecting the school, whether it could be had, and why not."""
    every = seen.handed.options if len(seen.plan.options) else seen.handed.told(options(seen.desk, seen.plan.terms, seen.plan.book))  # fmt: skip
    own = every[every["school_id"] == school_id]
    currency = seen.plan.book.currency
    length = "distance_m" in own
    rows = [
        (
            money.titled(o["way"]),
            html.Span([_state(o), html.Br(), html.Small(_why(o), className="fm-soft")] if _why(o) else _state(o)),
            *([_km(o["distance_m"])] if length else []),
            _cost(o),
        )
        for o in own.to_dict("records")
    ]  # fmt: skip
    if not rows:
        return html.P(tr("No way of connecting it has been looked at."), className="fm-soft")
    head = (tr("Way"), tr("Possible?"), *([tr("Length")] if length else []), tr("Cost, {currency}", currency=currency))
    short = "" if not length else break_even(own)
    return html.Div([c.wide(c.table(head, rows, caption=tr("Ways of connecting it, whole life; below each cost, with low and with high prices"), numeric=tuple(range(2, len(head)))), tr("Ways of connecting it")), html.P(short, className="fm-small fm-soft")])  # fmt: skip


def _cost(option: Mapping[str, Any]) -> Component | str:
    if words.unknown(option.get("cost")):
        return "–"
    if words.unknown(option.get("cost_low")):
        return money.exact(option["cost"])
    span = tr(
        "{low} to {high}",
        low=money.exact(option["cost_low"]),
        high=money.exact(option["cost_high"]),
    )
    return html.Span([money.exact(option["cost"]), html.Br(), html.Small(span, className="fm-soft")])


def _state(option: Mapping[str, Any]) -> str:
    return tr(STATES.get(str(option["state"]), str(option["state"])))


def _why(option: Mapping[str, Any]) -> str:
    return "" if words.unknown(option.get("why")) else tr(WHYS.get(str(option["why"]), words.code(option["why"])))


def _km(metres: Any) -> str:
    if words.unknown(metres):
        return "–"
    return (
        f"{written(float(metres))}\u00a0{tr('m')}"
        if float(metres) < 1000
        else f"{written(float(metres) / 1000, 1)}\u00a0{tr('km')}"
    )


def break_even(own: pd.DataFrame) -> str:
    """How short fibre would have to be to cost less than the cheapest other way."""
    can = own[own["break_even_m"].notna() & own["state"].eq("feasible")].sort_values("cost", kind="stable")
    if can.empty:
        return ""
    first = can.iloc[0]
    return tr(
        "Fibre would cost less than {way} here if it were shorter than {km} km.",
        way=money.way(first["way"]),
        km=separated(f"{float(first['break_even_m']) / 1000:,.2g}"),
    )
