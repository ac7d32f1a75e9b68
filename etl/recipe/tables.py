"""The tables of a recipe that name files: sources, boundaries, context tables, tables of ages."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from etl.recipe.linking import Link
from etl.recipe.parts import Feed, Kind, Passport, Reading, Repair, Scope, SecondPosition


def short_feeds(value: Any) -> Any:
    """A bare column name stands for `{ column = name }`."""
    return (
        {k: {"column": v} if isinstance(v, str) else v for k, v in value.items()} if isinstance(value, dict) else value
    )


class Source(Reading, Passport):
    """One file and what it feeds."""

    name: str = Field(description="Short name, shown beside each value that comes from it.")
    kind: Kind = Field(
        "schools",
        description="schools: one row a school; attributes: more about schools of the register, joined by id; cells, nodes, coverage, tiles, population: the layers of the joins; roads: lines that children may go along; lines: courses of fibre and microwave links; towns: points whose names help to find a place; wealth: relative wealth of tiles, for the wealth percentile; settlement: a raster of the degree of urbanisation; measurements: speed tests of schools, a row a test or a day; terrain: a raster of heights in metres, for lines of sight; commitments: what funders have promised, a row a school and promise, joined by the register's id.",
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
    link: Link | None = Field(
        None, description="How rows find their school by place and name, where they have not the register's ids."
    )
    second_position: SecondPosition | None = Field(None, description="A second pair of coordinates to compare with.")
    allow_repeated_ids: bool = Field(False, description="Ids that stand twice are numbered instead of rejected.")
    make_id_from: tuple[str, ...] = Field(
        (), description="Raw columns to make the school's id from, where the register has none."
    )

    @field_validator("columns", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return short_feeds(value)

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


class OfAreas(Reading, Passport):
    """A table whose rows are about areas: how it names them, and how the names are found."""

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


class Context(OfAreas):
    """A table about areas, joined to schools through the area they lie in."""

    evidence: Literal["measured", "reported", "inferred"] = Field("reported", description="How its values are known.")
    columns: dict[str, Feed] = Field(description="Field → what feeds it.")

    @field_validator("columns", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return short_feeds(value)


class Benchmark(Reading, Passport):
    """Figures that others report of the whole country, shown beside its own and never spread over schools.

    A row a figure, in the columns indicator, title, level, unit, year, value, note, source_code; an empty value is not
    reported. Shares of SDG 4.a.1 stand beside the same share of this country's data.
    """

    name: str = Field(description="Short name, shown beside each figure.")


class Ages(OfAreas):
    """People of areas by five-year age group, and by sex where the table tells: what school-age children are counted from.

    Either a column an age group (`columns`), or a row an age group (`age` and `people`, and `sex` where there is one).
    """

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
