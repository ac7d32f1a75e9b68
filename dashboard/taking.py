"""Taking the data out: the panel of choices, and the address that answers with the file.

The file holds exactly what the address of the screen selects, in its order: all rows; columns and licences as chosen.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component
from flask import Blueprint, Response, request, send_file

from dashboard import linked, overrides, page, reporting, signing, words
from geodata.disclosure import Tier
from geodata.errors import ExportError
from geodata.query import Desk
from geodata.say import later, tr
from geodata.view import View

OFFICIAL = "official.xlsx"
FORMATS: tuple[tuple[str, str, str], ...] = (
    ("xlsx", later("Excel workbook (XLSX)"), later("data, dictionary and sources, each on a sheet")),
    ("csv", later("Text table (CSV)"), later("opens anywhere")),
    ("gpkg", "GeoPackage", later("for a GIS such as QGIS")),
    ("geojson", "GeoJSON", later("for web maps")),
    ("parquet", "GeoParquet", later("for large analyses")),
    (
        OFFICIAL,
        later("Official tables (XLSX)"),
        later("SDG 4.a.1 by level, UIS A12 and A13; of all schools, whatever is chosen here"),
    ),
)
PROFILES: tuple[tuple[str, str], ...] = (
    ("noncommercial", later("All columns, with those whose licence forbids commercial use")),
    ("open", later("Only columns whose licence allows every use")),
)
LIST_COLUMNS = ("school_id", "school_name", "admin1", "admin2", "num_students", "tier", "lacks_count", "lacks_unknown", "priority_rank", "priority_score", "priority_reasons", "data_confidence", "list")  # fmt: skip
OPTIONS = ("columns", "licence", "purpose", "part")


def panel(desk: Desk, view: View) -> Component:
    """The choices: format, columns, licences; and the link that fetches the file."""
    choices = [{"value": c, "label": words.title(c, desk.place)} for c in _plain_columns(desk)]
    return html.Div(
        [
            html.P(tr("All {total} of this view, in the order of the list, as this screen may show them.", total=words.count(desk.select(view).total, 'school'))),
            dmc.RadioGroup(
                id="take-format",
                label=tr("Format"),
                value="xlsx",
                children=dmc.Stack([dmc.Radio(value=suffix, label=f"{tr(name)}: {tr(what)}") for suffix, name, what in FORMATS], gap=6),
            ),
            dmc.RadioGroup(
                id="take-columns",
                label=tr("Columns"),
                value="all",
                mt=16,
                children=dmc.Stack(
                    [
                        dmc.Radio(value="all", label=tr("All {columns} columns, with evidence, source and date of each value", columns=len(desk.columns))),
                        dmc.Radio(value="list", label=tr("Those of the list")),
                        dmc.Radio(value="chosen", label=tr("Those that I choose")),
                    ],
                    gap=6,
                ),
            ),
            dmc.MultiSelect(id="take-chosen", label=tr("Chosen columns"), data=choices, value=list(LIST_COLUMNS[:4]), searchable=True, mt=8, hidePickedOptions=True, maxDropdownHeight=240),
            dmc.RadioGroup(
                id="take-licence",
                label=tr("Licences"),
                value="noncommercial",
                mt=16,
                children=dmc.Stack([dmc.Radio(value=value, label=tr(text)) for value, text in PROFILES], gap=6),
            ),
            dmc.TextInput(id="take-purpose", label=tr("What it is for"), description=tr("Kept in the trail beside what was exported."), debounce=300, mt=16),
            html.P(html.A(label(desk, view), id="take-link", href=address(desk, view, "xlsx"), className="fm-button fm-primary", download="")),
            html.Div(aside(desk, view, "xlsx"), id="take-apart"),
            *([reporting.link(desk, view, reporting.LIST), html.P(reporting.rests_on(view))] if desk.one_by_one else []),
            html.P(desk.disclaimer, className="fm-soft fm-small", dir="auto"),
        ]
    )  # fmt: skip


def _plain_columns(desk: Desk) -> list[str]:
    return [c for c in desk.columns if not c.endswith(("_evidence", "_source", "_date"))]


def label(desk: Desk, view: View) -> str:
    """ "Export these 1,204 schools"."""
    total = desk.select(view).total
    return tr("Export this school") if total == 1 else tr("Export these {total}", total=words.count(total, "school"))


def address(
    desk: Desk,
    view: View,
    suffix: str,
    columns: Sequence[str] = (),
    licence: str = "noncommercial",
    *,
    purpose: str = "",
    part: str = "",
) -> str:
    """Where the file is fetched from."""
    options = {"columns": ",".join(columns)} if columns and suffix != OFFICIAL else {}
    why = {k: v for k, v in (("purpose", purpose), ("part", part)) if v}
    query = "&".join(
        q for q in (view.with_screen(data="").query(), urlencode({**options, "licence": licence, **why}, safe=",")) if q
    )
    return f"/export/{desk.atlas.slug}/schools.{suffix}?{query}"


def aside(desk: Desk, view: View, suffix: str, columns: Sequence[str] = (), licence: str = "noncommercial", *, purpose: str = "") -> list[Component]:  # fmt: skip
    """Links to the columns that licences keep out of a file of one table; nothing where it holds all."""
    from geodata.exports import apart  # noqa: PLC0415 - the writers load when they are asked for

    if suffix == OFFICIAL:
        return []
    found = apart(desk, Path(f"schools.{suffix}"), columns=columns or None, licence_profile=licence)
    links = [
        html.Li(html.A(tr("Columns under {part}", part=part), href=address(desk, view, suffix, columns, licence, purpose=purpose, part=part), download=""))
        for part in found
    ]  # fmt: skip
    said = tr("Not in this file, since their licences cannot be combined with the others; they join by school_id:")
    return [html.P(said, className="fm-soft fm-small"), html.Ul(links)] if links else []


def chosen(which: str, picked: Sequence[str], desk: Desk) -> list[str]:
    """The columns of a choice; none means all."""
    if which == "all":
        return []
    names = LIST_COLUMNS if which == "list" else picked
    return [c for c in names if c in desk.columns]


def routes() -> Blueprint:
    """`/export/<country>/<name>.<suffix>?<view>&columns=…&licence=…`, and the rejected rows."""
    blueprint = Blueprint("taking", __name__)

    @blueprint.get("/export/<data>/schools.<suffix>")
    def schools(data: str, suffix: str) -> Response:
        from geodata.exports import write_export  # noqa: PLC0415 - the writers load when a file is asked for
        from geodata.exports.official import write_official  # noqa: PLC0415

        desk = page.served().desk(data)
        signing.refuse_unrecorded(desk)
        rest = [(key, value) for key, value in request.args.items(multi=True) if key not in OPTIONS]
        view = page.opened(desk, View.parse(urlencode(rest)))
        columns = [c for c in request.args.get("columns", "").split(",") if c] or None
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / f"{desk.atlas.slug}-schools.{suffix}"
            profile, part = request.args.get("licence", "noncommercial"), request.args.get("part", "")
            if suffix == OFFICIAL:
                columns, view = None, View()
                count = write_official(desk, out, licence_profile=profile)
            else:
                count = write_export(
                    desk,
                    view,
                    out,
                    columns=columns,
                    licence_profile=profile,
                    tier=desk.tier,
                    decisions=overrides.beside(desk),
                    part=part,
                )
            content = out.read_bytes()
        purpose, file = request.args.get("purpose", ""), f"{out.stem}.{part}{out.suffix}" if part else out.name
        signing.keep_export(
            desk, view, content, columns=columns, licence_profile=profile, purpose=purpose, rows=count, file=file
        )
        return _attachment(content, file)

    @blueprint.get("/export/<data>/rejected.csv")
    def rejected(data: str) -> Response:
        desk = page.served().desk(data)
        if desk.tier != Tier.GOVERNMENT:
            return Response(
                tr("The rejected rows were not examined, so they are for the government alone."),
                403,
                mimetype="text/plain",
            )
        file = desk.atlas.folder / "quarantine.csv"
        if not file.is_file():
            return Response(tr("This country's data have no rejected rows."), 404, mimetype="text/plain")
        return send_file(
            file.resolve(),
            as_attachment=True,
            download_name=f"{desk.atlas.slug}-rejected-rows.csv",
            mimetype="text/csv",
        )

    @blueprint.get("/export/<data>/links.csv")
    def links(data: str) -> Response:
        desk = page.served().desk(data)
        if desk.tier != Tier.GOVERNMENT:
            return Response(tr("The list of linked schools is for the government alone."), 403, mimetype="text/plain")
        signing.refuse_unrecorded(desk)
        file = desk.atlas.folder / linked.FILE
        if not file.is_file():
            return Response(tr("No source of this country is linked with its register."), 404, mimetype="text/plain")
        content, name = file.read_bytes(), f"{desk.atlas.slug}-links.csv"
        rows = sum(int(one["pairs_to_review"]) for one in linked.told(desk))
        signing.keep_export(desk, View(), content, columns=None, licence_profile="noncommercial", purpose="", rows=rows, file=name)  # fmt: skip
        return _attachment(content, name)

    return blueprint


def _attachment(content: bytes, name: str) -> Response:
    reply = Response(content, mimetype="application/octet-stream")
    reply.headers.set("Content-Disposition", "attachment", filename=name)
    return reply


def register(app: Dash) -> None:
    """Routes and callbacks: the panel opens from the bar's button and from any with the id `{"type": "take", "at": …}`."""
    app.server.register_blueprint(routes())
    app.server.register_blueprint(reporting.routes())

    @app.callback(
        Output("export-panel", "children"),
        Input("export", "n_clicks"),
        Input({"type": "take", "at": ALL}, "n_clicks"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _open(_bar: int | None, _others: list[int | None], search: str) -> Any:
        if not any(found["value"] for found in ctx.triggered):
            return no_update
        return drawer(*page.here(search))

    @app.callback(
        Output("take-link", "href"),
        Output("take-link", "children"),
        Output("take-chosen", "style"),
        Output("take-apart", "children"),
        Input("take-format", "value"),
        Input("take-columns", "value"),
        Input("take-chosen", "value"),
        Input("take-licence", "value"),
        Input("take-purpose", "value"),
        State(page.URL, "search"),
    )
    def _address(  # noqa: PLR0917 - one value an input
        suffix: str, which: str, picked: list[str] | None, licence: str, purpose: str | None, search: str
    ) -> tuple[str, str, Any, list[Component]]:
        desk, view = page.here(search)
        columns = chosen(which, picked or [], desk)
        kinds = {key: name for key, name, _ in FORMATS}
        if suffix not in kinds:
            raise ExportError(
                tr("There is no such format; there are {values}.", values=words.listed(list(kinds.values())))
            )
        kind = kinds[suffix]
        hidden = {"display": "block" if which == "chosen" else "none"}
        what = {"columns": columns, "licence": licence, "purpose": (purpose or "").strip()}
        said = tr("Export: {kind}", kind=kind) if suffix == OFFICIAL else f"{label(desk, view)}: {kind}"
        return address(desk, view, suffix, **what), said, hidden, aside(desk, view, suffix, **what)


def drawer(desk: Desk, view: View) -> Component:
    """The open drawer with the panel in it."""
    return dmc.Drawer(
        id="take-drawer",
        title=tr("Export"),
        position="right",
        size=480,
        opened=True,
        children=panel(desk, view),
        closeButtonProps={"aria-label": tr("Close")},
    )
