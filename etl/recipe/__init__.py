"""A place in one TOML file.

The models are the reference of the recipe language; `docs/recipes.md` is generated from their descriptions. Everything
is declared: no Python is needed for a new place.
"""

from etl.recipe.linking import Link
from etl.recipe.parts import (
    FEEDABLE,
    Feed,
    Format,
    Kind,
    Passport,
    Reading,
    Repair,
    Rule,
    Scope,
    SecondPosition,
    Service,
)
from etl.recipe.planning import Planning
from etl.recipe.reading import read_recipe
from etl.recipe.tables import Ages, Benchmark, Boundary, Context, OfAreas, Source
from etl.recipe.whole import Checks, Missing, Place, Recipe

__all__ = [
    "FEEDABLE",
    "Ages",
    "Benchmark",
    "Boundary",
    "Checks",
    "Context",
    "Feed",
    "Format",
    "Kind",
    "Link",
    "Missing",
    "OfAreas",
    "Passport",
    "Place",
    "Planning",
    "Reading",
    "Recipe",
    "Repair",
    "Rule",
    "Scope",
    "SecondPosition",
    "Service",
    "Source",
    "read_recipe",
]
