"""What changed since the last build, on the Data page: counts, sentences, and a row a change to look through and to take."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
import pandas as pd
from dash import Dash, Input, Output, html
from dash.development.base_component import Component
from flask import Response

from dashboard import components as c
from dashboard import gridwords, page, signing, words
from geodata.changerows import KINDS
from geodata.exports.formula import spreadsheet_csv
from geodata.layers import read_changes
from geodata.query import Desk
from geodata.say import later, remembered, told, tr
from geodata.view import View

TITLE = later("What changed since the last build")
FIRST = later("This is the first build here, so there is nothing to compare it with.")
NONE = later("Nothing has changed in what may be shown here.")
TITLES = {"new": later("New school"), "gone": later("School gone"), "moved": later("Moved"), "status": later("Other status"), "value": later("Other fact"), "rank": later("Other rank")}  # fmt: skip
GRID, CHOICE = "changed-grid", "changed-kind"
MOST = 5000  # rows that the page holds; the file has all
ALL = "all"


@remembered(maxsize=8)
def known(desk: Desk) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    """The changes that this tier may be told of, and their summary; None after a first build."""
    return read_changes(desk.atlas, desk.tier)


def section(desk: Desk) -> Component:
    """The section of the Data page."""
    found = known(desk)
    if found is None:
        return c.section(TITLE, html.P(tr(FIRST)), id_="changed")
    table, summary = found
    parts: list[Component] = [html.Ul([html.Li(told(text)) for text in summary["sentences"]])]
    counts = [(tr(TITLES[k]), _count(summary["counts"].get(k, 0))) for k in KINDS if summary["counts"].get(k, 0) != 0]
    if counts:
        parts.append(c.table((tr("What"), tr("Schools")), counts, caption=tr("Changes by kind"), numeric=(1,)))
    if summary.get("values"):
        parts.append(html.Details([html.Summary(tr("Facts that changed")), _values(desk, summary["values"])], className="fm-meaning"))  # fmt: skip
    if desk.one_by_one and len(table):
        parts += [*_areas(desk, summary), *_grid(desk, table)]
    note = tr("Compared with build {value}, as that would be shown here today.", value=summary["from"][:8])
    return c.section(TITLE, *parts, id_="changed", note=note)


def _count(number: int | None) -> str:
    return tr("a few") if number is None else words.exact(number)


def _values(desk: Desk, values: dict[str, dict[str, int | None]]) -> Component:
    rows = [
        (words.title(name, desk.place), *(_count(n.get(k, 0)) for k in ("reported", "no_longer", "changed")))
        for name, n in sorted(values.items())
    ]
    head = (tr("Fact"), tr("Reported now, not before"), tr("No longer reported"), tr("Another value"))
    return c.wide(
        c.table(head, rows, caption=tr("Schools of both builds"), numeric=(1, 2, 3)), tr("Facts that changed")
    )


def _areas(desk: Desk, summary: dict[str, Any]) -> list[Component]:
    kinds = [k for k in KINDS if k != "rank" and any(row.get(k) for row in summary.get("areas", []))]
    if not kinds:
        return []
    rows = [(_area(desk, row["area_id"]), *(words.exact(row.get(k, 0)) for k in kinds)) for row in summary["areas"]]
    rows.sort(key=lambda row: row[0])
    table = c.table((tr("Area"), *(TITLES[k] for k in kinds)), rows, caption=tr("Changes by area"), numeric=tuple(range(1, len(kinds) + 1)))  # fmt: skip
    return [html.Details([html.Summary(tr("In {rows}", rows=words.count(len(rows), 'area'))), c.wide(table, tr("Changes by area"))], className="fm-meaning")]  # fmt: skip


def _area(desk: Desk, area: str) -> str:
    trail = [desk.places.names.get(a, a) for a in desk.places.path(area)[1:]] if area in desk.places.levels else []
    return tr(", ").join(reversed(trail)) or area or words.NOT_REPORTED


def rows(desk: Desk, table: pd.DataFrame) -> list[dict[str, Any]]:
    """The first rows of the table in words, fit for the grid."""
    some = table.head(MOST)
    return [
        {
            "kind": tr(TITLES[str(r.kind)]), "school": str(r.school_name) or str(r.school_id), "area": _area(desk, str(r.area_id)),
            "column": words.title(str(r.column), desk.place) if r.column else "",
            "before": _said(str(r.column), str(r.before)), "after": _said(str(r.column), str(r.after)), "why": told(str(r.why)),
        }
        for r in some.itertuples()
    ]  # fmt: skip


def _said(column: str, text: str) -> str:
    return words.code(text) if column in ("school_status", "education_level", "connectivity_type", "electricity_type") and text != words.NOT_REPORTED else text  # fmt: skip


def _grid(desk: Desk, table: pd.DataFrame) -> list[Component]:
    here = [k for k in KINDS if (table["kind"] == k).any()]
    choice = dmc.Select(
        id=CHOICE, label=tr("Show"), value=ALL, allowDeselect=False, w=260, className="fm-noprint",
        data=[{"value": ALL, "label": tr("All changes")}, *({"value": tr(TITLES[k]), "label": f"{tr(TITLES[k])} ({words.exact(int((table['kind'] == k).sum()))})"} for k in here)],
    )  # fmt: skip
    wide = {"wrapText": True, "autoHeight": True}
    columns: list[dict[str, Any]] = [
        {"field": "kind", "headerName": tr("What"), "width": 130},
        {"field": "school", "headerName": tr("School"), "width": 220, **wide},
        {"field": "area", "headerName": tr("Area"), "width": 170},
        {"field": "column", "headerName": tr("Fact"), "width": 140},
        {"field": "before", "headerName": tr("Before"), "width": 150, **wide},
        {"field": "after", "headerName": tr("After"), "width": 150, **wide},
        {"field": "why", "headerName": tr("Why"), "flex": 1, "minWidth": 280, **wide},
    ]
    grid = dag.AgGrid(
        id=GRID, className="fm-grid", rowData=rows(desk, table), columnDefs=columns, filterModel={},
        defaultColDef={"sortable": True, "resizable": True, "filter": "agTextColumnFilter", "suppressMovable": True},
        dashGridOptions=gridwords.spoken({"theme": {"function": c.GRID_THEME}, "enableCellTextSelection": True, "ensureDomOrder": True}),
        style={"height": min(420, 110 + 36 * len(table))},
    )  # fmt: skip
    href = f"/export/{desk.atlas.slug}/changes.csv"
    file = html.A(tr("Download all {table} (CSV)", table=words.count(len(table), 'change')), href=href, className="fm-button", download="")  # fmt: skip
    few = [html.P(tr("The first {MOST} are shown here; the file has all.", MOST=words.exact(MOST)), className="fm-soft")] if len(table) > MOST else []  # fmt: skip
    return [choice, *few, grid, html.P(file, className="fm-noprint")]


def register(app: Dash) -> None:
    """Callback: the choice of a kind filters the grid. Address: `/export/<country>/changes.csv`, all rows."""

    @app.callback(Output(GRID, "filterModel"), Input(CHOICE, "value"), prevent_initial_call=True)
    def _chosen(kind: str | None) -> dict[str, Any]:
        return {} if kind in (None, ALL) else {"kind": {"filterType": "text", "type": "equals", "filter": kind}}

    @app.server.route("/export/<data>/changes.csv", endpoint="changes-csv")
    def _file(data: str) -> Response:
        desk = page.served().desk(data)
        found = known(desk)
        if found is None or not desk.one_by_one:
            return Response(tr(FIRST if found is None else NONE), 404, mimetype="text/plain")
        signing.refuse_unrecorded(desk)
        table, file = found[0].drop(columns="amount", errors="ignore"), f"{desk.atlas.slug}-changes.csv"
        content = spreadsheet_csv(table)
        signing.keep_export(desk, View(), content, columns=list(table.columns), licence_profile="noncommercial", purpose="", rows=len(table), file=file)  # fmt: skip
        reply = Response(content, mimetype="text/csv")
        reply.headers.set("Content-Disposition", "attachment", filename=file)
        return reply
