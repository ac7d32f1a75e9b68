"""The first step: choose the file; what is kept of earlier ones; the reading of it (sheet, encoding, marks) when it is here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard.bringing import door, jobs
from dashboard.bringing.state import Seen
from geodata.say import date, later, tr, trn, written
from geodata.store import uploads

DROP = "bring-drop"
AGAIN, KEYS = "bring-again", ("sheet", "layer", "delimiter", "encoding", "decimal", "header_row", "crs")
STATES = {
    "look": later("being looked at"),
    "check": later("being set up"),
    "try": later("being tried"),
    "build": later("being built"),
}
DELIMITERS = ((",", later("comma")), (";", later("semicolon")), ("\t", later("tab")), ("|", "|"))
ENCODINGS = ("utf-8", "cp1252", "cp850", "mac_roman", "utf-16", "cp1250", "cp1251", "cp1256")


def drop(upload_id: str = "", label: str = "") -> Component:
    """Where a file is chosen or dropped; `upload_id` where it comes beside others."""
    data = {"data-upload": upload_id, "data-label": label or tr("Choose a file")}
    return html.Div(id=DROP, className="bring-drop", **data)  # type: ignore[arg-type]


def body(seen: Seen | None) -> list[Component]:
    """The step, for a new upload or one that is under way."""
    largest = written(door.settings().largest >> 20)
    takes = tr("A table of schools: CSV, TSV, XLSX, XLS, ODS, GeoJSON, GeoPackage, Parquet, or a ZIP with a shapefile; up to {largest} MB.", largest=largest)  # fmt: skip
    spared = tr("Names, telephone numbers and e-mails of people are left out, and a file about single learners is refused. The file stays on this server; maps and lists show nothing of it before it is built.")  # fmt: skip
    if seen is not None and seen.look:
        return [*_came(seen), *_reading(seen)]
    return [html.P(takes), drop(), html.P(spared, className="fm-soft fm-small"), *_kept()]


def _came(seen: Seen) -> list[Component]:
    look = seen.look
    said = tr("{file}: {rows}, {columns}.", file=str(look["file"]), rows=trn("{n} row", "{n} rows", look["rows"]), columns=trn("{n} column", "{n} columns", len(seen.columns)))  # fmt: skip
    return [
        html.P(html.Strong(said)),
        html.Ul([html.Li(str(note)) for note in look["notes"]], className="fm-small"),
        html.P(html.A(tr("Bring another file instead"), href=f"{door.PATH}#")),
    ]


def _reading(seen: Seen) -> list[Component]:
    """How the file is read, to be set right where it was guessed wrongly."""
    look, source = seen.look, seen.source
    form, now = look["format"], {**source, **seen.about.get("given", {})}

    def field(key: str, label: str, control: Any, **more: Any) -> Component:
        return control(id={"type": "bring-read", "key": key}, label=label, **more)

    fields: list[Component] = []
    if look["sheets"]:
        fields.append(field("sheet", tr("Sheet"), dmc.Select, data=look["sheets"], value=now.get("sheet") or None, placeholder=tr("The first with rows"), clearable=True))  # fmt: skip
    if look["layers"]:
        fields.append(field("layer", tr("Layer"), dmc.Select, data=look["layers"], value=now.get("layer") or None, placeholder=tr("The first"), clearable=True))  # fmt: skip
    if form == "csv":
        fields += [
            field("delimiter", tr("Between the cells stands"), dmc.Select, data=[{"value": v, "label": tr(t)} for v, t in DELIMITERS], value=now.get("delimiter"), placeholder=tr("Found by itself"), clearable=True),
            field("encoding", tr("Encoding of the letters"), dmc.Select, data=sorted({*ENCODINGS, *filter(None, [now.get("encoding")])}), value=now.get("encoding"), placeholder=tr("Found by itself"), clearable=True, description=tr("Where accents look wrong, try another.")),
        ]  # fmt: skip
    if form in ("csv", "xlsx", "xls", "ods"):
        fields += [
            field("decimal", tr("Decimal mark"), dmc.Select, data=[{"value": ".", "label": tr("point: 0.5")}, {"value": ",", "label": tr("comma: 0,5")}], value=now.get("decimal") or ".", allowDeselect=False),
            field("header_row", tr("Lines above the column names"), dmc.NumberInput, value=int(now.get("header_row") or 0), min=0, max=100),
        ]  # fmt: skip
    fields.append(field("crs", tr("Reference system"), dmc.TextInput, value=now.get("crs") or "", placeholder="EPSG:4326", description=tr("Only where the file does not say it.")))  # fmt: skip
    return [
        html.Details(
            [
                html.Summary(tr("The file is read wrongly")),
                html.Div(fields, className="bring-fields"),
                html.P(html.Button(tr("Read it again so"), id=AGAIN, className="fm-button", type="button")),
                html.P(tr("What the columns mean is then suggested anew; what you said about the place stays."), className="fm-soft fm-small"),
            ],
            className="fm-meaning",
        ),
        html.P(html.A(tr("Next: what it says"), href=door.at(seen.upload, "what"), className="fm-button fm-primary")),
    ]  # fmt: skip


def _kept() -> list[Component]:
    """Uploads that are kept, to go on with; partners are not shown those of others."""
    if not door.sees_others():
        return [html.P(tr("Keep the address of this page: with it you can go on later. Others do not see what you bring."), className="fm-soft fm-small")]  # fmt: skip
    rows = [_row(Seen(upload)) for upload in uploads.listed(door.shelf())]
    if not rows:
        return []
    table = c.table(
        (tr("Register"), tr("Brought on"), tr("How far it is"), ""),
        rows,
        caption=tr("Registers that were brought here"),
    )
    return [html.H2(tr("Go on with one of these")), c.wide(table, tr("Registers that were brought here"))]


def _row(seen: Seen) -> tuple[Any, ...]:
    files, job = seen.about.get("files") or [], jobs.state(seen.upload)
    place = (seen.recipe.get("place") or {}).get("name")
    name = " · ".join(filter(None, [str(place or ""), str(files[0]) if files else ""])) or tr("no file yet")
    made = datetime.fromtimestamp(int(seen.about.get("made") or 0), UTC).date()
    far = tr(STATES[job.step]) if job.runs and job.step in STATES else tr("built") if seen.upload.told("build") else tr("waits for you")  # fmt: skip
    drop_ = html.Button(tr("Let it go"), id={"type": "bring-discard", "id": seen.upload.id}, className="fm-button", type="button", title=tr("Its files are deleted; what was built from it stays"))  # fmt: skip
    return html.A(name, href=door.at(seen.upload)), date(made.isoformat()), far, drop_
