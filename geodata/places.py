"""The areas of a country as the desk needs them: by id, by level, with their names and what they are part of."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import pandas as pd

from geodata.errors import ViewError
from geodata.layers import Atlas
from geodata.say import tr
from geodata.text import fold

LEVELS = (1, 2, 3, 4)


class Places:
    """Areas of all levels. `table` has area_id, level, name and parent_id; area ids are unique over the levels."""

    def __init__(self, table: pd.DataFrame, words: Mapping[int, str]) -> None:
        self.table = table
        self.words = dict(words)

    @cached_property
    def levels(self) -> dict[str, int]:
        """Level of each area id."""
        return dict(zip(self.table["area_id"].astype(str), self.table["level"].astype(int), strict=True))

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of each area id."""
        return dict(zip(self.table["area_id"].astype(str), self.table["name"].fillna("").astype(str), strict=True))

    @cached_property
    def parents(self) -> dict[str, str]:
        """Id of the area above; empty where there is none."""
        return dict(zip(self.table["area_id"].astype(str), self.table["parent_id"].fillna("").astype(str), strict=True))

    def of_level(self, level: int) -> pd.DataFrame:
        """Areas of one level, by name and then id; index from 0."""
        table = self.table[self.table["level"] == level]
        return table.sort_values(["name", "area_id"], kind="stable").reset_index(drop=True)

    def column(self, area_id: str) -> list[str]:
        """The schools' column that holds this area's id; none for the whole place. Raises ViewError where there is no such area."""
        if area_id not in self.levels:
            raise ViewError(
                tr("There is no area {area_id!r} here.{area_id_2}", area_id=area_id, area_id_2=self._nearest(area_id))
            )
        level = self.levels[area_id]
        return [f"admin{level}_id"] if level else []

    def path(self, area_id: str) -> list[str]:
        """Area ids from the top down to this one, as the screen's trail."""
        trail = [area_id]
        while (above := self.parents.get(trail[0], "")) and above not in trail:
            trail.insert(0, above)
        return trail

    def _nearest(self, text: str) -> str:
        names = {fold(name): area for area, name in self.names.items()}
        near = get_close_matches(text, list(self.levels), n=1) or [
            names[n] for n in get_close_matches(fold(text), list(names), n=1)
        ]
        return tr(" Did you mean {near!r} ({names})?", near=near[0], names=self.names[near[0]]) if near else ""


def places(atlas: Atlas, schools: pd.DataFrame, place: Mapping[str, Any]) -> Places:
    """Places from the areas layer, or from the schools' own area columns where there is no such layer; `place` is the
    recipe's words about the place."""
    words = dict(enumerate(place.get("levels", ()), start=1))
    if atlas.has("areas"):
        table = pd.DataFrame(atlas.read("areas", columns=["area_id", "level", "name", "parent_id"]))
        return Places(table.reset_index(drop=True), words)
    whole_id = str(place.get("subdivision") or place.get("iso3") or atlas.slug)
    parts = [pd.DataFrame({"area_id": [whole_id], "level": [0], "name": [atlas.name], "parent_id": [None]})]
    above = None
    for level in LEVELS:
        ids = f"admin{level}_id"
        if schools[ids].isna().all():
            break
        parent = schools[above] if above else pd.Series(whole_id, index=schools.index)
        found = pd.DataFrame(
            {
                "area_id": schools[ids],
                "level": level,
                "name": schools[f"admin{level}"].fillna(schools[ids]),
                "parent_id": parent,
            }
        )
        parts.append(found.dropna(subset=["area_id"]).drop_duplicates("area_id"))
        above = ids
    return Places(pd.concat(parts, ignore_index=True), words)


def area_of_each(schools: pd.DataFrame, known: Places, level: int) -> pd.Series:
    """The id of the area of a level that each school lies in; level 0 is the whole place, which holds every school."""
    if level:
        return schools[f"admin{level}_id"]
    return pd.Series(known.of_level(0)["area_id"].iloc[0], index=schools.index, dtype="str")


def areas_of(schools: pd.DataFrame, known: Places) -> pd.DataFrame:
    """Each school's area on every level that any school has one of: a column a level, the whole place first."""
    levels = [level for level in LEVELS if schools[f"admin{level}_id"].notna().any()]
    return pd.DataFrame({level: area_of_each(schools, known, level) for level in (0, *levels)})
