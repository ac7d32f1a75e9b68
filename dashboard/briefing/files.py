"""The files of a brief: each made of exactly the brief on the screen, its leaving kept in the trail; and the preview."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from dashboard import page, signing
from dashboard.briefing import asked, made
from dashboard.briefing.asked import Words
from dashboard.briefing.made import Made
from geodata.errors import StoreError
from geodata.exports.briefs import brief_bytes
from geodata.query import Desk
from geodata.say import later, tr
from geodata.store import briefs
from geodata.view import View

# Ending → what it is, what it is for, and its type on the wire.
FILES: dict[str, tuple[str, str, str]] = {
    "pdf": (later("PDF"), later("two A4 pages, to print and to send"), "application/pdf"),
    "pptx": (later("Slides (PPTX)"), later("editable, charts with their data inside"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "docx": (later("Document (DOCX)"), later("editable, with every table"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "html": (later("Page (HTML)"), later("one file that opens anywhere, offline too"), "text/html"),
}  # fmt: skip
PREVIEW = "preview.html"


def address(desk: Desk, view: View, name: str) -> str:
    """Where a file of this view's brief is fetched."""
    return f"/brief-file/{desk.atlas.slug}/{name}{page.search_of(only(view))}"


def only(view: View) -> View:
    """The view with nothing in it but what decides the brief and its language."""
    keys = {k: v for k, v in view.screen if k in ("lang", "budget", "terms", "brief", "data")}
    return View(area=view.area, policy=view.policy, plans=view.plans).with_screen(**keys)


def routes() -> Blueprint:
    """`/brief-file/<country>/brief.<ending>?<query>`, `…/preview.html` and `…/state`."""
    blueprint = Blueprint("brief_files", __name__)

    @blueprint.get("/brief-file/<data>/<name>")
    def take(data: str, name: str) -> Response:
        desk, view = page.here_at(data, request.query_string.decode("utf-8", "replace"))
        if name == "state":  # asked while budgets are being solved: asking keeps the work up
            return jsonify(done=made.planning_of(desk, view, asked.wanted(desk, view)).done)
        if name == PREVIEW:
            return _preview(desk, view)
        ending = name.removeprefix("brief.")
        if ending not in FILES or name == ending:
            abort(404)
        return _taken(desk, view, ending)

    return blueprint


def _preview(desk: Desk, view: View) -> Response:
    """The brief as it will print, in the page: not yet an export."""
    reply = Response(content(desk, made.made(desk, view), "html"), mimetype="text/html")
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _taken(desk: Desk, view: View, ending: str) -> Response:
    signing.refuse_unrecorded(desk)
    found = made.whole(desk, view)
    held = content(desk, found, ending)
    file = f"{desk.atlas.slug}-brief{'-' + view.area if view.area else ''}.{ending}"
    about = tr("brief {key}, {status}", key=found.brief.key[:12], status=found.brief.status)
    signing.keep_export(desk, view, held, columns=None, licence_profile="noncommercial", purpose=about, rows=found.brief.schools, file=file)  # fmt: skip
    reply = Response(held, mimetype=FILES[ending][2])
    reply.headers.set("Content-Disposition", "attachment", filename=file)
    reply.headers["Cache-Control"] = "no-store"
    return reply


def content(desk: Desk, found: Made, ending: str) -> bytes:
    """The bytes of one file."""
    name, image = head(desk, found.wanted.words)
    return brief_bytes(found.brief, ending, letterhead=name, crest=image)


def head(desk: Desk, words: Words) -> tuple[str, bytes | None]:
    """The letterhead and the crest; the crest's own name where no letterhead was typed."""
    store = page.served().store
    if not words.crest or store is None:
        return words.letterhead, None
    try:
        name, image = _crest(store, desk.atlas.slug, words.crest, desk.tier)
    except StoreError:  # the link names a crest that is not kept here
        return words.letterhead, None
    return words.letterhead or name, image


@lru_cache(maxsize=8)
def _crest(store: Any, atlas: str, number: int, tier: str) -> tuple[str, bytes]:
    return briefs.crest(store, atlas, number, tier)
