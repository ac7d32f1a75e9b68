"""The only wiring: countries → desks → one Dash application with its pages, map routes and headers."""

from __future__ import annotations

import gzip
import logging
import os
from pathlib import Path

import dash
from dash import Dash, no_update
from flask import Flask, Response, jsonify, request

from dashboard import before, guard, parts, replies, shell, tiles, tongue, warm
from dashboard.bringing import door, live
from dashboard.bringing import routes as bringing
from dashboard.page import KEY, Served, pages
from geodata.disclosure import check_agreement
from geodata.errors import FirstMileError, LayerError, StoreError
from geodata.layers import Atlas, open_atlas
from geodata.say import tr
from geodata.store import Store, open_store, whereabouts

ROOT = Path(__file__).resolve().parents[1]
OFF = "off"
TIERS = ("public", "partner", "government")
log = logging.getLogger(__name__)


def create_app(
    atlases: list[Atlas], *, tier: str = "public", base: str = "", store: Store | None = None, store_fault: str = ""
) -> Dash:
    """The dashboard over one or more built countries; `tier` is what every visitor may see.

    `store` keeps the trail of exports, weights and sign-offs; where it should be there and is not, `store_fault` says why.

    `base` is the address of a MapLibre style to draw beneath; empty (the default) means the offline base and no request
    to any other server. Raises LayerError where no country is given or two have the same folder name.
    """
    from geodata.query import Desk  # noqa: PLC0415 - a desk opens the layers, which a mere import should not

    if not atlases:
        raise LayerError(
            tr("There is no country to show. Give one: `firstmile serve ATLAS`, or `firstmile demo` makes one.")
        )
    if tier not in TIERS:
        raise LayerError(tr("There is no tier {tier!r}; it is one of {TIERS}.", tier=tier, TIERS=", ".join(TIERS)))
    desks = {atlas.slug: Desk(atlas, tier=tier) for atlas in atlases}
    if len(desks) < len(atlases):
        raise LayerError(
            tr("Two of the countries have the same folder name; rename one, for the address tells them apart by it.")
        )
    parts.lighten()
    app = Dash(
        "dashboard",
        title=tr("First Mile"),
        update_title="",
        assets_folder=str(ROOT / "assets"),
        assets_ignore=r".*\.mjs$|briefing\.css$",  # modules are fetched when they are needed (`assets/firstmile.js`)
        assets_path_ignore=[r"pack"],  # of packed countries (`geodata/exports/packlib.py`), not of the dashboard
        pages_folder="",
        suppress_callback_exceptions=True,
        on_error=_explain,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        external_stylesheets=parts.STYLESHEETS,
    )
    app.server.config[KEY] = Served(desks, tier, base, store, store_fault)
    app.layout = shell.layout
    shell.register(app)
    for page in pages():
        page.register(app)
    for routes in (parts.routes, tiles.routes, bringing.routes):
        app.server.register_blueprint(routes())
    _headers(app, base)
    live.install(app.server)
    tongue.index(app, before.home)
    return app


def create_server() -> Flask:
    """The WSGI application for gunicorn: FIRSTMILE_ATLASES (separated as in PATH), FIRSTMILE_TIER, FIRSTMILE_BASE, FIRSTMILE_STORE."""
    places = [p for p in os.environ.get("FIRSTMILE_ATLASES", "").split(os.pathsep) if p]
    tier = os.environ.get("FIRSTMILE_TIER", "public")
    store, fault = _store(os.environ.get("FIRSTMILE_STORE", ""), places)
    atlases = [open_atlas(p) for p in places]
    for atlas in atlases:
        risk = str((atlas.manifest.get("place") or {}).get("risk") or "medium")
        check_agreement(tier, risk, atlas.name, os.environ.get("FIRSTMILE_AGREEMENT", ""))
    base = os.environ.get("FIRSTMILE_BASE", "")
    server = create_app(atlases, tier=tier, base=base, store=store, store_fault=fault).server
    server.config[door.KEY] = door.settings_of(os.environ)
    live.refresh(server)
    # Dash registers its scripts while it answers the first request; a second one beside it would find them missing.
    server.test_client().get("/")
    warm.start(server.config[KEY].desks.values())
    return server


def _store(where: str, places: list[str]) -> tuple[Store | None, str]:
    """The trail, or why there is none: pages are served without it, what must be recorded is refused."""
    if where == OFF:
        return None, tr("The trail is switched off (FIRSTMILE_STORE=off).")
    try:
        return (open_store(whereabouts(where, places[0])), "") if places else (None, "")
    except StoreError as error:
        log.error("%s", error)
        return None, str(error)


def _explain(error: Exception) -> object:
    """A fault in a callback: said in plain words in the notice line; what was on the screen stays."""
    if not isinstance(error, FirstMileError):
        log.error("a callback failed", exc_info=error)
    dash.set_props("notice", {"children": guard.said(error), "hidden": False})
    return no_update


def _headers(app: Dash, base: str) -> None:
    """Health check, security headers, plain error pages and compression."""
    server = app.server
    origin = "/".join(base.split("/")[:3])
    hashes: list[str] = []

    @server.get("/healthz")
    def _health() -> Response:
        served: Served = server.config[KEY]
        return jsonify(
            status="ok", atlases=[{"name": d.atlas.name, "version": d.atlas.version} for d in served.desks.values()]
        )

    guard.install(server)
    tongue.install(server)

    @server.after_request
    def _finish(response: Response) -> Response:
        if not hashes:
            hashes.extend(app.csp_hashes())
        response.headers["Content-Security-Policy"] = (
            f"default-src 'self'; script-src 'self' {' '.join(hashes)}; worker-src 'self' blob:; "
            f"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: {origin}; font-src 'self' data: {origin}; "
            f"connect-src 'self' {origin}; frame-ancestors 'self'; base-uri 'self'; form-action 'self'; object-src 'none'"
        )
        response.headers.update(guard.HEADERS)
        if request.path.startswith("/assets/") and "m" in request.args and response.status_code in (200, 304):
            # the address names the file's last change: nothing is gained by asking again
            response.headers["Cache-Control"] = f"public, max-age={replies.YEAR}, immutable"
        return _compress(response)


def _compress(response: Response) -> Response:
    kinds = (
        "text/",
        "application/json",
        "application/javascript",
        "application/geo+json",
        "application/vnd.mapbox-vector-tile",
    )
    fits = (
        response.status_code == 200
        and "Content-Encoding" not in response.headers
        and (response.mimetype or "").startswith(kinds)
    )
    if not fits or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) > 1024:
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.get_data()))
        response.vary.add("Accept-Encoding")
    return response
