"""A whole recipe: the place, its files, its policy and its thresholds, and what must hold between them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Literal

from pydantic import Field, model_validator

from etl.recipe.parts import FEEDABLE, Model
from etl.recipe.planning import Planning
from etl.recipe.tables import Ages, Benchmark, Boundary, Context, Source
from geodata.errors import PolicyError
from geodata.policy import POLICY
from geodata.tables import CONTEXT_COLUMNS


class Official(Model):
    """The ministry's own figure of schools with internet: a brief holds the schools' answers beside it."""

    share: float = Field(description="Share from 0 to 1.", ge=0, le=1)
    source: str = Field(description="Where it stands, with its year.", min_length=1)
    date: str = Field("", description="Of when it is.")
    of: str = Field("", description="What it is a share of, where not of schools.")
    definition: str = Field("", description="What counts, in the ministry's words.")


class Place(Model):
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
    official: Official | None = Field(None, description="The official figure of schools with internet, for briefs.")


class Checks(Model):
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


class Missing(Model):
    """What could not be had from any source; stands on the Data page, never filled with a guess."""

    what: str = Field(description="What is missing, in words: speeds, mobile sites …")
    reason: str = Field(description="Why, in a sentence, source by source.")


class Corrections(Model):
    """Corrections that a reviewer accepted, from a file; those of the trail beside the built data are applied by themselves."""

    path: str = Field(
        description="CSV that `firstmile corrections ATLAS --export FILE` wrote; it may be lacking until there is one."
    )


class Recipe(Model):
    """A whole recipe."""

    place: Place
    source: tuple[Source, ...] = Field(min_length=1)
    boundary: tuple[Boundary, ...] = ()
    context: tuple[Context, ...] = ()
    ages: tuple[Ages, ...] = Field((), max_length=1)
    benchmark: tuple[Benchmark, ...] = ()
    missing: tuple[Missing, ...] = Field((), description="What was looked for and could not be had.")
    corrections: Corrections | None = Field(None, description="Accepted corrections to apply.")
    planning: Planning = Field(
        default_factory=lambda: Planning.model_validate({}), description="What plans rest on besides the data."
    )
    policy: dict[str, float | str] = Field(
        default_factory=dict, description="Policy numbers that the country sets otherwise."
    )
    check: Checks = Field(default_factory=lambda: Checks.model_validate({}))

    @model_validator(mode="after")
    def _consistent(self) -> Recipe:
        names = [item.name for part in (self.source, self.context, self.ages, self.benchmark) for item in part]
        if repeated := {n for n in names if names.count(n) > 1}:
            raise ValueError(f"source names must differ; twice: {', '.join(sorted(repeated))}")
        if not any(s.kind == "schools" and not s.series for s in self.source):
            raise ValueError('no [[source]] has kind = "schools"')
        for source in self.source:
            allowed = FEEDABLE["schools"] if source.link else FEEDABLE[source.kind]  # a link looks at areas too
            _known_fields(source.columns, allowed, f"source {source.name!r}, columns")
            _known_fields(dict(source.values), allowed, f"source {source.name!r}, values")
        _linked_in_order(self.source)
        for context in self.context:
            _known_fields(context.columns, CONTEXT_COLUMNS, f"context {context.name!r}, columns")
        try:
            POLICY.with_values(self.policy)
        except PolicyError as error:
            raise ValueError(f"policy: {error}") from None
        return self


def _linked_in_order(sources: tuple[Source, ...]) -> None:
    """A link is of registers and attributes, to a register that stands before."""
    for number, source in enumerate(sources):
        if source.link is None:
            continue
        where = f"source {source.name!r}, link"
        if source.kind not in ("schools", "attributes") or source.series:
            raise ValueError(f"{where}: only schools and attributes of the current year are linked")
        before = [s.name for s in sources[:number] if s.kind == "schools" and not s.series]
        if not before:
            raise ValueError(f'{where}: no [[source]] with kind = "schools" stands before it')
        if source.link.to is not None and source.link.to not in before:
            raise ValueError(
                f"{where}: no register {source.link.to!r} stands before it{nearest(source.link.to, before)}"
            )
        if source.link.unmatched == "add" and source.kind != "schools":
            raise ValueError(f'{where}: unmatched = "add" makes new schools, which kind = "schools" alone can')


def _known_fields(given: dict[str, Any], allowed: tuple[str, ...], where: str) -> None:
    for name in given:
        if name not in allowed:
            raise ValueError(f"{where}: there is no field {name!r}{nearest(name, allowed)}")


def nearest(name: str, allowed: Any) -> str:
    """The nearest right name, or all of them, as the end of a sentence."""
    near = get_close_matches(name, list(allowed), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; allowed: {', '.join(allowed)}"
