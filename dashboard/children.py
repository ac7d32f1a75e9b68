"""What the map of children can show: hexagons by number, way or class, their colours, words and legend.

Counts are coloured by square kilometre, so that a colour means the same at every zoom; the tip says the count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import h3.api.basic_str as h3
import numpy as np
import pandas as pd

from dashboard import shows, words
from geodata.hexagons import cell_km2
from geodata.people import kept, shown
from geodata.query import Desk
from geodata.say import remembered, tr, written
from geodata.view import View

NEED = (shows.RAMP[0], shows.RAMP[2], shows.RAMP[3])  # light enough for the lines over them
LINES = ("", "hatch-sparse", "hatch-dense")  # richest, between, poorest
HOUR = 60
MINUTES = (15.0, 30.0, 45.0, 60.0, 120.0)
KILOMETRES = (1.0, 2.0, 3.0, 5.0, 10.0)
SEATS = (0.5, 1.0, 2.0, 5.0, 10.0)
BOTH = "both"


@dataclass(frozen=True)
class Mode:
    """One thing to show: its values by hexagon, the limits between its six colours, and whether more is better."""

    key: str
    title: str
    unit: str
    definition: str
    values: Callable[[Desk, pd.DataFrame], pd.Series]
    limits: Callable[[Desk], tuple[float, ...]]
    better: bool = False


@remembered(maxsize=8)
def modes(desk: Desk) -> dict[str, Mode]:
    """What can be shown of this country: what nothing is known of is left out."""
    if not shown.there(desk):
        return {}
    found = [_people(), _children(), _underserved(), _way(desk, "primary", tr("Way to the nearest primary school")), _way(desk, "secondary", tr("Way to the nearest secondary school")), _way(desk, "connected", tr("Way to the nearest connected school")), _seats()]  # fmt: skip
    whole = shown.hexagons(desk, 4)
    known = [mode for mode in found if mode.values(desk, whole).notna().any()]
    if any(m.key == "children" for m in known):
        known = [m for m in known if m.key != "people"]
    both = (whole["need_class"] > 0).any() and (whole["marginalisation_class"] > 0).any()
    return {mode.key: mode for mode in [*known, *([_both()] if both else [])]}


def chosen(desk: Desk, view: View) -> Mode | None:
    """What a view shows: many underserved in poor places first, else the first there is; None where there is nothing."""
    known = modes(desk)
    return known.get(view.shown("people")) or known.get(BOTH) or next(iter(known.values()), None)


def _density(name: str) -> Callable[[Desk, pd.DataFrame], pd.Series]:
    def values(desk: Desk, table: pd.DataFrame) -> pd.Series:
        count = table[name] if name in table else (table[f"{name}_lower"] + table[f"{name}_upper"]) / 2
        return count / _km2(table)

    return values


def _km2(table: pd.DataFrame) -> float:
    return cell_km2(h3.get_resolution(table["hexagon"].iloc[0])) if len(table) else 1.0


def _nice(name: str) -> Callable[[Desk], tuple[float, ...]]:
    def limits(desk: Desk) -> tuple[float, ...]:
        whole = shown.hexagons(desk, shown.finest(desk))
        return shows.nice_breaks(_density(name)(desk, whole).to_numpy(dtype=float))

    return limits


def _people() -> Mode:
    return Mode(
        "people",
        "People",
        tr("people per km²"),
        tr("People of the population raster."),
        _density("people"),
        _nice("people"),
    )


def _children() -> Mode:
    return Mode(
        "children", tr("Children of school age"), tr("children per km²"),
        tr("Children of official primary or secondary age: the area's own, by its table of ages, spread as its people are."),
        _density("children"), _nice("children"),
    )  # fmt: skip


def _underserved() -> Mode:
    return Mode(
        "underserved", tr("Underserved children"), tr("children per km²"),
        tr("Out of school, or in a school without meaningful connectivity. Coloured by the middle of the range."),
        _density("underserved_children"), _nice("underserved_children"),
    )  # fmt: skip


def _way(desk: Desk, name: str, title: str) -> Mode:
    straight = shown.measured_in_metres(desk)
    unit = tr("km in a straight line") if straight else tr("minutes along roads")
    text = tr("A straight line, not a way: no roads are given.") if straight else tr("Along roads and off them.")
    return Mode(
        name, title, unit, text,
        lambda desk, table: shown.cost(desk, table, name) / (1000 if straight else 1),
        lambda desk: KILOMETRES if straight else MINUTES,
    )  # fmt: skip


def _seats() -> Mode:
    return Mode(
        "seats", tr("Connected device seats in reach"), tr("for 100 children"),
        tr("Devices in meaningfully connected schools, shared among all children in reach of each. Schools that do not report theirs add nothing."),
        lambda desk, table: table["device_seats_per_child"] * 100, lambda desk: SEATS, better=True,
    )  # fmt: skip


def _both() -> Mode:
    return Mode(
        BOTH, tr("Many underserved, in poor places"), "", tr("Colour: underserved children. Lines: poverty of the place."),
        lambda desk, table: table["need_class"].astype(float), lambda desk: (),
    )  # fmt: skip


# --- what the map draws ---------------------------------------------------------------------------------------------


def collection(desk: Desk, mode: Mode, resolution: int, box: tuple[float, ...] | None) -> dict[str, Any]:
    """The hexagons of a resolution as GeoJSON, those whose middle lies in west, south, east, north where a box is given."""
    table = shown.hexagons(desk, resolution)
    colours, lines, known = _drawn(desk, mode.key, resolution)
    rows = np.arange(len(table)) if box is None else np.flatnonzero(_in_box(desk, resolution, box))
    ways = ways_of(desk)
    features = []
    for n, row in zip(rows.tolist(), table.iloc[rows].to_dict("records"), strict=True):
        about = {
            "id": row["hexagon"], "name": _name(row), "still": True, "class": 0 if known[n] or row["hidden"] else -1,
            "colour": colours[n], "tip": tip(row, ways), **({"hatch": lines[n]} if lines[n] else {}),
        }  # fmt: skip
        shape = {"type": "Polygon", "coordinates": [_ring(row["hexagon"])]}
        features.append({"type": "Feature", "properties": about, "geometry": shape})
    return {"type": "FeatureCollection", "features": features}


def _ring(cell: str) -> list[tuple[float, float]]:
    """The outline of a hexagon, closed; over the antimeridian it is drawn on its western side."""
    corners = [(round(lon, 5), round(lat, 5)) for lat, lon in h3.cell_to_boundary(cell)]
    east = [lon for lon, _ in corners]
    if max(east) - min(east) > 180:
        corners = [(lon - 360 if lon > 0 else lon, lat) for lon, lat in corners]
    return [*corners, corners[0]]


@remembered(maxsize=16)
def _middles(desk: Desk, resolution: int) -> np.ndarray:
    return np.array([h3.cell_to_latlng(cell) for cell in shown.hexagons(desk, resolution)["hexagon"]]).reshape(-1, 2)


def _in_box(desk: Desk, resolution: int, box: tuple[float, ...]) -> np.ndarray:
    west, south, east, north = box
    lat, lon = _middles(desk, resolution).T
    return np.asarray((lat >= south) & (lat < north) & (lon >= west) & (lon < east))


@remembered(maxsize=16)
def _drawn(desk: Desk, key: str, resolution: int) -> tuple[list[str], list[str], np.ndarray]:
    """Colour, lines and whether anything is known, of each hexagon."""
    mode, table = modes(desk)[key], shown.hexagons(desk, resolution)
    if key == BOTH:
        need, poor = table["need_class"].to_numpy(dtype=int), table["marginalisation_class"].to_numpy(dtype=int)
        known = (need > 0) & (poor > 0)
        colours = ["rgba(0,0,0,0)" if not ok else NEED[n - 1] for n, ok in zip(need, known, strict=True)]
        return colours, [LINES[p - 1] if ok else "" for p, ok in zip(poor, known, strict=True)], known
    step = shows.step_of(mode.values(desk, table).to_numpy(dtype=float, na_value=np.nan), mode.limits(desk))
    ramp = ramp_of(mode)
    return [ramp[s] if s >= 0 else "rgba(0,0,0,0)" for s in step], [""] * len(step), step >= 0


def ramp_of(mode: Mode) -> tuple[str, ...]:
    """The six colours in the order of rising values: dark is always the greater need."""
    return shows.RAMP[::-1] if mode.better else shows.RAMP


def _name(row: dict[str, Any]) -> str:
    if row["hidden"]:
        return tr("Too few children to be shown")
    if words.unknown(row["children"]):
        return tr("{people}, children not known", people=words.count(round(row["people"]), "person", "people"))
    return words.count(round(row["children"]), "child", "children") + tr(" of school age")


def ways_of(desk: Desk) -> tuple[tuple[str, str, bool], ...]:
    """What a tip says of ways: word, column, and whether it is a straight line; nothing where ways are not shown."""
    if not kept.ways_told(desk):
        return ()
    straight = shown.measured_in_metres(desk)
    unit = "m" if straight else "minutes"
    named = (
        (tr("Primary school"), "primary"),
        (tr("Secondary school"), "secondary"),
        (tr("Connected school"), "connected"),
    )
    return tuple((word, f"nearest_{name}_{unit}", straight) for word, name in named)


def tip(row: dict[str, Any], ways: tuple[tuple[str, str, bool], ...]) -> str:
    """A hexagon in words, one fact a line."""
    lines = []
    if row["underserved_children_lower"] == row["underserved_children_lower"]:
        lines.append(
            tr(
                "Underserved: {underserved_children_lower}",
                underserved_children_lower=span(row["underserved_children_lower"], row["underserved_children_upper"]),
            )
        )
        lines.append(
            tr(
                "Out of school: {out_of_school_lower}",
                out_of_school_lower=span(row["out_of_school_lower"], row["out_of_school_upper"]),
            )
        )
    if not row["hidden"]:
        lines += [f"{word}: {way_said(row[column], straight=straight)}" for word, column, straight in ways]
    if row["device_seats_per_child"] == row["device_seats_per_child"]:
        unknown = int(row["schools_seats_unknown"])
        rest = tr("; {unknown} in reach not reported", unknown=words.count(unknown, "school")) if unknown else ""
        lines.append(tr("Device seats in reach: {device_seats_per_child} for 100 children{rest}", device_seats_per_child=words.exact(100 * row['device_seats_per_child'], 1), rest=rest))  # fmt: skip
    lines.append((tr("Poverty of the place not known"), tr("Among the richest places"), tr("Between rich and poor"), tr("Among the poorest places"))[int(row["marginalisation_class"])])  # fmt: skip
    return "\n".join(lines)


def span(low: float, high: float) -> str:
    """Bounds of a number of children: "980", or "980 to 1,150"."""
    first, last = f"{low:,.0f}", f"{high:,.0f}"
    return first if first == last else tr("{first} to {last}", first=first, last=last)


def way_said(way: Any, *, straight: bool) -> str:
    """Minutes, or metres as kilometres, in words; what a straight line is, is said."""
    if words.unknown(way):
        return tr("none found")
    if straight:
        return tr("{way} km in a straight line", way=written(way / 1000, 1))
    minutes = round(way)
    if minutes < 2 * HOUR:
        return tr("{minutes} min", minutes=minutes)
    return tr("{minutes} h {minutes_2:02d} min", minutes=minutes // HOUR, minutes_2=minutes % HOUR)
