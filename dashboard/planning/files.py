"""Handing out a plan: its files, each made of exactly the plan on the screen and kept in the trail."""

from __future__ import annotations

import pandas as pd
from dash import Dash, html
from dash.development.base_component import Component
from flask import Blueprint, Response, abort, request

from dashboard import drawer, page, reporting, signing, words
from dashboard.planning import asked, budget, money, solved
from dashboard.planning.solved import State as Solved
from geodata.exports.plan_files import FILES, file_of, offered
from geodata.query import Desk
from geodata.say import tr
from geodata.view import View

NAME = "plan-files"  # of the drawer


def button() -> Component:
    """What opens the drawer."""
    return drawer.button(NAME, tr("Export this plan"), first=True)


def shell() -> Component:
    """The drawer, closed."""
    return drawer.shell(NAME, tr("Export this plan"), size=480)


def body(desk: Desk, view: View) -> list[Component]:
    """A link for every file that this tier may have."""
    state = solved.glance(desk, view)
    if state.plan is None:
        return [html.P(tr("The plan is still being made. Open this again when it stands."), role="status")]
    plan = state.plan
    found = money.totals(plan)
    said = tr(
        "The plan on the screen: {schools}, budget {budget}. Every file says its prices, its data and how to make it again; that it was taken is kept in the trail.",
        schools=words.count(found.schools, "school"),
        budget=money.short(found.budget, plan.book.currency),
    )
    links = [html.Li([html.A(tr(f.title).split(":")[0], href=address(desk, view, f.name), download="", className="plan-file"), html.Div(tr(f.title).partition(": ")[2], className="fm-soft fm-small")]) for f in offered(desk, plan)]  # fmt: skip
    none = [] if desk.one_by_one else [html.P(tr("Lots name their schools, so they are not handed to this view."), className="fm-soft")]  # fmt: skip
    return [
        html.P(said),
        html.Ul([html.Li(reporting.link(desk, view, reporting.PLAN)), *links], className="plan-files"),
        *none,
    ]


def register(app: Dash) -> None:
    """The drawer."""

    drawer.opens(app, NAME, body)


def address(desk: Desk, view: View, name: str) -> str:
    """Where a file of this view's plan is fetched."""
    query = asked.plan_only(view).query()
    return f"/plan-export/{desk.atlas.slug}/{name}" + (f"?{query}" if query else "")


def curve(state: Solved) -> pd.DataFrame:
    """The budgets that are solved, as the workbook's sheet has them."""
    stops = budget.curve_of(state)
    return pd.DataFrame({"budget": [s.budget for s in stops], "reached": [s.reached for s in stops], "reached_at_lambda_0": [s.plain for s in stops]})  # fmt: skip


def routes() -> Blueprint:
    """`/plan-export/<country>/<file>?<query>`."""
    blueprint = Blueprint("plan_files", __name__)

    @blueprint.get("/plan-export/<data>/<name>")
    def take(data: str, name: str) -> Response:
        if name not in FILES:
            abort(404)
        desk, view = page.here_at(data, request.query_string.decode("utf-8", "replace"))
        signing.refuse_unrecorded(desk)
        plan = solved.now(desk, view)
        content = file_of(desk, plan, name, curve(solved.glance(desk, view)))
        file = f"{desk.atlas.slug}-{name}"
        about = f"plan of {plan.terms.total:,.0f} {plan.book.currency}, {plan.key}"  # kept in the trail: not in the reader's language
        signing.keep_export(desk, view, content, columns=None, licence_profile="noncommercial", purpose=about, rows=len(plan.schools), file=file)  # fmt: skip
        reply = Response(content, mimetype="application/octet-stream")
        reply.headers.set("Content-Disposition", "attachment", filename=file)
        return reply

    return blueprint
