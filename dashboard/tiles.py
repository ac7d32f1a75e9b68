"""What the map asks for: schools as vector tiles, areas and hexagons with true counts, coverage layers.

Every address names the build, so browsers keep the answers. Zoomed in, every school of the selection is drawn, the
same each time; zoomed out, areas or hexagons count all of them: never a sample.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from flask import Blueprint, Response, abort, request

from dashboard import areas, predicted, shows
from dashboard.page import here_at
from dashboard.replies import cached, json_reply
from dashboard.vectortile import Places, encode, text_values
from geodata.query import Desk
from geodata.view import View

MVT = "application/vnd.mapbox-vector-tile"
ZOOM_MAX = 22


def routes() -> Blueprint:
    """The map's addresses; each takes the query of a view. A wrong one is answered with 400 and a sentence."""
    blueprint = Blueprint("tiles", __name__)

    @blueprint.get("/tiles/<data>/<stamp>/<int:z>/<int:x>/<int:y>.mvt")
    def tile(data: str, stamp: str, z: int, x: int, y: int) -> Response:
        desk, view = here_at(data, _query())
        if z > ZOOM_MAX or max(x, y) >= 1 << z:
            abort(404)
        return cached(desk, stamp, lambda: Response(school_tile(desk, view, z, x, y), mimetype=MVT))

    @blueprint.get("/areas/<data>/<stamp>/outline.json")
    def outline(data: str, stamp: str) -> Response:
        desk, view = here_at(data, _query())
        return cached(desk, stamp, lambda: json_reply(areas.outline(desk, view.area)))

    @blueprint.get("/areas/<data>/<stamp>/<int:level>.json")
    def shapes(data: str, stamp: str, level: int) -> Response:
        desk, _ = here_at(data, "")
        return cached(desk, stamp, lambda: json_reply(areas.shapes(desk.atlas, level)))

    @blueprint.get("/values/<data>/<stamp>/<int:level>.json")
    def values(data: str, stamp: str, level: int) -> Response:
        desk, view = here_at(data, _query())
        return cached(desk, stamp, lambda: json_reply(areas.values(desk, view, level)))

    @blueprint.get("/hexagons/<data>/<stamp>/<int:resolution>.json")
    def hexagons(data: str, stamp: str, resolution: int) -> Response:
        desk, view = here_at(data, _query())
        return cached(desk, stamp, lambda: json_reply(areas.hexagons(desk, view, min(resolution, areas.FINEST))))

    @blueprint.get("/layers/<data>/<stamp>/<name>.json")
    def layer(data: str, stamp: str, name: str) -> Response:
        desk, _ = here_at(data, "")
        if name not in {o.key for o in areas.overlays(desk.atlas)}:
            abort(404)
        return cached(desk, stamp, lambda: json_reply(areas.overlay(desk.atlas, name)))

    return blueprint


def _query() -> str:
    """The query as text, whatever bytes a stranger sends."""
    return request.query_string.decode("utf-8", "replace")


@lru_cache(maxsize=8)
def places(desk: Desk) -> Places:
    """Where the schools stand, ordered for tiles."""
    return Places.of(
        desk.schools["longitude"].to_numpy(dtype=float, na_value=np.nan),
        desk.schools["latitude"].to_numpy(dtype=float, na_value=np.nan),
    )


@lru_cache(maxsize=8)
def texts(desk: Desk) -> tuple[np.ndarray, np.ndarray]:
    """Ids and names of the schools, as values of a tile's layer."""
    ids = desk.schools["school_id"].astype(str)
    names = desk.schools["school_name"].fillna(ids).astype(str) if "school_name" in desk.schools else ids
    return text_values(ids.tolist()), text_values(names.tolist())


@lru_cache(maxsize=64)
def _chosen(desk: Desk, view: View) -> np.ndarray:
    """Whether each school of the country is in the selection."""
    mask = np.zeros(len(desk.schools), dtype=bool)
    mask[desk.select(view.schools_only).positions] = True
    return mask


def school_tile(desk: Desk, view: View, z: int, x: int, y: int) -> bytes:
    """One tile of the selection's schools: `s` the class (index into `predicted.all_marks`), `id`, `name`, and no other column.

    Where this tier may not see points there are none in any tile; the map then draws hexagons.
    """
    if desk.locations.cell is not None:
        return b""
    indicator = shows.shown(desk, view)
    where = places(desk)
    rows = where.inside(z, x, y)
    rows = rows[_chosen(desk, view.schools_only)[rows]]
    ids, names = texts(desk)
    states = predicted.classes(desk, indicator.name, view.policy)[rows]
    said = {"id": ids[rows], "name": names[rows]}
    if not shows.yes_no(desk, indicator):
        known = shows.values(desk, indicator, view).iloc[rows]
        said["tip"] = text_values([shows.say(indicator, value) for value in known])
    return encode("schools", where.on_tile(rows, z, x, y), rows, {"s": states}, said)
