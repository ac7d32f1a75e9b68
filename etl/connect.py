"""What a connector is: a service on the web, what it gives, and the function that asks it.

A connector is a frozen declaration and a plain function, found by looking in `etl/sources/`. The function gets a client
(which alone speaks to the network, keeps what it was answered, and can do without network) and what is asked for; it
returns one table, or the path of a raster, with its passport. Whatever goes wrong is a SourceError that says what the
service answered and how to go on; a service that has nothing of the place raises NothingFoundError, which is no fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import pandas as pd

if TYPE_CHECKING:
    from etl.fetching.client import Client

Gives = Literal[
    "schools", "boundaries", "speeds", "cells", "population", "ages", "wealth", "settlement", "displacement", "risk",
    "benchmarks", "nodes", "attributes", "measurements", "coverage",
]  # fmt: skip
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Key:
    """A key that a service asks for: how a person gets one, and what it is called in the settings."""

    name: str = "key"
    where: str = ""  # how to get one, in a sentence


@dataclass(frozen=True)
class Ask:
    """What a connector is asked for. `areas`: the finest areas known so far (area_id, name, level, geometry)."""

    iso3: str
    iso2: str = ""
    name: str = ""
    bounds: Bounds | None = None  # west, south, east, north in degrees
    areas: gpd.GeoDataFrame | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    dropped: Path | None = None  # a raw file put there by hand, read instead of the network
    data: Path = Path()  # the folder of --data, for files that options name
    today: date = date(1970, 1, 1)  # from which the newest edition is looked for


@dataclass(frozen=True)
class Taken:
    """What a connector gives: `content` a table (written as the recipe's path says) or the path of a file, and its passport.

    `rows_read` = rows in the answers, `rows_kept` = rows of `content`; `notes` say in sentences what became of the others.
    """

    content: pd.DataFrame | gpd.GeoDataFrame | Path
    title: str = ""
    date: str = ""  # of the data, YYYY, YYYY-MM or YYYY-MM-DD
    version: str = ""  # release, vintage or hash that the publisher gives
    licence: str = ""  # empty: the connector's own
    attribution: str = ""
    address: str = ""
    rows_read: int = 0
    rows_kept: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """How a connector stands in a recipe: its table (source, boundary, context, ages, benchmark), file and other keys."""

    table: str
    name: str
    path: str  # file name in the data folder; its suffix is the format
    keys: Mapping[str, Any] = field(default_factory=dict)  # as in the recipe: kind, columns, values, repair …
    options: Mapping[str, Any] = field(default_factory=dict)
    needed: bool = True  # False: a further level or network, whose absence is no gap


@dataclass(frozen=True)
class Connector:
    """One service. `order` decides among those that give the same: the smaller is asked first."""

    name: str
    title: str
    publisher: str
    gives: Gives
    base: str
    licence: str
    take: Callable[[Client, Ask], Taken]
    blocks: tuple[Block, ...]
    attribution: str = ""
    address: str = ""
    order: int = 100
    key: Key | None = None
    parallel: int = 1  # requests at once that the service allows
    first_wait_s: float = 1.0  # before the second try, where the service does not say how long; doubles each time
    rest_h: float = 0.0  # hours for which an answer is not asked for again even by a refresh (OpenCelliD: 24)
    by_hand: str = ""  # what file a person may drop instead, in a sentence
    options: Mapping[str, str] = field(default_factory=dict)  # option → what it does
    licence_of_record: bool = (
        False  # each record states its own licence; else `licence` holds, whatever a passport says
    )
    open_country: bool = True  # asked by `firstmile country`
