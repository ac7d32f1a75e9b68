"""The passport of a file that a service gave: it lies beside the file, and wins over the recipe's words while it fits.

A passport holds the SHA-256 of its file. Where somebody has put another file in its place, it speaks of that one no more
and is left aside: then the recipe's own words count.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from etl.connect import Connector
from etl.filehashes import PASSPORT, hash_of
from etl.recipe import Passport, Reading, Recipe
from geodata.declare import found

LONGEST, MOST_NOTES = 600, 40  # characters of what a passport says, and its notes
TABLES = ("source", "boundary", "context", "ages", "benchmark")


def passport_path(path: Path) -> Path:
    """Where the passport of a file lies."""
    return path.with_name(path.name + PASSPORT)


def read_passport(path: Path) -> dict[str, Any] | None:
    """The passport of a file; None where there is none, or it speaks of other bytes than are there."""
    try:
        stated = json.loads(passport_path(path).read_text("utf-8"))
        fits = isinstance(stated, dict) and stated.get("sha256") == hash_of(path)
    except (OSError, ValueError):
        return None
    return stated if fits else None


def with_passports(recipe: Recipe, data: Path) -> Recipe:
    """The recipe with what the passports state in place of its own words (publisher, title, licence, date …)."""
    changed = {t: tuple(_stated(item, data) for item in getattr(recipe, t)) for t in TABLES if hasattr(recipe, t)}
    return recipe.model_copy(update=changed)


def notes_of(reading: Reading, path: Path) -> list[str]:
    """What became of the rows that a service gave, in sentences."""
    stated = read_passport(path) if reading.service is not None else None
    notes = (stated or {}).get("notes")
    said = [note[:LONGEST] for note in notes[:MOST_NOTES] if isinstance(note, str)] if isinstance(notes, list) else []
    usual, claimed = _usual(reading), (stated or {}).get("licence")
    if usual and claimed and claimed != usual:
        said.append(
            f"The passport beside the file says {str(claimed)[:LONGEST]}; its service gives under {usual}, which counts."
        )
    return [f"{reading.path}: {note}" for note in said]


def _stated(item: Any, data: Path) -> Any:
    if item.service is None or (stated := read_passport(data / item.path)) is None:
        return item
    words = {key: stated[key] for key in Passport.model_fields if isinstance(stated.get(key), str) and stated[key]}
    if "licence" in words and (usual := _usual(item)):
        words["licence"] = usual
    return item.model_copy(update={key: text[:LONGEST] for key, text in words.items()})


def _usual(item: Any) -> str:
    """The licence under which a service gives everything; empty where each record has its own, or the service is not known.

    A passport is a file beside a file: anybody can write one, and free data of what is not free must not come of it.
    """
    connector = found(Connector, "etl.sources").get(item.service.name) if item.service else None
    return connector.licence if connector and not connector.licence_of_record else ""
