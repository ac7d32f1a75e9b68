"""Coordinates made usable by named, general repairs; each row says which one, and what cannot be used says why.

A repair is only made where exactly one place fits the declared bounds; an ambiguous one is left alone and said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyproj

from etl.recipe import Repair
from etl.values import is_not_finite, number, numbers, per_value
from geodata.errors import RecipeError

WORLD = (-180.0, -90.0, 180.0, 90.0)
LONGEST = 16  # decimal places that a text of coordinates can have lost

PROBLEMS = {
    "half_given": "only one of latitude and longitude is given",
    "not_a_number": "the coordinates are not numbers",
    "not_finite": "the coordinates are not finite numbers",
    "zero": "the coordinates are 0, 0, which means that none were given",
    "outside": "the coordinates lie outside the declared bounds",
    "outside_world": "the coordinates are no place on Earth",
    "ambiguous_sign": "a minus sign is lost, and more than one place in the bounds fits",
    "ambiguous": "the decimal point is lost, and more than one place in the bounds fits",
}

_DMS = re.compile(
    r"""\s*(?P<before>[NSEWOL]?)\s*(?P<sign>[+-]?)\s*(?P<d>\d{1,3}(?:[.,]\d+)?)\s*(?:[°ºd:]|deg|\s)\s*
        (?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*(?:['′’´m:]|min|\s|$|(?=[NSEWOL]))\s*)?
        (?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:["″”]|''|′′|’’|s(?=\s*[NSEWOL])|sec|\s|$|(?=[NSEWOL]))\s*)?(?P<after>[NSEWOL]?)\.?\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_MANY_MARKS = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{1,3})+")


@dataclass(frozen=True)
class Located:
    """`latitude`, `longitude` (NaN where unknown), the `repair` that made them usable, the `problem` where they are not
    (a key of PROBLEMS), and `decimals`: the fewer of the two coordinates' decimals as they were written."""

    latitude: pd.Series
    longitude: pd.Series
    repair: pd.Series
    problem: pd.Series
    decimals: pd.Series


def locate(latitude: pd.Series, longitude: pd.Series, repair: Repair, decimal: str = ".") -> Located:
    """Two text columns (missing where not given) as places in EPSG:4326.

    Raises RecipeError where the declared repair lacks what it needs (bounds, a known CRS).
    """
    for name, what in (("lost_decimal_point", "where the point was"), ("lost_sign", "which sign was lost")):
        if getattr(repair, name) and repair.bounds is None:
            raise RecipeError(f"repair.{name} needs repair.bounds = [west, south, east, north]: they decide {what}.")
    work = _Work(latitude, longitude, repair, decimal)
    work.read()
    if repair.projected:
        work.project(repair.projected)
    work.blank_zeros()
    if repair.swapped:
        work.swap()
    if repair.lost_sign:
        work.put_sign_back()
    if repair.lost_decimal_point:
        work.put_point_back()
    work.blank_outside()
    return work.result()


class _Work:
    """The arrays that the repairs work on, in order; lives only inside `locate`."""

    def __init__(self, latitude: pd.Series, longitude: pd.Series, repair: Repair, decimal: str) -> None:
        self.texts = (latitude, longitude)
        self.repair, self.decimal = repair, decimal
        size = len(latitude)
        self.lat, self.lon = np.full(size, np.nan), np.full(size, np.nan)
        self.name = np.full(size, None, dtype=object)
        self.problem = np.full(size, None, dtype=object)
        self.shift = np.zeros((2, size), dtype="int64")

    def read(self) -> None:
        given = [text.notna().to_numpy() for text in self.texts]
        read = [self._numbers(text) for text in self.texts]
        (self.lat, lat_how), (self.lon, lon_how) = read
        both = given[0] & given[1]
        bad = both & (np.isnan(self.lat) | np.isnan(self.lon))
        endless = (is_not_finite(self.texts[0]) | is_not_finite(self.texts[1])).to_numpy()
        self._fail(given[0] ^ given[1], "half_given")
        self._fail(bad & endless, "not_finite")
        self._fail(bad & ~endless, "not_a_number")
        self._fail(~given[0] & ~given[1], None)
        for name in ("decimal_comma", "degrees_minutes"):
            self.name[((lat_how == name) | (lon_how == name)) & both & ~bad] = name

    def _numbers(self, text: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        values = numbers(text, self.decimal, grouped=False).values.to_numpy(copy=True)
        how = np.full(len(values), "", dtype=object)
        repairs = (
            ("", self.repair.lost_decimal_point, _without_marks),
            ("decimal_comma", self.repair.decimal_comma, _with_comma),
            ("degrees_minutes", self.repair.degrees_minutes, degrees),
        )
        for name, wanted, reads in repairs:
            rest = np.isnan(values) & text.notna().to_numpy()
            if wanted and rest.any():
                values[rest] = per_value(text[rest], reads, "float64")
                how[rest & ~np.isnan(values)] = name
        return values, how

    def project(self, crs: str) -> None:
        try:
            transform = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        except pyproj.exceptions.CRSError:
            raise RecipeError(
                f"repair.projected: there is no coordinate reference system {crs!r}; write it as EPSG:32737."
            ) from None
        known = ~np.isnan(self.lat)
        lon, lat = transform.transform(self.lon[known], self.lat[known])
        self.lon[known], self.lat[known] = np.asarray(lon, dtype="float64"), np.asarray(lat, dtype="float64")
        self.name[known] = "projected"
        self._fail(known & ~(np.isfinite(self.lat) & np.isfinite(self.lon)), "outside_world")

    def blank_zeros(self) -> None:
        if self.repair.zero_is_missing:
            self._fail((self.lat == 0) & (self.lon == 0), "zero")

    def swap(self) -> None:
        turn = ~self._inside(self.lat, self.lon) & self._inside(self.lon, self.lat)
        self.lat, self.lon = np.where(turn, self.lon, self.lat), np.where(turn, self.lat, self.lon)
        self.name[turn] = "swapped"

    def put_sign_back(self) -> None:
        """A choice of signs that is the only one of the three others to fall within the bounds."""
        todo = ~np.isnan(self.lat) & ~self._inside(self.lat, self.lon)
        tried = [(ns * self.lat, ew * self.lon) for ns, ew in ((-1, 1), (1, -1), (-1, -1))]
        fits = np.array([self._inside(lat, lon) for lat, lon in tried]) & todo
        one = fits.sum(axis=0) == 1
        for (lat, lon), fit in zip(tried, fits, strict=True):
            self.lat, self.lon = np.where(one & fit, lat, self.lat), np.where(one & fit, lon, self.lon)
        self.name[one] = "lost_sign"
        self._fail(fits.sum(axis=0) > 1, "ambiguous_sign")

    def put_point_back(self) -> None:
        todo = ~np.isnan(self.lat) & ~self._inside(self.lat, self.lon)
        world = self.repair.bounds or WORLD
        lat, lat_fits, lat_shift = _candidates(self.lat[todo], lambda v: (v >= world[1]) & (v <= world[3]))
        lon, lon_fits, lon_shift = _candidates(self.lon[todo], lambda v: _between(v, world[0], world[2]))
        one = (lat_fits == 1) & (lon_fits == 1)
        where = np.flatnonzero(todo)
        self.lat[where[one]], self.lon[where[one]] = lat[one], lon[one]
        self.shift[0, where[one]], self.shift[1, where[one]] = lat_shift[one], lon_shift[one]
        self.name[where[one]] = "lost_decimal_point"
        several = np.zeros(len(todo), dtype=bool)
        several[where[(lat_fits * lon_fits) > 1]] = True
        self._fail(several, "ambiguous")

    def blank_outside(self) -> None:
        known = ~np.isnan(self.lat)
        somewhere = (np.abs(self.lat) <= 90) & (np.abs(self.lon) <= 180)
        self._fail(known & ~self._inside(self.lat, self.lon), "outside" if self.repair.bounds else "outside_world")
        self._fail(~np.isnan(self.lat) & ~somewhere, "outside_world")

    def _inside(self, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
        west, south, east, north = self.repair.bounds or WORLD
        return np.asarray((lat >= south) & (lat <= north) & _between(lon, west, east))

    def _fail(self, rows: np.ndarray, problem: str | None) -> None:
        self.lat[rows] = self.lon[rows] = np.nan
        self.name[rows] = None
        self.problem[rows] = problem

    def result(self) -> Located:
        index = self.texts[0].index
        decimals = np.minimum(*(_decimals(text, self.decimal) + self.shift[i] for i, text in enumerate(self.texts)))
        unsaid = np.isnan(self.lat) | np.isin(self.name.astype(str), ["projected", "degrees_minutes"])
        return Located(
            pd.Series(self.lat, index=index),
            pd.Series(self.lon, index=index),
            pd.Series(self.name, index=index, dtype="str"),
            pd.Series(self.problem, index=index, dtype="str"),
            pd.Series(decimals, index=index).mask(unsaid).astype("Int64"),
        )


def _between(lon: np.ndarray, west: float, east: float) -> np.ndarray:
    """Bounds whose west is greater than their east reach over the antimeridian."""
    return np.asarray((lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east))


def _candidates(values: np.ndarray, fits: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The place of the decimal point that fits, how many do, and how far it moved. Division by a power of ten is exact
    to the last bit, so that a point put back gives the very number that lost it."""
    best, count, shift = (
        np.full(len(values), np.nan),
        np.zeros(len(values), dtype="int64"),
        np.zeros(len(values), dtype="int64"),
    )
    for k in range(LONGEST + 1):
        tried = values / 10.0**k
        inside = fits(tried) & ((values != 0) | (k == 0))  # type: ignore[operator]
        best, shift = np.where(inside, tried, best), np.where(inside, k, shift)
        count += inside
    return best, count, shift


def _without_marks(text: str) -> float | None:
    """-96.240.167: a spreadsheet took the digits for a number with thousands marks."""
    return float(text.replace(".", "").replace(",", "")) if _MANY_MARKS.fullmatch(text.strip()) else None


def _with_comma(text: str) -> float | None:
    """-29,61449 in a file of decimal points."""
    return number(text, ",", grouped=False) if text.count(",") == 1 and "." not in text else None


def degrees(text: str) -> float | None:
    """Degrees, minutes and seconds with a hemisphere (O and W are west, L and E east) as degrees; None where it is none."""
    found = _DMS.fullmatch(text)
    if not found or (found["before"] and found["after"]):
        return None
    parts = [float((found[p] or "0").replace(",", ".")) for p in ("d", "m", "s")]
    if parts[1] >= 60 or parts[2] >= 60:
        return None
    value = parts[0] + parts[1] / 60 + parts[2] / 3600
    hemisphere = (found["before"] or found["after"]).upper()
    return -value if found["sign"] == "-" or hemisphere in ("S", "W", "O") else value


def _decimals(text: pd.Series, decimal: str) -> np.ndarray:
    after = text.str.extract(rf"^[^.,]*[{re.escape(decimal)},](\d+)\D*$", expand=False)
    return np.asarray(after.str.len().fillna(0).to_numpy(dtype="int64"))
