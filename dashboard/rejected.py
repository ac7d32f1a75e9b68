"""The rejected rows on the page Data: why they did not get in, the first of them, and their file."""

from __future__ import annotations

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import (
    gridwords,
    ledger,
    words,
)
from geodata.query import Desk
from geodata.say import tr


def section(desk: Desk) -> Component:
    rows, total = ledger.rejected(desk)
    if not total:
        return c.section(tr("Rejected rows"), html.P(tr("No row was rejected.")), id_="rejected")
    kinds = c.table(
        (tr("Source"), tr("Reason"), tr("Rows")),
        ledger.counted(desk, "quarantine"),
        caption=tr("Why {total} did not get in", total=words.count(total, "row")),
        numeric=(2,),
    )
    some = (
        tr(" The first {rows} are shown here; the file has all.", rows=words.exact(len(rows)))
        if len(rows) < total
        else ""
    )
    download = html.A(
        tr("Download these {total} (CSV)", total=words.count(total, "rejected row")),
        href=f"/export/{desk.atlas.slug}/rejected.csv",
        className="fm-button fm-primary",
        download="",
    )
    note = html.P(
        [
            tr("Mend them in the source and build again.{some} ", some=some),
            download
            if desk.tier == "government"
            else tr("The file is for the government alone, because rejected rows were not examined."),
        ]
    )
    grid = dag.AgGrid(
        id="rejected-grid",
        className="fm-grid",
        rowData=rows,
        columnDefs=[
            {"field": "source", "headerName": tr("Source"), "width": 180},
            {
                "field": "row",
                "headerName": tr("Row in the file"),
                "width": 130,
                "filter": "agNumberColumnFilter",
                "cellClass": "fm-number",
            },
            {
                "field": "reason",
                "headerName": tr("Reason"),
                "flex": 2,
                "minWidth": 260,
                "wrapText": True,
                "autoHeight": True,
            },
            {"field": "raw", "headerName": tr("Original values"), "flex": 3, "minWidth": 320, "tooltipField": "raw"},
        ],
        defaultColDef={"sortable": True, "resizable": True, "filter": "agTextColumnFilter", "suppressMovable": True},
        dashGridOptions=gridwords.spoken(
            {
                "theme": {"function": c.GRID_THEME},
                "tooltipShowDelay": 300,
                "enableCellTextSelection": True,
                "ensureDomOrder": True,
            }
        ),
        style={"height": 360},
    )
    return c.section(tr("Rejected rows"), note, kinds, grid, id_="rejected")
