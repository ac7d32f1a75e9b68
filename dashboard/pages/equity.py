"""Equity: who is left out, by group and place; how concentrated; who comes first in the list; what is not known."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask import Blueprint, Response, request

from dashboard import components as c
from dashboard import fairness as f
from dashboard import fairness_list as listed
from dashboard import fairness_places, fairness_unknown, page, signing, words
from dashboard import fairness_whole as whole
from dashboard.page import Page
from geodata.equity import tables
from geodata.equity.audit import AUDITED, Audit
from geodata.equity.selection import can_audit, reader
from geodata.exports.formula import spreadsheet_csv
from geodata.exports.passport import stamped
from geodata.query import Desk
from geodata.say import later, tr, written
from geodata.view import View

PATH = f.PATH
PARTS = (
    ("groups", later("By group")),
    ("places", later("By place")),
    ("curve", later("By wealth")),
    ("between", later("Between and within places")),
    ("many", later("Many things at once")),
    ("first", later("Who comes first")),
    ("gates", later("Checks of the list")),
    ("errors", later("What predictions get wrong")),
    ("unknown", later("What we do not know")),
)
FIRST = (25, 50, 100, 250, 500, 1000)
# What the audit of a ranking rests on, for the licences of its files.
RESTS_ON = ("priority_score", "num_students", "has_internet_for_learners")
FILES = {"groups": tables.groups, "measures": tables.measures, "checks": tables.gates}


def layout(desk: Desk, view: View) -> Component:
    """The page for a view; it is drawn anew when the address changes."""
    return html.Div([dcc.Store(id="equity-written"), html.Div(content(desk, view), id="equity-sheet")])


def content(desk: Desk, view: View) -> Component:
    """The whole sheet."""
    found = f.audit_of(desk, view)
    name = desk.places.names.get(view.area, desk.atlas.name) if view.area else desk.atlas.name
    head = [
        _crumbs(desk, view, found, name),
        html.H1(f.finding(found, name), className="fm-long"),
        _controls(desk, view, found),
    ]
    if not found.whole.schools:
        ways = [(tr("All schools of ") + desk.atlas.name, page.address(PATH, View()))]
        return html.Article(
            [*head, c.empty_state(tr("No school of this selection operates"), ways)], className="fm-sheet"
        )
    return html.Article(
        [
            *head,
            _contents(found),
            *_sections(desk, view, found),
            _foot(desk, view),
        ],
        className="fm-sheet",
    )


def _sections(desk: Desk, view: View, found: Audit) -> list[Component]:
    known = found.whole.rate.yes + found.whole.rate.no > 0
    lead = tr(
        "Share of {found} {WITHOUT}, of those for which it is reported. Gaps are in points of those who have it; a gap whose range crosses 0 is not certain.",
        found=f.who(found),
        WITHOUT=tr(f.WITHOUT[found.indicator]),
    )
    return [
        *(_left_out(desk, view, found, lead) if known else [_nothing(desk, view, found)]),
        c.section(tr("Lacking many things at once"), *whole.many(found), id_="many"),
        c.section(tr("Who comes first in the list"), *listed.coming_first(desk, found), id_="first"),
        c.section(tr("Checks of the list"), html.Div(listed.gates(desk, view, found), id="equity-gates"), id_="gates"),
        c.section(tr("What predictions get wrong, by group"), *listed.errors(desk), id_="errors"),
        c.section(tr("What we do not know"), *fairness_unknown.unknown(desk, found), id_="unknown"),
    ]


def _left_out(desk: Desk, view: View, found: Audit, lead: str) -> list[Component]:
    groups = (
        [f.key(found), *f.by_group(desk, found)]
        if found.by_group
        else [
            c.message(
                tr("No group of these schools is known"),
                mend=tr("What would bring the groups stands under “What we do not know”"),
            )
        ]
    )
    return [
        c.section(tr("Who is left out, by group"), *groups, id_="groups", note=lead),
        c.section(tr("Who is left out, by place"), *fairness_places.by_place(desk, view, found), id_="places"),
        c.section(tr("By wealth of the place"), *whole.curve(found, one_by_one=desk.one_by_one), id_="curve"),
        c.section(tr("Between places and within them"), *whole.between(found), id_="between"),
    ]


def _nothing(desk: Desk, view: View, found: Audit) -> Component:
    """One section in the place of four where no school reports what is asked for."""
    able = [tr(desk.indicators[n].title) for n in can_audit(desk) if n != found.indicator]
    said = c.message(
        tr("{title} is reported for no school here", title=tr(found.title)),
        kept=tr(
            "What can be said of the groups themselves stands below. Other things to be left out of, above: {listed}",
            listed=words.listed([a.lower() for a in able]),
        ),
        mend=tr(
            "A register or a survey that says which schools have it would bring the groups, the places and the curve"
        ),
    )
    return c.section(
        tr("Who is left out"),
        said,
        html.P(dcc.Link(tr("Where these data come from"), href=page.address("/data", view))),
        id_="groups",
    )


def _contents(found: Audit) -> Component:
    """Links to the sections that are there."""
    gone = () if found.whole.rate.yes + found.whole.rate.no > 0 else ("places", "curve", "between")
    return html.Ul(
        [html.Li(html.A(tr(text), href=f"#{key}")) for key, text in PARTS if key not in gone], className="fm-contents"
    )


def _crumbs(desk: Desk, view: View, found: Audit, name: str) -> Component:
    some = view.schools_only != View(policy=view.policy)
    counted = words.count(found.whole.schools, "school")
    parts: list[Any] = [tr("{name}: {counted} that operate", name=name, counted=counted)]
    parts += (
        [
            " · ",
            dcc.Link(
                tr("All schools of {name}", name=desk.atlas.name),
                href=page.address(PATH, View(policy=view.policy, screen=view.screen)),
            ),
        ]
        if some
        else []
    )
    parts += [" · ", dcc.Link(tr("Choose other schools on the map"), href=page.address(page.EXPLORE, view))]
    return html.P(parts, className="fm-crumbs fm-noprint")


def _controls(desk: Desk, view: View, found: Audit) -> Component:
    able = [desk.indicators[name] for name in can_audit(desk)]
    wanted = int(view.policy_over(desk.policy).number("audit_first"))
    numbers = sorted({*FIRST, wanted} - {0})
    first = [{"value": str(n), "label": tr("the first {count} of the list", count=written(n))} for n in numbers] + [
        {"value": "0", "label": tr("group A")}
    ]
    return html.Div(
        [
            dmc.Select(id="equity-show", label=tr("Left out of what"), data=[{"value": i.name, "label": tr(i.title)} for i in able], value=found.indicator, allowDeselect=False, w=280),
            dmc.Select(id="equity-first", label=tr("If these schools were served"), data=first, value=str(wanted), allowDeselect=False, w=240),
        ],
        className="fm-fair-controls fm-noprint",
    )  # fmt: skip


def _foot(desk: Desk, view: View) -> Component:
    links = [
        html.A(
            text, href=f"/equity/{desk.atlas.slug}/{name}.csv?{_query(desk, view)}", className="fm-button", download=""
        )
        for name, text in (
            ("groups", tr("Groups and places (CSV)")),
            ("measures", tr("Measures (CSV)")),
            ("checks", tr("Checks (CSV)")),
        )
    ]
    sources = [s.get("title") or s.get("name") for s in desk.atlas.manifest.get("sources") or [] if not s.get("series")]
    return html.Div(
        [
            html.P([part for link in links for part in (link, " ")], className="fm-noprint"),
            html.P(tr("Source: {listed} · build {version}. {value}", listed=words.listed([str(s) for s in dict.fromkeys(sources)][:4]), version=desk.atlas.version[:12], value=desk.disclaimer), className="fm-source"),
            html.P(tr("Being connected does not by itself make learners learn. Measures: UIS metadata of SDG 4.5.1; O'Donnell et al. (World Bank 2008); Wagstaff (2005); Erreygers (2009)."), className="fm-source"),
        ]
    )  # fmt: skip


def _query(desk: Desk, view: View) -> str:
    return "&".join(
        q for q in (view.with_screen(data="", show="").query(), urlencode({"of": f.chosen(desk, view)})) if q
    )


# --- callbacks and files -------------------------------------------------------------------------------------------


def routes() -> Blueprint:
    """`/equity/<country>/<groups|measures|checks>.csv?<view>&of=<indicator>`: what the page shows, in the same figures."""
    blueprint = Blueprint("equity", __name__)

    @blueprint.get("/equity/<data>/<name>.csv")
    def _file(data: str, name: str) -> Response:
        desk = page.served().desk(data)
        if name not in FILES:
            return Response(
                tr("There is no file {name!r}; there are {FILES}.", name=name, FILES=", ".join(FILES)),
                404,
                mimetype="text/plain",
            )
        rest = [(key, value) for key, value in request.args.items(multi=True) if key != "of"]
        view = page.opened(desk, View.parse(urlencode(rest))).with_screen(show=request.args.get("of", ""))
        signing.refuse_unrecorded(desk)
        content, file = csv_of(desk, view, name), f"{desk.atlas.slug}-equity-{name}.csv"
        rows = max(content.count(b"\r\n") - 1, 0)
        signing.keep_export(desk, view, content, columns=None, licence_profile="noncommercial", purpose="", rows=rows, file=file)  # fmt: skip
        return Response(content, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{file}"'})

    return blueprint


def csv_of(desk: Desk, view: View, name: str) -> bytes:
    """One table of the audit as CSV for spreadsheets, as this tier may read it."""
    found = f.audit_of(desk, view)
    table = tables.groups(found, reader(desk), desk.policy) if name == "groups" else FILES[name](found)
    return spreadsheet_csv(stamped(desk, table, RESTS_ON))


def register(app: Dash) -> None:
    """Another address, another sheet; the controls write the address; a reason is recorded and shown."""
    app.server.register_blueprint(routes())

    @app.callback(
        Output("equity-sheet", "children"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _follow(search: str, path: str) -> Any:
        return content(*page.here(search)) if path == PATH else no_update

    @app.callback(
        Input("equity-show", "value"),
        Input("equity-first", "value"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _choose(show: str | None, first: str | None, search: str, path: str) -> None:
        if path != PATH or show is None or first is None:
            return
        desk, view = page.here(search)
        wanted = view.with_policy({"audit_first": float(first)}, desk.policy)
        page.go(wanted.with_screen(show=show if show != AUDITED[0] or view.shown("show") else ""), search)

    @app.callback(
        Output("equity-gates", "children"),
        Input("equity-written", "data"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _again(_written: int | None, search: str) -> Any:
        desk, view = page.here(search)
        return listed.gates(desk, view, f.audit_of(desk, view)) if _written else no_update

    signing.listens(app, listed.FORM, listed.record, State(f"{listed.FORM}-gate", "value"), redraws="equity-written")


EQUITY = Page("equity", PATH, "Equity", 30, layout, register)
