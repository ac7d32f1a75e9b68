"""What the page Children hands over: hexagons for its map, and its two lists as CSV files, as the tier may see them."""

from __future__ import annotations

import pandas as pd
from flask import Blueprint, Response, abort, request

from dashboard import children, signing
from dashboard.page import here_at
from dashboard.replies import cached, json_reply
from geodata.exports.formula import spreadsheet_csv
from geodata.exports.passport import stamped
from geodata.people import shown
from geodata.query import Desk
from geodata.tables import PEOPLE, UNSERVED
from geodata.view import View

CORNERS = 4


def routes() -> Blueprint:
    """`/people/<country>/<build>/<resolution>.json`, `/people/<country>/places.csv` and `/people/<country>/hexagons.csv`."""
    blueprint = Blueprint("children", __name__)

    @blueprint.get("/people/<data>/<stamp>/<int:resolution>.json")
    def hexagons(data: str, stamp: str, resolution: int) -> Response:
        desk, view = here_at(data, f"people={request.args.get('people', '')}")
        mode = children.chosen(desk, view)
        if mode is None:
            abort(404)
        fine = min(resolution, shown.finest(desk))
        box = _box(request.args.get("box", ""))
        return cached(desk, stamp, lambda: json_reply(children.collection(desk, mode, fine, box)))

    @blueprint.get("/people/<data>/places.csv")
    def places(data: str) -> Response:
        desk, view = here_at(data, f"area={request.args.get('area', '')}")
        return _file(desk, view, "places-without-a-school", place_rows(desk, view.area))

    @blueprint.get("/people/<data>/hexagons.csv")
    def cells(data: str) -> Response:
        desk, view = here_at(data, "")
        return _file(desk, view, "children-by-hexagon", hexagon_rows(desk))

    return blueprint


def _box(text: str) -> tuple[float, ...] | None:
    """West, south, east, north; None where the address does not bound the answer."""
    try:
        box = tuple(float(part) for part in text.split(",")) if text else ()
    except ValueError:
        abort(400)
    return box if len(box) == CORNERS else None


def place_rows(desk: Desk, area: str) -> pd.DataFrame:
    """The list of places as a file holds it; names of areas beside their ids, small numbers empty."""
    if not shown.there(desk):
        abort(404)
    table = shown.places(desk, area)
    return _named(
        desk, table[[c for c in UNSERVED.columns if c in table]].assign(fewer_children_than_shown=table["hidden"])
    )


def hexagon_rows(desk: Desk) -> pd.DataFrame:
    """The hexagons as a file holds them, as fine as the tier may see."""
    if not shown.there(desk):
        abort(404)
    table = shown.hexagons(desk, shown.finest(desk))
    return _named(
        desk, table[[c for c in PEOPLE.columns if c in table]].assign(fewer_children_than_shown=table["hidden"])
    )


def _named(desk: Desk, table: pd.DataFrame) -> pd.DataFrame:
    """Wholly empty columns leave; each area id gets its name; modelled counts keep one decimal."""
    out = table.dropna(axis=1, how="all").copy()
    for number in (4, 3, 2, 1):
        if (column := f"admin{number}_id") in out:
            out.insert(out.columns.get_loc(column) + 1, f"admin{number}", out[column].map(desk.places.names))
    digits: dict[str, int] = {
        c: 6 if c in ("latitude", "longitude", "device_seats_per_child", "wealth_percentile") else 1
        for c in out.select_dtypes("float")
    }
    return out.round(digits)


def _file(desk: Desk, view: View, name: str, table: pd.DataFrame) -> Response:
    """A CSV for spreadsheets; the trail keeps that it was taken."""
    signing.refuse_unrecorded(desk)
    content = spreadsheet_csv(stamped(desk, table, table.columns))
    file = f"{desk.atlas.slug}-{name}.csv"
    signing.keep_export(desk, view, content, columns=list(table.columns), licence_profile="noncommercial", purpose="", rows=len(table), file=file)  # fmt: skip
    reply = Response(content, mimetype="text/csv")
    reply.headers.set("Content-Disposition", "attachment", filename=file)
    return reply
