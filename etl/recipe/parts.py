"""The parts of a recipe that its tables are made of: passports, how a file is read, what feeds a field, repairs."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from geodata.tables import CELLS, COVERAGE, LINES, MEASUREMENTS, NODES, REGISTER, TILES, TOWNS, WEALTH

Kind = Literal[
    "schools",
    "attributes",
    "cells",
    "nodes",
    "coverage",
    "tiles",
    "population",
    "roads",
    "towns",
    "wealth",
    "settlement",
    "lines",
    "measurements",
    "terrain",
    "commitments",
]
Format = Literal["csv", "xlsx", "xls", "ods", "geojson", "gpkg", "shp", "parquet", "geoparquet", "tif"]
Rule = Literal["first", "sum", "sum_known", "any", "all", "join"]

# The columns that each kind of source may feed.
FEEDABLE: dict[str, tuple[str, ...]] = {
    "schools": REGISTER.columns,
    "attributes": tuple(c for c in REGISTER.columns if not c.startswith("admin")),
    "cells": CELLS.columns,
    "nodes": NODES.columns,
    "coverage": COVERAGE.columns,
    "tiles": TILES.columns,
    "population": (),
    "roads": (),
    "towns": TOWNS.columns,
    "lines": LINES.columns,
    "measurements": MEASUREMENTS.columns,
    "wealth": WEALTH.columns,
    "settlement": (),
    "terrain": (),
    "commitments": ("school_id_govt", "school_id_giga", "funder", "scope", "status", "from_date", "until_date"),
}


class Model(BaseModel):
    """A table of the recipe language: no unknown key, never changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Passport(Model):
    """Where the file comes from; stands in the manifest, on the Data page and in every export."""

    publisher: str = Field("", description="Who published it.")
    title: str = Field("", description="Title of the publication.")
    licence: str = Field("", description="Licence, as an SPDX identifier where there is one; empty means not stated.")
    date: str = Field("", description="Date or year that the data describe, YYYY or YYYY-MM-DD.")
    version: str = Field("", description="Release, vintage or edition that the publisher gives.")
    attribution: str = Field("", description="Sentence that the licence asks to be shown.")
    address: str = Field("", description="Landing page of the publication.")


class Service(Model):
    """The service that the file is made from: asked where the file is missing, and asked again by `firstmile refresh`."""

    name: str = Field(description="Name of the service, such as osm or dhis2; `firstmile services` lists them.")
    base: str | None = Field(None, description="Its address, where it is not the usual one.", pattern="^https?://")
    file: str | None = Field(
        None,
        description="A raw file of the service, put by hand in the folder given with --data and read instead of asking.",
    )
    options: dict[str, str | int | float | bool | tuple[str, ...]] = Field(
        default_factory=dict, description="What the service is asked for; each service says which options it knows."
    )


class Reading(Model):
    """How a file is read."""

    path: str = Field(
        description="File, relative to the folder given with --data. What is fetched stays in that folder; what is only read may lie elsewhere."
    )
    download: str | None = Field(
        None,
        description="Web address that the file is fetched from where it is not there yet; it is kept at `path`.",
        pattern="^https?://",
    )
    service: Service | None = Field(None, description="The service that the file is made from, in place of `download`.")
    format: Format | None = Field(None, description="Read from the suffix where it is not given.")
    encoding: str | None = Field(None, description="Text encoding; detected where it is not given.")
    delimiter: str | None = Field(None, description="CSV delimiter; detected where it is not given.")
    decimal: Literal[".", ","] = Field(".", description="Decimal mark.")
    sheet: str | int | None = Field(None, description="Sheet of a workbook: name, or number from 0.")
    header_row: int = Field(0, description="Row of the column names, from 0.", ge=0)
    layer: str | None = Field(None, description="Layer of a GeoPackage.")
    crs: str | None = Field(
        None, description="Coordinate reference system, such as EPSG:4326; needed where the file does not say."
    )

    @model_validator(mode="after")
    def _fetched_into_the_folder(self) -> Reading:
        fetched = self.service is not None or self.download is not None
        if fetched and (outside(self.path) or not PurePosixPath(self.path).name):
            raise ValueError(
                f"path {self.path!r} leads out of the folder given with --data: a recipe comes from anybody, so what it fetches is written in that folder alone"
            )
        return self


def outside(path: str) -> bool:
    """Whether a path of a recipe is absolute, or climbs out of the folder that it starts from; on any system."""
    ways = (PurePosixPath(path), PureWindowsPath(path))
    return "\0" in path or any(way.is_absolute() or way.drive or ".." in way.parts for way in ways)


class Feed(Model):
    """What feeds one field: a raw column, several with a rule, or a constant."""

    column: str | None = Field(None, description="One raw column.")
    columns: tuple[str, ...] = Field((), description="Several raw columns.")
    rule: Rule = Field(
        "first",
        description='first not empty; sum (unknown where any part is unknown); sum_known (of the known parts only, so "at least"; the report says how often a part is missing); any or all of yes/no columns (three-valued); join as text.',
    )
    constant: str | int | float | None = Field(None, description="The same for every row.")
    flags: dict[str, str] = Field(
        default_factory=dict,
        description='Several yes/no columns → the value that each stands for when it says yes: the first in order, or all of them with rule = "join".',
    )
    several: str | None = Field(None, description="With flags: the value where more than one value applies.")
    scale: float | None = Field(None, description="Factor, such as 0.001 from kbps to Mbps.")
    pattern: str | None = Field(
        None, description="Regular expression; its first group is the value, rows without a match are unknown."
    )
    invert: bool = Field(False, description="Swap yes and no (a column that says that something is missing).")

    @model_validator(mode="after")
    def _one_origin(self) -> Feed:
        if sum((self.column is not None, bool(self.columns), self.constant is not None, bool(self.flags))) != 1:
            raise ValueError("give exactly one of column, columns, constant, flags")
        return self

    @property
    def raw(self) -> tuple[str, ...]:
        """The raw columns it reads."""
        return (self.column,) if self.column is not None else self.columns or tuple(self.flags)


class Scope(Model):
    """Which rows belong: those whose column has one of the kept values; others leave with the reason given for them."""

    column: str = Field(description="Raw column that decides.")
    keep: tuple[str, ...] = Field(description="Raw values that stay.")
    reasons: dict[str, str] = Field(default_factory=dict, description="Raw value → why the row leaves, in words.")
    reason: str = Field("not in the recipe's scope", description="Why other rows leave.")

    @field_validator("keep", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return tuple(str(v) for v in value) if isinstance(value, list | tuple) else value


class Repair(Model):
    """Named, general coordinate repairs. Each repaired row says which one made it usable (`location_repair`)."""

    bounds: tuple[float, float, float, float] | None = Field(
        None, description="West, south, east, north that every location must lie in."
    )
    lost_decimal_point: bool = Field(
        False, description="Put the decimal point back where exactly one place falls within the bounds."
    )
    swapped: bool = Field(False, description="Swap latitude and longitude where only that falls within the bounds.")
    lost_sign: bool = Field(
        False, description="Put a lost minus sign back where exactly one choice of signs falls within the bounds."
    )
    decimal_comma: bool = Field(
        False, description="Read texts such as -29,61449 as degrees, in a file whose decimal mark is the point."
    )
    degrees_minutes: bool = Field(False, description="Read texts such as 9°37'12\"S.")
    projected: str | None = Field(
        None, description="CRS of the raw coordinate columns if they are metres, such as EPSG:32737."
    )
    zero_is_missing: bool = Field(True, description="0, 0 means that no location was given.")


class SecondPosition(Model):
    """A second pair of coordinates in the register, compared with the first; the distance is reported."""

    x: str = Field(description="Raw column: easting or longitude.")
    y: str = Field(description="Raw column: northing or latitude.")
    crs: str = Field(description="CRS of the pair, such as EPSG:32737.")
