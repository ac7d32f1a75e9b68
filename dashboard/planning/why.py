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
from geodata.say import later, tr
from geodata.view import View

ASK = later(
    "Choose a school in the list, on the map or by its name in the search above, and this says why it is in the plan or not."
)


def section(seen: Seen, state: State, view: View) -> list[Component]:
    """The panel for the school of the address; how to choose one where none is."""
    school_id = view.shown("school")
    if not seen.rows:
        return [html.P(seen.handed.kept_back, className="fm-soft")]
    if not school_id or school_id not in seen.schools.index:
        return [html.P(ASK, className="fm-soft")]
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
    return html.Strong([html.Span(marks.SHAPES[mark], className=f"plan-mark plan-mark-{mark}", **{"aria-hidden": "true"}), f" {words.sentence(marks.WORDS[mark])}"])  # fmt: skip


def sentence(seen: Seen, row: Mapping[str, Any]) -> str:
    """Why the school is where it is, in a sentence."""
    if not row["eligible"]:
        by = "" if words.unknown(row.get("committed_by")) else f" ({row['committed_by']})"
        return words.sentence(
            tr(
                "It is not eligible: {not_eligible_why}{by}",
                not_eligible_why=marks.not_eligible_words(row["not_eligible_why"]),
                by=by,
            )
        )
    why = "" if words.unknown(row.get("why")) else str(row["why"])
    return words.sentence(why) or tr("Nothing more is said of it.")


def lines(seen: Seen, state: State, row: Mapping[str, Any]) -> list[str]:
    """What stands behind it: the way and its cost, cost a learner beside the plan's last, from which budget on it is in."""
    if not row["eligible"]:
        return []
    plan, currency = seen.plan, seen.plan.book.currency
    said: list[str] = []
    if not words.unknown(row.get("way")):
        cost = tr(": {cost} over its life ({get})", cost=money.short(row['cost'], currency), get=money.span(row.get('cost_low'), row.get('cost_high'))) if not words.unknown(row.get("cost")) else ""  # fmt: skip
        said.append(f"{money.titled(row['way'])}{cost}. {row.get('way_why') or ''}".strip())
    if plan.unit != "schools" and not words.unknown(row.get("each")):
        said.append(
            tr(
                "{each} for each underserved learner reached{seen}.",
                each=money.short(row["each"], currency),
                seen=_against(seen),
            )
        )
    if row.get("learners_estimated") == True:  # noqa: E712 - may be missing
        said.append(tr("Its learners are not reported: taken from its range, or from similar schools."))
    if not words.unknown(row.get("chance_underserved")) and 0 < float(row["chance_underserved"]) < 1:
        said.append(tr("Whether it has usable internet is not reported; it is taken to lack it in {chance_underserved} cases like it.", chance_underserved=words.of_ten(row['chance_underserved'])))  # fmt: skip
    said.append(enters(seen, state, str(row["school_id"])))
    if advice(row):
        said.append(
            tr(
                "{sentence} The share says how often it stays when prices and unknown data are drawn at random.",
                sentence=words.sentence(f"Advice: {advice(row)}"),
            )
        )
    return [s for s in said if s]


def _against(seen: Seen) -> str:
    """The dearest learner that the plan still reaches, to compare with."""
    frame = table(seen)
    last = frame.loc[frame["mark"] == marks.ORDER.index(marks.CHOSEN), "each"].max()
    return "" if words.unknown(last) else tr("; the dearest in the plan costs {last}", last=money.short(last))


def enters(seen: Seen, state: State, school_id: str) -> str:
    """From which of the solved budgets on the school is in the plan."""
    currency = seen.plan.book.currency
    plans = sorted(state.solved, key=lambda p: p.terms.total)
    inside = [p.terms.total for p in plans if _in(p, school_id)]
    if not inside:
        return "" if not state.over else tr("At none of the solved budgets, up to {total}, is it in the plan.", total=money.short(plans[-1].terms.total, currency))  # fmt: skip
    first = min(inside)
    gone = [p.terms.total for p in plans if p.terms.total > first and p.terms.total not in inside]
    dropped = (
        tr(", but not at {gone}, where other schools use the money better", gone=money.short(gone[0], currency))
        if gone
        else ""
    )
    return tr(
        "In the plan from a budget of {first} on, among those solved{dropped}.",
        first=money.short(first, currency),
        dropped=dropped,
    )


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
            html.Span([STATES.get(str(o["state"]), str(o["state"])), html.Br(), html.Small(_why(o), className="fm-soft")] if _why(o) else STATES.get(str(o["state"]), str(o["state"]))),
            *([_km(o["distance_m"])] if length else []),
            _cost(o),
        )
        for o in own.to_dict("records")
    ]  # fmt: skip
    if not rows:
        return html.P(tr("No way of connecting it has been looked at."), className="fm-soft")
    head = ("Way", "Possible?", *(["Length"] if length else []), tr("Cost, {currency}", currency=currency))
    short = "" if not length else break_even(own)
    return html.Div([c.wide(c.table(head, rows, caption=tr("Ways of connecting it, whole life; below each cost, with low and with high prices"), numeric=tuple(range(2, len(head)))), tr("Ways of connecting it")), html.P(short, className="fm-small fm-soft")])  # fmt: skip


def _cost(option: Mapping[str, Any]) -> Component | str:
    if words.unknown(option.get("cost")):
        return "–"
    if words.unknown(option.get("cost_low")):
        return money.exact(option["cost"])
    span = tr(
        "{cost_low} to {cost_high}",
        cost_low=money.exact(option["cost_low"]),
        cost_high=money.exact(option["cost_high"]),
    )
    return html.Span([money.exact(option["cost"]), html.Br(), html.Small(span, className="fm-soft")])


def _why(option: Mapping[str, Any]) -> str:
    return "" if words.unknown(option.get("why")) else WHYS.get(str(option["why"]), words.code(option["why"]))


def _km(metres: Any) -> str:
    if words.unknown(metres):
        return "–"
    return f"{float(metres):,.0f}\u00a0m" if float(metres) < 1000 else f"{float(metres) / 1000:,.1f}\u00a0km"


def break_even(own: pd.DataFrame) -> str:
    """How short fibre would have to be to cost less than the cheapest other way."""
    can = own[own["break_even_m"].notna() & own["state"].eq("feasible")].sort_values("cost", kind="stable")
    if can.empty:
        return ""
    first = can.iloc[0]
    return tr(
        "Fibre would cost less than {way} here if it were shorter than {break_even_m:,.2g} km.",
        way=money.way(first["way"]),
        break_even_m=float(first["break_even_m"]) / 1000,
    )
