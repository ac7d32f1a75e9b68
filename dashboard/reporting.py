"""The report to a funder from the screen: of the list that is shown, or of the plan. Every one is kept in the trail."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component
from flask import Blueprint, Response, request

from dashboard import page, signing
from geodata.query import Desk
from geodata.say import language, tr
from geodata.view import View

LIST, PLAN = "list", "plan"
DRAWS = "plan_selection_draws"


def address(desk: Desk, view: View, kind: str) -> str:
    """Where the report of a view is fetched; in the language that is spoken."""
    query = view.with_screen(data="", lang=language().code).query()
    return f"/report/{desk.atlas.slug}/{kind}.html" + (f"?{query}" if query else "")


def link(desk: Desk, view: View, kind: str) -> Component:
    """The link, with what the report holds."""
    said = {
        LIST: tr("The list with its reasons, how sure each rank is, what it rests on, sources and licences: one file that opens without internet."),
        PLAN: tr("The schools with their reasons, what they cost, how sure it is, the price of equity, what it rests on: one file that opens without internet."),
    }  # fmt: skip
    name = html.A(tr("Report to a funder (HTML)"), href=address(desk, view, kind), download="", className="report-file")
    return html.Div([name, html.Div(said[kind], className="fm-soft fm-small")])


def rests_on(view: View) -> Component:
    """What the list rests on, in one click: weights, standards, sources."""
    return html.A(tr("What this rests on"), href=page.address("/methods", view.with_screen(school="", tab="")), className="fm-small")  # fmt: skip


def routes() -> Blueprint:
    """`/report/<country>/list.html?<view>` and `/report/<country>/plan.html?<view>`."""
    blueprint = Blueprint("reporting", __name__)

    @blueprint.get("/report/<data>/<any(list,plan):kind>.html")
    def report(data: str, kind: str) -> Response:
        from geodata.exports.report_page import page as made  # noqa: PLC0415 - the writers load when a file is asked for

        desk, view = page.here_at(data, request.query_string.decode("utf-8", "replace"))
        signing.refuse_unrecorded(desk)
        found = _of_plan(desk, view) if kind == PLAN else _of_list(desk, view)
        content = made(found)
        file = f"{desk.atlas.slug}-report-{found.sha256[:8]}.html"
        about = tr("report to a funder, hash {sha256}", sha256=found.sha256)
        signing.keep_export(desk, view, content, columns=None, licence_profile="noncommercial", purpose=about, rows=_rows(found.numbers), file=file)  # fmt: skip
        reply = Response(content, mimetype="application/octet-stream")
        reply.headers.set("Content-Disposition", "attachment", filename=file)
        return reply

    return blueprint


def _of_list(desk: Desk, view: View):  # type: ignore[no-untyped-def]
    from geodata.exports.report import report_of  # noqa: PLC0415

    return report_of(desk, view)


def _of_plan(desk: Desk, view: View):  # type: ignore[no-untyped-def]
    from dashboard.planning import solved, sureness  # noqa: PLC0415
    from geodata.exports.report import report_of  # noqa: PLC0415

    plan = solved.now(desk, view)
    return report_of(desk, view, plan, draws=round(plan.terms.number(DRAWS)) if sureness.is_drawn(plan) else 0)


def _rows(numbers: dict) -> int:  # type: ignore[type-arg]
    held = numbers.get("plan", {}).get("schools", {}).get("count")
    return int(held if held is not None else numbers["list"]["schools"])
