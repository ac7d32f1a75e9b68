"""Buttons: read the file again, take over a text, try, build, cancel, let go. Thin: the work is elsewhere."""

from __future__ import annotations

import time
from typing import Any

import dash
from dash import ALL, Dash, Input, Output, State, ctx, no_update

from dashboard import components as c
from dashboard import guard, page
from dashboard.bringing import buildstep, changing, choices, door, drawing, filestep, jobs, state
from dashboard.bringing.changing import TEXT
from dashboard.bringing.drawing import HERE, MARK
from dashboard.bringing.state import Seen
from dashboard.signing import kept, listens
from geodata.errors import FirstMileError, RecipeError, StoreError
from geodata.query import Desk
from geodata.say import tr
from geodata.store import brought, uploads
from geodata.view import View

LONGEST = 400_000  # characters of a recipe


def register(app: Dash) -> None:
    """All callbacks of the page."""
    drawing.register(app)
    _files(app)
    changing.register(app)
    _texts(app)
    _doing(app)
    listens(app, buildstep.FORM, _build, HERE, State(f"{buildstep.FORM}-sure", "checked"))


# --- files --------------------------------------------------------------------------------------------------------


def _files(app: Dash) -> None:
    app.clientside_callback(
        '() => { import("/assets/bring.mjs").then((bring) => document.querySelectorAll(".bring-drop").forEach(bring.mount)); return window.dash_clientside.no_update; }',
        Output("bring-ready", "data"),
        Input("bring-body", "children"),
    )

    @app.callback(Output(MARK, "data", allow_duplicate=True), Input("bring-came", "data"), prevent_initial_call=True)
    def _came(came: dict[str, Any] | None) -> Any:
        if not came:
            return no_update
        upload = uploads.opened(door.shelf(), str(came.get("id")))
        if came.get("more"):
            jobs.start(upload, "look", file=str(came.get("name")), keep="more")
            return time.time()
        dash.set_props(page.URL, {"hash": door.at(upload)})
        return time.time()

    @app.callback(
        Output(MARK, "data", allow_duplicate=True), Input(filestep.AGAIN, "n_clicks"), HERE,
        State({"type": "bring-read", "key": ALL}, "value"), State({"type": "bring-read", "key": ALL}, "id"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _again(clicks: int | None, fragment: str, values: list[Any], ids: list[dict[str, str]]) -> Any:
        if not clicks:
            return no_update
        upload = door.upload_of(fragment)
        given = {one["key"]: value for one, value in zip(ids, values, strict=True) if value not in (None, "", 0)}
        file = upload.told("look").get("file") or (upload.about.get("files") or [""])[0]
        jobs.start(upload, "look", file=file, given=given)
        upload.note(given=given, looked=clicks)
        return time.time()

    @app.callback(
        Output(MARK, "data", allow_duplicate=True), Input({"type": "bring-discard", "id": ALL}, "n_clicks"), prevent_initial_call=True,
    )  # fmt: skip
    def _discard(clicks: list[int | None]) -> Any:
        which = ctx.triggered_id
        if not any(clicks) or not isinstance(which, dict) or not door.sees_others():
            return no_update
        upload = uploads.opened(door.shelf(), str(which["id"]))
        jobs.cancel(upload)
        uploads.discard(upload)
        return time.time()


# --- texts and buttons --------------------------------------------------------------------------------------------


def _texts(app: Dash) -> None:
    @app.callback(
        Output("bring-right", "children", allow_duplicate=True), Output(MARK, "data", allow_duplicate=True),
        Input("bring-text-do", "n_clicks"), State(TEXT, "value"), HERE, prevent_initial_call=True,
    )  # fmt: skip
    def _take_over(clicks: int | None, text: str | None, fragment: str) -> Any:
        if not clicks:
            return no_update, no_update
        try:
            taken(fragment, text or "")
        except FirstMileError as error:
            return c.message(guard.said(error), kept=tr("The text was not taken over."), kind="error"), no_update
        return no_update, time.time()

    @app.callback(
        Output(MARK, "data", allow_duplicate=True), Input("bring-target", "value"), HERE, prevent_initial_call=True
    )
    def _target(value: str | None, fragment: str) -> Any:
        return time.time() if targeted(fragment, "" if value in (None, "new") else str(value)) else no_update


def taken(fragment: str, text: str) -> None:
    """Take over a recipe's text, remarks and all. Raises RecipeError where it is not TOML, or too long to be one."""
    if len(text) > LONGEST:
        raise RecipeError(tr("A recipe of this length is none. Nothing was taken over."))
    choices.parsed(text)
    upload = door.upload_of(fragment)
    if Seen(upload).job.runs and Seen(upload).job.step == "build":
        raise StoreError(tr("It is being built just now. Cancel the build first, or wait for it."))
    upload.write("recipe.toml", text)


def targeted(fragment: str, slug: str) -> bool:
    """Make an upload the next register of a country that is shown, with its words; whether that is new."""
    if not door.sees_others():
        return False
    seen = Seen(door.upload_of(fragment))
    if seen.target == slug:
        return False
    # What it was built as is let go: a country would be replaced by a new place, unasked.
    seen.upload.note(target=slug, built="", slug="")
    if slug:
        place = page.served().desk(slug).place
        recipe = {
            **seen.recipe,
            "place": {k: v for k, v in place.items() if k in choices.PLACE and v not in ("", None, [])},
        }
        seen.upload.write("recipe.toml", choices.text_of(recipe))
    return True


def _doing(app: Dash) -> None:
    @app.callback(
        Output(MARK, "data", allow_duplicate=True), Input("bring-alike", "n_clicks"), HERE, prevent_initial_call=True
    )
    def _alike(clicks: int | None, fragment: str) -> Any:
        seen = Seen(door.upload_of(fragment))
        if not clicks or not seen.target or not door.sees_others():
            return no_update
        jobs.start(seen.upload, "alike", against=str(page.served().desks[seen.target].atlas.link.absolute()))
        return time.time()

    @app.callback(
        Output(MARK, "data", allow_duplicate=True), Input("bring-try", "n_clicks"), HERE, prevent_initial_call=True
    )
    def _try_again(clicks: int | None, fragment: str) -> Any:
        if not clicks:
            return no_update
        drawing.begin_try(Seen(door.upload_of(fragment)))
        return time.time()

    @app.callback(
        Output(MARK, "data", allow_duplicate=True), Input("bring-cancel", "n_clicks"), HERE, prevent_initial_call=True
    )
    def _cancel(clicks: int | None, fragment: str) -> Any:
        if not clicks:
            return no_update
        jobs.cancel(door.upload_of(fragment))
        return time.time()


def _build(desk: Desk, view: View, who: str, reason: str, fragment: str, sure: bool | None) -> str:  # noqa: PLR0917
    """Begin to build, under a name and with a reason, which stand in the trail. Returns what to say."""
    seen = Seen(door.upload_of(fragment))
    kept()  # what cannot be recorded is not built
    if not who.strip() or not reason.strip():
        raise StoreError(tr("A build needs your name and a reason: they stand in the trail."))
    if seen.target and not (door.sees_others() and sure):
        raise StoreError(tr("Say that the present data are to be replaced."))
    home = page.served().desk().atlas.link.absolute().parent
    slug = seen.target or str(seen.about.get("built") or "") or state.slug_of(seen)
    out = page.served().desks[seen.target].atlas.link.absolute() if seen.target else home / slug
    jobs.start(seen.upload, "build", out=str(out), who=who.strip()[:200], reason=reason.strip()[:2000])
    seen.upload.note(built=slug, slug=slug)
    if not seen.target:
        brought.show(home / slug, slug, str(page.served().tier))
    dash.set_props(MARK, {"data": time.time()})
    return tr("The build begins.")
