"""Lot sheets as PDF: a page a lot with its map, the service asked for, its sites and a price schedule to fill by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geodata.arrays import number
from geodata.errors import ExportError
from geodata.exports.lotmap import Drawing, Frame, fitted, locator, svg
from geodata.exports.passport import sources_of, under
from geodata.exports.typeset import pdf
from geodata.lots.cut import Lots
from geodata.lots.editions import NOT_REPORTED, Tender, tender
from geodata.lots.merge import APART
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import in_english

TEMPLATE = Path(__file__).with_name("lot_sheet.typ")
Ground = tuple[pd.DataFrame | None, list[Any]]
WIDTH, HEIGHT, SMALL = 118.0, 76.0, 30.0  # of maps, in mm
WORDS = {
    "service": "Service asked for",
    "sites": "Schools and prices",
    "internal": "For the ministry alone",
    "places": "Coordinates stand in the workbook of this tender.",
}
MOST = 400  # sheets of one file: more are cut by area


@in_english
def lot_sheets(plan: Plan, lots: Lots, desk: Desk, *, internal: bool = False) -> bytes:
    """The sheets of all lots as one PDF. `internal` adds the estimate, the risk and the links; without it nothing is in
    the file that is not in the bidder's workbook. The same plan gives the same bytes.

    Raises ExportError where there are more lots than one file should hold.
    """
    return pdf(TEMPLATE.read_text("utf-8"), *content(plan, lots, desk, internal=internal))


@in_english
def content(plan: Plan, lots: Lots, desk: Desk, *, internal: bool = False) -> tuple[dict[str, Any], dict[str, str]]:
    """Everything that the sheets say, and their drawings: what the template sets, and nothing else."""
    if len(lots.lots) > MOST:
        raise ExportError(f"{len(lots.lots)} lots are too many for one PDF ({MOST} at most). Plan for one area.")
    sent = tender(plan, lots, desk)
    ground, wiring = _ground(desk), _wiring(plan, lots, desk) if internal else None
    drawings: dict[str, str] = {}
    sheets = [
        _sheet(n, plan, lots, desk, sent=sent, ground=ground, drawings=drawings, wiring=wiring, internal=internal)
        for n in range(len(lots.lots))
    ]
    marks = " ".join(sent.marks)
    used = under([s for s in sources_of(desk, ("latitude", "longitude", "school_name")) if s["used_here"]])
    said = {
        "title": f"Lots, {sent.place}",
        "language": "en",
        "marks": f"FOR THE MINISTRY ALONE. {marks}" if internal else marks,
        "key": sent.key,
        "sources": " ".join(filter(None, (used["attribution"], sent.note, str(desk.place.get("disclaimer") or "")))),
        "words": WORDS,
        "service": [list(pair) for pair in sent.service],
        "heads": ["No.", "School", "Id", "Mbps", "Lat.", "Lon.", f"Setup {sent.currency}", f"Year {sent.currency}"],
        "lots": sheets,
    }
    return said, drawings


def _ground(desk: Desk) -> Ground:
    """Areas with their outlines, and lines that are not agreed."""
    table = desk.atlas.read("areas") if desk.atlas.has("areas") else None
    if table is None or "geometry" not in table:
        return None, []
    contested: list[Any] = []
    if desk.atlas.has("borders"):
        lines = desk.atlas.read("borders")
        contested = list(lines.geometry[lines["contested"].to_numpy(dtype=bool)])
    return table[table.geometry.notna()], contested


def _land(ground: Ground, area_id: str) -> list[Any]:
    """The outline of the lot's area, else of the whole place."""
    table = ground[0]
    if table is None:
        return []
    ids = table["area_id"].astype("str")
    own = table["geometry"][ids.isin(area_id.split(APART)).to_numpy()] if area_id else table["geometry"].iloc[:0]
    return list(own if len(own) else table["geometry"][(table["level"] == 0).to_numpy()])


def _sheet(
    row: int,
    plan: Plan,
    lots: Lots,
    desk: Desk,
    *,
    sent: Tender,
    ground: Ground,
    drawings: dict[str, str],
    wiring: Wiring | None,
    internal: bool,
) -> dict[str, Any]:
    """One lot's sheet; its maps are added to the drawings."""
    lot = lots.lots.iloc[row]
    land = _land(ground, str(lot["area_id"]))
    sites = sent.sites[sent.sites["lot"] == lot["lot"]]
    asked = sent.totals[sent.totals["lot"] == lot["lot"]].iloc[0]
    drawing, frame = _drawn(sites, land, ground[1], _links(wiring, sites))
    unseen = int(sites["latitude"].isna().sum())
    name, small = f"map{row}", f"small{row}"
    alt = f"Map of {len(sites) - unseen} schools of lot {lot['lot']}, with numbers as in the table, a scale and north."
    drawings[name] = svg(drawing, frame, title=alt, synthetic=desk.atlas.synthetic)
    inset = locator(drawing.land, drawing.contested, frame, size=SMALL, title=f"Where lot {lot['lot']} lies")
    if inset:
        drawings[small] = inset
    facts = [
        ["Lot", str(lot["lot"])],
        ["Schools", f"{len(sites)}"],
        [sent.area_word.capitalize(), str(lot["area"]) or NOT_REPORTED],
        ["Mbps needed in all", NOT_REPORTED if pd.isna(asked["mbps"]) else f"{float(asked['mbps']):,.0f}"],
        ["Contract", f"{sent.years} years"],
        ["Currency", sent.currency],
        ["Bidder", "\u2009" * 2 + "." * 34],
        ["Total setup", "." * 34],
        ["Total a year", "." * 34],
    ]
    return {
        "title": f"{lot['lot']}  {lot['title']}",
        "subtitle": f"{sent.place}. {len(sites)} schools.",
        "map": name,
        "alt": alt,
        "caption": _caption(unseen, sent, drawing),
        "locator": small if inset else "",
        "locator_alt": f"Where lot {lot['lot']} lies in {lot['area'] or sent.place}.",
        "facts": facts,
        "sites": [_line(site) for site in sites.to_dict("records")],
        "internal": _internal(lot, lots) if internal else [],
    }


def _line(site: dict[Any, Any]) -> list[str]:
    place = [f"{v:.4f}" if np.isfinite(v) else "–" for v in (float(site[c]) for c in ("latitude", "longitude"))]
    mbps = "–" if pd.isna(site["mbps"]) else f"{float(site['mbps']):g}"
    return [
        f"{site['order']}",
        str(site["school_name"]),
        str(site["school_id"]),
        mbps,
        *place,
        "",
        "",
    ]


def _caption(unseen: int, sent: Tender, drawing: Drawing) -> str:
    said = ["Circles: schools, numbered as in the table where there is room."]
    said.append(
        "Squares: where fibre is. Lines: links, drawn straight." if len(drawing.nodes) or len(drawing.links) else ""
    )
    said.append("Dashed: boundary not agreed." if len(drawing.contested) else "")
    said.append(f"{unseen} schools without a location are not drawn." if unseen else "")
    return " ".join(filter(None, (*said, sent.note)))


def _drawn(
    sites: pd.DataFrame, land: list[Any], contested: list[Any], joined: tuple[Any, Any]
) -> tuple[Drawing, Frame]:
    """The map of a lot and its window; `joined`: links and nodes."""
    lon, lat = number(sites["longitude"]), number(sites["latitude"])
    links, nodes = joined
    near = [g for g in contested if any(shapely.dwithin(g, one, 0.05) for one in land)]
    drawing = Drawing(lon, lat, [str(n) for n in sites["order"]], links, nodes, land, near)
    return drawing, fitted(drawing, WIDTH, HEIGHT)


@dataclass(frozen=True)
class Wiring:
    """Where links run: places of schools and nodes (lon, lat) by id, the school before each school, the node of each."""

    at: dict[str, tuple[float, float]]
    nodes: dict[str, tuple[float, float]]
    before: dict[str, str]
    start: dict[str, str]


def _wiring(plan: Plan, lots: Lots, desk: Desk) -> Wiring | None:
    """The links of the lots' schools; none where places are not exact, because the length of a link gives a place away."""
    if not desk.locations.exact:
        return None
    ids = set(lots.schools["school_id"])
    seen = desk.schools[desk.schools["school_id"].isin(ids)]
    at = dict(zip(seen["school_id"].astype("str"), zip(number(seen["longitude"]), number(seen["latitude"]), strict=True), strict=True))  # fmt: skip
    own = plan.schools[plan.schools["school_id"].isin(ids)]
    before = dict(zip(own["school_id"].astype("str"), own["relay_of"].fillna("").astype("str"), strict=True))
    start: dict[str, str] = {}
    if "from_id" in plan.options:
        fibre = plan.options[plan.options["school_id"].isin(ids) & (plan.options["way"] == "fibre")]
        by_fibre = set(lots.schools.loc[lots.schools["way"] == "fibre", "school_id"])
        start = {str(s): str(f) for s, f in fibre[["school_id", "from_id"]].itertuples(index=False) if s in by_fibre}
    return Wiring(at, _nodes(desk), before, start)


def _links(wiring: Wiring | None, sites: pd.DataFrame) -> tuple[Any, Any]:
    """Links between a lot's schools, or from a node, as lines; and those nodes."""
    if wiring is None:
        return np.zeros((0, 4)), np.zeros((0, 2))
    ids = sites["school_id"].astype("str").tolist()
    first = {i: wiring.nodes.get(wiring.start.get(i, "")) for i in ids if not wiring.before.get(i)}
    ends = [(i, first[i] if i in first else wiring.at.get(wiring.before[i])) for i in ids]
    lines = [(*wiring.at[i], *end) for i, end in ends if end is not None]
    used = sorted({end for end in first.values() if end is not None})
    return np.array(lines, dtype=float).reshape(-1, 4), np.array(used, dtype=float).reshape(-1, 2)


def _nodes(desk: Desk) -> dict[str, tuple[float, float]]:
    if not desk.atlas.has("nodes"):
        return {}
    table = desk.atlas.read("nodes", columns=["node_id", "latitude", "longitude"])
    return {
        str(i): (float(x), float(y))
        for i, x, y in zip(table["node_id"], table["longitude"], table["latitude"], strict=True)
    }


def _internal(lot: pd.Series, lots: Lots) -> list[list[str]]:
    """What only the ministry may know of a lot."""

    def money(column: str) -> str:
        return "not known" if pd.isna(lot[column]) else f"{float(lot[column]):,.0f}"

    waiting = lots.reserve[lots.reserve["lot"] == lot["lot"]]["school_id"].tolist()
    said = [
        [
            f"Line and fees, whole life ({lots.currency})",
            f"{money('line')} (from {money('line_low')} to {money('line_high')}), without contingency",
        ],
        [
            f"Cost in all, whole life ({lots.currency})",
            f"{money('cost')} (from {money('cost_low')} to {money('cost_high')})",
        ],
        ["Risk", str(lot["risk"])],
        ["Reserve list", ", ".join(waiting) if waiting else "no school of this area and way was left out"],
    ]
    return [*said, ["Note", " ".join(lots.notes)]] if lots.notes else said
