"""A recipe from a stranger keeps to its own folder: it names files that lie there, and asks nothing of the web.

Whoever writes a recipe on her own machine may read any file of hers. A recipe that came through the browser is
somebody else's: no path may lead out of the folder of its upload, nothing is fetched, and alias files are named, not
found by path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl.filehashes import is_file
from etl.recipe import Recipe
from etl.recipe.parts import outside
from geodata.errors import RecipeError

FILES = ("path", "prices", "review", "file")  # keys whose text is a file that a build reads
FETCHED = ("download", "service")
NAME = re.compile(r"[A-Za-z0-9_]+(?:\.csv)?")  # of an alias file
SYSTEM = re.compile(r"(?:EPSG|ESRI|OGC|IAU_2015):[A-Za-z0-9]{1,12}", re.IGNORECASE)


def refuse_outside(recipe: Recipe, data: Path) -> None:
    """Raise RecipeError, naming every key at fault, where a recipe reaches beyond the folder of its own files."""
    faults = list(_faults(recipe.model_dump(mode="json"), (), Path(data).resolve()))
    if faults:
        raise RecipeError("\n  - ".join(["This recipe reaches beyond its own files:", *faults]))


def _faults(value: Any, where: tuple[str, ...], data: Path) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _faults(inner, (*where, str(key)), data)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value, start=1):
            yield from _faults(inner, (*where, str(number)), data)
    elif isinstance(value, str) and value and (fault := _fault(value, where, data)):
        yield f"{'.'.join(where)}: {fault}"


def _fault(text: str, where: tuple[str, ...], data: Path) -> str:
    """What is wrong with one text of a recipe; empty where nothing is."""
    key = where[-1]
    if set(where) & set(FETCHED):
        return "nothing is fetched for a register that came through the browser. Bring the file itself."
    if key in FILES:
        return "" if _inside(text, data) else "a file here is named by its plain name, one of those that were brought."
    if key in ("crs", "projected"):
        return "" if SYSTEM.fullmatch(text) else "a reference system is named by its code here, such as EPSG:4326."
    of_aliases = key == "aliases" or (len(where) > 1 and where[-2] == "values")
    if of_aliases and not NAME.fullmatch(text):
        return "an alias file is named without a folder, such as yes_no."
    if is_file(data / text) and not _inside(text, data):  # wherever it stands, a build would look at it
        return "names a file outside the folder of this upload."
    return ""


def _inside(text: str, data: Path) -> bool:
    if outside(text) or "/" in text or "\\" in text:
        return False
    path = data / text
    return not path.is_symlink() and path.resolve().parent == data
