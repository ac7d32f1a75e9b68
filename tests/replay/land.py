"""The made-up country Quenara (XQA, XQ), the truth that every replayed service answers from.

A small rectangle of the South Atlantic, hundreds of kilometres from any land: 4 provinces, 8 districts, 60 schools, all
drawn from one seed, so that two runs and two services speak of the same schools. Each service knows some of them, and
has some of them wrong: `School.seen(service)` is a school as that service has it, faults included. Plain data and numpy
only. Degrees are EPSG:4326, speeds Mbps, distances metres.
"""

from __future__ import annotations

import itertools
import math
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

ISO3, ISO2, NAME, NAME_LOCAL = "XQA", "XQ", "Quenara", "Кенара"
LANGUAGE = "en"
M49 = "999"
MCC = 999  # a code kept for private networks: no country's
WEST, SOUTH, EAST, NORTH = BOUNDS = (-14.2, -26.2, -13.4, -25.6)
CAPITAL = (-13.95, -25.75)  # longitude, latitude
TOWNS = ((-13.55, -25.72), (-14.1, -26.08), (-13.62, -26.1))
TODAY = "2026-11-01"  # the day on which the services are asked

LEVEL_WORDS = ("province", "district")
PROVINCE_NAMES = ("Alba Norte", "Beren", "Côte d'Or", 'Dune "East"')  # an accent, an apostrophe, quotes
DISTRICT_NAMES = ("Alba", "Arvo", "Bela", "Brun", "Cassia", "Côrte", "Delmar", "Doro")

Level = str  # pre_primary, primary, lower_secondary, upper_secondary, combined
SERVICES = ("giga_maps", "geo_observatory", "osm", "emis", "dhis2", "giga_meter")


@dataclass(frozen=True)
class Area:
    """A province or a district: its code, names and outer ring (closed, counter-clockwise)."""

    code: str  # XQ01 a province, XQ0101 a district
    name: str
    name_local: str
    level: int  # 1 province, 2 district
    parent: str  # XQ, or the province's code
    ring: tuple[tuple[float, float], ...]

    @property
    def geometry(self) -> dict[str, Any]:
        """A GeoJSON MultiPolygon."""
        return {"type": "MultiPolygon", "coordinates": [[[list(p) for p in self.ring]]]}


@dataclass(frozen=True)
class School:
    """What is true of a school. `faults`: service → what is wrong with it there; a service not in `known` lacks it."""

    number: int  # 1 … 60
    govt_id: str  # 0101007: leading zero, district and number
    giga_id: str
    osm_type: str  # node, way, relation
    osm_id: int
    name: str
    name_local: str  # in Cyrillic
    level: Level
    lon: float
    lat: float
    district: str  # code
    urban: bool
    funding: str  # public, private
    internet: bool | None
    internet_for_learners: bool | None
    connection: str | None  # fibre, 4g, satellite
    down: float | None  # Mbps, what the school's line brings
    up: float | None
    latency: float | None  # ms
    electricity: bool | None
    girls: int | None
    boys: int | None
    teachers: int | None
    computers: int | None
    known: frozenset[str] = frozenset()
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def learners(self) -> int | None:
        """Girls and boys together; None where either is not known."""
        return None if self.girls is None or self.boys is None else self.girls + self.boys

    @property
    def province(self) -> str:
        """Code of the province."""
        return self.district[:4]

    def seen(self, service: str) -> School | None:
        """The school as a service has it: None where it lacks it, else with that service's fault in place of the truth."""
        if service not in self.known:
            return None
        fault = self.faults.get(service, "")
        if fault == "zero":
            return replace(self, lon=0.0, lat=0.0)
        if fault == "abroad":  # a point far outside the country
            return replace(self, lon=12.5, lat=41.9)
        if fault == "swapped":
            return replace(self, lon=self.lat, lat=self.lon)
        if fault == "unnamed":
            return replace(self, name="", name_local="")
        if fault == "spelled":  # the same school under another spelling, some 60 m away
            return replace(self, name=_respelled(self.name), lon=self.lon + 0.0005, lat=self.lat - 0.0003)
        if fault == "unknown":  # nothing is known but the place
            return replace(self, level="", internet=None, connection=None, down=None, up=None, latency=None)
        return self  # "repeated": the service sends it twice


@dataclass(frozen=True)
class Cell:
    """A mobile cell as a collected record has it."""

    radio: str  # GSM, UMTS, LTE, NR
    net: int
    area: int
    cell: int
    lon: float
    lat: float
    range: int  # m
    samples: int
    created: int  # unix seconds
    updated: int


@dataclass(frozen=True)
class Tile:
    """Speed tests in a web-mercator tile of zoom 16 in a quarter."""

    quadkey: str
    network: str  # fixed, mobile
    down_kbps: int
    up_kbps: int
    latency_ms: int
    tests: int
    devices: int


@dataclass(frozen=True)
class Wealth:
    """Relative wealth at the centre of a tile of zoom 14."""

    quadkey: str
    lon: float
    lat: float
    rwi: float
    error: float


def _corners() -> list[list[tuple[float, float]]]:
    """Corners of 2 rows and 4 columns of districts; those inside are moved a little, so that no border is straight."""
    rng = random.Random(11)
    rows = []
    for r in range(3):
        row = []
        for c in range(5):
            lon, lat = WEST + (EAST - WEST) * c / 4, SOUTH + (NORTH - SOUTH) * r / 2
            lon += rng.uniform(-0.03, 0.03) if 0 < c < 4 else 0
            lat += rng.uniform(-0.03, 0.03) if 0 < r < 2 else 0
            row.append((round(lon, 5), round(lat, 5)))
        rows.append(row)
    return rows


def _rings() -> dict[str, tuple[tuple[float, float], ...]]:
    """Code → ring: a province is a column of the grid, its two districts lie one above the other."""
    at = _corners()
    rings = {}
    for c in range(4):
        province = f"XQ{c + 1:02d}"
        for r in range(2):
            ring = (at[r][c], at[r][c + 1], at[r + 1][c + 1], at[r + 1][c])
            rings[f"{province}{r + 1:02d}"] = (*ring, ring[0])
        whole = (at[0][c], at[0][c + 1], at[1][c + 1], at[2][c + 1], at[2][c], at[1][c])
        rings[province] = (*whole, whole[0])
    return rings


@cache
def areas(level: int = 2) -> tuple[Area, ...]:
    """The country (level 0), its provinces (1) or its districts (2), by code."""
    if level == 0:
        at = _corners()
        ring = [*at[0], at[1][4], *reversed(at[2]), at[1][0]]
        return (Area(ISO2, NAME, NAME_LOCAL, 0, "", (*ring, ring[0])),)
    codes = sorted(code for code in _rings() if len(code) == 2 + 2 * level)
    names = PROVINCE_NAMES if level == 1 else DISTRICT_NAMES
    return tuple(
        Area(code, name, cyrillic(name), level, code[: 2 * level], _rings()[code])
        for code, name in zip(codes, names, strict=True)
    )


def area(code: str) -> Area:
    """A province or a district by its code."""
    return next(a for level in (1, 2) for a in areas(level) if a.code == code)


def inside(lon: float, lat: float, ring: tuple[tuple[float, float], ...]) -> bool:
    """True where a point lies in a ring (crossings of a ray)."""
    odd = False
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
            odd = not odd
    return odd


_LETTERS = {
    "sh": "ш", "ch": "ч", "a": "а", "b": "б", "c": "к", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и",
    "j": "ж", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "u": "у",
    "v": "в", "w": "в", "y": "ы", "z": "з", "ô": "о",
}  # fmt: skip


def cyrillic(text: str) -> str:
    """A name in the country's second script, letter by letter."""
    out, at = "", 0
    while at < len(text):
        step = 2 if text[at : at + 2].lower() in _LETTERS else 1
        piece = text[at : at + step]
        letter = _LETTERS.get(piece.lower(), piece)
        out += letter.upper() if piece[:1].isupper() else letter
        at += step
    return out


_KINDS = {
    "pre_primary": ("Kindergarten", "Детский сад"), "primary": ("Primary School", "Начальная школа"),
    "lower_secondary": ("Secondary School", "Средняя школа"), "upper_secondary": ("High School", "Лицей"),
    "combined": ("School", "Школа"),
}  # fmt: skip
_SYLLABLES = ("ma", "ri", "to", "ven", "sal", "do", "ka", "lin", "bo", "ne", "rua", "pe")
_LEVELS = ("primary",) * 5 + ("lower_secondary",) * 2 + ("upper_secondary", "pre_primary", "combined")


def _respelled(name: str) -> str:
    """The same name as another register writes it."""
    return name.replace("Primary School", "Prim. Sch.").replace("Secondary School", "Sec. School").upper()


def _school(number: int, rng: random.Random) -> School:
    place = areas(2)[(number - 1) % 8]
    level = rng.choice(_LEVELS)
    word = "".join(rng.choice(_SYLLABLES) for _ in range(rng.choice((2, 3)))).capitalize()
    lon, lat = _spot(place, rng)
    urban = near_town(lon, lat) < 9_000
    internet = rng.choices((True, False, None), (6, 3, 1) if urban else (2, 6, 2))[0]
    down = round(rng.uniform(2, 60 if urban else 12), 1) if internet else None
    learners = rng.randrange(60, 700)
    girls = round(learners * rng.uniform(0.42, 0.55))
    known = rng.random() >= 0.1  # one school in ten did not return its census form
    return School(
        number=number,
        govt_id=f"{place.code[2:]}{number:03d}",
        giga_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        osm_type=rng.choice(("node", "node", "way", "relation")),
        osm_id=9_000_000_000 + number,
        name=f"{word} {_KINDS[level][0]}",
        name_local=f"{cyrillic(word)} {_KINDS[level][1]}",
        level=level,
        lon=lon,
        lat=lat,
        district=place.code,
        urban=urban,
        funding=rng.choice(("public", "public", "public", "private")),
        internet=internet,
        internet_for_learners=(rng.random() < 0.6) if internet else internet,
        connection=rng.choice(("fibre", "4g", "satellite")) if internet else None,
        down=down,
        up=round(down / 3, 1) if down else None,
        latency=float(rng.randrange(20, 600)) if internet else None,
        electricity=True if internet else rng.choice((True, False, None)),
        girls=girls if known else None,
        boys=learners - girls if known else None,
        teachers=max(1, learners // rng.randrange(22, 48)) if known else None,
        computers=(rng.randrange(5, 60) if internet else rng.choice((0, 0, None))) if known else None,
        known=_known(rng),
        faults=_FAULTS.get(number, {}),
    )


def _known(rng: random.Random) -> frozenset[str]:
    shares = {"giga_maps": 0.95, "geo_observatory": 0.9, "osm": 0.75, "emis": 1.0, "dhis2": 1.0, "giga_meter": 0.3}
    return frozenset(service for service, share in shares.items() if rng.random() < share)


_FAULTS: dict[int, dict[str, str]] = {
    3: {"giga_maps": "zero", "osm": "unnamed"},
    7: {"giga_maps": "abroad", "geo_observatory": "zero"},
    12: {"giga_maps": "repeated", "geo_observatory": "spelled", "osm": "repeated"},
    18: {"giga_maps": "unnamed", "geo_observatory": "spelled"},
    22: {"giga_maps": "spelled", "osm": "spelled", "dhis2": "spelled"},
    29: {"giga_maps": "unknown", "geo_observatory": "unknown", "dhis2": "zero"},
    34: {"giga_maps": "repeated", "geo_observatory": "abroad"},
    41: {"geo_observatory": "repeated", "emis": "spelled", "dhis2": "swapped"},
    50: {"giga_maps": "zero", "emis": "zero"},
}


def _spot(place: Area, rng: random.Random) -> tuple[float, float]:
    """A place in a district, two times in five near a town of it, not on its very border."""
    lons, lats = [p[0] for p in place.ring], [p[1] for p in place.ring]
    towns = [t for t in (CAPITAL, *TOWNS) if inside(*t, place.ring)]
    while True:
        if towns and rng.random() < 0.4:
            lon, lat = (rng.gauss(c, 0.02) for c in rng.choice(towns))
        else:
            lon, lat = rng.uniform(min(lons), max(lons)), rng.uniform(min(lats), max(lats))
        corners = ((lon + dx, lat + dy) for dx in (-0.004, 0.004) for dy in (-0.004, 0.004))
        if all(inside(*corner, place.ring) for corner in corners):
            return round(lon, 6), round(lat, 6)


def metres(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """Great-circle distance, m, on a sphere of 6,371,008.8 m."""
    a, b, d = math.radians(lat), math.radians(lat2), math.radians(lon2 - lon)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(d / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(h))


def near_town(lon: float, lat: float) -> float:
    """Metres to the nearest town."""
    return min(metres(lon, lat, *town) for town in (CAPITAL, *TOWNS))


@cache
def schools() -> tuple[School, ...]:
    """All 60 schools, as they truly are."""
    rng = random.Random(20261101)
    return tuple(_school(number, rng) for number in range(1, 61))


def seen(service: str) -> list[School]:
    """The schools as a service sends them: its faults in them, those it repeats twice."""
    out = []
    for school in schools():
        if shown := school.seen(service):
            out += [shown, shown] if school.faults.get(service) == "repeated" else [shown]
    return out


# What is measured and modelled of the country.


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the web-mercator tile."""
    n = 2**zoom
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n
    return int((lon + 180) / 360 * n), int(row)


def quadkey(lon: float, lat: float, zoom: int) -> str:
    """Quadkey of the tile that holds a point: as many digits as the zoom."""
    x, y = tile_of(lon, lat, zoom)
    return "".join(str(((x >> i) & 1) + 2 * ((y >> i) & 1)) for i in range(zoom - 1, -1, -1))


def tile_box(key: str) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile."""
    zoom = len(key)
    x = sum((int(d) & 1) << (zoom - 1 - i) for i, d in enumerate(key))
    y = sum((int(d) >> 1) << (zoom - 1 - i) for i, d in enumerate(key))
    lon = [(x + d) / 2**zoom * 360 - 180 for d in (0, 1)]
    lat = [math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + d) / 2**zoom)))) for d in (1, 0)]
    return lon[0], lat[0], lon[1], lat[1]


@cache
def tiles(network: str = "fixed") -> tuple[Tile, ...]:
    """Tiles with speed tests in the newest quarter: around the towns, few tests far out; mobile reaches further."""
    rng = random.Random(5 if network == "fixed" else 6)
    reach = 6_000 if network == "fixed" else 11_000
    out = {}
    for school in schools():
        for _ in range(4):
            lon, lat = school.lon + rng.gauss(0, 0.006), school.lat + rng.gauss(0, 0.006)
            away = near_town(lon, lat)
            if away < reach and _in_country(lon, lat):
                tests = max(1, int(80 * math.exp(-away / 3_000)))
                down = int(1000 * (40 * math.exp(-away / 4_000) + rng.uniform(1, 8)))
                key = quadkey(lon, lat, 16)
                out[key] = Tile(key, network, down, down // 3, rng.randrange(15, 120), tests, max(1, tests // 3))
    return tuple(out[key] for key in sorted(out))


@cache
def cells() -> tuple[Cell, ...]:
    """Mobile cells: three radios at each town, GSM alone at some schools; every kind of fault that the world file has."""
    rng = random.Random(7)
    out, number = [], 100
    sites = [(lon, lat, ("GSM", "UMTS", "LTE")) for lon, lat in (CAPITAL, *TOWNS)]
    sites += [(s.lon + 0.004, s.lat - 0.003, ("GSM",)) for s in schools()[::6]]
    for lon, lat, radios in sites:
        for radio in radios:
            for _ in range(2):  # two cells of one mast
                number += 1
                updated = rng.randrange(1_735_000_000, 1_790_000_000)  # 2025, 2026
                spot = (round(lon, 5), round(lat, 5))
                out.append(Cell(radio, 1, 13, number, *spot, 1000, rng.randrange(2, 90), 1_459_814_400, updated))
    out.append(Cell("NR", 1, 13, 68_719_476_735, *CAPITAL, 800, 9, 1_700_000_000, 1_780_000_000))  # 36 bits
    out.append(Cell("LTE", 1, 13, 999, WEST + 0.1, NORTH - 0.1, 1000, 1, 1_100_000_000, 1_300_000_000))  # stale: 2011
    out.append(Cell("GSM", 1, 13, 40_011, 0.0, 0.0, 0, 1, 1_430_000_000, 1_770_000_000))
    return tuple(out)


def _in_country(lon: float, lat: float) -> bool:
    return inside(lon, lat, areas(0)[0].ring)


PIXEL = 1 / 120  # degrees: 30 arc-seconds, about 1 km
NO_PEOPLE = -99999.0  # WorldPop's mark for no data
AGE_CODES = ("00", "01", "05", "10", "15", "20", "25", "30", "35", "40", "45", "50", "55", "60", "65", "70", "75", "80", "85", "90")  # fmt: skip
AGE_SHARES = (0.03, 0.11, 0.13, 0.12, 0.11, 0.09, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.025, 0.02, 0.015, 0.01, 0.005, 0.003, 0.0015, 0.0005)  # fmt: skip
GIRLS = 0.49  # of each age group


@cache
def people() -> npt.NDArray[np.float32]:
    """Persons a pixel of 30 arc-seconds, row 0 in the north, from (WEST, NORTH); NO_PEOPLE outside the country."""
    rows, columns = round((NORTH - SOUTH) / PIXEL), round((EAST - WEST) / PIXEL)
    out = np.full((rows, columns), NO_PEOPLE, "float32")
    for row in range(rows):
        for column in range(columns):
            lon, lat = WEST + (column + 0.5) * PIXEL, NORTH - (row + 0.5) * PIXEL
            if _in_country(lon, lat):
                out[row, column] = round(6 + 900 * math.exp(-near_town(lon, lat) / 2_500), 2)
    return out


def people_of_age(code: str, sex: str) -> npt.NDArray[np.float32]:
    """Persons a pixel of an age group (00, 01, 05 … 90) and sex (f, m, t)."""
    whole = people()
    share = AGE_SHARES[AGE_CODES.index(code)] * {"f": GIRLS, "m": 1 - GIRLS, "t": 1.0}[sex]
    return np.where(whole == NO_PEOPLE, NO_PEOPLE, whole * share).astype("float32")


@cache
def wealth() -> tuple[Wealth, ...]:
    """Relative wealth on tiles of zoom 14 where people live: higher in towns, none in the far south-east."""
    rng = random.Random(9)
    west, north = tile_of(WEST, NORTH, 14)
    east, south = tile_of(EAST, SOUTH, 14)
    out = []
    for x in range(west, east + 1):
        for y in range(north, south + 1):
            lon = (x + 0.5) / 2**14 * 360 - 180
            lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + 0.5) / 2**14))))
            if _in_country(lon, lat) and not (lon > -13.5 and lat < -26.1):
                rwi = round(1.2 * math.exp(-near_town(lon, lat) / 8_000) - 0.5 + rng.uniform(-0.1, 0.1), 3)
                out.append(Wealth(quadkey(lon, lat, 14), round(lon, 6), round(lat, 6), rwi, 0.35))
    return tuple(out)


def smod(lon: float, lat: float) -> int:
    """Degree of urbanisation as GHSL codes it: 30 city, 23, 22, 21 towns and suburbs, 13, 12, 11 rural, 10 water."""
    if not _in_country(lon, lat):
        return 10
    if metres(lon, lat, *CAPITAL) < 5_000:
        return 30
    away = near_town(lon, lat)
    return next((code for limit, code in ((3_000, 23), (5_000, 22), (8_000, 21), (12_000, 13), (20_000, 12)) if away < limit), 11)  # fmt: skip


# Networks: lines as (longitude, latitude) pairs; the last is only planned.
FIBRE = (
    {"id": "trx.1", "status": "Operational", "kind": "Fibre", "line": (CAPITAL, (-13.75, -25.8), TOWNS[0])},
    {"id": "trx.2", "status": "Operational", "kind": "Microwave", "line": (CAPITAL, (-14.05, -25.9), TOWNS[1])},
    {"id": "trx.3", "status": "Planned", "kind": "Fibre", "line": (TOWNS[0], (-13.6, -25.9), TOWNS[2])},
)

# Of the whole country, by year. None: the source says that it does not know.
DISPLACED = {2024: {"refugees": 1200, "asylum_seekers": 300, "idps": 4000}, 2025: {"refugees": 1500, "asylum_seekers": 280, "idps": None}}  # fmt: skip
DISPLACED_AGES = {2025: {"f_0_4": 120, "f_5_11": 190, "f_12_17": 150, "m_0_4": 130, "m_5_11": 200, "m_12_17": 160}}
RISK = {"INFORM": 4.6, "HA": 3.9, "VU": 4.8, "CC": 5.2}  # 0 to 10
UIS = {
    "SCHBSP.1.WINTERN": {2022: 31.4, 2023: 38.2}, "SCHBSP.2.WINTERN": {2023: 52.0}, "SCHBSP.3.WINTERN": {2023: 71.5},
    "SCHBSP.1.WELEC": {2022: 80.1, 2023: None}, "SCHBSP.1.WCOMPUT": {2023: 44.0},
}  # fmt: skip
WORLD_BANK = {
    "IT.NET.USER.ZS": {2023: 35.0, 2024: None}, "EG.ELC.ACCS.ZS": {2023: 76.4}, "EG.ELC.ACCS.RU.ZS": {2023: 61.0},
    "SE.PRM.ENRL": {2022: 41_000}, "SP.POP.0014.TO": {2024: 130_000},
}  # fmt: skip
