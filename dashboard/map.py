"""The map as a component that any page may place: `map_view(id, desk, view)` and `register_map(app, id)`.

Python says what to show in one specification (addresses of tiles, areas and layers; marks; bounds); the browser part
(`assets/map.mjs`) brings the map to it and tells back what happened:

    <id>-spec    dcc.Store: the specification; `register_map` renews it when the address changes
    <id>-event   dcc.Store: {"kind": "school" | "area" | "hover", "id": …}; an Input for pages
    <id>-lit     dcc.Store: [longitude, latitude] of a school to light, or None; an Output for pages
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log2
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import areas, page, predicted, shows
from dashboard.legend import legend_of
from dashboard.replies import stamp
from geodata.query import Desk
from geodata.say import tr
from geodata.view import View

FEW = 400  # a country with fewer schools shows them at any zoom
MANY = 50_000  # above, "every school at any zoom" cannot be asked for
NEVER = 24.0  # the greatest zoom that a style may name, past the 22 that the map goes to


# What a page draws of its own: the specification and the legend of a view.
Draw = Callable[[Desk, View], tuple[dict[str, Any], list[Component]]]


def map_view(
    map_id: str, desk: Desk, view: View, *, legend: bool = True, show: str = "", draw: Draw | None = None
) -> Component:
    """The map with its legend and its notes. The page gives it a place with a height.

    `show` names the indicator of a page whose map always shows the same; else the address says which. `draw` is for a
    page whose map shows something else than schools.
    """
    spec, marks = (draw or drawn)(desk, shown_by(desk, view, show))
    return html.Section(
        [
            html.Div(tr("The map needs a moment …"), id=map_id, className="map"),
            html.Div(
                id=f"{map_id}-legend",
                className="legend",
                children=marks if legend else None,
                hidden=not legend,
            ),
            html.Div([html.P(disclaimer(desk), dir="auto"), *attribution(desk)], className="map-disclaimer"),
            dcc.Store(id=f"{map_id}-spec", data=spec),
            dcc.Store(id=f"{map_id}-event"),
            dcc.Store(id=f"{map_id}-lit"),
            dcc.Store(id=f"{map_id}-drawn"),
        ],
        className="map-frame",
        **{"aria-label": tr("Map")},
    )


def drawn(desk: Desk, view: View) -> tuple[dict[str, Any], list[Component]]:
    """What the map of schools and areas draws."""
    return specification(desk, view), legend_of(desk, view)


def register_map(
    app: Dash, map_id: str, *, path: str, click: bool = True, show: str = "", draw: Draw | None = None
) -> None:
    """Callbacks of one map on the page at `path`: it follows the address, and a click moves the address."""
    app.clientside_callback(
        f"(spec) => {{ window.firstmile.show({map_id!r}, spec); return window.dash_clientside.no_update; }}",
        Output(f"{map_id}-drawn", "data"),
        Input(f"{map_id}-spec", "data"),
    )
    app.clientside_callback(
        f"(lit) => {{ window.firstmile.light({map_id!r}, lit); return window.dash_clientside.no_update; }}",
        Output(f"{map_id}-drawn", "data", allow_duplicate=True),
        Input(f"{map_id}-lit", "data"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(f"{map_id}-spec", "data"),
        Output(f"{map_id}-legend", "children"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _follow(search: str, where: str) -> tuple[Any, Any]:
        if where != path:
            return no_update, no_update
        desk, view = page.here(search)
        return (draw or drawn)(desk, shown_by(desk, view, show))

    if click:

        @app.callback(
            Output(f"{map_id}-event", "data"),
            Input(f"{map_id}-event", "data"),
            State(page.URL, "search"),
            prevent_initial_call=True,
        )
        def _click(event: dict[str, Any] | None, search: str) -> Any:
            desk, view = page.here(search)
            if event and event["kind"] == "area":
                page.go(into(desk, view, str(event["id"])), search)
            elif event and event["kind"] == "school":
                page.go(view.with_screen(school=str(event["id"])), search)
            return no_update


def shown_by(desk: Desk, view: View, show: str) -> View:
    """The view with a page's own indicator on its map; as it is where nothing is known of that one."""
    if show not in desk.indicators or not shows.values(desk, desk.indicators[show], View()).notna().any():
        return view
    return view.with_screen(show=show)


def into(desk: Desk, view: View, area: str) -> View:
    """The view inside an area: the school that was picked and the place on the map are left behind."""
    level = desk.places.levels.get(area, 0)
    return replace(view, area=area if level else "").with_screen(school="", at="")


def specification(desk: Desk, view: View) -> dict[str, Any]:
    """What the browser needs to draw a view: plain values, no data of a school but the place of the picked one."""
    data, mark = desk.atlas.slug, stamp(desk)
    indicator = shows.shown(desk, view)
    level = areas.level_of(desk, view.area)
    asked = replace(view.schools_only, screen=(("show", indicator.name),)).query()
    shaped = areas.has_shapes(desk.atlas, level)
    west, south, east, north = areas.bounds_of(desk, view.area)
    on = view.shown("layers").split(",")
    return {
        "base": f"/base/{data}/{mark}.json",
        "baseStyle": page.served().base,
        "outline": f"/areas/{data}/{mark}/outline.json" + (f"?area={view.area}" if view.area else ""),
        "tiles": f"/tiles/{data}/{mark}/{{z}}/{{x}}/{{y}}.mvt?{asked}",
        "shapes": f"/areas/{data}/{mark}/{level}.json" if shaped else "",
        "values": f"/values/{data}/{mark}/{level}.json?{asked}",
        "hexagons": "" if shaped else f"/hexagons/{data}/{mark}/{{resolution}}.json?{asked}",
        "finest": min(areas.FINEST, desk.locations.cell if desk.locations.cell is not None else areas.FINEST),
        "classes": [
            {"label": m.label, "colour": m.colour, "shape": m.shape} for m in predicted.all_marks(desk, indicator)
        ],
        "overlays": [
            {
                "key": o.key,
                "kind": o.kind,
                "colour": o.colour,
                "shape": o.shape,
                "url": f"/layers/{data}/{mark}/{o.key}.json",
            }
            for o in areas.overlays(desk.atlas)
            if o.key in on
        ],
        "bounds": [[west, south], [east, north]],
        "at": at(view),
        "picked": picked(desk, view),
        "pointsFrom": points_from(desk, view),
    }


def points_from(desk: Desk, view: View) -> float:
    """The zoom from which every school of the selection is drawn instead of areas or hexagons."""
    if desk.locations.cell is not None:
        return NEVER
    total = desk.select(view.schools_only).total
    if total <= FEW or ("schools" in view.shown("layers").split(",") and total <= MANY):
        return 0.0
    west, south, east, north = areas.bounds_of(desk, "")
    whole = log2(
        700 * 360 / 512 / max(east - west, (north - south) * 1.2, 0.01)
    )  # zoom at which the country fills the map
    return round(whole + 1.1, 2)


def picked(desk: Desk, view: View) -> list[float] | None:
    """Longitude and latitude of the school that the view has picked; None where there is none or no location."""
    if not view.shown("school") or not desk.one_by_one:
        return None
    school = desk.school(view.shown("school"))
    place = [school.get("longitude"), school.get("latitude")]
    return None if None in place else [float(v) for v in place if v is not None]


def at(view: View) -> list[float] | None:
    """Longitude, latitude and zoom of `at=latitude,longitude,zoom`; None where it is absent or no place."""
    try:
        latitude, longitude, zoom = (float(part) for part in view.shown("at").split(","))
    except ValueError:
        return None
    return [longitude, latitude, zoom] if abs(latitude) <= 90 and abs(longitude) <= 540 and 0 <= zoom <= 22 else None


def disclaimer(desk: Desk) -> str:
    """The sentence on names and boundaries, and whose boundaries they are; on synthetic data, that they are."""
    parts = [
        desk.disclaimer or tr("The boundaries and names shown do not imply official endorsement or acceptance."),
        desk.place.get("worldview") or "",
    ]
    if desk.atlas.synthetic:
        parts.insert(0, tr("Synthetic demonstration data."))
    return " ".join(part.rstrip(".") + "." for part in parts if part)


def attribution(desk: Desk) -> list[Component]:
    """What the licences of the data ask to be said beside a map, one below the other behind one word."""
    said = [text for text in desk.atlas.manifest.get("attributions") or [] if text]
    base = tr("Base map: Natural Earth")
    return [html.Details([html.Summary(tr("Credits")), html.Ul([html.Li(text) for text in [*said, base]])])]
