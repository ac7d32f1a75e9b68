"""Reading a recipe, with messages that name file, key, reason and the nearest right name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from etl.recipe.whole import Recipe, nearest
from geodata.errors import RecipeError


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
        return "no such key" + (nearest(str(error["loc"][-1]), model.model_fields) if model else "")
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
