"""How a school could be connected: every way, whether it can be had, why not, and what it would cost with all beside it.

It rests on the options of the whole country, so it follows the sheet (`brought`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, dcc, html, no_update
from dash import State as Held
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, methodbook, page, words
from dashboard.planning import asked, money
from geodata.costing.unit import PriceBook
from geodata.disclosure import Tier
from geodata.errors import FirstMileError
from geodata.exports.plan_seen import NOT_PUBLIC
from geodata.options import eligible as who
from geodata.options import ground
from geodata.options.table import State, Way
from geodata.options.words import STATES, WAYS, WHYS
from geodata.plan.basis import Basis, basis
from geodata.query import Desk
from geodata.say import later, told, tr
from geodata.view import View

PLACE, PATH = "school-ways", "/school"
TITLE, WAIT = later("How it could be connected"), later("Working out the ways of connecting it…")
SHOWN = {"feasible": "yes", "infeasible": "no", "unknown": "unknown"}
Row = Mapping[str, Any]


def section(desk: Desk, school: Row) -> Component:
    """The section's place; where this tier may not see what ways rest on, why."""
    why = ground.blocked(desk)
    inside = html.P(told(why) or tr(WAIT), className="" if why else "fm-soft")
    place = html.Div(inside, id=PLACE, role="status", **{"data-school": "" if why else school["school_id"]})
    return c.section(tr(TITLE), place, id_="ways")


def brought(desk: Desk, view: View, school_id: str) -> list[Component]:
    """What the section says, under the terms of the address."""
    try:
        held = basis(desk, asked.terms_of(desk, view, 0.0))
    except FirstMileError as error:
        return [html.P(guard.said(error))]
    at = int((held.needs["school_id"] == school_id).to_numpy().argmax())
    own = held.options[held.options["school_id"] == school_id].set_index("way", drop=False)
    best = held.cheapest[held.cheapest["school_id"] == school_id].iloc[0].to_dict()
    need, standing = held.needs.iloc[at].to_dict(), held.eligible.iloc[at].to_dict()
    return [
        html.P([html.Strong(lead(best, held)), f" {told(best['way_why'])}"]),
        c.wide(_table(own, held), tr(TITLE)),
        html.P(_beside(own.iloc[0].to_dict(), need, held)),
        html.Ul([html.Li(line) for line in [in_a_plan(standing, desk.tier), *_judged(need, held), *_prices(held)]]),
        html.P([dcc.Link(tr("Whether a plan would take it, and why"), href=page.address("/plan", view)), " · ", methodbook.link(view, "connecting", tr("How ways are judged"))], className="fm-noprint"),
    ]  # fmt: skip


def lead(best: Row, held: Basis) -> str:
    """The cheapest way with its cost and range, in a sentence."""
    if not best["way"]:
        return tr("No way can be recommended.")
    years = words.exact(held.terms.number("plan_horizon_years"))
    cost, span = money.short(best["cost"], held.book.currency), money.span(best["cost_low"], best["cost_high"])
    return tr(
        "Cheapest: {way}, about {cost} over {years} years with all that belongs to it ({span}).",
        way=tr(WAYS[best["way"]]),
        cost=cost,
        years=years,
        span=span,
    )


def _table(own: pd.DataFrame, held: Basis) -> Component:
    """One row a way: can it be had, over what length, how fast, at what cost."""
    rows = []
    for way in Way:
        option = own.loc[way.value].to_dict()
        rows.append(
            (
                words.sentence(tr(WAYS[way.value])).rstrip("."),
                _had(option),
                _length(option),
                "–" if way == Way.OFFLINE or words.unknown(option["mbps"]) else words.exact(option["mbps"], 0),
                *(("–",) * 4 if option["state"] == State.INFEASIBLE else _costs(option)),
            )
        )  # fmt: skip
    head = (tr("Way"), tr("Can it be had?"), tr("Length, km"), tr("Mbps at most"), tr("Link, {currency}", currency=held.book.currency), tr("With all beside it, {currency}", currency=held.book.currency), tr("Low to high"), tr("Fibre is cheaper under, km"))  # fmt: skip
    years, rate = held.terms.number("plan_horizon_years"), held.terms.number("plan_discount_rate")
    caption = tr("Present value over {years} years at {rate}; prices are provisional", years=words.exact(years), rate=words.percent(rate)) if held.book.provisional else tr("Present value over {years} years at {rate}", years=words.exact(years), rate=words.percent(rate))  # fmt: skip
    return c.table(head, rows, caption=caption, numeric=(2, 3, 4, 5, 6, 7))


def _costs(option: Row) -> tuple[str, ...]:
    """Link, all of it, its range, and below which length fibre would cost less."""
    if words.unknown(option["cost"]):
        return ("–",) * 4
    span = tr(
        "{low} to {high}",
        low=money.exact(option["cost_low"]),
        high=money.exact(option["cost_high"]),
    )
    short = "–" if words.unknown(option["break_even_m"]) else words.exact(float(option["break_even_m"]) / 1000, 2)
    return _amount(option["link_cost"]), _amount(option["cost"]), span, short


def _had(option: Row) -> Component:
    why = tr(WHYS.get(str(option["why"]), ""))
    mark = c.status(SHOWN[str(option["state"])], tr(STATES[str(option["state"])]))  # type: ignore[arg-type]
    late = [tr("slow to answer (high orbit)")] if option["high_latency"] else []
    said = "; ".join(filter(None, [why, *late]))
    return html.Span([mark, *([html.Br(), html.Small(words.sentence(said), className="fm-soft")] if said else [])])


def _length(option: Row) -> str:
    if words.unknown(option["distance_m"]):
        return "–"
    km = words.exact(float(option["distance_m"]) / 1000, 1)
    return tr("{km} along roads", km=km) if option["along_road"] else km


def _amount(value: Any) -> str:
    return "–" if words.unknown(value) else money.exact(value)


def _beside(option: Row, need: Row, held: Basis) -> str:
    """What every way brings with it, counted."""
    currency = held.book.currency

    def line(cost: str, what: str) -> str:
        hidden = cost in NOT_PUBLIC and held.desk.tier == Tier.PUBLIC
        return what if hidden else f"{what}: {_amount(option[cost])} {currency}"

    power = float(need["chance_no_power"])
    sun = (
        line("power_cost", tr("solar power with battery"))
        if power
        else tr("no solar power, because it has electricity")
    )
    if 0 < power < 1:
        sun = tr("{what} (counted at {share}, because power is not reported)", what=sun, share=words.of_ten(power))
    parts = (
        sun,
        line("device_cost", tr("{devices} and {kits} with support", devices=words.count(need['devices_to_buy'], 'device'), kits=words.count(need['kits'], 'assistive kit'))),
        line("training_cost", tr("training of {teachers}", teachers=words.count(need['teachers_to_train'], 'teacher'))),
    )  # fmt: skip
    return tr(
        "Beside every way: {parts}. The school needs {mbps} Mbps.",
        parts=tr("; ").join(parts),
        mbps=words.exact(need["required_mbps"]),
    )


def in_a_plan(standing: Row, tier: str) -> str:
    """Whether the school may be in a plan, and what is promised to it; by whom is not for the public."""
    if standing["not_eligible_why"]:
        said = tr("Plans leave it out: {why}", why=tr(who.WHY[standing["not_eligible_why"]]))
    elif standing["funding_unknown"] and standing["internet_unknown"]:
        said = tr("Plans may take it; who funds it and its internet are not reported")
    elif standing["funding_unknown"]:
        said = tr("Plans may take it; who funds it is not reported")
    elif standing["internet_unknown"]:
        said = tr("Plans may take it; its internet is not reported")
    else:
        said = tr("Plans may take it")
    if standing["committed_by"] and tier != Tier.PUBLIC:
        of = {"funder": told(standing["committed_by"]), "scope": standing["committed_scope"]}
        until = standing["committed_until"]
        promised = tr("Promised by {funder} until {date}: {scope}", date=until, **of) if until else tr("Promised by {funder}: {scope}", **of)  # fmt: skip
        said = f"{said}. {promised}"
    return words.sentence(said)


def _judged(need: Row, held: Basis) -> list[str]:
    """What of the school's needs is judged and not reported."""
    named = (("learners_estimated", tr("learners")), ("devices_estimated", tr("devices to buy")), ("kits_estimated", tr("assistive kits")), ("teachers_estimated", tr("teachers to train")))  # fmt: skip
    some = [what for key, what in named if need[key]]
    if held.unit == "schools":
        return [tr("Enrolment is reported for no school here: devices and training are planned as sets of one size.")]
    return (
        [
            tr(
                "Judged by ranges, similar schools or planning values, because not reported: {some}.",
                some=words.listed(some),
            )
        ]
        if some
        else []
    )


def _prices(held: Basis) -> list[str]:
    """What the prices ask to be said of them."""
    book: PriceBook = held.book
    return [told(note) for note in book.notes()[:2]]


def register(app: Dash) -> None:
    """The section follows the sheet that it stands on."""

    @app.callback(
        Output(PLACE, "children"),
        Input(PLACE, "data-school"),
        Held(page.URL, "search"),
        Held(page.URL, "pathname"),
    )
    def _bring(school_id: str, search: str, path: str) -> Any:
        if path != PATH or not school_id:
            return no_update
        return brought(*page.here(search), school_id)
