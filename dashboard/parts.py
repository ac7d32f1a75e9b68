"""The browser's parts from our own server: MapLibre, fonts, and the offline base map. Nothing comes from elsewhere.

The parts are npm packages in `node_modules` (`npm ci` from a lock that names no registry); only the files below leave.
"""

from __future__ import annotations

import re
from pathlib import Path

import dash_ag_grid
from flask import Blueprint, Response, abort, request, send_file

from dashboard import basemap
from dashboard.page import here_at
from dashboard.replies import cached, json_reply
from geodata.say import tr

MODULES = Path(__file__).resolve().parents[1] / "node_modules"
WEEK = 7 * 24 * 3600
ALLOWED = re.compile(
    r"maplibre-gl/dist/maplibre-gl(-worker|-shared)?\.mjs|maplibre-gl/dist/maplibre-gl\.css"
    r"|plotly\.js-basic-dist-min/plotly-basic\.min\.js"
    r"|@fontsource-variable/noto-(sans|serif|sans-arabic)/wght\.css"
    r"|@fontsource-variable/noto-(sans|serif|sans-arabic)/files/[a-z0-9-]+-wght-normal\.woff2"
)
# Of the component libraries, what `assets/later.js` fetches when it is first drawn; their scripts stay out of the page.
LATER = (dash_ag_grid,)
STYLESHEETS = [
    "/parts/maplibre-gl/dist/maplibre-gl.css",
    "/parts/@fontsource-variable/noto-sans/wght.css",
    "/parts/@fontsource-variable/noto-serif/wght.css",
    "/parts/@fontsource-variable/noto-sans-arabic/wght.css",
]


def lighten() -> None:
    """Leave out of the page the scripts that are fetched later; Dash serves them all the same ("dynamic" in its words)."""
    for library in LATER:
        for script in library._js_dist:
            if not script.get("async"):
                script["dynamic"] = True


def routes() -> Blueprint:
    """`/parts/<file of an npm package>` and `/base/<country>/<build>.json`."""
    blueprint = Blueprint("parts", __name__)

    @blueprint.get("/parts/<path:name>")
    def part(name: str) -> Response:
        if not ALLOWED.fullmatch(name):
            abort(404)
        file = MODULES / name
        if not file.is_file():
            return Response(
                tr("{name} is not installed. Run `make setup` (or `npm ci`) in the folder of First Mile.", name=name),
                404,
                mimetype="text/plain",
            )
        kind = {".mjs": "text/javascript", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}[
            file.suffix
        ]
        return send_file(file, mimetype=kind, max_age=WEEK)

    @blueprint.get("/base/<data>/<stamp>.json")
    def base(data: str, stamp: str) -> Response:
        desk, _ = here_at(data, "")
        make = basemap.coarse if request.args.get("detail") == "coarse" else basemap.base
        return cached(desk, stamp, lambda: json_reply(make(desk.atlas)))

    return blueprint
