"""A place in one TOML file: the recipe's shape, and messages that name file, key, reason and the nearest right name.

The models below are the reference of the recipe language; `docs/recipes.md` is generated from their descriptions.
Everything is declared: no Python is needed for a new place.
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from geodata.errors import PolicyError, RecipeError
from geodata.policy import POLICY
from geodata.tables import CELLS, CONTEXT_COLUMNS, COVERAGE, NODES, REGISTER, TILES, TOWNS

Kind = Literal["schools", "attributes", "cells", "nodes", "coverage", "tiles", "population", "roads", "towns"]
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
}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Passport(_Model):
    """Where the file comes from; stands in the manifest, on the Data page and in every export."""

    publisher: str = Field("", description="Who published it.")
    title: str = Field("", description="Title of the publication.")
    licence: str = Field("", description="Licence, as an SPDX identifier where there is one; empty means not stated.")
    date: str = Field("", description="Date or year that the data describe, YYYY or YYYY-MM-DD.")
    attribution: str = Field("", description="Sentence that the licence asks to be shown.")
    address: str = Field("", description="Landing page of the publication.")


class Reading(_Model):
    """How a file is read."""

    path: str = Field(description="File, relative to the folder given with --data.")
    download: str | None = Field(
        None,
        description="Web address that the file is fetched from where it is not there yet; it is kept at `path`.",
        pattern="^https?://",
    )
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


class Feed(_Model):
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


class Scope(_Model):
    """Which rows belong: those whose column has one of the kept values; others leave with the reason given for them."""

    column: str = Field(description="Raw column that decides.")
    keep: tuple[str, ...] = Field(description="Raw values that stay.")
    reasons: dict[str, str] = Field(default_factory=dict, description="Raw value → why the row leaves, in words.")
    reason: str = Field("not in the recipe's scope", description="Why other rows leave.")

    @field_validator("keep", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return tuple(str(v) for v in value) if isinstance(value, list | tuple) else value


class Repair(_Model):
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


class SecondPosition(_Model):
    """A second pair of coordinates in the register, compared with the first; the distance is reported."""

    x: str = Field(description="Raw column: easting or longitude.")
    y: str = Field(description="Raw column: northing or latitude.")
    crs: str = Field(description="CRS of the pair, such as EPSG:32737.")


class Source(Reading, Passport):
    """One file and what it feeds."""

    name: str = Field(description="Short name, shown beside each value that comes from it.")
    kind: Kind = Field(
        "schools",
        description="schools: one row a school; attributes: more about schools of the register, joined by id; cells, nodes, coverage, tiles, population: the layers of the joins; roads: lines that children may go along; towns: points whose names help to find a place.",
    )
    evidence: Literal["measured", "reported", "inferred"] = Field("reported", description="How its values are known.")
    series: bool = Field(False, description="An earlier year: feeds the series only, not the schools layer.")
    generation: Literal["2G", "3G", "4G", "5G"] | None = Field(
        None, description="Generation of a coverage polygon or cell file that does not say."
    )
    network: Literal["fixed", "mobile"] | None = Field(None, description="Network of a speed tile file.")
    priority: int = Field(
        100,
        description="Where sources disagree on a value of the same evidence, the smaller number wins; both are kept.",
    )
    aggregate: Literal["none", "sum", "count"] = Field(
        "none", description="For attributes with several rows a school: sum the numbers, or count the rows."
    )
    columns: dict[str, Feed] = Field(default_factory=dict, description="Field → what feeds it.")
    values: dict[str, dict[str, str] | str] = Field(
        default_factory=dict,
        description="Field → {raw value = allowed value}, or the name of an alias CSV in etl/aliases.",
    )
    sentinels: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Field (or * for all) → raw values that mean unknown."
    )
    bands: dict[str, dict[str, tuple[float, float]]] = Field(
        default_factory=dict, description="Field → {raw band = [least, most]}, for enrolment in bands."
    )
    ranges: dict[str, tuple[float, float]] = Field(
        default_factory=dict,
        description="Field → [least, most] believed here; values outside become unknown, with the reason in the report.",
    )
    scope: Scope | None = Field(None, description="Which rows belong.")
    repair: Repair = Field(default_factory=lambda: Repair.model_validate({}), description="Coordinate repairs.")
    second_position: SecondPosition | None = Field(None, description="A second pair of coordinates to compare with.")
    allow_repeated_ids: bool = Field(False, description="Ids that stand twice are numbered instead of rejected.")
    make_id_from: tuple[str, ...] = Field(
        (), description="Raw columns to make the school's id from, where the register has none."
    )

    @field_validator("columns", mode="before")
    @classmethod
    def _short_feeds(cls, value: Any) -> Any:
        return (
            {k: {"column": v} if isinstance(v, str) else v for k, v in value.items()}
            if isinstance(value, dict)
            else value
        )

    @field_validator("sentinels", mode="before")
    @classmethod
    def _sentinel_texts(cls, value: Any) -> Any:
        return (
            {k: tuple(str(x) for x in (v if isinstance(v, list | tuple) else [v])) for k, v in value.items()}
            if isinstance(value, dict)
            else value
        )


class Boundary(Reading, Passport):
    """Polygons of one level."""

    level: int = Field(description="0 the whole place, 1 its first level, and so on.", ge=0, le=4)
    id_column: str | None = Field(
        None, description="Raw column of the area's id; made from the name where there is none."
    )
    name_column: str = Field(description="Raw column of the area's name.")
    parent_column: str | None = Field(None, description="Raw column with the id of the area above.")
    join: tuple[Literal["polygon", "code", "name"], ...] = Field(
        ("polygon",), description="How schools find their area, in order of trust; disagreements are reported."
    )
    aliases: dict[str, str] | str = Field(
        default_factory=dict,
        description="Other spellings of area names → the name here, or the name of an alias CSV in etl/aliases.",
    )
    contested: str | None = Field(
        None, description="Raw column that is true for contested lines, which the map dashes."
    )


class Context(Reading, Passport):
    """A table about areas, joined to schools through the area they lie in."""

    name: str = Field(description="Short name, shown beside each value.")
    level: int = Field(description="Level of the areas.", ge=0, le=4)
    key: str = Field(description="Raw column that names the area.")
    join: Literal["code", "name"] = Field(
        "name", description="By the area's id, or by its name (case and accents do not matter)."
    )
    key_pattern: str | None = Field(
        None, description="Regular expression; its first group is the key, rows without a match are of other places."
    )
    aliases: dict[str, str] | str = Field(
        default_factory=dict,
        description="Other spellings of area names → the name here, or the name of an alias CSV in etl/aliases.",
    )
    evidence: Literal["measured", "reported", "inferred"] = Field("reported", description="How its values are known.")
    columns: dict[str, Feed] = Field(description="Field → what feeds it.")

    @field_validator("columns", mode="before")
    @classmethod
    def _short_feeds(cls, value: Any) -> Any:
        return Source._short_feeds(value)


class Ages(Reading, Passport):
    """People of areas by five-year age group, and by sex where the table tells: what school-age children are counted from.

    Either a column an age group (`columns`), or a row an age group (`age` and `people`, and `sex` where there is one).
    """

    name: str = Field(description="Short name, shown beside what rests on it.")
    level: int = Field(description="Level of the areas.", ge=0, le=4)
    key: str = Field(description="Raw column that names the area.")
    join: Literal["code", "name"] = Field(
        "name", description="By the area's id, or by its name (case and accents do not matter)."
    )
    key_pattern: str | None = Field(
        None, description="Regular expression; its first group is the key, rows without a match are of other places."
    )
    aliases: dict[str, str] | str = Field(
        default_factory=dict,
        description="Other spellings of area names → the name here, or the name of an alias CSV in etl/aliases.",
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description='Age group → raw column, as "5-9" where the sexes are not told apart, else "5-9 girls" and "5-9 boys".',
    )
    age: str | None = Field(None, description="Raw column of the age group, such as 5-9 or 05 to 09.")
    people: str | None = Field(None, description="Raw column of the number of people.")
    sex: str | None = Field(None, description="Raw column of the sex.")
    girls: tuple[str, ...] = Field(("girls", "female", "f", "women"), description="What the sex of girls is called.")
    boys: tuple[str, ...] = Field(("boys", "male", "m", "men"), description="What the sex of boys is called.")

    @model_validator(mode="after")
    def _wide_or_long(self) -> Ages:
        if bool(self.columns) == bool(self.age and self.people):
            raise ValueError("give either columns (a column an age group), or age and people (a row an age group)")
        return self


class Place(_Model):
    """The place and its own words."""

    name: str = Field(description="Name of the place.")
    iso3: str = Field(description="ISO 3166-1 alpha-3 code; XAA to XZZ for a fictional country.", pattern="^[A-Z]{3}$")
    subdivision: str | None = Field(None, description="ISO 3166-2 code, where the place is part of a country.")
    levels: tuple[str, ...] = Field(
        description="Words for the levels from the top: province, district …", min_length=1, max_length=4
    )
    levels_plural: tuple[str, ...] = Field((), description="Their plurals, where adding an s is wrong.")
    language: str = Field("en", description="Main language of the names.")
    synthetic: bool = Field(False, description="The data are invented; every screen and export says so.")
    risk: Literal["low", "medium", "high"] = Field(
        "medium", description="Risk that published school locations bring (methods, section 6.2)."
    )
    disclaimer: str = Field(
        "The boundaries and names shown do not imply official endorsement or acceptance.",
        description="Stands on every map and export.",
    )
    worldview: str = Field("", description="Whose boundaries the map shows, in words.")


class Checks(_Model):
    """Thresholds of `firstmile check`: it exits with 1 past any of them."""

    max_rejected_share: float = Field(0.05, description="Rejected rows, as a share of rows in scope.", ge=0, le=1)
    max_not_located_share: float = Field(1.0, description="Schools without a usable location.", ge=0, le=1)
    max_outside_declared_share: float = Field(
        0.2, description="Located schools outside the area that the register names.", ge=0, le=1
    )
    max_unmapped_share: float = Field(
        0.05, description="Values that no alias maps, as a share of those given.", ge=0, le=1
    )
    min_rows: int = Field(1, description="Fewer rows than this in scope means that something went wrong.", ge=0)


class Recipe(_Model):
    """A whole recipe."""

    place: Place
    source: tuple[Source, ...] = Field(min_length=1)
    boundary: tuple[Boundary, ...] = ()
    context: tuple[Context, ...] = ()
    ages: tuple[Ages, ...] = Field((), max_length=1)
    policy: dict[str, float | str] = Field(
        default_factory=dict, description="Policy numbers that the country sets otherwise."
    )
    check: Checks = Field(default_factory=lambda: Checks.model_validate({}))

    @model_validator(mode="after")
    def _consistent(self) -> Recipe:
        names = [*(s.name for s in self.source), *(c.name for c in self.context), *(a.name for a in self.ages)]
        if repeated := {n for n in names if names.count(n) > 1}:
            raise ValueError(f"source names must differ; twice: {', '.join(sorted(repeated))}")
        if not any(s.kind == "schools" and not s.series for s in self.source):
            raise ValueError('no [[source]] has kind = "schools"')
        for source in self.source:
            _known_fields(source.columns, FEEDABLE[source.kind], f"source {source.name!r}, columns")
            _known_fields(dict(source.values), FEEDABLE[source.kind], f"source {source.name!r}, values")
        for context in self.context:
            _known_fields(context.columns, CONTEXT_COLUMNS, f"context {context.name!r}, columns")
        try:
            POLICY.with_values(self.policy)
        except PolicyError as error:
            raise ValueError(f"policy: {error}") from None
        return self


def _known_fields(given: dict[str, Any], allowed: tuple[str, ...], where: str) -> None:
    for name in given:
        if name not in allowed:
            raise ValueError(f"{where}: there is no field {name!r}{_nearest(name, allowed)}")


def _nearest(name: str, allowed: Any) -> str:
    near = get_close_matches(name, list(allowed), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; allowed: {', '.join(allowed)}"


def read_recipe(path: Path | str) -> Recipe:
    """Read and check a recipe; raises RecipeError with the file, each wrong key, the reason and the nearest right name."""
    path = Path(path)
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise RecipeError(f"There is no recipe {path}.") from None
    except IsADirectoryError:
        raise RecipeError(f"{path} is a folder; give the recipe's .toml file.") from None
    except UnicodeDecodeError:
        raise RecipeError(f"{path} is not text in UTF-8; is it the data file instead of the recipe?") from None
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path} is not valid TOML: {error}.") from None
    try:
        return Recipe.model_validate(raw)
    except ValidationError as error:
        lines = [f"{_key(e['loc'])}: {_reason(e)}" for e in error.errors()]
        raise RecipeError("\n  - ".join([f"{path} needs mending:", *lines])) from None


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(f"{part + 1}" if isinstance(part, int) else part for part in location) or "recipe"


def _reason(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        model = _model_at(error["loc"][:-1])
        return "no such key" + (_nearest(str(error["loc"][-1]), model.model_fields) if model else "")
    if error["type"] == "missing":
        return "is missing"
    return str(error["msg"]).removeprefix("Value error, ")


def _model_at(location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that stands at a place of the recipe, to suggest its keys."""
    model: type[BaseModel] | None = Recipe
    for part in location:
        if isinstance(part, int) or model is None:
            continue
        if part not in model.model_fields:
            return model
        model = _model_in(model.model_fields[part].annotation)
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for m in map(_model_in, get_args(annotation)) if m), None)
