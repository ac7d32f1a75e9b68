"""A data folder for one build: the files of the real one under the same names, until it is sure which new ones stay.

New files come into the overlay and take the place of a name that points to the old one, so the real folder is touched
only when the build that uses them stands: `bring_home` puts them there. What was begun is written down, so that a
machine that stopped in between goes on with it (`settle`).
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path, PurePath
from typing import Any

from etl.filehashes import PASSPORT, files_of, hash_of
from etl.origin import shelf_of
from etl.recipe import Recipe
from geodata.errors import LayerError
from geodata.layers import open_atlas

FRESH = ".fresh"
PENDING = "pending.json"


def lay(link: Path, recipe: Recipe, home: Path) -> Path:
    """An overlay of the data folder `home`, beside the atlas, with every file that the recipe names; returns its folder."""
    root = shelf_of(link) / FRESH
    shutil.rmtree(root, ignore_errors=True)
    names = {*(r.path for r in readings(recipe)), *_dropped(recipe), *_in_options(recipe, home)}
    up = max((PurePath(n).parts.count("..") for n in names), default=0)
    folder = root.joinpath(*["data"] * (up + 1))  # deep enough for names that lead out of the folder
    folder.mkdir(parents=True)
    found = files_of([*sorted(names), recipe.model_dump(mode="json")], home)
    for name, paths in found.items():
        if not PurePath(name).is_absolute():
            for path in paths:
                point(folder / PurePath(name).parent / path.name, path)
    return folder


def point(name: Path, to: Path) -> None:
    """A name in the overlay for a file of the real folder; a copy where the disk has no such links."""
    name.parent.mkdir(parents=True, exist_ok=True)
    name.unlink(missing_ok=True)
    try:
        name.symlink_to(to.resolve())
    except OSError:
        shutil.copyfile(to, name)


def readings(recipe: Recipe) -> list[Any]:
    """Every table of the recipe that names a file."""
    items = [i for part in Recipe.model_fields if isinstance(v := getattr(recipe, part), tuple) for i in v]
    return [i for i in items if hasattr(i, "path") and hasattr(i, "service")]


def _dropped(recipe: Recipe) -> list[str]:
    """Raw files of services that were put there by hand."""
    return [r.service.file for r in readings(recipe) if r.service is not None and r.service.file]


def _in_options(recipe: Recipe, home: Path) -> list[str]:
    """Files beside the data that a service's options name, such as a mapping file."""
    options = [v for r in readings(recipe) if r.service is not None for v in r.service.options.values()]
    named = [v for v in options if isinstance(v, str) and 0 < len(v) < 200 and PurePath(v).suffix]
    return [v for v in named if (home / v).is_file()]


def restore(reading: Any, folder: Path, home: Path) -> None:
    """The old file and its passport under their names again; nothing where there was none."""
    for name in (reading.path, reading.path + PASSPORT):
        (folder / name).unlink(missing_ok=True)
        if (home / name).is_file():
            point(folder / name, home / name)


def begin(link: Path, version: str, folder: Path, home: Path) -> None:
    """Writes down, before a build, that the new files of the overlay belong to it."""
    path = shelf_of(link) / FRESH / PENDING
    part = path.with_suffix(".part")
    about = {"version": version, "folder": str(folder.resolve()), "home": str(home.resolve())}
    part.write_text(json.dumps(about), "utf-8")
    os.replace(part, path)


def settle(link: Path) -> bool:
    """Brings home the files of a build that stands, where the machine stopped before that; whether there was anything."""
    try:
        about = json.loads((shelf_of(link) / FRESH / PENDING).read_text("utf-8"))
        stands = bool(open_atlas(link).version == about["version"])
    except (OSError, ValueError, KeyError, LayerError):
        return False
    if stands:
        bring_home(Path(about["folder"]), Path(about["home"]))
        clear(link)
    return stands


def bring_home(folder: Path, home: Path) -> list[str]:
    """Puts the new files of an overlay into the real folder, each whole; returns their names."""
    came = []
    for path in sorted(
        p for p in folder.rglob("*") if p.is_file() and not p.is_symlink() and not p.name.endswith(".part")
    ):
        target = home / path.relative_to(folder)
        if target.is_file() and hash_of(target) == hash_of(path):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".new-{target.name}")
        shutil.copyfile(path, part)
        os.replace(part, target)
        came.append(path.relative_to(folder).as_posix())
    return came


def clear(link: Path) -> None:
    """Takes the overlay away."""
    shutil.rmtree(shelf_of(link) / FRESH, ignore_errors=True)
