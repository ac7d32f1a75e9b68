"""The ways of files: into an upload, slice by slice, and out of it (its recipe, its report). Never for the public view."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, request

from dashboard import guard
from dashboard.bringing import choices, door
from geodata.errors import DisclosureError, FirstMileError, RecipeError, StoreError
from geodata.say import tr
from geodata.store import uploads

HEADER = "X-First-Mile"  # which no form of another site can send
DISCLOSED = 403


def routes() -> Blueprint:
    """`POST /bring/begin`, `POST /bring/<id>/slice?at=N`, `GET /bring/<id>/recipe.toml` and `report.csv`."""
    blueprint = Blueprint("bringing", __name__)

    @blueprint.post("/bring/begin")
    @_checked
    def begin() -> Response:
        asked = request.get_json(silent=True)
        asked = asked if isinstance(asked, dict) else {}
        shelf, id_ = door.shelf(), asked.get("id")
        upload = uploads.opened(shelf, str(id_)) if id_ else uploads.begin(shelf)
        try:
            name = uploads.expect(
                upload, str(asked.get("name") or "")[:300], _whole(asked.get("size")), door.settings().largest
            )
        except StoreError:
            if not id_:
                uploads.discard(upload)
            raise
        return _plain({"id": upload.id, "name": name, "slice": uploads.SLICE})

    @blueprint.post("/bring/<id_>/slice")
    @_checked
    def piece(id_: str) -> Response:
        upload = uploads.opened(door.shelf(), id_)
        return _plain({"here": uploads.take(upload, _whole(request.args.get("at")), request.get_data(cache=False))})

    @blueprint.get("/bring/<id_>/recipe.toml")
    @_told
    def recipe(id_: str) -> Response:
        text = uploads.opened(door.shelf(), id_).recipe_text
        if not text:
            raise StoreError(tr("There is no recipe yet. Look at the file first."))
        return _file(text, "application/toml", f"{_name(text)}.toml")

    @blueprint.get("/bring/<id_>/report.csv")
    @_told
    def report(id_: str) -> Response:
        upload = uploads.opened(door.shelf(), id_)
        text = uploads.report_of(upload)
        if not text:
            raise StoreError(tr("There is no report yet. It is written when the country is built."))
        return _file(text, "text/csv", "report.csv")

    return blueprint


def _told(answer: Callable[..., Response]) -> Callable[..., Response]:
    """Faults in words; what may not be done here is refused as such."""

    @wraps(answer)
    def told(**values: Any) -> Response:
        try:
            return answer(**values)
        except DisclosureError as error:
            return guard.plain(guard.said(error), DISCLOSED)
        except FirstMileError as error:
            return guard.plain(guard.said(error), 400)

    return told


def _checked(answer: Callable[..., Response]) -> Callable[..., Response]:
    """The same for what changes something: asked for by our own script alone."""

    @wraps(answer)
    def checked(**values: Any) -> Response:
        if request.headers.get(HEADER) != "bring":
            return guard.plain(tr(guard.OWN_PAGES), DISCLOSED)
        return answer(**values)

    return _told(checked)


def _whole(value: Any) -> int:
    """A whole number; -1 for what is none."""
    return int(value) if str(value).isascii() and str(value).isdigit() and len(str(value)) < 16 else -1


def _plain(values: Any) -> Response:
    return Response(json.dumps(values), mimetype="application/json", headers={"Cache-Control": "no-store"})


def _file(text: str, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, mimetype=kind, headers=headers)


def _name(text: str) -> str:
    """A name of plain letters for a recipe's file."""
    try:
        place = str((choices.parsed(text).get("place") or {}).get("name") or "")
    except RecipeError:
        place = ""
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in place.lower()).strip("_")
    return plain[:60] or "recipe"
