"""Next year's register of a country that stands: its recipe with the new file in the old one's place, its other files copied.

What the recipe fetched lies in its data folder already and is taken from there; nothing is asked of the web.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl.filehashes import PASSPORT, is_file
from etl.origin import read_origin
from etl.source import format_of
from geodata.errors import FirstMileError, SourceError
from geodata.text import plain_name

FILES = ("path", "prices", "review", "file")
FETCHED = ("download", "service")
READING = ("format", "encoding", "delimiter", "decimal", "sheet", "header_row", "layer")
MOST = 2 << 30  # bytes of all files that are copied
SIDECARS = (".shx", ".dbf", ".prj", ".cpg")


def alike(link: Path, files: Path, register: str, draft: dict[str, Any]) -> dict[str, Any]:
    """The recipe of built data as plain values, for the register `register` in the folder `files`, into which its other
    files are copied. How the new file is read is taken from its `draft` where it is of another format.

    Raises SourceError where nobody wrote down what the data were built from, or its files are not there any more.
    """
    origin = read_origin(link)
    try:
        recipe: dict[str, Any] = tomllib.loads(origin.recipe.read_text("utf-8-sig")) if origin else {}
    except (OSError, tomllib.TOMLDecodeError):
        recipe = {}
    first = next(
        (s for s in recipe.get("source", []) if s.get("kind", "schools") == "schools" and not s.get("series")), None
    )
    if origin is None or first is None:
        raise SourceError("The recipe that these data were built from is not there any more. Choose everything anew.")
    _exchange(first, register, next(iter(draft.get("source", [{}]))))
    taken: dict[str, str] = {str(files / register): register}
    left = MOST
    for table, key in _named(recipe):
        path = origin.data / str(table[key])
        if str(table[key]) == register and table is first:
            continue
        if not is_file(path):
            raise SourceError(
                f"{Path(str(table[key])).name}, which the recipe names, is not there any more. Choose everything anew, and bring it."
            )
        if str(path) not in taken:
            left -= path.stat().st_size
            if left < 0:
                raise SourceError(
                    f"The files of this country have more than {MOST >> 30} GB. Build it with the command."
                )
            taken[str(path)] = _copied(path, files, set(taken.values()))
        table[key] = taken[str(path)]
    return recipe


def _exchange(first: dict[str, Any], register: str, draft: dict[str, Any]) -> None:
    """The new file in the old one's place."""
    if not _same_format(str(first.get("path")), register):
        for key in READING:
            first.pop(key, None)
        first.update({key: draft[key] for key in READING if key in draft})
    first["path"] = register
    first["date"] = ""  # what the new file describes, nobody has said yet


def _same_format(old: str, new: str) -> bool:
    try:
        return format_of(Path(old)) == format_of(Path(new))
    except FirstMileError:
        return False


def _named(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every place of a recipe that names a file; what it would fetch is taken out."""
    if isinstance(value, dict):
        for key in FETCHED:
            value.pop(key, None)
        for key, inner in list(value.items()):
            if key in FILES and isinstance(inner, str) and inner:
                yield value, key
            else:
                yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


def _copied(path: Path, files: Path, taken: set[str]) -> str:
    name = plain_name(path.name)
    number = 1
    while name in taken:
        number += 1
        name = plain_name(f"{number}_{path.name}")
    parts = [path.with_suffix(s) for s in SIDECARS] if path.suffix.lower() == ".shp" else []
    for part in (path, *(p for p in parts if p.is_file())):
        shutil.copyfile(part, files / (name if part is path else str(Path(name).with_suffix(part.suffix))))
    passport = path.with_name(path.name + PASSPORT)
    if passport.is_file():
        shutil.copyfile(passport, files / (name + PASSPORT))
    return name
