"""What an unknown register's coordinates look like, and which named repair may mend them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from etl.guess import Guess
from etl.guess_values import POINT_PATTERNS
from etl.repair import degrees
from etl.source import Raw
from etl.values import numbers, per_value

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Places:
    """`repairs`: names of `Repair` keys to try, with why. `bounds`: where the believable places lie, or None."""

    repairs: dict[str, str] = field(default_factory=dict)
    bounds: Bounds | None = None
    notes: tuple[str, ...] = ()


def look_at_places(raw: Raw, chosen: Sequence[Guess], decimal: str) -> Places:
    """Candidate repairs from the two coordinate columns; without such columns, bounds from the file's own geometry."""
    column = {g.field: g.column for g in chosen if g.field in ("latitude", "longitude")}
    if len(column) < 2:
        return _of_shapes(raw)
    rules = {g.field: g.rule for g in chosen}
    latitude, longitude = (_part(raw.frame[column[f]], rules[f]) for f in ("latitude", "longitude"))
    both = latitude.notna() & longitude.notna()
    notes = [f"{int((~both).sum()):,} of {len(raw):,} rows have no coordinates."] if not both.all() else []
    lat, lon = (numbers(t[both], decimal, grouped=False).values for t in (latitude, longitude))
    return _judge(latitude[both], lat, lon, column, notes)


def _part(column: pd.Series, rule: str) -> pd.Series:
    """The coordinate in a text that holds both."""
    return column.str.extract(POINT_PATTERNS[rule], expand=False) if rule in POINT_PATTERNS else column


def _judge(text: pd.Series, lat: pd.Series, lon: pd.Series, column: dict[str, str], notes: list[str]) -> Places:
    repairs: dict[str, str] = {}
    if not len(text):
        return Places(notes=tuple(notes))
    known = lat.notna() & lon.notna()
    dms = per_value(text[~known], degrees, "float64").notna().sum() if (~known).any() else 0
    if dms:
        repairs["degrees_minutes"] = f"{int(dms):,} texts are degrees, minutes and seconds"
    commas = int((text[~known].str.fullmatch(r"[+-]?\d{1,3},\d+")).sum())
    if commas:
        repairs["decimal_comma"] = f"{commas:,} texts have a decimal comma, such as {_with_a_comma(text[~known])!r}"
    zero = int(((lat == 0) & (lon == 0)).sum())
    if zero:
        notes.append(f"{zero:,} rows have the coordinates 0, 0: taken as not given.")
    good = known & (lat.abs() <= 90) & (lon.abs() <= 180) & ~((lat == 0) & (lon == 0))
    bad = known & ~((lat.abs() <= 90) & (lon.abs() <= 180))
    turned = bad & (lon.abs() <= 90) & (lat.abs() <= 180)
    if turned.any():
        repairs["swapped"] = f"{int(turned.sum()):,} rows are degrees only if latitude and longitude change places"
    far = bad & ~turned
    if far.any() and _metres(lat[far], lon[far], column):
        repairs["projected"] = f"{int(far.sum()):,} rows look like metres of a projected system"
    elif far.any():
        repairs["lost_decimal_point"] = (
            f"{int(far.sum()):,} rows are no degrees, such as {text[far].iloc[0]!r}: the decimal point may be lost"
        )
    mirrored = _mirrored(lat[good], lon[good])
    if mirrored.any():
        repairs["swapped"] = (
            f"{int(mirrored.sum()):,} rows fall among the others if latitude and longitude change places"
        )
        good = good & ~mirrored.reindex(good.index, fill_value=False)
    shared = _shared(lat[good], lon[good])
    if shared:
        notes.append(f"{shared:,} rows share their very point with another row.")
    return Places(repairs, _bounds(lat[good], lon[good]) if good.sum() > 20 else None, tuple(notes))


def _with_a_comma(text: pd.Series) -> str:
    return str(text[text.str.fullmatch(r"[+-]?\d{1,3},\d+").fillna(False)].iloc[0])


def _mirrored(lat: pd.Series, lon: pd.Series) -> pd.Series:
    """Rows on the other side of the line where latitude equals longitude than most, which swapped fall among those."""
    above = lat > lon
    if len(lat) < 20 or above.all() or not above.any():
        return pd.Series(False, index=lat.index)
    most = above if above.mean() >= 0.5 else ~above
    west, south, east, north = _bounds(lat[most], lon[most])
    outside = ~(lat.between(south, north) & lon.between(west, east))
    return outside & ~most & lon.between(south, north) & lat.between(west, east)


def _metres(lat: pd.Series, lon: pd.Series, column: dict[str, str]) -> bool:
    named = any(w in column[f].lower() for f in column for w in ("utm", "north", "east", "_x", "_y"))
    usual = ((lat.abs().between(1e4, 1.1e7)) & (lon.abs().between(1e4, 1.1e7))).mean() > 0.9
    digits = np.log10(lat.abs().clip(lower=1)).round(0).nunique() <= 2
    return bool(usual and (named or digits))


def _shared(lat: pd.Series, lon: pd.Series) -> int:
    return int(pd.DataFrame({"lat": lat, "lon": lon}).duplicated(keep=False).sum())


def _bounds(lat: Any, lon: Any) -> Bounds:
    """Of the middle 99 %, a little widened: what lies outside is worth a look."""
    south, north = np.quantile(lat, [0.005, 0.995])
    west, east = np.quantile(lon, [0.005, 0.995])
    margin = 0.1 * max(north - south, east - west, 0.1)
    return (
        round(float(west - margin), 1),
        round(float(south - margin), 1),
        round(float(east + margin), 1),
        round(float(north + margin), 1),
    )


def _of_shapes(raw: Raw) -> Places:
    if raw.geometry is None or raw.geometry.is_empty.all():
        return Places()
    west, south, east, north = raw.geometry.total_bounds
    return Places(
        bounds=(
            round(float(west) - 0.1, 1),
            round(float(south) - 0.1, 1),
            round(float(east) + 0.1, 1),
            round(float(north) + 0.1, 1),
        )
    )
