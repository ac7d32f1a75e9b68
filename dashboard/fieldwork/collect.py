"""Collect from schools: how many have something to ask, and the forms to take along: workbook, paper, telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from flask import Blueprint, Response, abort, request

from dashboard import components as c
from dashboard import guard, page, signing
from geodata.disclosure import Tier
from geodata.errors import BusyError, ExportError, FirstMileError
from geodata.fieldwork.asking import WHICH, Sheet, Which, sheets
from geodata.query import Desk
from geodata.say import language, later, remembered, tr, trn, written
from geodata.view import View

AREA, WHO_ASKED, FOUND = "collect-area", "collect-which", "collect-found"
MOST = 2_500  # schools in one file that a visitor may ask for here; the command writes any number
WAYS: dict[Which, str] = {
    "doubtful": later("to verify first, in doubt, or without a location"),
    "verify": later("to verify first"),
    "unknown": later("with anything that is not reported"),
}
REJECTED = ("rejected-rows.xlsx", later("Rejected rows, to say what each one is (XLSX)"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# File → what it is called, its type, how it is made.
KINDS: dict[str, tuple[str, str]] = {
    "workbooks.zip": (later("Workbooks to fill in (XLSX), one an area"), "application/zip"),
    "paper.zip": (later("Forms on paper (A4, PDF), a school a page"), "application/zip"),
    "list.zip": (later("Forms on paper, schools one below the other"), "application/zip"),
    "telephone.zip": (
        later("Form for telephones (XLSForm for KoboToolbox or ODK), with its list of schools"),
        "application/zip",
    ),
}


def section(desk: Desk, view: View) -> Component:
    """The choice of schools, and the files; why not where this view may have none."""
    title = tr("Collect from schools")
    if page.served().tier == Tier.PUBLIC:
        return c.section(title, html.P(tr("Forms name schools one by one, so that they are for the ministry and its partners.")), id_="collect")  # fmt: skip
    names = desk.places.names
    level = min(2, len(desk.place.get("levels") or ()))
    areas = desk.places.of_level(level)[["area_id", "name"]].itertuples(index=False)
    data = [{"value": str(a), "label": str(n)} for a, n in sorted(areas, key=lambda pair: str(pair[1]).casefold())]
    words = list(desk.place.get("levels") or ())
    own = view.area if view.area in {d["value"] for d in data} else None
    choice = dmc.Select(id=AREA, label=tr(words[level - 1]).capitalize() if words else tr("Area"), data=data, value=own, searchable=True, clearable=True, placeholder=tr("All of {place}", place=names.get(view.area) or desk.atlas.name))  # fmt: skip
    which = dmc.Select(id=WHO_ASKED, label=tr("Schools"), data=[{"value": k, "label": tr(v)} for k, v in WAYS.items()], value="doubtful", allowDeselect=False)  # fmt: skip
    said = tr("Only what is unknown or in doubt is asked; what is known stands beside it, with source and date. Nothing about any person is asked.")  # fmt: skip
    return c.section(title, html.P(said), html.Div([choice, which], className="fm-form"), dcc.Loading(html.Div(id=FOUND, role="status"), delay_show=300), id_="collect")  # fmt: skip


@remembered(maxsize=16)
def asked(desk: Desk, area: str, which: Which) -> tuple[Sheet, ...]:
    """The sheets of an area (all of them where it is empty)."""
    return tuple(sheets(desk, View(area=area), which=which))


def found(desk: Desk, area: str, which: str) -> list[Component]:
    """How many schools have something to ask, and the files."""
    if page.served().tier == Tier.PUBLIC or which not in WHICH:
        raise ExportError(tr("Choose which schools."))
    every = asked(desk, area, which)
    count = sum(len(s.schools) for s in every)
    if not count:
        return [html.P(tr("No school here has anything to ask that way."))]
    schools = trn("{n} school", "{n} schools", count)
    head = html.P(
        html.Strong(tr("{schools} in {areas}.", schools=schools, areas=trn("{n} area", "{n} areas", len(every))))
    )
    if count > MOST:
        return [head, html.P(tr("These are more than {most} schools: choose an area, or write them all with `firstmile forms`.", most=written(MOST)))]  # fmt: skip
    query = urlencode({"area": area, "which": which, "lang": language().code})
    links = [html.Li(html.A(tr(title), href=f"/fieldwork/{desk.atlas.slug}/{name}?{query}", download="")) for name, (title, _) in KINDS.items()]  # fmt: skip
    if desk.tier == Tier.GOVERNMENT and desk.atlas.has("quarantine"):
        links.append(html.Li(html.A(tr(REJECTED[1]), href=f"/fieldwork/{desk.atlas.slug}/{REJECTED[0]}?{query}", download="")))  # fmt: skip
    return [head, html.Ul(links)]


def routes() -> Blueprint:
    """`/fieldwork/<country>/<kind>?area=…&which=…`: a set of forms as a ZIP, recorded as an export."""
    blueprint = Blueprint("fieldwork", __name__)

    @blueprint.get("/fieldwork/<data>/<kind>")
    def forms(data: str, kind: str) -> Response:
        desk = page.served().desk(data)
        if kind == REJECTED[0]:
            return _rejected(desk)
        if kind not in KINDS:
            abort(404)
        if desk.tier == Tier.PUBLIC:
            return guard.plain(tr("Forms are for the ministry and its partners."), 403)
        signing.refuse_unrecorded(desk)
        which = request.args.get("which", "doubtful")
        if which not in WHICH:
            abort(400)
        view = View(area=request.args.get("area", ""))
        every = asked(desk, view.area, cast(Which, which))
        count = sum(len(s.schools) for s in every)
        if not 0 < count <= MOST:
            raise BusyError(tr("These are too many schools for one file here, or none. Choose an area."))
        content = _made(kind, every)
        file = f"{desk.atlas.slug}-{view.area or 'all'}-{kind}"
        questions = [q.name for q in every[0].questions]
        signing.keep_export(desk, view, content, columns=questions, licence_profile="noncommercial", purpose="forms for schools", rows=count, file=file)  # fmt: skip
        reply = Response(content, mimetype=KINDS[kind][1])
        reply.headers.set("Content-Disposition", "attachment", filename=file)
        return reply

    return blueprint


def _rejected(desk: Desk) -> Response:
    """The form of the rejected rows; refused to all but the government."""
    from geodata.exports.rejectedform import rejected_bytes  # noqa: PLC0415
    from geodata.fieldwork.rejectedrows import rejected_rows  # noqa: PLC0415

    signing.refuse_unrecorded(desk)
    rows = rejected_rows(desk)
    content = rejected_bytes(rows, desk.atlas.name, synthetic=desk.atlas.synthetic)
    file = f"{desk.atlas.slug}-{REJECTED[0]}"
    signing.keep_export(desk, View(), content, columns=["source", "row", "reason", "raw"], licence_profile="noncommercial", purpose="forms for rejected rows", rows=len(rows), file=file)  # fmt: skip
    return Response(content, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{file}"'})


def _made(kind: str, every: tuple[Sheet, ...]) -> bytes:
    from geodata.exports import fieldset  # noqa: PLC0415 - the writers load when a file is asked for
    from geodata.exports.fieldforms import form_bytes  # noqa: PLC0415
    from geodata.exports.fieldpaper import paper  # noqa: PLC0415

    if kind == "telephone.zip":
        return fieldset.zipped(fieldset.telephone_files(every))
    ways: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
        "workbooks.zip": (".xlsx", form_bytes),
        "paper.zip": (".pdf", paper),
        "list.zip": (".pdf", lambda sheet: paper(sheet, pages=False)),
    }
    ending, made = ways[kind]
    names = fieldset.stems(every)
    return fieldset.zipped((name + ending, made(sheet)) for name, sheet in zip(names, every, strict=True))


def register(app: Dash) -> None:
    """What was found, drawn anew with each choice; the routes."""
    app.server.register_blueprint(routes())

    @app.callback(Output(FOUND, "children"), Input(AREA, "value"), Input(WHO_ASKED, "value"), State(page.URL, "search"))
    def _found(area: str | None, which: str, search: str) -> Any:
        desk, view = page.here(search)
        try:
            return found(desk, area or view.area, which)
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error")
