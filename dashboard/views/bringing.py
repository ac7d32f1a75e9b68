"""Schools chosen by what a person hands in: ids pasted or in a file, or a boundary. The address shows them; where it would
be too long, or somebody else shall find them, they are kept as a named list."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, page, signing
from dashboard.views import named
from geodata.disclosure import Tier
from geodata.errors import FirstMileError, SourceError
from geodata.handed import boundary, ids
from geodata.query import Desk
from geodata.say import tr, trn, written
from geodata.view import View

TEXT, FILE, FOUND, SAID, KEEP, NAME = "hand-text", "hand-file", "hand-found", "hand-said", "hand-keep", "hand-name"
LARGEST = 2_800_000  # bytes of a file: with what wraps it, a request stays under the server's limit
FITS = 5_000  # letters of an address that every server and browser takes


def section(desk: Desk) -> Component:
    """The field for ids, the place for a file, and what came of it."""
    drop = tr("Choose a file: ids as CSV or XLSX, or a boundary as GeoJSON, of {most} MB at most", most=written(LARGEST / 1e6, 1))  # fmt: skip
    return html.Section(
        [
            html.H2(tr("Choose schools by ids or a boundary")),
            dmc.Textarea(id=TEXT, label=tr("Ids of schools"), description=tr("Pasted as they are, parted by commas or lines."), autosize=True, minRows=2, maxRows=6, debounce=400),
            dcc.Upload(html.Button(drop, type="button", className="fm-button"), id=FILE, max_size=LARGEST, className="fm-hand"),
            dcc.Loading(html.Div(id=SAID, role="status"), delay_show=300),
            dcc.Store(id=FOUND),
        ]
    )  # fmt: skip


def by_text(desk: Desk, text: str) -> tuple[list[str], list[str]]:
    """The ids of schools here that a text names, and what is said of it."""
    if not desk.one_by_one:
        boundary.refuse(desk)
    found = ids.of_text(text, desk.schools)
    return list(found.ids), ids.said(found)


def by_file(desk: Desk, name: str, content: str) -> tuple[list[str], list[str]]:
    """The same of a file as the browser sends it. Raises SourceError where it cannot be read."""
    try:
        data = base64.b64decode(content.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise SourceError(tr("The file did not arrive whole. Send it again.")) from None
    if len(data) > LARGEST:
        raise SourceError(tr("The file is larger than {most} MB.", most=written(LARGEST / 1e6, 1)))
    if boundary.is_boundary(name, data):
        inside = boundary.inside(desk, data)
        return list(inside.ids), boundary.said(inside)
    if not desk.one_by_one:
        boundary.refuse(desk)
    found = ids.of_file(name, data, desk.schools)
    return list(found.ids), ids.said(found)


def answer(desk: Desk, view: View, found: list[str], said: list[str]) -> list[Component]:
    """What was found, with the way to see it, and to keep it."""
    parts: list[Component] = [html.P(said[0], className="fm-hand-first"), *(html.P(text) for text in said[1:])]
    if not found:
        return parts
    at = View(ids=tuple(found), policy=view.policy).like(view)
    if len(at.query()) <= FITS:
        ways = [dcc.Link(tr("Show them on the map"), href=page.address(page.EXPLORE, at)), dcc.Link(tr("Show them as a list"), href=page.address("/prioritise", at))]  # fmt: skip
        parts.append(html.Div(ways, className="fm-ways-line"))
    elif page.served().tier == Tier.PUBLIC:
        parts.append(html.P(tr("These are too many for an address. Choose fewer, or an area.")))
    else:
        parts.append(html.P(tr("These are too many for an address: keep them as a list, and open that.")))
    if page.served().tier != Tier.PUBLIC and not signing.why_not():
        parts.append(
            html.Div(
                [
                    dmc.TextInput(id=NAME, label=tr("Name of the list"), size="sm"),
                    html.Button(trn("Keep this {n} school as a list", "Keep these {n} schools as a list", len(found)), id=KEEP, type="button", className="fm-button"),
                ],
                className="fm-pair",
            )
        )  # fmt: skip
    return parts


def register(app: Dash) -> None:
    """Callbacks: text and file are read as they come; the button keeps what was found."""

    @app.callback(
        Output(SAID, "children"),
        Output(FOUND, "data"),
        Input(TEXT, "value"),
        Input(FILE, "contents"),
        State(FILE, "filename"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _read(text: str | None, content: str | None, name: str | None, search: str) -> Any:
        try:
            desk, view = page.here(search)
            if ctx.triggered_id == FILE and content:
                found, said = by_file(desk, name or "", content)
            elif text and text.strip():
                found, said = by_text(desk, text)
            else:
                return None, None
            return answer(desk, view, found, said), found
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error"), None

    @app.callback(
        Output(named.SAID, "children", allow_duplicate=True),
        Output(named.DONE, "data", allow_duplicate=True),
        Input(KEEP, "n_clicks"),
        State(NAME, "value"),
        State(FOUND, "data"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _keep(clicks: int | None, name: str | None, found: list[str] | None, search: str) -> Any:
        if not clicks or not found:
            return no_update, no_update
        try:
            desk, _ = page.here(search)
            one = named.keep_ids(signing.kept(), desk, name or "", [str(i) for i in found])
            return c.message(tr("Kept as “{name}”: {schools}.", name=one.name, schools=trn("{n} school", "{n} schools", one.schools))), f"handed {clicks} {one.number}"  # fmt: skip
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error"), no_update
