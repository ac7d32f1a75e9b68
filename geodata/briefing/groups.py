"""Groups that no register knows, such as constituencies: from a look-up by school, or from outlines; each gets a brief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.arrays import number
from geodata.errors import DisclosureError, ViewError
from geodata.query import Desk
from geodata.say import in_order, tr, trn, written
from geodata.spatial import area_of

IDS = ("school_id", "school_id_govt", "id")
MOST_GROUPS = 2000


@dataclass(frozen=True)
class Grouping:
    """Which group each school is in. `names` in a reader's order; `of` group by school id; `notes` what did not fit."""

    names: tuple[str, ...]
    of: dict[str, str]
    notes: tuple[str, ...] = ()

    def schools(self, name: str) -> list[str]:
        """The ids of one group's schools, sorted."""
        return sorted(i for i, group in self.of.items() if group == name)

    @property
    def everyone(self) -> dict[str, str]:
        """Group by school id."""
        return self.of


def from_table(desk: Desk, table: pd.DataFrame, column: str) -> Grouping:
    """Groups of a look-up: a column of school ids and `column` with the group. Rows of schools that are not here, and
    schools that the table does not name, are counted in `notes`. Raises ViewError where a column is missing."""
    _allowed(desk)
    ids = next((c for c in IDS if c in table), None)
    if ids is None or column not in table:
        raise ViewError(
            tr("The look-up needs a column of school ids ({ids}) and the column {column!r}; it has {there}.", ids=", ".join(IDS), column=column, there=", ".join(map(str, table.columns)))
        )  # fmt: skip
    pairs = table[[ids, column]].dropna().astype("str")
    pairs = pairs[pairs[column].str.strip().ne("")]
    twice = int(pairs[ids].duplicated().sum())
    known = {str(k) for k in desk.whole["school_id"]}
    of = {k: v.strip() for k, v in zip(pairs[ids], pairs[column], strict=True) if k in known}
    lost = int((~pairs[ids].isin(known)).sum())
    notes = [trn("{n} row names a school that these data do not have.", "{n} rows name schools that these data do not have.", lost)] if lost else []  # fmt: skip
    notes += [trn("{n} school is named twice; its last group counts.", "{n} schools are named twice; their last group counts.", twice)] if twice else []  # fmt: skip
    return _grouping(desk, of, notes)


def from_outlines(desk: Desk, names: Sequence[Any], outlines: Sequence[Any]) -> Grouping:
    """Groups of outlines (degrees): a school is in the first that holds it, where its location is known. Locations stand
    as the tier sees them, so that outlines tell no more than the map. Raises ViewError where nothing is held."""
    _allowed(desk)
    seen = desk.schools
    at = area_of(number(seen["latitude"]), number(seen["longitude"]), list(outlines))
    of = {str(s): str(names[k]) for s, k in zip(seen["school_id"], at.tolist(), strict=True) if k >= 0}
    return _grouping(desk, of, [])


def _allowed(desk: Desk) -> None:
    if not desk.one_by_one:
        raise DisclosureError(
            tr("The {tier} tier sees no school of {place} by itself, so no brief of a group of schools is made for it.", tier=desk.tier, place=desk.atlas.name)
        )  # fmt: skip


def _grouping(desk: Desk, of: dict[str, str], notes: list[str]) -> Grouping:
    names = tuple(in_order(set(of.values())))
    if not names:
        raise ViewError(tr("No school of {place} is in any of these groups. Are the ids those of these data?", place=desk.atlas.name))  # fmt: skip
    if len(names) > MOST_GROUPS:
        raise ViewError(tr("There are {n} groups; at most {most} can have a brief each.", n=written(len(names)), most=written(MOST_GROUPS)))  # fmt: skip
    none = len(desk.whole) - len(of)
    if none:
        notes = [*notes, trn("{n} school is in no group.", "{n} schools are in no group.", none)]
    return Grouping(names, of, tuple(notes))
