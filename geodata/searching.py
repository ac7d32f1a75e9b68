"""The search box: schools and areas by name or id, whatever case and accents, best match first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from geodata.answers import plain_rows
from geodata.places import Places
from geodata.text import fold

# How a text matches, best first: it is the whole, the start, the start of a word, or somewhere within.
WHOLE, START, WORD, WITHIN, NOT = range(5)
NAMES = ("school_name", "school_id", "school_id_govt", "school_id_giga")


def match(folded: str, wanted: str) -> int:
    """How well a folded text matches folded words that must all stand in it (0 best, 4 not at all)."""
    if folded == wanted:
        return WHOLE
    if folded.startswith(wanted):
        return START
    if f" {wanted}" in folded:
        return WORD
    return WITHIN if all(word in folded for word in wanted.split()) else NOT


def best(folded: Sequence[str], wanted: str, limit: int) -> list[tuple[int, int]]:
    """(how, position) of the best matches, best first, ties in the order given. Each text may be several lines."""
    words = wanted.split()
    hits = []
    for position, text in enumerate(folded):
        if all(word in text for word in words):
            hits.append((min(match(line, wanted) for line in text.split("\n")), position))
    return sorted(hit for hit in hits if hit[0] < NOT)[:limit]


def folded_lines(frame: pd.DataFrame) -> list[str]:
    """For each row its texts folded, one a line; unknown texts are left out."""
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False)
    return ["\n".join(fold(str(value)) for value in row if value is not None) for row in rows]


class Finder:
    """Searches the schools that a tier may see, and the areas."""

    def __init__(self, schools: pd.DataFrame, places: Places) -> None:
        self.schools = schools
        self.places = places
        self.lines = folded_lines(schools[[c for c in NAMES if c in schools]])
        self._area_lines = folded_lines(places.table[["name", "area_id"]])

    def search(self, text: str, limit: int) -> list[dict[str, Any]]:
        """The best matches as dicts; see `Desk.search`."""
        wanted = fold(text)
        if not wanted:
            return []
        areas = [(how, 0, i) for how, i in best(self._area_lines, wanted, limit)]
        schools = [(how, 1, i) for how, i in best(self.lines, wanted, limit)]
        hits = sorted([*areas, *schools])[:limit]
        return [self._school(i) if kind else self._area(i) for _, kind, i in hits]

    def _area(self, position: int) -> dict[str, Any]:
        area = self.places.table.iloc[position]
        above = self.places.names.get(str(area["parent_id"]), "")
        return _hit("area", str(area["area_id"]), str(area["name"]), part_of=above, level=int(area["level"]))

    def _school(self, position: int) -> dict[str, Any]:
        wanted = ("school_id", "school_name", "admin2", "admin1", "latitude", "longitude")
        row = plain_rows(self.schools[[c for c in wanted if c in self.schools]].iloc[[position]])[0]
        areas = ", ".join(a for a in (row["admin2"], row["admin1"]) if a)
        name = row.get("school_name") or row["school_id"]
        return _hit(
            "school", row["school_id"], name, part_of=areas, latitude=row["latitude"], longitude=row["longitude"]
        )


def _hit(
    kind: str,
    id_: str,
    name: str,
    *,
    part_of: str,
    level: int | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": id_,
        "name": name,
        "level": level,
        "part_of": part_of,
        "latitude": latitude,
        "longitude": longitude,
    }
