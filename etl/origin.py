"""Where an atlas was built from: recipe, data folder and the hashes of its files, kept beside it for `firstmile refresh`.

It stands in `ATLAS.d/origin.json`, never in the atlas itself: the folders of one machine are nobody else's business.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from etl.filehashes import hashes_of
from etl.recipe import Recipe
from geodata.errors import LayerError
from geodata.layers import open_atlas

ORIGIN = "origin.json"


@dataclass(frozen=True)
class Origin:
    """Recipe and data folder of an atlas, and a line for each file (name, ending, hash) as it was when it was built."""

    recipe: Path
    data: Path
    files: tuple[str, ...] = ()


def shelf_of(link: Path) -> Path:
    """The folder beside an atlas that holds its builds."""
    return link.parent / f"{link.name}.d"


def lines_of(recipe: Recipe, data: Path) -> tuple[str, ...]:
    """A line for each file that the recipe names and that is there."""
    return tuple(hashes_of(recipe.model_dump(mode="json"), data, {}))


def keep_origin(link: Path, recipe_path: Path, home: Path, recipe: Recipe, data: Path) -> None:
    """Writes down where an atlas comes from, whole or not at all."""
    path = shelf_of(link) / ORIGIN
    part = path.with_suffix(".part")
    about = {"recipe": str(recipe_path.resolve()), "data": str(home.resolve()), "files": list(lines_of(recipe, data))}
    part.write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
    os.replace(part, path)


def read_origin(link: Path) -> Origin | None:
    """Where an atlas comes from; None where nobody wrote it down. Raises LayerError where there is no atlas."""
    open_atlas(link)
    try:
        about = json.loads((shelf_of(link) / ORIGIN).read_text("utf-8"))
        return Origin(Path(about["recipe"]), Path(about["data"]), tuple(map(str, about["files"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def origin_of(link: Path, recipe: Path | None, data: Path | None) -> Origin:
    """Where an atlas comes from, with what a person names in its place. Raises LayerError where neither is known."""
    kept = read_origin(link)
    recipe = recipe or (kept.recipe if kept else None)
    if recipe is None:
        raise LayerError(f"Nobody wrote down what {link} was built from. Name it once: --recipe RECIPE --data DIR")
    folder = data or (kept.data if kept else recipe.parent)
    return Origin(recipe, folder, kept.files if kept else ())
