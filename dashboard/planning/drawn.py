"""The map of a plan: schools by their class as vector tiles, areas by what part of their need is reached, fibre lines."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from dash import html
from dash.development.base_component import Component
from flask import Blueprint, Response, abort, request

from dashboard import areas, shows, tiles, words
from dashboard.components import mark_of
from dashboard.map import specification
from dashboard.page import here_at
from dashboard.planning import asked, lines, marks, money, solved
from dashboard.replies import cached, json_reply, stamp
from dashboard.vectortile import encode
from geodata.hexagons import cells
from geodata.places import area_of_each
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import tr, written
from geodata.suppress import rounded
from geodata.view import View

LOW_FIRST = shows.RAMP[::-1]  # dark where little is reached: dark is always the greater need
LIMITS = (0.05, 0.25, 0.5, 0.75, 0.95)
NONE = "rgba(0,0,0,0)"


def draw(desk: Desk, view: View) -> tuple[dict[str, Any], list[Component]]:
    """The map of a view's plan, as far as it is made; the bare country until then."""
    plain = view.with_screen(show="", layers="")
    base = specification(desk, plain)
    try:
        state = solved.glance(desk, view)
    except Exception:  # noqa: BLE001 - what is wrong is said beside the map, which stays bare
        state = None
    if state is None or state.plan is None:
        return {
            **base,
            "tiles": _tiles(desk, view, "0"),
            "shapes": "",
            "hexagons": "",
            "classes": _classes(),
            "overlays": [],
        }, []
    plan, following = state.plan, state.next
    keys = plan.terms.key[: solved.KEY] + (f"-{following.terms.key[: solved.KEY]}" if following else "")
    return _over(desk, view, base, keys, plan), legend(desk, view, plan, following)


def _classes() -> list[dict[str, str]]:
    return [
        {"label": tr(m.label), "colour": m.colour, "shape": m.shape}
        for m in (marks.MARKS[name] for name in marks.ORDER)
    ]


def _query(view: View) -> str:
    return asked.plan_only(view).query() + (f"&area={view.area}" if view.area else "")


def _tiles(desk: Desk, view: View, keys: str) -> str:
    return f"/plan-tiles/{desk.atlas.slug}/{stamp(desk)}/{keys}/{{z}}/{{x}}/{{y}}.mvt?{_query(view)}"


def _over(desk: Desk, view: View, base: dict[str, Any], keys: str, plan: Plan) -> dict[str, Any]:
    """The specification with the plan's tiles, values and lines in the place of the indicator's."""
    data, mark, query = desk.atlas.slug, stamp(desk), _query(view)
    level = areas.level_of(desk, view.area)
    lines = [
        {
            "key": "trees",
            "kind": "line",
            "colour": "#0B5563",
            "shape": "",
            "url": f"/plan-lines/{data}/{mark}/{keys}.json?{query}",
        }
    ]
    return {
        **base,
        "tiles": _tiles(desk, view, keys),
        "values": f"/plan-values/{data}/{mark}/{keys}/{level}.json?{query}",
        "hexagons": base["hexagons"] and f"/plan-hexagons/{data}/{mark}/{keys}/{{resolution}}.json?{query}",
        "classes": _classes(),
        "overlays": lines if plan.terms.shared_fibre and desk.locations.exact else [],
    }  # fmt: skip


# --- the legend ----------------------------------------------------------------------------------------------------------


def legend(desk: Desk, view: View, plan: Plan, following: Plan | None) -> list[Component]:
    """The classes with their counts in the area of the view, and the colours of areas."""
    inside = desk.select(View(area=view.area)).positions
    found = marks.counts(plan, following, inside)
    rows = [
        html.Li([mark_of(marks.MARKS[name]), html.Span(tr(marks.MARKS[name].label)), html.Span(say(desk, found[i]), className="legend-count", **({"data-class": str(i), "data-whole": written(found[i])} if desk.one_by_one else {}))])
        for i, name in reversed(list(enumerate(marks.ORDER)))
        if found[i] or name in (marks.CHOSEN, marks.LEFT_OUT)
    ]  # fmt: skip
    total = words.count(sum(found), "school")
    head = html.Span([html.Span(tr("Schools of the plan"), className="legend-title"), html.Span(total, className="legend-unit legend-scope", **{"data-whole": total})], className="legend-head")  # fmt: skip
    line = html.Div([head, html.Ul(rows, className="legend-marks")], className="legend-line")
    return [line, _ramp(desk, view, plan)]


def say(desk: Desk, count: int) -> str:
    """A count of schools as the tier may read it: to the nearest 5 where none stands by itself."""
    return written(count) if desk.one_by_one else tr("about {number}", number=written(rounded(count)))


def _ramp(desk: Desk, view: View, plan: Plan) -> Component:
    level = areas.level_of(desk, view.area)
    word = str(dict(desk.places.words).get(level, tr("area"))) if areas.has_shapes(desk.atlas, level) else tr("hexagon")
    steps = zip(LOW_FIRST, shows.short_steps(LIMITS, share=True), strict=True)
    rows = [html.Span([html.Span(className="legend-step", style={"background": colour}), text], className="legend-row") for colour, text in steps]  # fmt: skip
    unit = tr("schools") if plan.unit == "schools" else tr("underserved learners")
    head = [html.Span(tr("Each {word}", word=tr(word)), className="legend-title"), html.Span(tr("its {unit} reached, %", unit=unit), className="legend-unit")]  # fmt: skip
    return html.Div([html.Span(head, className="legend-head"), html.Div(rows, className="legend-ramp")], className="legend-line")  # fmt: skip


# --- what the map asks for -----------------------------------------------------------------------------------------------


def routes() -> Blueprint:
    """Tiles, areas, hexagons and lines of a plan; its key stands in the address, so browsers keep the answers."""
    blueprint = Blueprint("plan", __name__)

    @blueprint.get("/plan-tiles/<data>/<stamp>/<keys>/<int:z>/<int:x>/<int:y>.mvt")
    def tile(data: str, stamp: str, keys: str, z: int, x: int, y: int) -> Response:  # noqa: PLR0917 - the parts of an address
        desk, view = here_at(data, _asked())
        if z > tiles.ZOOM_MAX or max(x, y) >= 1 << z:
            abort(404)
        if keys == "0" or desk.locations.cell is not None:
            return Response(b"", mimetype=tiles.MVT)
        plan, following = _pair(desk, view, keys)
        return cached(desk, stamp, lambda: Response(school_tile(desk, view, plan, following, (z, x, y)), mimetype=tiles.MVT))  # fmt: skip

    @blueprint.get("/plan-values/<data>/<stamp>/<keys>/<int:level>.json")
    def values(data: str, stamp: str, keys: str, level: int) -> Response:
        desk, view = here_at(data, _asked())
        plan, _ = _pair(desk, view, keys)
        return cached(desk, stamp, lambda: json_reply(area_values(desk, plan, level, view.area)))

    @blueprint.get("/plan-hexagons/<data>/<stamp>/<keys>/<int:resolution>.json")
    def hexagons(data: str, stamp: str, keys: str, resolution: int) -> Response:
        desk, view = here_at(data, _asked())
        plan, _ = _pair(desk, view, keys)
        fine = min(resolution, areas.FINEST, desk.locations.cell if desk.locations.cell is not None else areas.FINEST)
        return cached(desk, stamp, lambda: json_reply(hexagon_values(desk, plan, fine)))

    @blueprint.get("/plan-lines/<data>/<stamp>/<keys>.json")
    def links(data: str, stamp: str, keys: str) -> Response:
        desk, view = here_at(data, _asked())
        if not desk.locations.exact:
            abort(404)
        plan, _ = _pair(desk, view, keys)
        return cached(desk, stamp, lambda: json_reply(lines.of_plan(desk, plan)))

    return blueprint


def _asked() -> str:
    return request.query_string.decode("utf-8", "replace")


def _pair(desk: Desk, view: View, keys: str) -> tuple[Plan, Plan | None]:
    """The plans of an address; one that this worker has not made yet is made, and must be the one that is asked for."""
    plan, following = marks.pair(desk, keys)
    if plan is None:
        plan = solved.now(desk, view, keys.partition("-")[0])
    return plan, following


def school_tile(desk: Desk, view: View, plan: Plan, following: Plan | None, at: tuple[int, int, int]) -> bytes:
    """One tile (zoom, x, y) of the schools of a plan: `s` the class (index into `marks.ORDER`), `id`, `name`, `tip`."""
    where = tiles.places(desk)
    rows = where.inside(*at)
    rows = rows[_inside(desk, view.area)[rows]]
    states = marks.classes(plan, following)
    ids, names = tiles.texts(desk)
    texts = {"id": ids[rows], "name": names[rows], "tip": marks.tips(plan, following)[rows]}
    return encode("schools", where.on_tile(rows, *at), rows, {"s": states[rows]}, texts)  # fmt: skip


@lru_cache(maxsize=32)
def _inside(desk: Desk, area: str) -> np.ndarray:
    mask = np.zeros(len(desk.schools), dtype=bool)
    mask[desk.select(View(area=area)).positions] = True
    return mask


def area_values(desk: Desk, plan: Plan, level: int, area: str) -> dict[str, dict[str, Any]]:
    """For each area of a level inside the chosen one: colour, value and the tip in words."""
    table = desk.places.of_level(level)
    if area:
        own = desk.places.levels[area]
        table = table[table["parent_id"] == area] if level > own else table[table["area_id"] == area]
    rolled = rolled_by(desk, plan, area_of_each(desk.whole, desk.places, level))
    still = {"still": True} if area and level == desk.places.levels[area] else {}
    return {str(a): {**_value(desk, plan, rolled.get(str(a))), **still} for a in table["area_id"]}


def hexagon_values(desk: Desk, plan: Plan, resolution: int) -> dict[str, Any]:
    """The located schools of a plan by H3 cell, where areas have no shapes."""
    by = cells(desk.whole["latitude"], desk.whole["longitude"], resolution)
    rolled = {k: v for k, v in rolled_by(desk, plan, by).items() if v["schools"] >= desk.locations.least}
    features = [areas.hexagon(cell, _value(desk, plan, v)) for cell, v in sorted(rolled.items())]
    return {"type": "FeatureCollection", "features": features}  # fmt: skip


def rolled_by(desk: Desk, plan: Plan, by: pd.Series) -> dict[str, dict[str, float]]:
    """Schools, eligible and chosen ones, need, need reached and money of each group."""
    rows = plan.schools
    ours = (rows["decision"] == marks.CHOSEN).to_numpy()
    need = money.need_of(plan, rows)
    cost = rows["cost"].to_numpy(dtype=float, na_value=0.0)
    frame = pd.DataFrame(
        {
            "by": by.to_numpy(),
            "schools": 1,
            "eligible": rows["eligible"].to_numpy(dtype=bool),
            "chosen": ours,
            "need": need,
            "reached": np.where(ours, need, 0.0),
            "money": np.where(ours, cost, 0.0),
        }
    )
    summed = frame[frame["by"].notna()].groupby("by", sort=True).sum()
    return {str(k): {str(n): float(v) for n, v in row.items()} for k, row in summed.iterrows()}  # fmt: skip


def _value(desk: Desk, plan: Plan, row: dict[str, float] | None) -> dict[str, Any]:
    """One area as the map wants it; small counts stay hidden where schools are not shown one by one."""
    if row is None or not row["schools"]:
        return {"schools": 0, "class": shows.AREA_NONE, "colour": NONE, "value": None, "tip": tr("No school here")}
    if row["need"] <= 0:
        return {
            "schools": int(row["schools"]),
            "class": shows.AREA_NONE,
            "colour": NONE,
            "value": None,
            "tip": tr("Nobody here is known to be underserved"),
        }
    if small(desk, row):
        return {
            "schools": int(row["schools"]),
            "class": shows.AREA_TOO_FEW,
            "colour": NONE,
            "value": None,
            "tip": tr("Too few schools to be shown"),
        }
    share = row["reached"] / row["need"]
    step = int(shows.step_of(np.array([share]), LIMITS)[0])
    return {"schools": int(row["schools"]), "class": step, "colour": LOW_FIRST[step], "value": round(share, 4), "tip": _tip(desk, plan, row, share)}  # fmt: skip


def small(desk: Desk, row: dict[str, float]) -> bool:
    """Whether the counts of an area are too small to be told to this tier."""
    least = desk.thresholds.schools
    counts = (row["eligible"], row["chosen"], row["eligible"] - row["chosen"])
    return bool(least) and (row["schools"] < least or any(0 < n < least for n in counts))


def _tip(desk: Desk, plan: Plan, row: dict[str, float], share: float) -> str:
    unit = tr("schools that are underserved") if plan.unit == "schools" else tr("underserved learners")
    if not desk.one_by_one:
        return tr("About {share} of its {unit} reached", share=words.of_ten(round(share, 1)), unit=unit)
    return tr(
        "{share} of its {unit} reached\n{chosen} of {eligible} eligible schools chosen, {amount}",
        share=words.percent(share),
        unit=unit,
        chosen=written(int(row["chosen"])),
        eligible=written(int(row["eligible"])),
        amount=money.short(row["money"], plan.book.currency),
    )
